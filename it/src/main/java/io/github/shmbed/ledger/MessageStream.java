// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.ledger;

import io.github.shmbed.cases.CellFailure;
import io.github.shmbed.cases.Exchange;
import io.github.shmbed.cases.Framed;
import io.github.shmbed.cases.FramedExchange;
import io.github.shmbed.json.Json;
import io.github.shmbed.result.Mismatch;
import io.github.shmbed.result.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The bytes of a measured exchange. Up to 64 MiB in all every message has its own bytes, the reader
 * writes them down, and the two files are compared; beyond that the same 64 MiB come again and
 * again and the reader's SHA-256 is compared with the one that is computed here.
 *
 * @param messageSizeBytes of each message
 * @param messages how many, those of the warm-up too
 */
record MessageStream(long messageSizeBytes, long messages) implements Messages {
  private static final long MOST_WRITTEN_DOWN = 64 << 20;

  private long totalBytes() {
    return Math.multiplyExact(messageSizeBytes, messages);
  }

  @Override
  public FramedExchange.Content content() {
    return new FramedExchange.Content(messageSizeBytes);
  }

  @Override
  public Path payload(Exchange exchange) throws IOException {
    return exchange.payloadFile(payloadBytes());
  }

  @Override
  public boolean isWrittenDown() {
    return totalBytes() <= MOST_WRITTEN_DOWN;
  }

  /** Of the payload file: a multiple of the message's size. */
  long payloadBytes() {
    return isWrittenDown()
        ? totalBytes()
        : messageSizeBytes * Math.max(1, MOST_WRITTEN_DOWN / messageSizeBytes);
  }

  @Override
  public void require(Exchange exchange, Path payload, FramedExchange.Done done)
      throws CellFailure, IOException {
    String who = "what the reader " + exchange.reader().id() + " saw";
    if (isWrittenDown()) {
      Optional<Mismatch> mismatch = Mismatch.between(who, payload, done.out());
      if (mismatch.isPresent()) {
        throw new CellFailure(mismatch.get());
      }
    } else {
      String reported = Json.text(Json.object(done.reader(), "payload"), "sha256");
      String expected = sha256(payload);
      if (!expected.equals(reported)) {
        throw new CellFailure(
            Outcome.MISMATCH, who + " has SHA-256 " + reported + " in place of " + expected);
      }
    }
    Framed.requireCrcs(exchange, done.reader());
    Framed.requireSameDigest(exchange, done, "payload");
  }

  private String sha256(Path payload) throws IOException {
    MessageDigest digest = newDigest();
    byte[] buffer = new byte[1 << 20];
    for (long left = totalBytes(); left > 0; ) {
      try (InputStream bytes = Files.newInputStream(payload)) {
        int n;
        while (left > 0 && (n = bytes.read(buffer, 0, (int) Math.min(buffer.length, left))) >= 0) {
          digest.update(buffer, 0, n);
          left -= n;
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
