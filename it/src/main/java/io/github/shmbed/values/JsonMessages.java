// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.values;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/**
 * What the codec json must be (peers/CONTRACT.md, section 10) beyond that it can be decoded: its
 * bytes are not fixed, since the text of a double is the library's choice, but all else is.
 */
public final class JsonMessages {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final Set<Character> BLANKS = Set.of(' ', '\t', '\n', '\r');

  private final Schema schema;
  private final ByteBuffer images;
  private final JsonParser parser;

  private JsonMessages(Schema schema, byte[] images, JsonParser parser) {
    this.schema = schema;
    this.images = ByteBuffer.wrap(images).order(ByteOrder.LITTLE_ENDIAN);
    this.parser = parser;
  }

  /**
   * Looks for the first fault.
   *
   * @param images of the values that the messages must have, one after the other
   * @param messages likewise
   * @return where and what it is; empty when there is none
   */
  public static Optional<String> fault(
      Schema schema, String shapeName, byte[] images, byte[] messages) {
    Shape shape = schema.shape(shapeName);
    try (JsonParser parser = FACTORY.createParser(messages)) {
      JsonMessages json = new JsonMessages(schema, images, parser);
      for (int at = 0; at < images.length; at += shape.bytes()) {
        String fault = json.object(shape, at);
        if (fault != null) {
          return Optional.of("message " + (at / shape.bytes() + 1) + fault);
        }
      }
      if (parser.nextToken() != null) {
        return Optional.of("there is more than the messages");
      }
    } catch (IOException e) {
      return Optional.of("no JSON: " + e.getMessage().lines().findFirst().orElse(""));
    }
    return blank(messages);
  }

  private static Optional<String> blank(byte[] messages) {
    boolean inString = false;
    for (int i = 0; i < messages.length; i++) {
      if (inString && messages[i] == '\\') {
        i++;
      } else if (messages[i] == '"') {
        inString = !inString;
      } else if (!inString && BLANKS.contains((char) messages[i])) {
        return Optional.of("a blank between two tokens, offset " + i + " of all messages");
      }
    }
    return Optional.empty();
  }

  /** The fault of the object that comes now, with its place before it; null when it has none. */
  private String object(Shape shape, int begin) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      return ": no object";
    }
    for (Field field : shape.fields()) {
      if (parser.nextToken() != JsonToken.FIELD_NAME
          || !parser.currentName().equals(field.name())) {
        return ": " + parser.getText() + " in place of the field " + field.name();
      }
      String fault = field(field, begin + field.at());
      if (fault != null) {
        return ", " + field.name() + fault;
      }
    }
    return parser.nextToken() == JsonToken.END_OBJECT ? null : ": more than its fields";
  }

  private String field(Field field, int at) throws IOException {
    Shape inner = schema.shapes().get(field.type());
    JsonToken token = parser.nextToken();
    if (inner == null) {
      return value(field, at, token);
    }
    if (token != JsonToken.START_ARRAY) {
      return ": no list";
    }
    for (int i = 0; i < field.count(); i++) {
      String fault = object(inner, at + i * inner.bytes());
      if (fault != null) {
        return "[" + i + "]" + fault;
      }
    }
    return parser.nextToken() == JsonToken.END_ARRAY ? null : ": a longer list";
  }

  private String value(Field field, int at, JsonToken token) throws IOException {
    return switch (field.type()) {
      case "u64" -> text(token, Long.toUnsignedString(images.getLong(at)));
      case "i64" -> text(token, Long.toString(images.getLong(at)));
      case "u32" -> integer(token, Integer.toUnsignedString(images.getInt(at)));
      case "i32" -> integer(token, Integer.toString(images.getInt(at)));
      case "f64" -> floating(token, images.getLong(at));
      case "f32" ->
          text(token, Base64.getEncoder().encodeToString(bytes(at, field.count() * Float.BYTES)));
      case "text" ->
          text(
              token,
              new String(bytes(at + Integer.BYTES, images.getInt(at)), StandardCharsets.UTF_8));
      default -> throw new IllegalArgumentException("type " + field.type());
    };
  }

  private byte[] bytes(int at, int length) {
    byte[] bytes = new byte[length];
    images.get(at, bytes);
    return bytes;
  }

  private String text(JsonToken token, String expected) throws IOException {
    return token == JsonToken.VALUE_STRING && parser.getText().equals(expected)
        ? null
        : fault("the string " + expected);
  }

  private String integer(JsonToken token, String expected) throws IOException {
    return token == JsonToken.VALUE_NUMBER_INT && parser.getText().equals(expected)
        ? null
        : fault("the number " + expected);
  }

  private String floating(JsonToken token, long bits) throws IOException {
    double expected = Double.longBitsToDouble(bits);
    if (Double.isNaN(expected)) {
      return text(token, String.format("NaN:%016x", bits));
    }
    if (Double.isInfinite(expected)) {
      return text(token, expected > 0 ? "Infinity" : "-Infinity");
    }
    return token.isNumeric()
            && Double.doubleToRawLongBits(Double.parseDouble(parser.getText())) == bits
        ? null
        : fault("a number that is " + expected);
  }

  private String fault(String expected) throws IOException {
    return ": "
        + parser.currentToken()
        + " "
        + shorten(parser.getText())
        + " in place of "
        + shorten(expected);
  }

  private static String shorten(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }
}
