// SPDX-License-Identifier: Apache-2.0
// What one command did: filled while it runs, then written as JSON and told to a person.
package io.github.shmbed.peer;

import io.github.shmbed.channel.Proof;
import io.github.shmbed.latency.Ledger;
import io.github.shmbed.latency.MessageLedger;
import io.github.shmbed.latency.Stage;

/** The outcome of one command line. */
final class Result {
  private final Role role;
  private final String api;
  private final Options options; // null when the command line was wrong
  private final Ledger ledger = new Ledger();
  private int key;
  private long segmentBytes;
  private long messageBytes = -1;
  private Stage stage;
  private MessageLedger messages;
  private Rate rate;
  private Proof proof;
  private long crcMismatches;
  private long firstCrcMismatch;
  private int exit = ExitCode.DONE;
  private Failure failure;
  private Digest digest;
  private String why;
  private long payloadBytes = -1;
  private String sha256;
  private Digest values;
  private long valueBytes = -1;
  private String valuesSha256;

  Result(Role role, String api, Options options) {
    this.role = role;
    this.api = api;
    this.options = options;
  }

  Role role() {
    return role;
  }

  /** The peer's id in peers.json. */
  String peer() {
    return "java-" + api;
  }

  Options options() {
    return options;
  }

  Ledger ledger() {
    return ledger;
  }

  /** The System V key once it is known, 0 before and for POSIX. */
  int key() {
    return key;
  }

  void setKey(int key) {
    this.key = key;
  }

  /**
   * What the segment of a framed exchange turned out to be; a message's size is -1 where it is not
   * known.
   */
  void setSegment(long segmentBytes, long messageBytes) {
    this.segmentBytes = segmentBytes;
    this.messageBytes = messageBytes;
  }

  /** The segment's size as far as it is known, else 0. */
  long segmentBytes() {
    return segmentBytes != 0 || options == null ? segmentBytes : options.segmentSizeBytes();
  }

  /** Bytes of a framed message, -1 if not known. */
  long messageBytes() {
    return messageBytes;
  }

  /** The flow is in that stage now; a deadline that passes is told with it. */
  void enter(Stage stage) {
    this.stage = stage;
  }

  Stage stage() {
    return stage;
  }

  /** How an open loop went. */
  void setRate(Rate rate) {
    this.rate = rate;
  }

  /** Null for a closed loop. */
  Rate rate() {
    return rate;
  }

  /** What the channel shows of the messages' way, or null. */
  void setProof(Proof proof) {
    this.proof = proof;
  }

  /** Null where the channel has none, or the exchange did not come to its end. */
  Proof proof() {
    return proof;
  }

  /** What the messages (or rounds) took; only of a loop that came to its end. */
  void setMessages(MessageLedger messages) {
    this.messages = messages;
  }

  /** Null unless a framed exchange, or all rounds of a classic one, came to its end. */
  MessageLedger messages() {
    return messages;
  }

  /** A payload whose CRC is not its descriptor's. */
  void crcMismatch(long seq) {
    if (crcMismatches++ == 0) {
      firstCrcMismatch = seq;
    }
  }

  long crcMismatches() {
    return crcMismatches;
  }

  /** The first one's number, 0 if there is none. */
  long firstCrcMismatch() {
    return firstCrcMismatch;
  }

  /** See {@link ExitCode}. */
  int exit() {
    return exit;
  }

  void fail(Failure failure) {
    this.exit = ExitCode.FAILED;
    this.failure = failure;
  }

  /** Null unless the exit code is 1. */
  Failure failure() {
    return failure;
  }

  /** Ends with exit code 64 or 77. */
  void refuse(int exit, String why) {
    this.exit = exit;
    this.why = why;
  }

  /** The reason or the usage message; null unless the exit code is 64 or 77. */
  String why() {
    return why;
  }

  /** What was exchanged; it counts once the command has come to its end. */
  void setDigest(Digest digest) {
    this.digest = digest;
  }

  /** The images of the values that were exchanged, likewise. */
  void setValues(Digest values) {
    this.values = values;
  }

  /** The end of a command that went well: all that is left to do is outside the stages. */
  void finish() {
    sayMessageStages();
    if (digest != null) {
      payloadBytes = digest.lengthBytes();
      sha256 = digest.hex();
      if (sha256 != null) {
        ledger.say("msg sha256=" + sha256);
      }
    }
    if (values != null) {
      valueBytes = values.lengthBytes();
      valuesSha256 = values.hex();
    }
  }

  private void sayMessageStages() {
    for (Stage each : Stage.values()) {
      if (messages != null && messages.has(each)) {
        String label = each == Stage.WRITE || each == Stage.READ ? " shared memory" : "";
        long ns = messages.typicalNs(each, options.measuredTimes());
        ledger.say("[QLOG] " + each.contractName() + label + " latency: " + ns);
      }
    }
  }

  /** The length without the NUL, -1 if no payload was exchanged. */
  long payloadBytes() {
    return payloadBytes;
  }

  String sha256() {
    return sha256;
  }

  /** The length of the values' images, -1 if no values were exchanged. */
  long valueBytes() {
    return valueBytes;
  }

  String valuesSha256() {
    return valuesSha256;
  }
}
