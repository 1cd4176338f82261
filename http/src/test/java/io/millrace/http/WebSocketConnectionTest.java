package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.WebSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A WebSocket behind its handshake, with Vert.x's client and with raw bytes. */
final class WebSocketConnectionTest extends ListenerForTest {
  private static final HttpConfig.Limits WITHOUT_PATIENCE =
      new HttpConfig.Limits(
          1024,
          2048,
          1000,
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofSeconds(2),
          50);

  private final CompletableFuture<Heard> opened = new CompletableFuture<>();

  /** What a connection heard; answers texts and pings, and pauses at "pause". */
  private final class Heard implements WebSocketListener {
    private final WebSocketConnection connection;
    private final Thread loop = Thread.currentThread();
    private final Context context = Vertx.currentContext();
    private final List<String> texts = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> isOver = new CompletableFuture<>();

    private Heard(WebSocketConnection connection) {
      this.connection = connection;
      connection.open(this);
      opened.complete(this);
    }

    /** Does something on its event loop, and waits for it. */
    private void loopDo(Runnable task) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      context.runOnContext(
          go -> {
            try {
              task.run();
              done.complete(null);
            } catch (Throwable e) {
              done.completeExceptionally(e);
            }
          });
      done.join();
    }

    @Override
    public void frame(WebSocketFrame frame) {
      assertThat(Thread.currentThread()).isSameAs(loop);
      assertThat(Vertx.currentContext()).isNotNull();
      String text = frame.content().toString(StandardCharsets.UTF_8);
      texts.add(text);
      switch (text) {
        case "pause" -> connection.pause();
        case "twice" -> {
          connection.pause();
          connection.resume();
        }
        case "fail" -> throw new IllegalStateException("a secret");
        default -> {}
      }
      ByteBuf answer = connection.buffer(text.length() + 2);
      answer.writeByte(0x81).writeByte(text.length()).writeBytes(frame.content());
      connection.writeAndFlush(answer).addListener(done -> {});
    }

    @Override
    public void ping(ByteBuf payload) {
      connection.pong(payload);
    }

    @Override
    public void pong() {
      texts.add("a pong");
    }

    @Override
    public void closing() {}

