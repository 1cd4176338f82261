package io.millrace.app.cli;

import io.millrace.app.node.NodeSettings;
import io.millrace.app.node.Role;
import io.millrace.config.ConfigEntry;
import io.millrace.config.Configuration;
import io.millrace.storage.ObjectStores;
import io.millrace.storage.StorageConfig;
import io.millrace.storage.StorageException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace config}: looks at settings without starting anything. */
@Command(
    name = "config",
    description = "Checks or prints the settings.",
    mixinStandardHelpOptions = true,
    subcommands = {ConfigCommand.Check.class, ConfigCommand.Print.class})
final class ConfigCommand extends CommandGroup {
  ConfigCommand() {
    super("check or print?");
  }

  /** {@code millrace config check}. */
  @Command(
      name = "check",
      description =
          "Reports every problem with the settings at once, and whether the bucket that they name"
              + " can be worked with.",
      mixinStandardHelpOptions = true)
  static final class Check implements Callable<Integer> {
    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ServerOptions options;

    @Override
    public Integer call() {
      NodeSettings settings = options.settings();
      if (settings.runs(Role.ORIGIN)) {
        look(settings.storage());
      }
      options.out().println("the configuration is fine");
      return ExitCode.OK;
    }

    private static void look(StorageConfig storage) {
      try {
        ObjectStores.check(storage);
      } catch (StorageException e) {
        throw new UnavailableException("storage.s3: " + e.getMessage());
      }
    }
  }

  /** {@code millrace config print}. */
  @Command(
      name = "print",
      description = "Prints every setting in force and where it came from; secrets are masked.",
      mixinStandardHelpOptions = true)
  static final class Print implements Callable<Integer> {
    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ServerOptions options;

    @Option(names = "--json", description = "for machines")
    private boolean json;

    @Override
    public Integer call() {
      Configuration configuration = options.configuration();
      NodeSettings.read(configuration.root());
      configuration.check();
      PrintWriter out = options.out();
      if (json) {
        JsonArray entries = new JsonArray();
        configuration
            .entries()
            .forEach(
                entry ->
                    entries.add(
                        new JsonObject()
                            .put("path", entry.path())
                            .put("value", entry.value())
                            .put("origin", word(entry))));
        out.println(entries.encodePrettily());
      } else {
        for (ConfigEntry entry : configuration.entries()) {
          out.printf("%-36s %-28s %s%n", entry.path(), entry.value(), word(entry));
        }
      }
      out.flush();
      return ExitCode.OK;
    }

    private static String word(ConfigEntry entry) {
      return entry.origin().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }
}
