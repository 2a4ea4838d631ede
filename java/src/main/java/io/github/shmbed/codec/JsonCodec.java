// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * JSON, by Jackson. By convention 64-bit integers are strings (a JSON number is exact up to 2^53
 * only), a double that is no number is a string, and the tensor's data is base64.
 */
public final class JsonCodec extends JacksonCodec {
  static final String NAME = "json";

  private static final JsonFactory JSON = quiet(new JsonFactory());
  private static final String NAN = "NaN:";

  JsonCodec() {
    super(NAME, JSON);
  }

  @Override
  void writeUnsigned(JsonGenerator json, long value) throws IOException {
    json.writeString(Long.toUnsignedString(value));
  }

  @Override
  void writeSigned(JsonGenerator json, long value) throws IOException {
    json.writeString(Long.toString(value));
  }

  @Override
  void writeDouble(JsonGenerator json, double value) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumber(value);
    } else if (Double.isInfinite(value)) {
      json.writeString(value > 0 ? "Infinity" : "-Infinity");
    } else {
      json.writeString(NAN + String.format("%016x", Double.doubleToRawLongBits(value)));
    }
  }

  @Override
  void writeData(JsonGenerator json, ByteBuffer data) throws IOException {
    json.writeBinary(new BufferInput().of(data.duplicate()), data.remaining());
  }

  @Override
  long readUnsigned(JsonParser json) throws IOException {
    return Long.parseUnsignedLong(text(json));
  }

  @Override
  long readSigned(JsonParser json) throws IOException {
    return Long.parseLong(text(json));
  }

  @Override
  double readDouble(JsonParser json) throws IOException {
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
    expect(Double.isNaN(value), "a number in place of NaN");
    return value;
  }

  @Override
  byte[] readData(JsonParser json) throws IOException {
    return json.getBinaryValue();
  }
}
