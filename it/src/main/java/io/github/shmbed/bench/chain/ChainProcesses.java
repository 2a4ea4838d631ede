// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.chain;

import io.github.shmbed.bench.MeasuringProcess;
import io.github.shmbed.bench.Unsupported;
import io.github.shmbed.bench.flow.Affinity;
import io.github.shmbed.kernel.Run;
import io.github.shmbed.registry.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The processes of a chain, in its order; the first one is the lead. */
final class ChainProcesses implements AutoCloseable {
  private static final long DEADLINE_MS = 30_000;

  private final List<MeasuringProcess> processes = new ArrayList<>();
  private final ExecutorService asking;

  /**
   * Starts them.
   *
   * @param languages of the processes, each {@code c}, {@code java} or {@code python}
   */
  ChainProcesses(Home home, List<String> languages) throws IOException {
    asking = Executors.newFixedThreadPool(languages.size(), ChainProcesses::daemon);
    try {
      for (String language : languages) {
        processes.add(new MeasuringProcess(language, command(home.path(), language)));
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "shmbed-chain");
    thread.setDaemon(true);
    return thread;
  }

  private static List<String> command(Path home, String language) throws IOException {
    switch (language) {
      case "c":
        Path program = home.resolve("peers/c/chain/relay.exe");
        if (!Files.isExecutable(program)) {
          throw new IOException("no " + program + ": make -C " + home.resolve("peers/c"));
        }
        return List.of(program.toString());
      case "python":
        Path python = home.resolve("build/venv/bin/python3");
        return List.of(
            Files.isExecutable(python) ? python.toString() : "python3",
            home.resolve("peers/python/chain/relay.py").toString());
      default:
        List<String> java = new ArrayList<>();
        java.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        java.addAll(List.of("-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xmx256m"));
        java.add("--enable-native-access=ALL-UNNAMED");
        String jna = System.getProperty("jna.boot.library.path");
        if (jna != null) {
          java.add("-Djna.boot.library.path=" + jna);
        }
        String classPath = System.getProperty("java.class.path");
        java.addAll(List.of("-cp", classPath, JavaRelay.class.getName()));
        return java;
    }
  }

  int size() {
    return processes.size();
  }

  /** Binds process i to CPU i of these, and again from the first; or all to all of them. */
  void place(List<Integer> cpus, boolean bound) throws IOException {
    for (int i = 0; i < processes.size(); i++) {
      Set<Integer> own = bound ? Set.of(cpus.get(i % cpus.size())) : new TreeSet<>(cpus);
      Affinity.set(processes.get(i).pid(), own);
    }
  }

  /**
   * Passes messages around once.
   *
   * @return the answers, the lead's first
   */
  List<Map<String, Object>> pass(Run run, ChainLink link, Messages messages)
      throws IOException, Unsupported {
    String payload = run.id().posixName(run.nextNumber());
    List<String> links = new ArrayList<>();
    for (int i = 0; i < processes.size(); i++) {
      int number = run.nextNumber();
      links.add(link.spec(run, number) + "\t" + run.id().posixName(number));
    }
    List<Future<Map<String, Object>>> asked = new ArrayList<>();
    for (int i = 0; i < processes.size(); i++) {
      MeasuringProcess process = processes.get(i);
      String before = links.get((i + links.size() - 1) % links.size());
      Object[] request = {
        i == 0 ? "lead" : "relay",
        messages.sizeBytes(),
        messages.warmup(),
        messages.count(),
        messages.rate(),
        DEADLINE_MS,
        payload,
        before,
        links.get(i)
      };
      asked.add(asking.submit(() -> process.ask(request)));
    }
    try {
      return answers(asked);
    } finally {
      for (MeasuringProcess process : processes) {
        process.ask("close"); // not before all of them have answered
      }
    }
  }

  /** Of all of them; the first failure, when there is one, after the last answer. */
  private static List<Map<String, Object>> answers(List<Future<Map<String, Object>>> asked)
      throws IOException, Unsupported {
    List<Map<String, Object>> answers = new ArrayList<>();
    Unsupported unsupported = null;
    IOException failure = null;
    for (Future<Map<String, Object>> one : asked) {
      try {
        answers.add(one.get());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Unsupported cause) {
          unsupported = cause;
        } else if (failure == null) {
          failure = new IOException(String.valueOf(e.getCause().getMessage()), e.getCause());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    if (unsupported != null) {
      throw unsupported;
    }
    if (failure != null) {
      throw failure;
    }
    return answers;
  }

  @Override
  public void close() {
    asking.shutdownNow();
    processes.forEach(MeasuringProcess::close);
  }

  /**
   * What goes around.
   *
   * @param sizeBytes of the payload, a multiple of 8, 24 or more
   * @param rate messages a second; 0: each when the one before has come back
   */
  record Messages(long sizeBytes, int warmup, int count, int rate) {}
}
