// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.codec;

import com.google.flatbuffers.FlatBufferBuilder;
import io.github.shmbed.codec.flat.Numbers;
import io.github.shmbed.codec.flat.Record;
import io.github.shmbed.codec.flat.Telemetry;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;

/**
 * FlatBuffers, by what its compiler makes of peers/schema/shapes.fbs. A message is built from the
 * end of its slot downwards, and read where it lies.
 */
public final class FlatBuffersCodec implements Codec {
  static final String NAME = "flatbuffers";

  /** Before the last number the builder asks for room for the largest, whatever is to come. */
  private static final int SLACK_BYTES = 2 * Long.BYTES;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int slackBytes() {
    return SLACK_BYTES;
  }

  @Override
  public void encode(Shape shape, Values values, ByteBuffer room) {
    FlatBufferBuilder builder = new FlatBufferBuilder(room.slice(), new NoLarger());
    switch (shape) {
      case RECORD:
        builder.finish(add(builder, values.records()[0]));
        break;
      case TELEMETRY:
        SensorRecord[] records = values.records();
        int[] places = new int[records.length];
        for (int i = 0; i < places.length; i++) {
          places[i] = add(builder, records[i]);
        }
        int vector = Telemetry.createRecordsVector(builder, places);
        builder.finish(Telemetry.createTelemetry(builder, vector));
        break;
      default:
        builder.finish(add(builder, values.tensor()));
    }
    room.position(room.position() + builder.dataBuffer().position());
  }

  private static int add(FlatBufferBuilder builder, SensorRecord record) {
    int note = builder.createString(record.note());
    Record.startRecord(builder);
    Record.addNumbers(
        builder,
        Numbers.createNumbers(
            builder, record.id(), record.time(), record.x(), record.y(), record.sensor()));
    Record.addNote(builder, note);
    return Record.endRecord(builder);
  }

  /** The data first, so that everything else lies before it in the message. */
  private static int add(FlatBufferBuilder builder, Tensor tensor) {
    int floats = tensor.data().remaining() / Float.BYTES;
    builder
        .createUnintializedVector(Float.BYTES, floats, Float.BYTES)
        .put(tensor.data().duplicate());
    int data = builder.endVector();
    int name = builder.createString(tensor.name());
    return io.github.shmbed.codec.flat.Tensor.createTensor(
        builder, tensor.rows(), tensor.columns(), name, data);
  }

  @Override
  public Values decode(Shape shape, ByteBuffer message) {
    ByteBuffer bytes = message.slice();
    switch (shape) {
      case RECORD:
        return Values.of(record(Record.getRootAsRecord(bytes)));
      case TELEMETRY:
        Telemetry telemetry = Telemetry.getRootAsTelemetry(bytes);
        if (telemetry.recordsLength() != Values.RECORDS) {
          throw new IllegalArgumentException(telemetry.recordsLength() + " records");
        }
        SensorRecord[] records = new SensorRecord[Values.RECORDS];
        Record one = new Record();
        for (int i = 0; i < records.length; i++) {
          records[i] = record(telemetry.records(one, i));
        }
        return Values.of(records);
      default:
        var tensor = io.github.shmbed.codec.flat.Tensor.getRootAsTensor(bytes);
        return Values.of(
            new Tensor(
                (int) tensor.rows(),
                (int) tensor.columns(),
                tensor.name(),
                tensor.dataAsByteBuffer()));
    }
  }

  private static SensorRecord record(Record record) {
    Numbers numbers = record.numbers();
    return new SensorRecord(
        numbers.id(), numbers.time(), numbers.x(), numbers.y(), numbers.sensor(), record.note());
  }

  /** The builder asks it for a larger memory than the slot. */
  private static final class NoLarger extends FlatBufferBuilder.ByteBufferFactory {
    @Override
    public ByteBuffer newByteBuffer(int capacity) {
      throw new BufferOverflowException();
    }
  }
}
