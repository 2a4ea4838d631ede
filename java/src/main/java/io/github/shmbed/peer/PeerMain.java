// SPDX-License-Identifier: Apache-2.0
// The Java peer's entry: ./shmbed writer|reader|cleaner.
package io.github.shmbed.peer;

import io.github.shmbed.libc.Binding;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The program {@code writer}, {@code reader} or {@code cleaner}, by its first argument. */
public final class PeerMain {
  private static final String USAGE =
      "Usage: ./shmbed writer|reader|cleaner [options]; ./shmbed writer --help tells them";

  private PeerMain() {}

  /** Runs and exits with the contract's exit code. */
  public static void main(String[] arguments) {
    // UTF-8 whatever the locale, as the contract has it.
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    int exit = run(arguments, out, err);
    out.flush();
    System.exit(exit);
  }

  static int run(String[] arguments, PrintStream out, PrintStream err) {
    Role role = arguments.length == 0 ? null : Role.of(arguments[0]);
    if (role == null) {
      return withoutRole(arguments, out, err);
    }
    try {
      Binding.chosen();
    } catch (IllegalArgumentException wrongEnvironment) {
      err.println(wrongEnvironment.getMessage());
      return ExitCode.USAGE;
    }
    String[] words = Arrays.copyOfRange(arguments, 1, arguments.length);
    Peer peer = new Peer(role);
    if (LooseWords.has(words, CommandModel.HELP) || LooseWords.has(words, "-h")) {
      out.print(peer.help());
      return ExitCode.DONE;
    }
    if (LooseWords.has(words, CommandModel.VERSION)) {
      out.println(version());
      return ExitCode.DONE;
    }
    return LooseWords.has(words, CommandModel.SERVE)
        ? serve(peer, words, out, err)
        : once(peer, words, out, err);
  }

  private static int withoutRole(String[] arguments, PrintStream out, PrintStream err) {
    if (LooseWords.has(arguments, CommandModel.HELP)) {
      out.println(USAGE);
      return ExitCode.DONE;
    }
    if (LooseWords.has(arguments, CommandModel.VERSION)) {
      out.println(version());
      return ExitCode.DONE;
    }
    err.println(arguments.length == 0 ? USAGE : arguments[0] + ": no such program. " + USAGE);
    return ExitCode.USAGE;
  }

  private static int serve(Peer peer, String[] words, PrintStream out, PrintStream err) {
    List<String> before = new ArrayList<>(Arrays.asList(words));
    before.removeIf(CommandModel.SERVE::equals);
    try {
      openDescriptorsOfTheJvm();
      new ServeLoop(
              peer, before.toArray(new String[0]), new FileInputStream(FileDescriptor.in), out)
          .run();
      return ExitCode.DONE;
    } catch (IOException failed) {
      err.println("read stdin: " + failed.getMessage());
      return ExitCode.FAILED;
    }
  }

  /**
   * A JVM makes a socket pair with its first channel and keeps it: now, so that no command seems to
   * leave one behind.
   */
  private static void openDescriptorsOfTheJvm() throws IOException {
    FileChannel.open(Path.of("/dev/null")).close();
  }

  private static int once(Peer peer, String[] words, PrintStream out, PrintStream err) {
    Result result = peer.run(words, out);
    String destination = LooseWords.last(words, CommandModel.RESULT);
    ResultFile.write(destination, result);
    if ("-".equals(destination)) {
      byte[] json = ResultJson.of(result);
      out.write(json, 0, json.length);
    } else {
      boolean textOnStdout =
          result.options() != null && ClassicExchange.showsText(result.options());
      for (String line : result.ledger().lines()) {
        (textOnStdout ? err : out).println(line);
      }
    }
    if (result.failure() != null) {
      err.println(result.failure().message());
    } else if (result.why() != null) {
      err.println(result.why());
    }
    return result.exit();
  }

  private static String version() {
    String version = PeerMain.class.getPackage().getImplementationVersion();
    return "shmbed java peer " + (version == null ? "(not from its jar)" : version);
  }
}
