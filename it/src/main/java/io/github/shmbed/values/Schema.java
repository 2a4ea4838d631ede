// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.values;

import io.github.shmbed.json.Json;
import io.github.shmbed.registry.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * peers/schema/shapes.json, the one truth about values: which fields there are, where each lies in
 * an image, and which values every run includes.
 *
 * @param shapes by name, in the file's order
 * @param records special ones: the values of their fields in order, integers and the bits of
 *     doubles as longs, texts as strings
 * @param names special ones of tensors
 * @param floats bits of special float32
 */
public record Schema(
    Map<String, Shape> shapes, List<List<Object>> records, List<String> names, int[] floats) {

  private static Schema ofTree;

  /** That of this tree, read once. */
  public static synchronized Schema ofTree() {
    if (ofTree == null) {
      try {
        ofTree = load(Home.find().path().resolve("peers/schema/shapes.json"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return ofTree;
  }

  /** Reads a schema. */
  public static Schema load(Path file) throws IOException {
    Map<String, Object> json = Json.parseObject(Files.readString(file));
    Map<String, Shape> shapes = new LinkedHashMap<>();
    Json.object(json, "shapes")
        .forEach((name, shape) -> shapes.put(name, shape(name, Json.asObject(shape))));
    List<List<Object>> records = new ArrayList<>();
    for (Object values : Json.list(json, "specialRecords")) {
      records.add(special(shapes.get("record").fields(), (List<?>) values));
    }
    List<String> names = Json.list(json, "specialNames").stream().map(String::valueOf).toList();
    int[] floats =
        Json.list(json, "specialFloats").stream()
            .mapToInt(bits -> HexFormat.fromHexDigits(String.valueOf(bits)))
            .toArray();
    return new Schema(shapes, records, names, floats);
  }

  /** The shape of that name. */
  public Shape shape(String name) {
    Shape shape = shapes.get(name);
    if (shape == null) {
      throw new IllegalArgumentException("no shape " + name + " in " + shapes.keySet());
    }
    return shape;
  }

  private static Shape shape(String name, Map<String, Object> json) {
    List<Field> fields = new ArrayList<>();
    for (Object one : Json.list(json, "fields")) {
      Map<String, Object> field = Json.asObject(one);
      fields.add(
          new Field(
              Json.text(field, "name"),
              Json.text(field, "type"),
              (int) Json.integer(field, "at", -1),
              (int) Json.integer(field, "room", 0),
              (int) Json.integer(field, "count", 0),
              (int) Json.integer(field, "countAt", -1),
              field.get("value") instanceof Long value ? value : null));
    }
    return new Shape(name, (int) Json.integer(json, "bytes", -1), List.copyOf(fields));
  }

  private static List<Object> special(List<Field> fields, List<?> values) {
    List<Object> record = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      String text = String.valueOf(values.get(i));
      record.add(
          switch (fields.get(i).type()) {
            case "u64" -> (Object) Long.parseUnsignedLong(text);
            case "f64" -> HexFormat.fromHexDigitsToLong(text);
            case "text" -> text;
            default -> Long.parseLong(text);
          });
    }
    return record;
  }

  /**
   * What stands at an offset of images that lie one after the other, for people: {@code message 2,
   * records[17].x}.
   */
  public String describe(String shapeName, long offset) {
    Shape shape = shape(shapeName);
    String place = place(shape, (int) (offset % shape.bytes()));
    return "message " + (offset / shape.bytes() + 1) + (place.isEmpty() ? "" : ", " + place);
  }

  private String place(Shape shape, int offset) {
    Field nearest = null;
    for (Field field : shape.fields()) {
      if (field.at() <= offset && (nearest == null || nearest.at() < field.at())) {
        nearest = field;
      }
    }
    if (nearest == null) {
      return "";
    }
    Shape inner = shapes.get(nearest.type());
    int size = inner != null ? inner.bytes() : Float.BYTES;
    int index = (offset - nearest.at()) / size;
    String list = nearest.count() == 0 ? "" : "[" + index + "]";
    return nearest.name()
        + list
        + (inner == null ? "" : "." + place(inner, (offset - nearest.at()) % size));
  }
}
