// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.storage;

import io.github.shmbed.bench.Cpus;
import io.github.shmbed.bench.MeasuringProcess;
import io.github.shmbed.kernel.Run;
import io.github.shmbed.registry.Home;
import io.github.shmbed.result.Placement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What one {@code bench storage} has on this machine: its names, its files, its programs. {@link
 * #close} ends and removes all of it, and so does the end of the JVM by Ctrl-C.
 */
final class StorageSession implements AutoCloseable {
  /** Text of the original experiment. */
  private static final String TEXT = "This is POSIX shared memory IPC.\n";

  private static final int TEXT_FILE_BYTES = 4096;
  private static final Path SHM = Path.of("/dev/shm");
  private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

  private final Home home;
  private final Run run;
  private final Placement placement;
  private final Path diskDirectory;
  private final List<MeasuringProcess> processes = new ArrayList<>();
  private final Thread hook = new Thread(this::end, "shmbed-end");
  private boolean ended;

  private StorageSession(Home home, Run run, Placement placement, Path diskDirectory) {
    this.home = home;
    this.run = run;
    this.placement = placement;
    this.diskDirectory = diskDirectory;
  }

  /**
   * Starts it.
   *
   * @param pinned whether everything runs on one CPU
   * @param diskDirectory null: one is looked for
   */
  static StorageSession start(Home home, boolean pinned, Path diskDirectory) throws IOException {
    Path program = home.path().resolve("peers/c/storage/storage_loop");
    if (!Files.isExecutable(program)) {
      throw new IOException(
          "no " + program + ": build it by make -C " + home.path().resolve("peers/c"));
    }
    Cpus cpus = Cpus.ofThisProcess();
    Run run = Run.start();
    try {
      Path disk = diskDirectory != null ? diskDirectory.toRealPath() : findDisk(run, home);
      StorageSession session =
          new StorageSession(home, run, pinned ? cpus.pin(1) : cpus.unpinned(), disk);
      Runtime.getRuntime().addShutdownHook(session.hook);
      return session;
    } catch (IOException | RuntimeException e) {
      run.close();
      throw e;
    }
  }

  Placement placement() {
    return placement;
  }

  /** A folder on a disk; null when there is none. */
  Path diskDirectory() {
    return diskDirectory;
  }

  /** peers/c/storage. */
  Path programs() {
    return home.path().resolve("peers/c/storage");
  }

  /** Starts a C program of {@link #programs}. */
  MeasuringProcess startC(String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(programs().resolve(program).toString()));
    command.addAll(List.of(arguments));
    return start(program, command);
  }

  /** storage_loop with its objects' names. */
  MeasuringProcess startLoopInC() throws IOException {
    return startC("storage_loop", posixPrefix("c"), SHM + posixPrefix("ctmpfs"), diskPrefix("c"));
  }

  /**
   * {@link StorageLoop} with its objects' names, in a JVM of its own with the optimising compiler.
   */
  MeasuringProcess startLoopInJava() throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Xms160m",
                "-Xmx320m",
                "-XX:MaxDirectMemorySize=160m",
                "--enable-native-access=ALL-UNNAMED"));
    String jna = System.getProperty("jna.boot.library.path");
    if (jna != null) {
      command.add("-Djna.boot.library.path=" + jna);
    }
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            StorageLoop.class.getName(),
            posixPrefix("j"),
            SHM + posixPrefix("jtmpfs"),
            diskPrefix("j"),
            Integer.toString(run.keys().key(0))));
    return start("StorageLoop", command);
  }

  /** An object with the text of the original experiment, 4096 bytes; gives its POSIX name. */
  String textObject() throws IOException {
    String name = posixPrefix("os") + "text";
    writeText(SHM.resolve(name.substring(1)));
    return name;
  }

  /** The same text in a file on tmpfs. */
  Path textOnTmpfs() throws IOException {
    return writeText(SHM.resolve(posixPrefix("os").substring(1) + "tmpfs"));
  }

  /** And on the disk, its pages in the page cache; null without a disk. */
  Path textOnDisk() throws IOException {
    return diskDirectory == null ? null : writeText(Path.of(diskPrefix("os") + "text"));
  }

  @Override
  public void close() {
    end();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // the hook itself is at work
    }
  }

  private MeasuringProcess start(String name, List<String> command) throws IOException {
    MeasuringProcess process =
        new MeasuringProcess(
            name, placement.pinned() ? Cpus.pinned(placement.cpus().get(0), command) : command);
    synchronized (processes) {
      processes.add(process);
    }
    return process;
  }

  private String posixPrefix(String who) {
    return "/shmbed-" + run.id() + "-" + who + "-";
  }

  private String diskPrefix(String who) {
    return diskDirectory == null ? "/nowhere" : diskDirectory + posixPrefix(who);
  }

  private static Path writeText(Path file) throws IOException {
    byte[] bytes = Arrays.copyOf(TEXT.getBytes(StandardCharsets.UTF_8), TEXT_FILE_BYTES);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.write(file, bytes);
  }

  /** /tmp is a disk on some systems and memory on others. */
  private static Path findDisk(Run run, Home home) throws IOException {
    for (Path directory :
        List.of(run.directory(), home.path().resolve("build"), Path.of("/var/tmp"))) {
      if (Files.isWritable(directory)
          && !IN_MEMORY.contains(Files.getFileStore(directory).type())) {
        return directory.toRealPath();
      }
    }
    return null;
  }

  private synchronized void end() {
    if (ended) {
      return;
    }
    ended = true;
    synchronized (processes) {
      processes.forEach(MeasuringProcess::close);
    }
    try {
      if (diskDirectory != null) {
        String prefix = "shmbed-" + run.id() + "-";
        try (DirectoryStream<Path> left = Files.newDirectoryStream(diskDirectory, prefix + "*")) {
          for (Path file : left) {
            Files.deleteIfExists(file);
          }
        }
      }
      run.close();
    } catch (IOException e) {
      System.err.println(
          "shmbed: something of this run stayed ("
              + e.getMessage()
              + "); ./shmbed clean removes it");
    }
  }
}
