// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.ledger;

import io.github.shmbed.cases.CellFailure;
import io.github.shmbed.cases.Exchange;
import io.github.shmbed.cases.FramedExchange;
import java.io.IOException;
import java.nio.file.Path;

/** What a measured exchange consists of, and how it is seen that it came through. */
interface Messages {
  FramedExchange.Content content();

  /** The file for {@code --payload}. */
  Path payload(Exchange exchange) throws IOException;

  /** Whether the reader writes down what it saw. */
  boolean isWrittenDown();

  /** Ends the cell unless the reader saw just these messages. */
  void require(Exchange exchange, Path payload, FramedExchange.Done done)
      throws CellFailure, IOException;
}
