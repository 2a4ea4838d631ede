// SPDX-License-Identifier: Apache-2.0
// The result object of peers/CONTRACT.md, section 5, as one line of JSON.
package io.github.shmbed.peer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.shmbed.channel.Proof;
import io.github.shmbed.latency.Ledger;
import io.github.shmbed.latency.MessageLedger;
import io.github.shmbed.latency.Stage;
import io.github.shmbed.libc.ResourceUsage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes results. Absent values are left out. */
final class ResultJson {
  private static final int SCHEMA = 1;
  private static final JsonFactory JSON = new JsonFactory();

  private ResultJson() {}

  /** One line, UTF-8, with its newline. */
  static byte[] of(Result result) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeNumberField("schema", SCHEMA);
      json.writeStringField("peer", result.peer());
      json.writeStringField("role", result.role().word());
      json.writeNumberField("exit", result.exit());
      if (result.exit() == ExitCode.UNSUPPORTED) {
        json.writeStringField("reason", result.why());
      } else if (result.exit() == ExitCode.USAGE) {
        json.writeStringField("usage", result.why());
      }
      if (result.options() != null) {
        writeCase(json, result);
        writeStages(json, result);
      }
      if (result.payloadBytes() >= 0) {
        writeDigest(json, "payload", result.payloadBytes(), result.sha256());
      }
      if (result.valueBytes() >= 0) {
        writeDigest(json, "values", result.valueBytes(), result.valuesSha256());
      }
      if (result.messages() != null) {
        writeMessages(json, result);
      }
      if (result.proof() != null) {
        writeProof(json, result.proof());
      }
      if (result.failure() != null) {
        writeFailure(json, result.failure());
      }
      json.writeNumberField("pid", ProcessHandle.current().pid());
      json.writeEndObject();
      json.writeRaw('\n');
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible); // a ByteArrayOutputStream has none
    }
    return line.toByteArray();
  }

  private static void writeDigest(JsonGenerator json, String name, long length, String sha256)
      throws IOException {
    json.writeObjectFieldStart(name);
    json.writeNumberField("length", length);
    if (sha256 != null) {
      json.writeStringField("sha256", sha256);
    }
    json.writeEndObject();
  }

  private static void writeCase(JsonGenerator json, Result result) throws IOException {
    Options options = result.options();
    json.writeObjectFieldStart("case");
    json.writeStringField("layout", options.layout());
    if (options.isPosix()) {
      json.writeStringField("name", options.name());
    } else if (result.key() != 0) {
      json.writeNumberField("key", Integer.toUnsignedLong(result.key()));
    }
    if (result.segmentBytes() != 0) {
      json.writeNumberField("segmentSize", result.segmentBytes());
    }
    json.writeStringField("mode", octal(options.mode()));
    if (options.channel() != null) {
      json.writeStringField("channel", options.channel());
    }
    json.writeStringField("codec", options.codec());
    if (options.shape() != null) {
      json.writeStringField("shape", options.shape().word());
    }
    json.writeNumberField("count", options.count());
    json.writeNumberField("warmup", options.warmup());
    if (options.isFramed()) {
      if (result.messageBytes() >= 0) {
        json.writeNumberField("messageSize", result.messageBytes());
      }
      json.writeNumberField("window", options.window());
    }
    json.writeEndObject();
  }

  private static void writeStages(JsonGenerator json, Result result) throws IOException {
    Ledger ledger = result.ledger();
    MessageLedger messages = result.messages();
    json.writeObjectFieldStart("stages");
    for (Stage stage : Stage.values()) {
      if (ledger.happened(stage)) {
        json.writeNumberField(stage.contractName(), ledger.stageNs(stage));
      } else if (messages != null && messages.has(stage)) {
        long ns = messages.typicalNs(stage, result.options().measuredTimes());
        json.writeNumberField(stage.contractName(), ns);
      }
    }
    json.writeEndObject();
  }

  /** Section 8 of the contract. */
  private static void writeProof(JsonGenerator json, Proof proof) throws IOException {
    json.writeObjectFieldStart("proof");
    json.writeNumberField("sent", proof.sent());
    json.writeNumberField("received", proof.received());
    json.writeNumberField("runs", proof.runs());
    json.writeNumberField("redirected", proof.redirected());
    json.writeNumberField("dropped", proof.dropped());
    json.writeNumberField("tcpSegmentsOut", proof.tcpSegmentsOut());
    json.writeNumberField("mostOnTheWay", proof.mostOnTheWay());
    json.writeEndObject();
  }

  /** Section 9 of the contract. */
  private static void writeMessages(JsonGenerator json, Result result) throws IOException {
    MessageLedger messages = result.messages();
    if (result.options().measuredTimes() > 1) {
      json.writeObjectFieldStart("histograms");
      for (Stage stage : Stage.values()) {
        if (messages.has(stage)) {
          json.writeStringField(stage.contractName(), messages.encoded(stage));
        }
      }
      json.writeEndObject();
    }
    json.writeObjectFieldStart("first");
    for (Stage stage : Stage.values()) {
      if (messages.hasFirst(stage)) {
        json.writeNumberField(stage.contractName(), messages.firstNs(stage));
      }
    }
    json.writeEndObject();
    writeUsage(json, messages.usage());
    json.writeNumberField("clockPairNs", messages.clockPairNs());
    json.writeNumberField("negative", messages.negative());
    if (result.rate() != null) {
      writeRate(json, result.rate(), result.options());
    }
    Options options = result.options();
    if (options.isFramed() && result.role() == Role.READER && options.verify()) {
      json.writeNumberField("crcMismatches", result.crcMismatches());
    }
    if (result.crcMismatches() > 0) {
      json.writeNumberField("firstCrcMismatch", result.firstCrcMismatch());
    }
  }

  private static void writeRate(JsonGenerator json, Rate rate, Options options) throws IOException {
    json.writeObjectFieldStart("rate");
    json.writeNumberField("wanted", options.rate());
    if (options.count() > 1) {
      json.writeNumberField("achieved", rate.achieved());
    }
    json.writeNumberField("late", rate.late());
    json.writeEndObject();
  }

  private static void writeUsage(JsonGenerator json, ResourceUsage usage) throws IOException {
    json.writeObjectFieldStart("usage");
    json.writeNumberField("minorFaults", usage.minorFaults());
    json.writeNumberField("majorFaults", usage.majorFaults());
    json.writeNumberField("voluntarySwitches", usage.voluntarySwitches());
    json.writeNumberField("involuntarySwitches", usage.involuntarySwitches());
    json.writeNumberField("userNs", usage.userNs());
    json.writeNumberField("systemNs", usage.systemNs());
    json.writeEndObject();
  }

  private static void writeFailure(JsonGenerator json, Failure failure) throws IOException {
    json.writeObjectFieldStart("error");
    json.writeStringField("call", failure.call());
    json.writeStringField("object", failure.object());
    json.writeStringField("errno", failure.errno());
    if (failure.rule() != null) {
      json.writeStringField("name", failure.rule());
    }
    if (failure.stage() != null) {
      json.writeStringField("stage", failure.stage().contractName());
    }
    json.writeStringField("message", failure.message());
    json.writeEndObject();
  }

  /** Four octal digits, such as 0600. */
  private static String octal(int mode) {
    String digits = Integer.toOctalString(mode);
    return "0".repeat(4 - digits.length()) + digits;
  }
}
