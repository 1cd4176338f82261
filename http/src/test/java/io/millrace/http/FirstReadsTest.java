package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What becomes of everybody else when very many connect at once. */
final class FirstReadsTest extends ListenerForTest {
  private static final int MANY = 100;
  private static final String REQUEST = "GET /first HTTP/1.1\r\nHost: x\r\n\r\n";

  private static final HttpConfig.Limits FOR_MANY =
      new HttpConfig.Limits(
          1024,
          2048,
          1000,
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          2 * MANY);

  private final AtomicLong nanos = new AtomicLong();
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final FirstReads firstReads =
      new FirstReads(nanos::get, (delay, any, task) -> tasks.add(task));
  private final List<EmbeddedChannel> channels = new ArrayList<>();

  private void connect(int count) {
    for (int i = 0; i < count; i++) {
      EmbeddedChannel channel = new EmbeddedChannel();
      channels.add(channel);
      firstReads.add(channel);
    }
  }

  private long read() {
    return channels.stream().filter(channel -> channel.config().isAutoRead()).count();
  }

  /** How many are begun to be read at a time, if what they say takes so long. */
  private List<Long> rounds(long tookMillis) {
    List<Long> rounds = new ArrayList<>();
    for (long before = 0; before < channels.size(); ) {
      rounds.add(read() - before);
      before = read();
      nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(tookMillis));
      pass();
      pass();
    }
    return rounds;
  }

  /** The event loop has seen to its sockets, and to what waited for that. */
  private void pass() {
    Runnable task = tasks.poll();
    if (task != null) {
      task.run();
    }
  }

  @Test
  void fewAreReadAsTheyCome() {
    connect(FirstReads.FEW);
    assertThat(read()).isEqualTo(FirstReads.FEW);
  }

  @Test
  void moreAreBegunAtOnceWhereWhatTheySayIsShort() {
    connect(400);
    assertThat(rounds(1))
        .containsExactly(
            8L, 11L, 14L, 18L, 23L, 29L, 32L, 32L, 32L, 32L, 32L, 32L, 32L, 32L, 32L, 9L);
  }

  @Test
  void fewerAreBegunAtOnceWhereItIsLong() {
    connect(20);
    assertThat(rounds(20)).containsExactly(8L, 4L, 4L, 4L);
  }

  @Test
  void whoHasGoneTakesNobodysTurn() {
    connect(40);
    channels.subList(8, 30).forEach(channel -> channel.close().syncUninterruptibly());
    pass();
    pass();
    assertThat(channels.subList(30, 40)).allMatch(channel -> channel.config().isAutoRead());
  }

  /** A hundred requests are there at once; another task of the loop waits for few of them. */
  @Test
  void othersOnTheEventLoopHaveTheirTurnBetweenFirstRequests() throws Exception {
    CountDownLatch isHeld = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger requests = new AtomicInteger();
    AtomicInteger mostBetween = new AtomicInteger();
    Promise<Context> loop = Promise.promise();
    HttpListener listener =
        get(
            HttpListener.open(
                vertx,
                config(FOR_MANY),
                List.of(
                    new Mount(
                        "/first",
                        request -> {
                          if (loop.tryComplete(Vertx.currentContext())) {
                            isHeld.countDown();
                            awaitCalmly(release);
                          } else {
                            requests.incrementAndGet();
                          }
                          request.response().end();
                        })),
                metrics,
                1));
    List<Socket> sockets = new ArrayList<>();
    try {
      sockets.add(ask(listener));
      isHeld.await();
      for (int i = 0; i < MANY; i++) {
        sockets.add(ask(listener));
      }
      get(loop.future()).runOnContext(v -> between(requests, 0, mostBetween));
      release.countDown();
      await().until(() -> requests.get() == MANY);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    assertThat(mostBetween).hasValueLessThanOrEqualTo(MANY / 3);
  }

  private static void between(AtomicInteger requests, int before, AtomicInteger most) {
    int now = requests.get();
    most.set(Math.max(most.get(), now - before));
    if (now < MANY) {
      // Not executed: then it would run again and again before the sockets.
      ContextInternal here = (ContextInternal) Vertx.currentContext();
      var _ =
          here.nettyEventLoop()
              .schedule(
                  () -> here.dispatch(() -> between(requests, now, most)), 0, TimeUnit.NANOSECONDS);
    }
  }

  private static Socket ask(HttpListener listener) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port());
    socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static void awaitCalmly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
