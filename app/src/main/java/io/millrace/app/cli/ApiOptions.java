package io.millrace.app.cli;

import io.millrace.catalog.LocalCredential;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of every command that asks a running server on this machine. */
final class ApiOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "${env:MILLRACE_DATA_DIR:-millrace-data}",
      description =
          "the server's data directory, where its credential is (default: ${DEFAULT-VALUE})")
  @SuppressWarnings("NullAway.Init")
  private Path data;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private ServerOption server;

  @Option(names = "--json", description = "for machines")
  private boolean json;

  @Spec(Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /**
   * The server's API, with the credential that it left for this machine's commands.
   *
   * @throws UnavailableException when there is no credential
   * @throws CommandFailedException when the server is on another machine, which it is no use to
   */
  ApiClient api() {
    if (!server.isThisMachine()) {
      throw new CommandFailedException(
          "--server: "
              + server.address()
              + " is another machine, and this command uses what a server leaves on its own: run it"
              + " there");
    }
    Path file = data.resolve(LocalCredential.FILE);
    try {
      return new ApiClient(server.address(), Files.readString(file).strip(), data);
    } catch (NoSuchFileException e) {
      throw new UnavailableException(
          "no server has run with the data directory "
              + data
              + "; start one with 'millrace serve', or name its directory with --data");
    } catch (IOException e) {
      throw new UnavailableException(
          file + " cannot be read by this user: run as the server's own (" + e.getMessage() + ")");
    }
  }

  /** Prints an answer: as it came for machines, else as lines. */
  void show(JsonObject answer, String... lines) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(answer.encodePrettily());
    } else {
      List.of(lines).forEach(out::println);
    }
  }

  /** Prints the items of a list: as they came for machines, else each as a row of a table. */
  void show(JsonArray items, List<String> headings, Function<JsonObject, List<String>> row) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(items.encodePrettily());
      return;
    }
    Table table = new Table(headings);
    items.forEach(item -> table.row(row.apply((JsonObject) item)));
    table.print(out);
  }
}
