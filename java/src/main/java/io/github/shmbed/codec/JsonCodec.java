// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * JSON, by Jackson's streaming classes. By convention 64-bit integers are strings (a JSON number is
 * exact up to 2^53 only), a double that is no number is a string, and the tensor's data is base64.
 */
public final class JsonCodec implements Codec {
  private static final JsonFactory JSON =
      new JsonFactory()
          .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
          .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
  private static final String NAN = "NaN:";
  private static final int ALL_OF_A_RECORD = 0b111111;

  private final BufferOutput output = new BufferOutput();
  private final BufferInput input = new BufferInput();

  @Override
  public String name() {
    return "json";
  }

  @Override
  public void encode(Shape shape, Values values, ByteBuffer room) throws IOException {
    int begin = room.position();
    try (JsonGenerator json = JSON.createGenerator(output.into(room))) {
      switch (shape) {
        case RECORD:
          write(json, values.records()[0]);
          break;
        case TELEMETRY:
          json.writeStartObject();
          json.writeArrayFieldStart("records");
          for (SensorRecord record : values.records()) {
            write(json, record);
          }
          json.writeEndArray();
          json.writeEndObject();
          break;
        default:
          write(json, values.tensor());
      }
    }
    room.limit(room.position()).position(begin);
  }

  private static void write(JsonGenerator json, SensorRecord record) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", Long.toUnsignedString(record.id()));
    json.writeStringField("time", Long.toString(record.time()));
    json.writeFieldName("x");
    write(json, record.x());
    json.writeFieldName("y");
    write(json, record.y());
    json.writeNumberField("sensor", record.sensor());
    json.writeStringField("note", record.note());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, double value) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumber(value);
    } else if (Double.isInfinite(value)) {
      json.writeString(value > 0 ? "Infinity" : "-Infinity");
    } else {
      json.writeString(NAN + String.format("%016x", Double.doubleToRawLongBits(value)));
    }
  }

  private static void write(JsonGenerator json, Tensor tensor) throws IOException {
    json.writeStartObject();
    json.writeNumberField("rows", tensor.rows());
    json.writeNumberField("columns", tensor.columns());
    json.writeStringField("name", tensor.name());
    ByteBuffer data = tensor.data();
    json.writeFieldName("data");
    json.writeBinary(new BufferInput().of(data.duplicate()), data.remaining());
    json.writeEndObject();
  }

  @Override
  public Values decode(Shape shape, ByteBuffer message) throws IOException {
    try (JsonParser json = JSON.createParser(input.of(message))) {
      expect(json.nextToken() == JsonToken.START_OBJECT, "no object");
      Values values;
      switch (shape) {
        case RECORD:
          values = Values.of(record(json));
          break;
        case TELEMETRY:
          values = Values.of(telemetry(json));
          break;
        default:
          values = Values.of(tensor(json));
      }
      expect(json.nextToken() == null, "something behind the object");
      return values;
    }
  }

  /**
   * The fields of an object whose beginning was read, in whatever order; others are passed over.
   */
  private static SensorRecord record(JsonParser json) throws IOException {
    long id = 0;
    long time = 0;
    double x = 0;
    double y = 0;
    int sensor = 0;
    String note = null;
    int seen = 0;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "id":
          id = Long.parseUnsignedLong(text(json));
          seen |= 1;
          break;
        case "time":
          time = Long.parseLong(text(json));
          seen |= 2;
          break;
        case "x":
          x = number(json);
          seen |= 4;
          break;
        case "y":
          y = number(json);
          seen |= 8;
          break;
        case "sensor":
          sensor = json.getIntValue();
          seen |= 16;
          break;
        case "note":
          note = text(json);
          seen |= 32;
          break;
        default:
          json.skipChildren();
      }
    }
    expect(seen == ALL_OF_A_RECORD, "a field of a record is missing");
    return new SensorRecord(id, time, x, y, sensor, note);
  }

  private static SensorRecord[] telemetry(JsonParser json) throws IOException {
    List<SensorRecord> records = new ArrayList<>(Values.RECORDS);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      boolean wanted = json.currentName().equals("records");
      json.nextToken();
      if (!wanted) {
        json.skipChildren();
        continue;
      }
      expect(json.currentToken() == JsonToken.START_ARRAY, "records are no array");
      while (json.nextToken() == JsonToken.START_OBJECT) {
        records.add(record(json));
      }
      expect(json.currentToken() == JsonToken.END_ARRAY, "a record is no object");
    }
    return records.toArray(new SensorRecord[0]);
  }

  private static Tensor tensor(JsonParser json) throws IOException {
    int rows = 0;
    int columns = 0;
    String name = null;
    byte[] data = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "rows":
          rows = json.getIntValue();
          break;
        case "columns":
          columns = json.getIntValue();
          break;
        case "name":
          name = text(json);
          break;
        case "data":
          data = json.getBinaryValue();
          break;
        default:
          json.skipChildren();
      }
    }
    expect(name != null && data != null, "a field of a tensor is missing");
    return new Tensor(rows, columns, name, ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN));
  }

  private static double number(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      return json.getDoubleValue();
    }
    String text = json.getText();
    if (text.equals("Infinity")) {
      return Double.POSITIVE_INFINITY;
    }
    if (text.equals("-Infinity")) {
      return Double.NEGATIVE_INFINITY;
    }
    expect(text.startsWith(NAN), "no number");
    double value =
        Double.longBitsToDouble(Long.parseUnsignedLong(text.substring(NAN.length()), 16));
    expect(Double.isNaN(value), "a number");
    return value;
  }

  private static String text(JsonParser json) throws IOException {
    expect(json.currentToken() == JsonToken.VALUE_STRING, "no string");
    return json.getText();
  }

  private static void expect(boolean good, String wrong) throws IOException {
    if (!good) {
      throw new IOException(wrong);
    }
  }
}
