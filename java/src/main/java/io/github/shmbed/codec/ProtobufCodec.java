// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import io.github.shmbed.codec.proto.Shapes;
import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** protobuf, by what its compiler makes of peers/schema/shapes.proto. */
public final class ProtobufCodec implements Codec {
  static final String NAME = "protobuf";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void encode(Shape shape, Values values, ByteBuffer room) throws IOException {
    int begin = room.position();
    CodedOutputStream output = CodedOutputStream.newInstance(room);
    try {
      message(shape, values).writeTo(output);
      output.flush();
    } catch (CodedOutputStream.OutOfSpaceException full) {
      BufferOverflowException overflow = new BufferOverflowException();
      overflow.initCause(full);
      throw overflow;
    }
    room.limit(room.position()).position(begin);
  }

  private static MessageLite message(Shape shape, Values values) {
    switch (shape) {
      case RECORD:
        return message(values.records()[0]);
      case TELEMETRY:
        Shapes.Telemetry.Builder telemetry = Shapes.Telemetry.newBuilder();
        for (SensorRecord record : values.records()) {
          telemetry.addRecords(message(record));
        }
        return telemetry.build();
      default:
        Tensor tensor = values.tensor();
        return Shapes.Tensor.newBuilder()
            .setRows(tensor.rows())
            .setColumns(tensor.columns())
            .setName(ByteString.copyFromUtf8(tensor.name()))
            .setData(UnsafeByteOperations.unsafeWrap(tensor.data()))
            .build();
    }
  }

  private static Shapes.Record message(SensorRecord record) {
    return Shapes.Record.newBuilder()
        .setId(record.id())
        .setTime(record.time())
        .setX(record.x())
        .setY(record.y())
        .setSensor(record.sensor())
        .setNote(ByteString.copyFromUtf8(record.note()))
        .build();
  }

  @Override
  public Values decode(Shape shape, ByteBuffer message) throws IOException {
    switch (shape) {
      case RECORD:
        return Values.of(record(Shapes.Record.parseFrom(message)));
      case TELEMETRY:
        Shapes.Telemetry telemetry = Shapes.Telemetry.parseFrom(message);
        SensorRecord[] records = new SensorRecord[telemetry.getRecordsCount()];
        for (int i = 0; i < records.length; i++) {
          records[i] = record(telemetry.getRecords(i));
        }
        return Values.of(records);
      default:
        Shapes.Tensor tensor = Shapes.Tensor.parseFrom(message);
        ByteBuffer data = tensor.getData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        return Values.of(
            new Tensor(
                tensor.getRows(), tensor.getColumns(), tensor.getName().toStringUtf8(), data));
    }
  }

  private static SensorRecord record(Shapes.Record message) {
    return new SensorRecord(
        message.getId(),
        message.getTime(),
        message.getX(),
        message.getY(),
        message.getSensor(),
        message.getNote().toStringUtf8());
  }
}
