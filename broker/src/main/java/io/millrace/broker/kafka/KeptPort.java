package io.millrace.broker.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/**
 * Keeps a port of this machine for a child that listens there, also while the child is down: a
 * socket that is bound beside the child's and never listens, so the kernel gives the port to nobody
 * of another user, nor to whoever does not share it on purpose. Closed by the kernel when this
 * process ends, however it ends.
 */
final class KeptPort implements AutoCloseable {
  private final SocketChannel socket;

  private KeptPort(SocketChannel socket) {
    this.socket = socket;
  }

  /**
   * Keeps a port that a child listens on.
   *
   * @return empty where ports cannot be shared; the child then has to wait for its port
   */
  static Optional<KeptPort> of(int port) throws IOException {
    SocketChannel socket = SocketChannel.open();
    try {
      socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
      return Optional.of(new KeptPort(socket));
    } catch (UnsupportedOperationException | IOException e) {
      socket.close();
      return Optional.empty();
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
