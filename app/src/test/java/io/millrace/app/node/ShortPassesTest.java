package io.millrace.app.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.transport.Transport;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShortPassesTest {
  private static final int MANY = 200;
  private static final int FEW = 32;

  private Vertx vertx;

  @BeforeEach
  void open() {
    assumeTrue(Transport.EPOLL != null && Transport.EPOLL.available(), "there is epoll");
    vertx = ShortPasses.vertx();
  }

  @AfterEach
  void close() throws Exception {
    if (vertx != null) {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  /** All sockets have something to be read at once; a task of the loop waits for few of them. */
  @Test
  void whatWaitsOnAnEventLoopHasItsTurnAfterFewSockets() throws Exception {
    Context loop = vertx.getOrCreateContext();
    AtomicInteger connected = new AtomicInteger();
    AtomicInteger read = new AtomicInteger();
    AtomicInteger mostBetween = new AtomicInteger();
    CountDownLatch release = new CountDownLatch(1);
    NetServer server = serve(loop, connected, read);
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < MANY; i++) {
        sockets.add(new Socket(InetAddress.getLoopbackAddress(), server.actualPort()));
      }
      await().until(() -> connected.get() == MANY);
      loop.runOnContext(held -> awaitCalmly(release));
      for (Socket socket : sockets) {
        socket.getOutputStream().write('x');
      }
      loop.runOnContext(first -> between(read, 0, mostBetween));
      release.countDown();
      await().until(() -> read.get() == MANY);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    assertThat(vertx.isNativeTransportEnabled()).isTrue();
    assertThat(mostBetween).hasValueBetween(1, FEW);
  }

  private NetServer serve(Context loop, AtomicInteger connected, AtomicInteger read)
      throws Exception {
    CountDownLatch isOpen = new CountDownLatch(1);
    NetServer server =
        vertx
            .createNetServer(new NetServerOptions().setHost("127.0.0.1").setPort(0))
            .connectHandler(
                socket -> {
                  connected.incrementAndGet();
                  socket.handler(bytes -> read.incrementAndGet());
                });
    loop.runOnContext(v -> server.listen().onSuccess(open -> isOpen.countDown()));
    assertThat(isOpen.await(10, TimeUnit.SECONDS)).isTrue();
    return server;
  }

  private static void between(AtomicInteger read, int before, AtomicInteger most) {
    int now = read.get();
    most.set(Math.max(most.get(), now - before));
    if (now < MANY) {
      // Not executed: then it would run again and again before the sockets.
      ContextInternal here = (ContextInternal) Vertx.currentContext();
      var _ =
          here.nettyEventLoop()
              .schedule(
                  () -> here.dispatch(() -> between(read, now, most)), 0, TimeUnit.NANOSECONDS);
    }
  }

  private static void awaitCalmly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
