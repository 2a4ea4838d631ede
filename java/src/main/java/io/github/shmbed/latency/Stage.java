// SPDX-License-Identifier: Apache-2.0
// The measured parts of the flow, by the contract's names.
package io.github.shmbed.latency;

/** The stages of peers/CONTRACT.md, section 5, in the order in which they happen. */
public enum Stage {
  CREATE("create"),
  SIZE("size"),
  RESERVE("reserve"),
  ATTACH("attach"),
  ENCODE("encode"),
  WRITE("write"),
  NOTIFY("notify"),
  ROUND_TRIP("round-trip"),
  READER_ATTACH("reader-attach"),
  TRANSMIT("transmit"),
  WAIT("wait"),
  READ("read"),
  VERIFY("verify"),
  DECODE("decode"),
  DETACH("detach"),
  REMOVE("remove");

  private final String contractName;

  Stage(String contractName) {
    this.contractName = contractName;
  }

  /** The name in results. */
  public String contractName() {
    return contractName;
  }
}
