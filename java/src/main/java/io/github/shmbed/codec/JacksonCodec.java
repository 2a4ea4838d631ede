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

/** What the formats of Jackson's streaming classes have in common: objects with named fields. */
abstract class JacksonCodec implements Codec {
  private static final int RECORD_FIELDS = 6;
  private static final int ALL_OF_A_RECORD = (1 << RECORD_FIELDS) - 1;
  private static final int TENSOR_FIELDS = 4;

  private final String name;
  private final JsonFactory factory;
  private final BufferOutput output = new BufferOutput();
  private final BufferInput input = new BufferInput();

  JacksonCodec(String name, JsonFactory factory) {
    this.name = name;
    this.factory = factory;
  }

  /** The usual settings: what is flushed and closed is this codec's affair. */
  static <F extends JsonFactory> F quiet(F factory) {
    factory.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    factory.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
    return factory;
  }

  abstract void writeUnsigned(JsonGenerator json, long value) throws IOException;

  abstract void writeSigned(JsonGenerator json, long value) throws IOException;

  abstract void writeDouble(JsonGenerator json, double value) throws IOException;

  abstract void writeData(JsonGenerator json, ByteBuffer data) throws IOException;

  abstract long readUnsigned(JsonParser json) throws IOException;

  abstract long readSigned(JsonParser json) throws IOException;

  abstract double readDouble(JsonParser json) throws IOException;

  abstract byte[] readData(JsonParser json) throws IOException;

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final void encode(Shape shape, Values values, ByteBuffer room) throws IOException {
    int begin = room.position();
    try (JsonGenerator json = factory.createGenerator(output.into(room))) {
      switch (shape) {
        case RECORD:
          write(json, values.records()[0]);
          break;
        case TELEMETRY:
          write(json, values.records());
          break;
        default:
          write(json, values.tensor());
      }
    }
    room.limit(room.position()).position(begin);
  }

  private void write(JsonGenerator json, SensorRecord[] records) throws IOException {
    json.writeStartObject(null, 1);
    json.writeFieldName("records");
    json.writeStartArray(null, records.length);
    for (SensorRecord record : records) {
      write(json, record);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void write(JsonGenerator json, SensorRecord record) throws IOException {
    json.writeStartObject(null, RECORD_FIELDS);
    json.writeFieldName("id");
    writeUnsigned(json, record.id());
    json.writeFieldName("time");
    writeSigned(json, record.time());
    json.writeFieldName("x");
    writeDouble(json, record.x());
    json.writeFieldName("y");
    writeDouble(json, record.y());
    json.writeNumberField("sensor", record.sensor());
    json.writeStringField("note", record.note());
    json.writeEndObject();
  }

  private void write(JsonGenerator json, Tensor tensor) throws IOException {
    json.writeStartObject(null, TENSOR_FIELDS);
    json.writeNumberField("rows", tensor.rows());
    json.writeNumberField("columns", tensor.columns());
    json.writeStringField("name", tensor.name());
    json.writeFieldName("data");
    writeData(json, tensor.data());
    json.writeEndObject();
  }

  @Override
  public final Values decode(Shape shape, ByteBuffer message) throws IOException {
    try (JsonParser json = factory.createParser(input.of(message))) {
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

  /** The fields of an object whose beginning was read, in any order; others are passed over. */
  private SensorRecord record(JsonParser json) throws IOException {
    long id = 0;
    long time = 0;
    double x = 0;
    double y = 0;
    int sensor = 0;
    String note = null;
    int seen = 0;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "id":
          id = readUnsigned(json);
          seen |= 1;
          break;
        case "time":
          time = readSigned(json);
          seen |= 1 << 1;
          break;
        case "x":
          x = readDouble(json);
          seen |= 1 << 2;
          break;
        case "y":
          y = readDouble(json);
          seen |= 1 << 3;
          break;
        case "sensor":
          sensor = integer(json);
          seen |= 1 << 4;
          break;
        case "note":
          note = text(json);
          seen |= 1 << 5;
          break;
        default:
          json.skipChildren();
      }
    }
    expect(seen == ALL_OF_A_RECORD, "a field of a record is missing");
    return new SensorRecord(id, time, x, y, sensor, note);
  }

  private SensorRecord[] telemetry(JsonParser json) throws IOException {
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

  private Tensor tensor(JsonParser json) throws IOException {
    int rows = 0;
    int columns = 0;
    String tensorName = null;
    byte[] data = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "rows":
          rows = integer(json);
          break;
        case "columns":
          columns = integer(json);
          break;
        case "name":
          tensorName = text(json);
          break;
        case "data":
          data = readData(json);
          break;
        default:
          json.skipChildren();
      }
    }
    expect(tensorName != null && data != null, "a field of a tensor is missing");
    ByteBuffer bytes = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    return new Tensor(rows, columns, tensorName, bytes);
  }

  private static int integer(JsonParser json) throws IOException {
    expect(json.currentToken() == JsonToken.VALUE_NUMBER_INT, "no integer");
    return json.getIntValue();
  }

  static String text(JsonParser json) throws IOException {
    expect(json.currentToken() == JsonToken.VALUE_STRING, "no string");
    return json.getText();
  }

  static void expect(boolean good, String wrong) throws IOException {
    if (!good) {
      throw new IOException(wrong);
    }
  }
}
