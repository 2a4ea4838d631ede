// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.ledger;

import io.github.shmbed.cases.CellFailure;
import io.github.shmbed.cases.Exchange;
import io.github.shmbed.cases.Framed;
import io.github.shmbed.cases.FramedExchange;
import io.github.shmbed.json.Json;
import io.github.shmbed.result.Outcome;
import io.github.shmbed.values.Images;
import io.github.shmbed.values.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * The values of a measured exchange: the same few come again and again, and the SHA-256 of what the
 * reader decoded is compared with the one that is computed here.
 *
 * @param messages how many, those of the warm-up too
 */
record ValueStream(FramedExchange.Content content, long messages) implements Messages {
  private static final int DISTINCT = 4;

  @Override
  public Path payload(Exchange exchange) throws IOException {
    return exchange.payloadFile(
        Images.usual(Schema.ofTree(), content.shape(), DISTINCT, exchange.payload()::bytes));
  }

  @Override
  public boolean isWrittenDown() {
    return false;
  }

  @Override
  public void require(Exchange exchange, Path payload, FramedExchange.Done done)
      throws CellFailure, IOException {
    String expected = sha256(Files.readAllBytes(payload));
    String decoded = Json.text(Json.object(done.reader(), "values"), "sha256");
    if (!expected.equals(decoded)) {
      throw new CellFailure(
          Outcome.MISMATCH,
          "what the reader "
              + exchange.reader().id()
              + " decoded has SHA-256 "
              + decoded
              + " in place of "
              + expected);
    }
    Framed.requireCrcs(exchange, done.reader());
    Framed.requireSameDigest(exchange, done, "payload");
    Framed.requireSameDigest(exchange, done, "values");
  }

  private String sha256(byte[] images) {
    MessageDigest digest = MessageStream.newDigest();
    int bytes = images.length / DISTINCT;
    for (long message = 0; message < messages; message++) {
      digest.update(images, (int) (message % DISTINCT) * bytes, bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
