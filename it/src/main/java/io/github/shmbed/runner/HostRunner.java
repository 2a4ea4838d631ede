// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.runner;

import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Role;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Peers as processes of this machine. */
public final class HostRunner implements Runner {
  private final Path home;
  private final Set<Process> processes = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * @param home the tree; peers start in their directory below it
   */
  public HostRunner(Path home) {
    this.home = home;
  }

  @Override
  public String name() {
    return "host";
  }

  @Override
  public void prepare(List<Peer> peers) {
    // a program that is not built yet is the outcome of its peer's cells, not of all
  }

  @Override
  public PeerProcess serve(Peer peer, Role role) throws IOException {
    List<String> command = new ArrayList<>(peer.command(role));
    command.add("--serve");
    return new HostProcess(start(peer, command));
  }

  @Override
  public Finished run(Peer peer, List<String> command, Duration deadline) throws IOException {
    Process process = start(peer, command);
    try {
      process.getOutputStream().close();
      Capture stdout = new Capture(process.getInputStream());
      Capture stderr = new Capture(process.getErrorStream());
      Optional<ExitStatus> status = Optional.empty();
      if (process.waitFor(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
        status = Optional.of(new ExitStatus(process.exitValue()));
      } else {
        killTree(process);
      }
      // only now may the finally clause kill: Process.destroy closes the pipes, and with them goes
      // what an ended process had written and nobody had read yet
      return new Finished(status, stdout.bytes(), stderr.bytes(), process.pid());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + command.get(0) + " ran", e);
    } finally {
      killTree(process);
      processes.remove(process);
    }
  }

  @Override
  public String commandLine(Peer peer, List<String> command) {
    return "(cd "
        + home.resolve(peer.directory()).normalize()
        + " && "
        + String.join(" ", resolved(command))
        + ")";
  }

  @Override
  public Map<String, Object> environment() {
    return Map.of();
  }

  @Override
  public void close() {
    closed = true;
    processes.forEach(HostRunner::killTree);
    for (Process process : processes) {
      try {
        process.waitFor(5, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    processes.clear();
  }

  private Process start(Peer peer, List<String> command) throws IOException {
    Path directory = home.resolve(peer.directory());
    if (!Files.isDirectory(directory)) {
      throw new IOException("peer " + peer.id() + ": no directory " + directory);
    }
    ProcessBuilder builder = new ProcessBuilder(resolved(command)).directory(directory.toFile());
    builder.environment().merge("PATH", programs().toString(), (path, venv) -> venv + ":" + path);
    builder.environment().put("SHMBED_HOME", home.toString());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new IOException(
          "peer "
              + peer.id()
              + ": cannot start "
              + command.get(0)
              + " in "
              + directory
              + " (not built yet? ./shmbed demo builds everything): "
              + e.getMessage(),
          e);
    }
    processes.add(process);
    if (closed) {
      killTree(process);
      throw new IOException("the run has ended");
    }
    return process;
  }

  /** The tree's own Python environment; its programs come before the machine's. */
  private Path programs() {
    return home.resolve("build/venv/bin");
  }

  /** The child's PATH is not the one in which Java looks for a program: that is the parent's. */
  private List<String> resolved(List<String> command) {
    Path own = programs().resolve(command.get(0));
    if (command.get(0).contains("/") || !Files.isExecutable(own)) {
      return command;
    }
    List<String> resolved = new ArrayList<>(command);
    resolved.set(0, own.toString());
    return resolved;
  }

  /**
   * Java gives no process group, so the children are looked up; after their parent's end nobody
   * could find them.
   */
  private static void killTree(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    // By its handle: Process.destroyForcibly() also closes the streams; output not read yet is
    // lost.
    process.toHandle().destroyForcibly();
  }

  /** Collects a stream while the process runs; a full pipe would stop it. */
  private static final class Capture {
    private static final int KEPT = 16 << 20;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Thread thread;

    Capture(InputStream stream) {
      thread =
          daemon(
              "capture",
              () -> {
                byte[] buffer = new byte[65536];
                try (stream) {
                  for (int n; (n = stream.read(buffer)) >= 0; ) {
                    synchronized (bytes) {
                      bytes.write(buffer, 0, Math.min(n, KEPT - bytes.size()));
                    }
                  }
                } catch (IOException closed) {
                  // the process was killed
                }
              });
    }

    /** All of it; a grandchild that keeps the pipe open is not waited for longer than a second. */
    byte[] bytes() throws InterruptedException {
      thread.join(1000);
      synchronized (bytes) {
        return bytes.toByteArray();
      }
    }
  }

  private static Thread daemon(String name, Runnable body) {
    Thread thread = new Thread(body, "shmbed-" + name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** A serving program on the host. */
  private final class HostProcess extends PeerProcess {
    private final Process process;

    HostProcess(Process process) {
      this.process = process;
      daemon("stdout-" + process.pid(), () -> pump(process.getInputStream(), false));
      daemon("stderr-" + process.pid(), () -> pump(process.getErrorStream(), true));
    }

    @Override
    public long pid() {
      return process.pid();
    }

    @Override
    public void kill() {
      killTree(process);
      processes.remove(process);
    }

    @Override
    protected void send(byte[] bytes) throws IOException {
      process.getOutputStream().write(bytes);
      process.getOutputStream().flush();
    }

    @Override
    protected ExitStatus exitStatus() {
      try {
        if (!process.waitFor(2, TimeUnit.SECONDS)) {
          killTree(process);
          process.waitFor();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return new ExitStatus(process.isAlive() ? 137 : process.exitValue());
    }

    private void pump(InputStream stream, boolean isStderr) {
      byte[] buffer = new byte[8192];
      try (stream) {
        for (int n; (n = stream.read(buffer)) >= 0; ) {
          if (isStderr) {
            deliverStderr(buffer, n);
          } else {
            deliver(buffer, n);
          }
        }
      } catch (IOException closed) {
        // killed; the end below tells
      }
      if (!isStderr) {
        deliverEnd();
      }
    }
  }
}
