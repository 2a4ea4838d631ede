// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.command;

import io.github.shmbed.kernel.Remains;
import io.github.shmbed.registry.Home;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./shmbed clean}: what killed runs left; removes it only when told so. */
@Command(
    name = "clean",
    description =
        "Lists what dead runs left, and objects at the default names that nobody uses; removes it with --yes.",
    footer = {
      "",
      "Never touches runs that live, objects that a process maps, or what belongs to others."
    })
public final class CleanCommand implements Callable<Integer> {
  @Option(names = "--yes", description = "Remove what is listed.")
  private boolean yes;

  @Override
  public Integer call() throws Exception {
    List<Remains.Item> items = Remains.find(Home.find().path());
    if (items.isEmpty()) {
      System.out.println("nothing to clean");
      return 0;
    }
    int stayed = 0;
    for (Remains.Item item : items) {
      String verb = "would remove";
      if (yes) {
        try {
          item.remover().remove();
          verb = "removed";
        } catch (IOException | RuntimeException e) {
          verb = "cannot remove (" + e.getMessage() + ")";
          stayed++;
        }
      }
      System.out.println(verb + " " + item.what() + ": " + item.why());
    }
    if (!yes) {
      System.out.println(
          "./shmbed clean --yes removes " + (items.size() == 1 ? "it" : "these " + items.size()));
    }
    return stayed == 0 ? 0 : 1;
  }
}
