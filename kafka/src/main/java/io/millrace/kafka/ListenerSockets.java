package io.millrace.kafka;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.server.ServerSocketFactory;

/**
 * The node's listening sockets, bound before Kafka is configured: Kafka wants the controller's port
 * in its configuration, and a port that is only chosen beforehand can be taken meanwhile. Whoever
 * connects before Kafka accepts is kept waiting by the kernel.
 */
final class ListenerSockets implements ServerSocketFactory {
  private static final int BACKLOG = 128;

  private final Map<String, ServerSocketChannel> unused = new HashMap<>();
  private final Map<String, Integer> ports = new HashMap<>();

  /** Binds all that the settings name. */
  static ListenerSockets bind(KafkaSettings settings) throws KafkaFailure {
    ListenerSockets sockets = new ListenerSockets();
    sockets.bind(BrokerProperties.INTERNAL, "127.0.0.1", settings.port());
    sockets.bind(BrokerProperties.CONTROLLER, "127.0.0.1", 0);
    if (settings.outside().isPresent()) {
      OutsideListener outside = settings.outside().get();
      sockets.bind(BrokerProperties.OUTSIDE, outside.host(), outside.port());
    }
    return sockets;
  }

  /** Where a listener is bound. */
  int port(String listener) {
    Integer port = ports.get(listener);
    if (port == null) {
      throw new IllegalArgumentException("there is no listener " + listener);
    }
    return port;
  }

  private void bind(String listener, String host, int port) throws KafkaFailure {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new KafkaFailure(ExitStatus.SETTINGS, "'" + host + "' is no address here", null);
    }
    try {
      ServerSocketChannel socket = ServerSocketChannel.open();
      if (listener.equals(BrokerProperties.INTERNAL)
          && socket.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
        // The server keeps this port for the next run with a socket that does not listen.
        socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      }
      socket.bind(address, BACKLOG);
      socket.configureBlocking(false);
      unused.put(listener, socket);
      ports.put(listener, socket.socket().getLocalPort());
    } catch (BindException e) {
      throw new KafkaFailure(
          ExitStatus.PORT_IN_USE,
          "it cannot listen on " + host + ":" + port + ": " + e.getMessage(),
          e);
    } catch (IOException e) {
      throw new KafkaFailure(ExitStatus.FAULT, "it cannot listen on " + host + ": " + e, e);
    }
  }

  @Override
  public ServerSocketChannel openServerSocket(
      String listener, InetSocketAddress address, int backlog, int receiveBuffer)
      throws IOException {
    ServerSocketChannel socket = unused.remove(listener);
    if (socket == null) {
      throw new IOException("the listener " + listener + " was opened before");
    }
    return socket;
  }
}
