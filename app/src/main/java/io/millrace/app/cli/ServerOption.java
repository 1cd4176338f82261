package io.millrace.app.cli;

import io.millrace.catalog.LocalCredential;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** {@code --server}: which server a command asks. */
final class ServerOption {
  @Option(
      names = "--server",
      paramLabel = "URL",
      defaultValue = Environment.SERVER,
      description = "the server's address (default: ${DEFAULT-VALUE}; or MILLRACE_SERVER)")
  @SuppressWarnings("NullAway.Init")
  private URI server;

  /**
   * The address, with a host, of http or https.
   *
   * @throws CommandFailedException when it is another
   */
  URI address() {
    return ServerAddress.checked(server);
  }

  boolean isThisMachine() {
    return ServerAddress.isThisMachine(server);
  }

  /** What a server on this machine has left in its data directory; read anew each time. */
  Optional<String> leftIn(Path data) {
    Path file = data.resolve(LocalCredential.FILE);
    try {
      return isThisMachine() && Files.isReadable(file)
          ? Optional.of(Files.readString(file).strip())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Tells that who listens in on the way could use a credential, where that is so. */
  void warnOfPlainText(PrintWriter err) {
    if ("http".equals(server.getScheme()) && !isThisMachine()) {
      err.println(
          "millrace: the key goes to "
              + server.getHost()
              + " unencrypted; use the server's https address");
      err.flush();
    }
  }
}
