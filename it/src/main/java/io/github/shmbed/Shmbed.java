// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed;

import io.github.shmbed.command.BenchCommand;
import io.github.shmbed.command.CleanCommand;
import io.github.shmbed.command.CompletionCommand;
import io.github.shmbed.command.ListCommand;
import io.github.shmbed.command.LsCommand;
import io.github.shmbed.command.MatrixCommand;
import io.github.shmbed.command.PairCommand;
import io.github.shmbed.command.ReproCommand;
import io.github.shmbed.command.SkmsgCommand;
import io.github.shmbed.matrix.UsageError;
import io.github.shmbed.runner.RunnerUnavailable;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The program behind {@code ./shmbed}: reads the command line and turns what happened into text and
 * an exit code.
 */
@Command(
    name = "./shmbed",
    mixinStandardHelpOptions = true,
    versionProvider = Shmbed.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    scope = CommandLine.ScopeType.INHERIT,
    description = "A test bed for shared memory between Java, C and Python on Linux.")
public final class Shmbed {
  /** Handled by the launcher before this program starts; here so that --help shows them. */
  private static final Map<String, String> LAUNCHER_COMMANDS = new LinkedHashMap<>();

  private static final String COMPLETION = "completion";
  private static final Map<String, Supplier<Object>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("pair", PairCommand::new);
    COMMANDS.put("matrix", MatrixCommand::new);
    COMMANDS.put("list", ListCommand::new);
    COMMANDS.put("repro", ReproCommand::new);
    COMMANDS.put("ls", LsCommand::new);
    COMMANDS.put("clean", CleanCommand::new);
    COMMANDS.put("skmsg", SkmsgCommand::new);
    COMMANDS.put(COMPLETION, CompletionCommand::new);
    COMMANDS.put("bench", BenchCommand::new);
    LAUNCHER_COMMANDS.put(
        "demo", "Sets up what is missing, builds, runs the matrix with peers as local processes.");
    LAUNCHER_COMMANDS.put("verify", "Sets up what is missing, Docker too, then runs all tests.");
    LAUNCHER_COMMANDS.put("setup", "Only the set-up and the build.");
    LAUNCHER_COMMANDS.put(
        "doctor", "Says what is there, what is missing, what that costs, and what fixes it.");
    LAUNCHER_COMMANDS.put("writer", "The Java peer's writer.");
    LAUNCHER_COMMANDS.put("reader", "The Java peer's reader.");
    LAUNCHER_COMMANDS.put("cleaner", "The Java peer's cleaner.");
  }

  private Shmbed() {}

  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /** Runs one command line; 0 is success, 1 a failure, 2 wrong usage. */
  static int run(String... arguments) {
    CommandLine commandLine = new CommandLine(new Shmbed());
    LAUNCHER_COMMANDS.forEach(
        (name, description) -> {
          CommandSpec spec = CommandSpec.create().name(name);
          spec.usageMessage().description(description);
          commandLine.addSubcommand(name, spec);
        });
    commands(arguments).forEach(command -> commandLine.addSubcommand(command.get()));
    commandLine.setExecutionExceptionHandler(
        (exception, command, parsed) -> failed(exception, command));
    return commandLine.execute(arguments);
  }

  /** What can be asked for; where it is clear what is, that alone: picocli takes 10 ms for each. */
  private static Collection<Supplier<Object>> commands(String... arguments) {
    Supplier<Object> one = arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
    boolean alone = one != null && !arguments[0].equals(COMPLETION); // which has all in its script
    return alone ? List.of(one) : COMMANDS.values();
  }

  private static int failed(Exception exception, CommandLine command) throws Exception {
    if (exception instanceof UsageError || exception instanceof IllegalArgumentException) {
      command.getErr().println(exception.getMessage());
      command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
      return 2;
    }
    if (exception instanceof RunnerUnavailable
        || exception instanceof IllegalStateException
        || exception instanceof java.io.IOException) {
      command.getErr().println("shmbed: " + exception.getMessage());
      return 1;
    }
    throw exception;
  }

  /** Of the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Shmbed.class.getPackage().getImplementationVersion();
      return new String[] {"shmbed " + (version == null ? "(not from a jar)" : version)};
    }
  }
}
