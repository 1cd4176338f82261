package io.millrace.app.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** As whom a command asks: a token, or what a server on this machine leaves. */
final class SignInOptions {
  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      defaultValue = Environment.TOKEN,
      description =
          "a token (or MILLRACE_TOKEN); without one, the credential that a server on this machine"
              + " has left in its data directory")
  private Optional<String> token = Optional.empty();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "${env:MILLRACE_DATA_DIR:-millrace-data}",
      description =
          "the server's data directory, where its credential is (default: ${DEFAULT-VALUE})")
  @SuppressWarnings("NullAway.Init")
  private Path data;

  /** What was given, else what there is of a server on this machine. */
  Optional<String> credential(ServerOption server) {
    return token.filter(given -> !given.isEmpty()).or(() -> server.leftIn(data));
  }

  /** Where a credential of this machine's server would be. */
  Path data() {
    return data;
  }
}
