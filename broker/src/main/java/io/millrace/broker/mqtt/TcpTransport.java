package io.millrace.broker.mqtt;

import io.millrace.access.TopicCredential;
import io.millrace.http.ClientAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Consumer;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;

/** A TCP connection, within TLS or not. */
final class TcpTransport implements MqttTransport {
  private final NetSocket socket;
  private final ChannelHandlerContext channel;

  TcpTransport(NetSocket socket) {
    this.socket = socket;
    this.channel = ((NetSocketInternal) socket).channelHandlerContext();
  }

  @Override
  public TopicCredential presented() {
    String host = String.valueOf(socket.remoteAddress().hostAddress());
    Optional<X509Certificate> certificate = certificate(socket);
    return new TopicCredential(
        Optional.empty(),
        Optional.empty(),
        certificate.flatMap(TcpTransport::commonName),
        certificate.map(its -> its.getNotAfter().toInstant()),
        host,
        new ClientAddress(host, true).isThisMachine(),
        MqttDoor.NAME);
  }

  /** The client's, which the listener has verified. */
  private static Optional<X509Certificate> certificate(NetSocket socket) {
    if (!socket.isSsl()) {
      return Optional.empty();
    }
    try {
      for (Certificate certificate : socket.peerCertificates()) {
        if (certificate instanceof X509Certificate first) {
          return Optional.of(first);
        }
      }
    } catch (SSLPeerUnverifiedException e) {
      // It has none.
    }
    return Optional.empty();
  }

  private static Optional<String> commonName(X509Certificate certificate) {
    try {
      String subject = certificate.getSubjectX500Principal().getName();
      for (Rdn part : new LdapName(subject).getRdns().reversed()) {
        if (part.getType().equalsIgnoreCase("CN")) {
          return Optional.of(String.valueOf(part.getValue()));
        }
      }
    } catch (InvalidNameException e) {
      // Names nobody.
    }
    return Optional.empty();
  }

  @Override
  public void open(Consumer<byte[]> bytes, Runnable stopping, Runnable closed) {
    // Its listener stops when the door has told everybody.
    socket
        .handler(buffer -> bytes.accept(buffer.getBytes()))
        .exceptionHandler(failure -> cut())
        .closeHandler(over -> closed.run());
  }

  @Override
  public ByteBuf buffer(int bytes) {
    return channel.alloc().directBuffer(bytes);
  }

  @Override
  public void write(ByteBuf bytes, Runnable written) {
    channel.writeAndFlush(bytes).addListener(done -> written.run());
  }

  @Override
  public void pause() {
    socket.pause();
  }

  @Override
  public void resume() {
    socket.resume();
  }

  @Override
  public void finish() {
    socket.resume();
    if (channel.channel() instanceof DuplexChannel plain && !socket.isSsl()) {
      // Closing it while something unread has come would reset it, and take our last words along.
      channel
          .writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener(done -> plain.shutdownOutput().addListener(ignored -> {}));
    } else {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // the close handler hears
  public void cut() {
    channel.close();
  }
}
