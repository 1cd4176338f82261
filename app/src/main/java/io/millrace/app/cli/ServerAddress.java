package io.millrace.app.cli;

import java.net.URI;

/** Where the server is that a command asks. */
final class ServerAddress {
  private ServerAddress() {}

  /** Whether it is this machine, whose server leaves a credential for its commands. */
  static boolean isThisMachine(URI server) {
    String host = String.valueOf(server.getHost());
    return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
  }
}
