// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON to and from plain maps, lists, strings, longs, doubles and booleans. The streaming parser
 * alone starts in a fraction of the time that a data binder takes, and {@code pair} has 1.5 s for
 * everything.
 */
public final class Json {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().disable(JsonReadFeature.ALLOW_JAVA_COMMENTS).build();

  private Json() {}

  /**
   * Parses exactly one JSON object; object members keep their order.
   *
   * @throws IllegalArgumentException when the text is not one JSON object
   */
  public static Map<String, Object> parseObject(String text) {
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("not a JSON object: " + shorten(text));
      }
      Map<String, Object> object = object(parser);
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("text after the JSON object: " + shorten(text));
      }
      return object;
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "not JSON (" + e.getMessage().lines().findFirst().orElse("") + "): " + shorten(text), e);
    }
  }

  /** One line, no line break at the end. */
  public static String oneLine(Object value) {
    return write(value, false);
  }

  /** Indented, with a line break at the end. */
  public static String pretty(Object value) {
    return write(value, true) + "\n";
  }

  /** The member as an object; an empty one when it is absent or null. */
  public static Map<String, Object> object(Map<String, Object> parent, String name) {
    return asObject(parent.get(name));
  }

  /** A value as an object; an empty one when it is something else. */
  @SuppressWarnings("unchecked")
  public static Map<String, Object> asObject(Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }

  /** The member as a list; an empty one when it is absent or null. */
  @SuppressWarnings("unchecked")
  public static List<Object> list(Map<String, Object> parent, String name) {
    return parent.get(name) instanceof List<?> list ? (List<Object>) list : List.of();
  }

  /** The member as text; null when it is absent, null or something else. */
  public static String text(Map<String, Object> parent, String name) {
    return parent.get(name) instanceof String text ? text : null;
  }

  /** The member as an integer; {@code otherwise} when it is absent, null or something else. */
  public static long integer(Map<String, Object> parent, String name, long otherwise) {
    return parent.get(name) instanceof Long number ? number : otherwise;
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      object.put(name, value(parser));
    }
    return object;
  }

  private static Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        yield list;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new IllegalArgumentException("unexpected " + parser.currentToken());
    };
  }

  private static String write(Object value, boolean pretty) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(text)) {
      if (pretty) {
        generator.setPrettyPrinter(new DefaultPrettyPrinter());
      }
      write(generator, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator generator, Object value) throws IOException {
    if (value instanceof Map<?, ?> map) {
      generator.writeStartObject();
      for (Map.Entry<?, ?> member : map.entrySet()) {
        generator.writeFieldName(String.valueOf(member.getKey()));
        write(generator, member.getValue());
      }
      generator.writeEndObject();
    } else if (value instanceof Iterable<?> list) {
      generator.writeStartArray();
      for (Object element : list) {
        write(generator, element);
      }
      generator.writeEndArray();
    } else if (value == null) {
      generator.writeNull();
    } else if (value instanceof Boolean bool) {
      generator.writeBoolean(bool);
    } else if (value instanceof Double || value instanceof Float) {
      generator.writeNumber(((Number) value).doubleValue());
    } else if (value instanceof Number number) {
      generator.writeNumber(number.longValue());
    } else {
      generator.writeString(value.toString());
    }
  }

  private static String shorten(String text) {
    return text.length() <= 200 ? text : text.substring(0, 200) + "...";
  }
}
