// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/**
 * CBOR, by Jackson: maps with the fields' names, definite lengths, integers in their shortest form,
 * doubles in 8 bytes, the tensor's data as a typed array (RFC 8746). By convention a double that is
 * no number is a byte string.
 */
public final class CborCodec extends JacksonCodec {
  static final String NAME = "cbor";

  private static final CBORFactory CBOR = quiet(new CBORFactory());
  private static final int FLOAT32_LE = 85; // the tag: RFC 8746, table 1

  private final byte[] bits = new byte[Double.BYTES];

  CborCodec() {
    super(NAME, CBOR);
  }

  @Override
  void writeUnsigned(JsonGenerator json, long value) throws IOException {
    if (value >= 0) {
      json.writeNumber(value);
    } else {
      ((CBORGenerator) json).writeNumberUnsigned(value);
    }
  }

  @Override
  void writeSigned(JsonGenerator json, long value) throws IOException {
    json.writeNumber(value);
  }

  @Override
  void writeDouble(JsonGenerator json, double value) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumber(value);
    } else {
      ByteBuffer.wrap(bits).putDouble(value); // big-endian
      json.writeBinary(bits);
    }
  }

  @Override
  void writeData(JsonGenerator json, ByteBuffer data) throws IOException {
    ((CBORGenerator) json).writeTag(FLOAT32_LE);
    json.writeBinary(new BufferInput().of(data.duplicate()), data.remaining());
  }

  @Override
  long readUnsigned(JsonParser json) throws IOException {
    expect(json.currentToken() == JsonToken.VALUE_NUMBER_INT, "no integer");
    BigInteger value = json.getBigIntegerValue();
    expect(value.signum() >= 0 && value.bitLength() <= Long.SIZE, "no integer of 64 bits");
    return value.longValue();
  }

  @Override
  long readSigned(JsonParser json) throws IOException {
    expect(json.currentToken() == JsonToken.VALUE_NUMBER_INT, "no integer");
    return json.getLongValue();
  }

  @Override
  double readDouble(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NUMBER_FLOAT) {
      return json.getDoubleValue();
    }
    byte[] bytes = json.getBinaryValue();
    expect(bytes.length == Double.BYTES, "no double");
    double value = ByteBuffer.wrap(bytes).getDouble();
    expect(!Double.isFinite(value), "a number as bytes");
    return value;
  }

  @Override
  byte[] readData(JsonParser json) throws IOException {
    expect(((CBORParser) json).getCurrentTag() == FLOAT32_LE, "no array of float32");
    return json.getBinaryValue();
  }
}
