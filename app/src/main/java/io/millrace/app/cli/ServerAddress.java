package io.millrace.app.cli;

import java.net.URI;

/** Where the server is that a command asks. */
final class ServerAddress {
  private ServerAddress() {}

  /**
   * An address with a host, of http or https.
   *
   * @throws CommandFailedException when it is another
   */
  static URI checked(URI server) {
    if (server.getHost() == null
        || !("http".equals(server.getScheme()) || "https".equals(server.getScheme()))) {
      throw new CommandFailedException(
          "--server: '" + server + "' is no address; write for example http://localhost:8080");
    }
    return server;
  }

  /** Whether it is this machine, whose server leaves a credential for its commands. */
  static boolean isThisMachine(URI server) {
    String host = String.valueOf(server.getHost());
    return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
  }
}
