package io.millrace.app.node;

import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.EpollIoHandler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.impl.transports.EpollTransport;
import io.vertx.core.transport.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Event loops that see to few sockets in one pass, where there is epoll: then to the tasks that
 * wait, then to the next sockets, in the order in which they became ready. By default a pass is all
 * sockets that are ready, up to 4,096, and what is to be delivered to anybody waits for all of
 * them.
 */
final class ShortPasses implements Transport {
  private static final int SOCKETS = 32;

  private final Transport epoll;

  private ShortPasses(Transport epoll) {
    this.epoll = epoll;
  }

  /** A Vert.x with the best transport that there is here. */
  static Vertx vertx() {
    VertxOptions options = new VertxOptions().setPreferNativeTransport(true);
    @Nullable Transport epoll = Transport.EPOLL;
    return epoll != null && epoll.available()
        ? Vertx.builder().with(options).withTransport(new ShortPasses(epoll)).build()
        : Vertx.vertx(options);
  }

  @Override
  public String name() {
    return epoll.name();
  }

  @Override
  public boolean available() {
    return epoll.available();
  }

  @Override
  public @Nullable Throwable unavailabilityCause() {
    return epoll.unavailabilityCause();
  }

  @Override
  public io.vertx.core.spi.transport.Transport implementation() {
    return new EpollTransport() {
      @Override
      public IoHandlerFactory ioHandlerFactory() {
        return EpollIoHandler.newFactory(SOCKETS, DefaultSelectStrategyFactory.INSTANCE);
      }
    };
  }
}