    @Override
    public void closed() {
      assertThat(isOver.complete(null)).as("once").isTrue();
    }
  }

  private HttpListener listening(HttpConfig.Limits limits) {
    List<Mount> all = new ArrayList<>(mounts);
    all.add(new Mount("/heard", this::requested, List.of("known")));
    return get(HttpListener.open(vertx, config(limits), all, metrics, 2));
  }

  private void requested(HttpServerRequest request) {
    WebSocketConnection.accept(request).onSuccess(Heard::new);
  }

  private WebSocket connected(int port) {
    return get(webSockets.connect(port, "127.0.0.1", "/heard"));
  }

  /** RFC 6455 section 4.4. */
  @Test
  void whoSpeaksAnotherVersionIsToldWhichOneIsSpoken() {
    int port = listening(LIMITS).port();
    for (String version : List.of("8", "7", "12", "")) {
      HttpClientResponse answer =
          get(
              plainClient
                  .request(HttpMethod.GET, port, "127.0.0.1", "/heard")
                  .compose(
                      request ->
                          request
                              .putHeader("connection", "Upgrade")
                              .putHeader("upgrade", "websocket")
                              .putHeader("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
                              .putHeader("sec-websocket-version", version)
                              .send()));
      assertThat(answer.statusCode()).as(version).isEqualTo(426);
      assertThat(answer.getHeader("sec-websocket-version")).isEqualTo("13");
      assertThat(answer.getHeader("upgrade")).isEqualTo("websocket");
    }
    assertThat(opened).isNotDone();
  }

  @Test
  void whatComesWhilePausedIsHeardInOrderAfterwards() {
    WebSocket client = connected(listening(LIMITS).port());
    AtomicInteger pongs = new AtomicInteger();
    client.pongHandler(pong -> pongs.incrementAndGet());
    List<String> answers = new CopyOnWriteArrayList<>();
    client.textMessageHandler(answers::add);

    client.writeTextMessage("twice");
    client.writeTextMessage("pause");
    client.writeTextMessage("0");
    client.writePing(Buffer.buffer("x"));
    // Pings are answered meanwhile.
    await().until(() -> pongs.get() == 1);
    Heard heard = opened.join();
    assertThat(heard.texts).containsExactly("twice", "pause");
    List<String> all = new ArrayList<>(List.of("twice", "pause", "0"));
    IntStream.range(1, 100).mapToObj(Integer::toString).forEach(all::add);
    all.subList(3, all.size()).forEach(client::writeTextMessage);
    assertThat(heard.texts).hasSize(2);

    heard.loopDo(heard.connection::resume);

    await().until(() -> answers.size() == all.size());
    assertThat(heard.texts).isEqualTo(all);
    assertThat(answers).isEqualTo(all);
  }

  @Test
  void whoEndsItIsAnsweredWithTheSame() {
    WebSocket client = connected(listening(LIMITS).port());
    get(client.close((short) 3001, "enough"));
    opened.join().isOver.join();
    assertThat(client.closeStatusCode()).isEqualTo((short) 3001);
    assertThat(client.closeReason()).isEqualTo("enough");
  }

  @Test
  void anEndHasACodeAndWordsAndNothingFollowsIt() {
    WebSocket client = connected(listening(LIMITS).port());
    CompletableFuture<Void> isOver = new CompletableFuture<>();
    client.closeHandler(closed -> isOver.complete(null));
    Heard heard = opened.join();
    heard.loopDo(
        () -> {
          heard.connection.close(4000, "w".repeat(200));
          assertThat(heard.connection.isOver()).isTrue();
          ByteBuf late = heard.connection.buffer(2);
          assertThat(heard.connection.writeAndFlush(late).isSuccess()).isFalse();
          assertThat(late.refCnt()).isZero();
        });
    isOver.join();
    heard.isOver.join();
    assertThat(client.closeStatusCode()).isEqualTo((short) 4000);
    assertThat(client.closeReason()).isEqualTo("w".repeat(123));
  }

  @Test
  void aFailureOfOursIsToldWithoutItsWords() {
    WebSocket client = connected(listening(LIMITS).port());
    CompletableFuture<Void> isOver = new CompletableFuture<>();
    client.closeHandler(closed -> isOver.complete(null));
    client.writeTextMessage("fail");
    isOver.join();
    assertThat(client.closeStatusCode()).isEqualTo((short) 1011);
    assertThat(client.closeReason()).isEqualTo("internal error");
  }

  @Test
  void aListenerThatStopsSaysThatItGoesAway() {
    HttpListener listener = listening(LIMITS);
    WebSocket client = connected(listener.port());
    CompletableFuture<Void> isOver = new CompletableFuture<>();
    client.closeHandler(closed -> isOver.complete(null));
    get(listener.close(Duration.ofSeconds(10)));
    isOver.join();
    opened.join().isOver.join();
    assertThat(client.closeStatusCode()).isEqualTo((short) 1001);
  }

  @Test
  void theIdleTimeoutOfHttpIsNotItsOwn() throws IOException {
    HttpListener listener = listening(WITHOUT_PATIENCE);
    WebSocket client = connected(listener.port());
    CompletableFuture<String> answer = new CompletableFuture<>();
    client.textMessageHandler(answer::complete);
    // One that came later is closed for doing nothing; twice.
    for (int i = 0; i < 2; i++) {
      raw(listener.port(), "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    client.writeTextMessage("still here");
    assertThat(answer.join()).isEqualTo("still here");
    get(client.close());
    await().until(() -> listener.connections() == 0);
  }

  @Test
  void aFrameThatIsNotMaskedOrTooLongEndsItWithItsCode() throws IOException {
    int port = listening(LIMITS).port();
    assertThat(answerTo(port, new byte[] {(byte) 0x81, 1, 'x'})).isEqualTo("88 1002");
    byte[] long64 = {(byte) 0x82, (byte) 0xFF, 0, 0, 0, 0x10, 0, 0, 0, 0, 1, 2, 3, 4};
    assertThat(answerTo(port, long64)).isEqualTo("88 1009");
  }

  /** The close frame that is answered, behind which the server closes. */
  private static String answerTo(int port, byte[] frame) throws IOException {
    try (RawWebSocket client = new RawWebSocket(port, "/heard")) {
      String answer = client.say(frame).hear();
      assertThat(client.isAtItsEnd()).isTrue();
      return answer;
    }
  }
}
