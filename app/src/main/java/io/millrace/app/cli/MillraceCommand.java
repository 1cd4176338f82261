package io.millrace.app.cli;

import io.millrace.app.node.StartException;
import io.millrace.config.ConfigException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code millrace}: the command that holds all others, and how errors become exit codes. */
@Command(
    name = "millrace",
    description = "Live media and live data.",
    mixinStandardHelpOptions = true,
    versionProvider = MillraceCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ServeCommand.class,
      DemoCommand.class,
      PublishCommand.class,
      CheckCommand.class,
      StreamCommand.class,
      VodCommand.class,
      KeyCommand.class,
      TokenCommand.class,
      TopicCommand.class,
      PubCommand.class,
      SubCommand.class,
      BenchCommand.class,
      ConfigCommand.class,
      WarmUpCommand.class,
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed",
      "2:the command line is wrong",
      "69:something needed is not available (a port, the data directory, a server)",
      "78:the configuration is wrong"
    })
public final class MillraceCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /** Runs the command line and returns the exit code. */
  public static int run(String... args) {
    LogFormat.choose(List.of(args));
    return commandLine().execute(args);
  }

  /** The whole command line. */
  static CommandLine commandLine() {
    return new CommandLine(new MillraceCommand())
        .setExecutionExceptionHandler(MillraceCommand::failed)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }

  private static int failed(Exception failure, CommandLine command, ParseResult parsed)
      throws Exception {
    PrintWriter err = command.getErr();
    int code =
        switch (failure) {
          case ConfigException e -> {
            err.println("millrace: the configuration has " + count(e.problems().size()) + ":");
            e.problems().forEach(problem -> err.println("  " + problem));
            yield ExitCode.CONFIGURATION;
          }
          case StartException e -> {
            err.println("millrace: " + e.getMessage());
            yield ExitCode.UNAVAILABLE;
          }
          case UnavailableException e -> {
            err.println("millrace: " + e.getMessage());
            yield ExitCode.UNAVAILABLE;
          }
          case CommandFailedException e -> {
            err.println("millrace: " + e.getMessage());
            yield ExitCode.FAILED;
          }
          default -> throw failure;
        };
    err.flush();
    return code;
  }

  private static String count(int problems) {
    return problems == 1 ? "one problem" : problems + " problems";
  }

  /** The version that the jar's manifest names. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "millrace "
            + Optional.ofNullable(MillraceCommand.class.getPackage().getImplementationVersion())
                .orElse("(built from sources)")
      };
    }
  }
}
