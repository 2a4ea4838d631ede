// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.command;

import io.github.shmbed.kernel.Proc;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.matrix.UsageError;
import io.github.shmbed.registry.Home;
import io.github.shmbed.runner.ExitStatus;
import io.github.shmbed.skmsg.SkmsgManager;
import io.github.shmbed.skmsg.SkmsgUnsupported;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./shmbed skmsg up|down|status}: the manager of the channel skmsg. */
@Command(
    name = "skmsg",
    description = {
      "The manager of the channel skmsg: it loads the program and puts its peers' sockets into the maps. Peers use it by",
      "--channel skmsg:FOLDER/NAME, or its pins by --channel skmsg-pin:FOLDER/NAME. matrix, pair and bench have their own."
    },
    footer = {
      "",
      "The same without Java: peers/c/skmsg/skmsg. docs/channels.md explains the channel.",
      "Exit code: 0; 1 when it failed; 77 when this kernel or this user cannot."
    })
public final class SkmsgCommand implements Runnable {
  @Spec private CommandSpec spec;

  /** Where a manager is. */
  static final class Folder {
    @Option(
        names = "--dir",
        paramLabel = "FOLDER",
        defaultValue = "/run/shmbed-skmsg",
        description = "Where its socket and pins are (default: ${DEFAULT-VALUE}).")
    private Path path;

    Path path() {
      Path socket = path.resolve(SkmsgManager.SOCKET);
      if (!path.isAbsolute()) {
        throw new UsageError("--dir is an absolute path");
      }
      if (socket.toString().getBytes(StandardCharsets.UTF_8).length > 107) {
        throw new UsageError("--dir: a socket's path has at most 107 bytes (unix(7))");
      }
      return path.normalize();
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "one of up, down, status");
  }

  @Command(
      name = "up",
      description =
          "Starts one. It needs CAP_BPF, CAP_NET_ADMIN and, for the pins, CAP_SYS_ADMIN; its peers need nothing.")
  int up(
      @Mixin Folder folder,
      @Option(
              names = "--uid",
              paramLabel = "UID",
              description =
                  "Whose its socket and pins are: that user's peers may use it (default: of this user).")
          Integer uid,
      @Option(
              names = "--foreground",
              description = "Stay in the foreground; SIGTERM and Ctrl-C end it.")
          boolean foreground)
      throws Exception {
    return foreground ? serve(folder.path(), uid) : start(folder.path(), uid);
  }

  private static int serve(Path folder, Integer uid) throws IOException {
    try {
      SkmsgManager manager = SkmsgManager.up(folder, uid == null ? Proc.uid() : uid);
      Runtime.getRuntime().addShutdownHook(new Thread(manager::close, "shmbed-skmsg-end"));
      System.out.println(
          "skmsg: up in "
              + folder
              + ", process "
              + ProcessHandle.current().pid()
              + ", "
              + manager.pins());
      System.out.flush();
      manager.await();
      return 0;
    } catch (SkmsgUnsupported e) {
      System.err.println(e.getMessage());
      return ExitStatus.UNSUPPORTED;
    } catch (NativeCallException e) {
      System.err.println(e.getMessage());
      return 1;
    }
  }

  /** In a session of its own, so that no terminal ends it; its first line says that it is up. */
  private static int start(Path folder, Integer uid) throws IOException, InterruptedException {
    Home home = Home.find();
    Path log = Files.createDirectories(home.path().resolve("build/log")).resolve("skmsg.log");
    List<String> command =
        new ArrayList<>(
            List.of(
                "setsid",
                home.path().resolve("shmbed").toString(),
                "skmsg",
                "up",
                "--foreground",
                "--dir",
                folder.toString()));
    if (uid != null) {
      command.addAll(List.of("--uid", uid.toString()));
    }
    Process process =
        new ProcessBuilder(command)
            .directory(new java.io.File("/"))
            .redirectError(log.toFile())
            .start();
    process.getOutputStream().close();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String first = lines.readLine();
    if (first != null) {
      System.out.println(first);
      return 0;
    }
    System.err.print(Files.readString(log));
    return process.waitFor();
  }

  @Command(name = "down", description = "Ends it, and removes what one that was killed has left.")
  int down(@Mixin Folder folder) throws IOException {
    Path path = folder.path();
    if (SkmsgManager.down(path)) {
      System.out.println("skmsg: down in " + path);
    } else if (SkmsgManager.remove(path)) {
      System.out.println("skmsg: removed what a dead manager left in " + path);
    } else {
      System.out.println("skmsg: not up in " + path);
    }
    return 0;
  }

  @Command(name = "status", description = "Says whether it is up and what its program has counted.")
  int status(@Mixin Folder folder) {
    try {
      SkmsgManager.Status status = SkmsgManager.status(folder.path());
      System.out.printf(
          "skmsg: up in %s, %s, %d sockets, program: %d runs, %d redirected, %d dropped%n",
          folder.path(),
          status.pinned() ? "pins" : "no pins",
          status.sockets(),
          status.counts().runs(),
          status.counts().redirected(),
          status.counts().dropped());
      return 0;
    } catch (NativeCallException e) {
      System.err.println(
          e.call() + " " + e.object() + ": " + e.errnoName() + " (no manager there)");
      return 1;
    }
  }
}
