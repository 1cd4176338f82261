package io.millrace.transcoder;

import io.millrace.transcoding.protocol.Frame;
import io.millrace.transcoding.protocol.FrameReader;
import io.millrace.transcoding.protocol.FrameWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The connection to the server. One thread reads, any may send; a slow server makes them wait. */
final class ServerLink implements AutoCloseable {
  private static final int READ_BYTES = 256 << 10;

  private final SocketChannel channel;
  private final Object sending = new Object();

  private ServerLink(SocketChannel channel) {
    this.channel = channel;
  }

  static ServerLink to(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
    return new ServerLink(channel);
  }

  /**
   * Sends a frame.
   *
   * @throws UncheckedIOException when the server is gone
   */
  void send(Frame frame) {
    ByteBuffer bytes = FrameWriter.write(frame);
    try {
      synchronized (sending) {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the server is gone", e);
    }
  }

  /** Reads until the server closes the connection. */
  void read(Consumer<Frame> to) throws IOException {
    FrameReader reader = new FrameReader();
    ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
    while (channel.read(buffer) >= 0) {
      reader.read(buffer.flip(), to);
      buffer.clear();
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
