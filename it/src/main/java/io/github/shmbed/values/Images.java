// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.values;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Makes values from a seed, as images: the special ones of the schema first, then others from the
 * same generator as every payload.
 */
public final class Images {
  /** Characters of notes: of one to four bytes, and those that text formats must escape. */
  private static final String[] CHARACTERS = {
    "a", "b", "e", "n", "0", "9", " ", "-", "_", "\"", "\\", "\n", "é", "ß", "漢", "🙂"
  };

  private static final int MOST_CHARACTERS = 6;
  private static final double MEASURED_UNIT = 0x1p-30; // 52 bits of it: up to two million
  private static final long EXPONENT = 0x7ff0000000000000L;
  private static final long ONE_EXPONENT_BIT = 0x0010000000000000L;

  private final Schema schema;
  private final ByteBuffer words;

  private Images(Schema schema, byte[] random) {
    this.schema = schema;
    words = ByteBuffer.wrap(random).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * The images of {@code count} messages, one after the other, the special values first.
   *
   * @param source of as many random bytes as it is asked for, the same each time
   */
  public static byte[] of(Schema schema, String shapeName, int count, IntFunction<byte[]> source) {
    return of(schema, shapeName, 0, count, source);
  }

  /** The same without special records: values as they usually are, to be measured. */
  public static byte[] usual(
      Schema schema, String shapeName, int count, IntFunction<byte[]> source) {
    return of(schema, shapeName, schema.records().size(), count, source);
  }

  private static byte[] of(
      Schema schema, String shapeName, int first, int count, IntFunction<byte[]> source) {
    Shape shape = schema.shape(shapeName);
    ByteBuffer images =
        ByteBuffer.allocate(Math.multiplyExact(count, shape.bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    // a value takes a word at most, and no value takes less than half a word of the image
    Images random = new Images(schema, source.apply(2 * images.capacity()));
    for (int message = 0; message < count; message++) {
      random.fill(shape, first + message, images, message * shape.bytes());
    }
    return images.array();
  }

  private void fill(Shape shape, int number, ByteBuffer images, int begin) {
    List<Object> special =
        shape.name().equals("record") && number < schema.records().size()
            ? schema.records().get(number)
            : null;
    for (int i = 0; i < shape.fields().size(); i++) {
      Field field = shape.fields().get(i);
      int at = begin + field.at();
      if (special != null) {
        put(images, at, field, special.get(i));
      } else if (schema.shapes().containsKey(field.type())) {
        Shape inner = schema.shape(field.type());
        images.putLong(begin + field.countAt(), field.count());
        for (int k = 0; k < field.count(); k++) {
          fill(inner, k, images, at + k * inner.bytes());
        }
      } else if (field.count() > 0) {
        floats(images, at, field.count());
      } else {
        put(images, at, field, value(field, number));
      }
    }
  }

  private Object value(Field field, int number) {
    if (field.value() != null) {
      return field.value();
    }
    long word = words.getLong();
    return switch (field.type()) {
      case "text" ->
          field.name().equals("name")
              ? schema.names().get(number % schema.names().size())
              : note(word);
      case "f64" -> number(word);
      default -> word;
    };
  }

  /** Mostly what a sensor measures, sometimes any bits; a NaN is among the special values only. */
  private static long number(long word) {
    if ((word & 15) != 0) {
      return Double.doubleToRawLongBits((word >> 12) * MEASURED_UNIT);
    }
    return (word & EXPONENT) == EXPONENT ? word ^ ONE_EXPONENT_BIT : word;
  }

  private static String note(long word) {
    StringBuilder note = new StringBuilder();
    int characters = (int) (word >>> 60) % (MOST_CHARACTERS + 1);
    for (int i = 0; i < characters; i++) {
      note.append(CHARACTERS[(int) (word >>> 4 * i) & 15]);
    }
    return note.toString();
  }

  private static void put(ByteBuffer images, int at, Field field, Object value) {
    switch (field.type()) {
      case "u64", "i64", "f64" -> images.putLong(at, (Long) value);
      case "u32", "i32" -> images.putInt(at, ((Long) value).intValue());
      case "text" -> {
        byte[] text = ((String) value).getBytes(StandardCharsets.UTF_8);
        if (text.length > field.room()) {
          throw new IllegalArgumentException(field.name() + ": " + text.length + " bytes");
        }
        images.putInt(at, text.length).put(at + Integer.BYTES, text);
      }
      default -> throw new IllegalArgumentException("type " + field.type());
    }
  }

  private void floats(ByteBuffer images, int at, int count) {
    for (int i = 0; i < count; i++) {
      int bits = i < schema.floats().length ? schema.floats()[i] : words.getInt();
      images.putInt(at + i * Float.BYTES, bits);
    }
  }
}
