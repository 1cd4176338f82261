package io.millrace.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;

/**
 * A TCP port that is going to be listened on.
 *
 * @param key the setting that chooses it
 * @param host address to listen on
 * @param port 0 for any that is free
 * @param besides what else helps when it is in use, as {@link ListenException#of} takes it
 */
public record WantedPort(String key, String host, int port, String besides) {
  public WantedPort(String key, String host, int port) {
    this(key, host, port, "");
  }

  /**
   * Looks whether it can be had, long before there is anything behind it: a start that has to fail
   * is to fail before it has let anybody in. It is free again after that. Blocks.
   *
   * @return why not
   */
  public Optional<ListenException> trouble() {
    if (port == 0) {
      return Optional.empty();
    }
    try (ServerSocket tried = new ServerSocket()) {
      // As the real one: connections of a process before this one may still be closing.
      tried.setReuseAddress(true);
      tried.bind(new InetSocketAddress(InetAddress.getByName(host), port));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(failed(e));
    }
  }

  /** What an operator is told of its being impossible to have. */
  public ListenException failed(Throwable why) {
    return ListenException.of(key, host, port, besides, why);
  }
}
