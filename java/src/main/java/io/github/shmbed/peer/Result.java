// SPDX-License-Identifier: Apache-2.0
// What one command did: filled while it runs, then written as JSON and told to a person.
package io.github.shmbed.peer;

import io.github.shmbed.latency.Ledger;

/** The outcome of one command line. */
final class Result {
  private final Role role;
  private final String api;
  private final Options options; // null when the command line was wrong
  private final Ledger ledger = new Ledger();
  private int key;
  private int exit = ExitCode.DONE;
  private Failure failure;
  private Digest digest;
  private String why;
  private long payloadBytes = -1;
  private String sha256;

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

  /** The end of a command that went well: all that is left to do is outside the stages. */
  void finish() {
    if (digest != null) {
      payloadBytes = digest.lengthBytes();
      sha256 = digest.hex();
      ledger.say("msg sha256=" + sha256);
    }
  }

  /** The length without the NUL, -1 if no payload was exchanged. */
  long payloadBytes() {
    return payloadBytes;
  }

  String sha256() {
    return sha256;
  }
}
