// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.codec;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.msgpack.core.MessageFormat;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePacker;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.core.buffer.InputStreamBufferInput;
import org.msgpack.core.buffer.OutputStreamBufferOutput;

/**
 * MessagePack, by msgpack-core: maps with the fields' names, integers in their shortest form, the
 * tensor's data as bin.
 */
public final class MsgpackCodec implements Codec {
  static final String NAME = "msgpack";

  private static final int RECORD_FIELDS = 6;
  private static final int ALL_OF_A_RECORD = (1 << RECORD_FIELDS) - 1;
  private static final int TENSOR_FIELDS = 4;

  private final BufferOutput output = new BufferOutput();
  private final BufferInput input = new BufferInput();
  private final MessagePacker packer =
      MessagePack.newDefaultPacker(new OutputStreamBufferOutput(output));
  private final InputStreamBufferInput messages = new InputStreamBufferInput(input);
  private final MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(messages);

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void encode(Shape shape, Values values, ByteBuffer room) throws IOException {
    int begin = room.position();
    output.into(room);
    packer.clear();
    switch (shape) {
      case RECORD:
        pack(values.records()[0]);
        break;
      case TELEMETRY:
        packer.packMapHeader(1).packString("records").packArrayHeader(values.records().length);
        for (SensorRecord record : values.records()) {
          pack(record);
        }
        break;
      default:
        pack(values.tensor());
    }
    packer.flush();
    room.limit(room.position()).position(begin);
  }

  private void pack(SensorRecord record) throws IOException {
    packer.packMapHeader(RECORD_FIELDS).packString("id");
    if (record.id() >= 0) {
      packer.packLong(record.id());
    } else {
      packer.packBigInteger(new BigInteger(Long.toUnsignedString(record.id())));
    }
    packer.packString("time").packLong(record.time());
    packer.packString("x").packDouble(record.x());
    packer.packString("y").packDouble(record.y());
    packer.packString("sensor").packInt(record.sensor());
    packer.packString("note").packString(record.note());
  }

  private void pack(Tensor tensor) throws IOException {
    packer.packMapHeader(TENSOR_FIELDS);
    packer.packString("rows").packInt(tensor.rows());
    packer.packString("columns").packInt(tensor.columns());
    packer.packString("name").packString(tensor.name());
    ByteBuffer data = tensor.data();
    packer.packString("data").packBinaryHeader(data.remaining());
    packer.writePayload(data.array(), data.arrayOffset() + data.position(), data.remaining());
  }

  @Override
  public Values decode(Shape shape, ByteBuffer message) throws IOException {
    messages.reset(input.of(message));
    unpacker.reset(messages);
    Values values;
    switch (shape) {
      case RECORD:
        values = Values.of(record());
        break;
      case TELEMETRY:
        values = Values.of(telemetry());
        break;
      default:
        values = Values.of(tensor());
    }
    expect(!unpacker.hasNext(), "something behind the object");
    return values;
  }

  /** A map's fields in any order; others are passed over. */
  private SensorRecord record() throws IOException {
    long id = 0;
    long time = 0;
    double x = 0;
    double y = 0;
    int sensor = 0;
    String note = null;
    int seen = 0;
    for (int fields = unpacker.unpackMapHeader(); fields > 0; fields--) {
      switch (unpacker.unpackString()) {
        case "id":
          id = unsigned();
          seen |= 1;
          break;
        case "time":
          time = unpacker.unpackLong();
          seen |= 1 << 1;
          break;
        case "x":
          x = number();
          seen |= 1 << 2;
          break;
        case "y":
          y = number();
          seen |= 1 << 3;
          break;
        case "sensor":
          sensor = unpacker.unpackInt();
          seen |= 1 << 4;
          break;
        case "note":
          note = unpacker.unpackString();
          seen |= 1 << 5;
          break;
        default:
          unpacker.skipValue();
      }
    }
    expect(seen == ALL_OF_A_RECORD, "a field of a record is missing");
    return new SensorRecord(id, time, x, y, sensor, note);
  }

  private SensorRecord[] telemetry() throws IOException {
    SensorRecord[] records = {};
    for (int fields = unpacker.unpackMapHeader(); fields > 0; fields--) {
      if (!unpacker.unpackString().equals("records")) {
        unpacker.skipValue();
        continue;
      }
      expect(unpacker.unpackArrayHeader() == Values.RECORDS, "another number of records");
      records = new SensorRecord[Values.RECORDS];
      for (int i = 0; i < records.length; i++) {
        records[i] = record();
      }
    }
    return records;
  }

  private Tensor tensor() throws IOException {
    int rows = 0;
    int columns = 0;
    String name = null;
    byte[] data = null;
    for (int fields = unpacker.unpackMapHeader(); fields > 0; fields--) {
      switch (unpacker.unpackString()) {
        case "rows":
          rows = unpacker.unpackInt();
          break;
        case "columns":
          columns = unpacker.unpackInt();
          break;
        case "name":
          name = unpacker.unpackString();
          break;
        case "data":
          expect(unpacker.unpackBinaryHeader() == Tensor.DATA_BYTES, "another length of data");
          data = unpacker.readPayload(Tensor.DATA_BYTES);
          break;
        default:
          unpacker.skipValue();
      }
    }
    expect(name != null && data != null, "a field of a tensor is missing");
    return new Tensor(rows, columns, name, ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN));
  }

  private long unsigned() throws IOException {
    if (unpacker.getNextFormat() != MessageFormat.UINT64) {
      long value = unpacker.unpackLong();
      expect(value >= 0, "a number below 0");
      return value;
    }
    return unpacker.unpackBigInteger().longValue();
  }

  private double number() throws IOException {
    expect(unpacker.getNextFormat() == MessageFormat.FLOAT64, "no double");
    return unpacker.unpackDouble();
  }

  private static void expect(boolean good, String wrong) throws IOException {
    if (!good) {
      throw new IOException(wrong);
    }
  }
}
