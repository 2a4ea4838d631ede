// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.matrix;

import io.github.shmbed.cases.Case;
import io.github.shmbed.registry.Peer;
import java.util.Optional;

/** A pairing and a case: what one result is about. */
public record Cell(Peer writer, Peer reader, Case exchange) {

  /** {@code writer:reader:case}. */
  public String id() {
    return pairing() + ":" + exchange.name();
  }

  /** {@code writer:reader}. */
  public String pairing() {
    return writer.id() + ":" + reader.id();
  }

  /** Why there is nothing to run here; empty when there is. */
  public Optional<String> notApplicable() {
    if (writer.api() != reader.api()) {
      return Optional.of(
          "a "
              + writer.api().id()
              + " writer and a "
              + reader.api().id()
              + " reader have different namespaces");
    }
    return exchange.existsFor(writer.api())
        ? Optional.empty()
        : Optional.of(exchange.name() + " does not exist for " + writer.api().id());
  }

  /** What peers.json says is missing; empty when the cell can run. */
  public Optional<String> missing() {
    return exchange.missing(writer, reader);
  }

  /** Whether peers have to run for it. */
  public boolean isRunnable() {
    return notApplicable().isEmpty() && missing().isEmpty();
  }
}
