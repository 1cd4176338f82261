package io.millrace.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.spi.tls.SslContextFactory;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/**
 * The JDK's TLS, with every connection counted from its first byte: Vert.x tells of a connection
 * only when its handshake is over, so idle handshakes would be without a limit. Each connection's
 * TLS handler takes a place when it joins the channel and gives it back when the channel is closed.
 */
final class CountedTls extends JdkSSLEngineOptions {
  private final ConnectionLimit limit;

  CountedTls(ConnectionLimit limit) {
    this.limit = limit;
  }

  private CountedTls(CountedTls other) {
    super(other);
    this.limit = other.limit;
  }

  @Override
  public CountedTls copy() {
    return new CountedTls(this);
  }

  @Override
  public SslContextFactory sslContextFactory() {
    return new Factory(super.sslContextFactory(), limit);
  }

  private static final class Handler extends SslHandler {
    private final ConnectionLimit limit;

    Handler(SSLEngine engine, boolean startTls, Executor executor, ConnectionLimit limit) {
      super(engine, startTls, executor);
      this.limit = limit;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) throws Exception {
      super.handlerAdded(context);
      if (limit.enter()) {
        context.channel().closeFuture().addListener(closed -> limit.leave());
      } else {
        var _ = context.channel().close();
      }
    }
  }

  private static final class Context extends DelegatingSslContext {
    private final ConnectionLimit limit;

    Context(SslContext its, ConnectionLimit limit) {
      super(its);
      this.limit = limit;
    }

    @Override
    protected void initEngine(SSLEngine engine) {
      // As it is.
    }

    @Override
    protected SslHandler newHandler(ByteBufAllocator alloc, boolean startTls, Executor executor) {
      return new Handler(newEngine(alloc), startTls, executor, limit);
    }

    @Override
    protected SslHandler newHandler(
        ByteBufAllocator alloc,
        String peerHost,
        int peerPort,
        boolean startTls,
        Executor executor) {
      return new Handler(newEngine(alloc, peerHost, peerPort), startTls, executor, limit);
    }
  }

  /** Hands everything on; what it makes is counted. */
  private record Factory(SslContextFactory its, ConnectionLimit limit)
      implements SslContextFactory {
    @Override
    public SslContext create() throws SSLException {
      return new Context(its.create(), limit);
    }

    @Override
    public SslContextFactory useAlpn(boolean use) {
      return new Factory(its.useAlpn(use), limit);
    }

    @Override
    public SslContextFactory forServer(ClientAuth auth) {
      return new Factory(its.forServer(auth), limit);
    }

    @Override
    public SslContextFactory enabledProtocols(Set<String> protocols) {
      return new Factory(its.enabledProtocols(protocols), limit);
    }

    @Override
    public SslContextFactory keyMananagerFactory(KeyManagerFactory factory) {
      return new Factory(its.keyMananagerFactory(factory), limit);
    }

    @Override
    public SslContextFactory trustManagerFactory(TrustManagerFactory factory) {
      return new Factory(its.trustManagerFactory(factory), limit);
    }

    @Override
    public SslContextFactory enabledCipherSuites(Set<String> suites) {
      return new Factory(its.enabledCipherSuites(suites), limit);
    }

    @Override
    public SslContextFactory applicationProtocols(List<String> protocols) {
      return new Factory(its.applicationProtocols(protocols), limit);
    }
  }
}
