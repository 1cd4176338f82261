package io.millrace.http;

import static io.millrace.http.RawWebSocket.CLOSE;
import static io.millrace.http.RawWebSocket.PING;
import static io.millrace.http.RawWebSocket.TEXT;
import static io.millrace.http.RawWebSocket.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** How a WebSocket ends, byte by byte. */
final class WebSocketEndTest extends ListenerForTest {
  /** Longer than any test: where the server closes, it is not for that. */
  private static final Duration NEVER = Duration.ofDays(1);

  /** A close frame's payload with the code 1000. */
  private static final String NORMAL = "\u0003\u00e8";

  private final List<String> events = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Heard> opened = new CompletableFuture<>();

  /** Writes down what it hears, and does what it is told. */
  private final class Heard implements WebSocketListener {
    private final WebSocketConnection connection;
    private final Context context = Vertx.currentContext();

    private Heard(WebSocketConnection connection) {
      this.connection = connection;
      connection.open(this);
      opened.complete(this);
    }

    @Override
    public void frame(WebSocketFrame frame) {
      String text = frame.content().toString(StandardCharsets.UTF_8);
      events.add(text);
      switch (text) {
        case "pause" -> connection.pause();
        case "end" -> connection.close(4000, "");
        case "fail" -> throw new IllegalStateException("a secret");
        default -> {}
      }
    }

    @Override
    public void ping(ByteBuf payload) {
      if (payload.toString(StandardCharsets.UTF_8).equals("resume")) {
        connection.resume();
      }
      connection.pong(payload);
    }

    @Override
    public void pong() {}

    @Override
    public void stopping() {
      events.add("stopping");
      ByteBuf word = connection.buffer(5).writeByte(TEXT).writeByte(3);
      word.writeBytes("bye".getBytes(StandardCharsets.US_ASCII));
      connection.writeAndFlush(word).addListener(done -> {});
    }

    @Override
    public void closing() {
      events.add("closing");
      assertThat(connection.isOver()).isTrue();
    }

    @Override
    public void closed() {
      events.add("closed");
    }
  }

  private HttpListener listening(Duration patience) {
    Mount heard =
        new Mount(
            "/heard",
            request -> WebSocketConnection.accept(request, patience).onSuccess(Heard::new));
    Mount refused =
        new Mount(
            "/refused",
            request ->
                WebSocketConnection.accept(request, patience)
                    .onSuccess(socket -> socket.close(1002, "not here")));
    return get(HttpListener.open(vertx, config(LIMITS), List.of(heard, refused), metrics, 1));
  }

  private RawWebSocket connected(String path, Duration patience) throws IOException {
    return new RawWebSocket(listening(patience).port(), path);
  }

  private void awaitEvents(String... expected) {
    await().until(() -> events.size() >= expected.length);
    assertThat(events).containsExactly(expected);
  }

  @Test
  void whatComesBehindOurCloseFrameIsHeardByNobody() throws IOException {
    try (RawWebSocket client = connected("/heard", NEVER)) {
      client.say(frame(TEXT, "end"), frame(TEXT, "late"), frame(PING, "late"));
      assertThat(client.hear()).isEqualTo("88 4000");
      assertThat(client.say(frame(TEXT, "late"), frame(CLOSE, NORMAL)).isAtItsEnd()).isTrue();
      awaitEvents("end", "closed");
    }
  }

  @Test
  void whoHasItHearsThatItEndsBeforeItIsGone() throws IOException {
    try (RawWebSocket client = connected("/heard", NEVER)) {
      client.say(frame(TEXT, "fail"), frame(TEXT, "late"));
      assertThat(client.hear()).isEqualTo("88 1011");
      awaitEvents("fail", "closing");
      assertThat(client.say(frame(CLOSE, NORMAL)).isAtItsEnd()).isTrue();
      awaitEvents("fail", "closing", "closed");
    }
  }

  @Test
  void aCloseFrameOfTheirsIsAnsweredAndToldOnce() throws IOException {
    try (RawWebSocket client = connected("/heard", NEVER)) {
      client.say(frame(CLOSE, NORMAL), frame(TEXT, "late"), frame(CLOSE, NORMAL));
      assertThat(client.hear()).isEqualTo("88 1000");
      assertThat(client.isAtItsEnd()).isTrue();
      awaitEvents("closing", "closed");
    }
  }

  @Test
  void aViolationIsTold() throws IOException {
    try (RawWebSocket client = connected("/heard", NEVER)) {
      client.say(new byte[] {(byte) TEXT, 1, 'x'});
      assertThat(client.hear()).isEqualTo("88 1002");
      assertThat(client.isAtItsEnd()).isTrue();
      awaitEvents("closing", "closed");
    }
  }

  @Test
  void whenTheServerStopsALastWordCanBeSaid() throws IOException {
    HttpListener listener = listening(NEVER);
    try (RawWebSocket client = new RawWebSocket(listener.port(), "/heard")) {
      opened.join();
      Future<Void> stopped = listener.close(Duration.ofSeconds(20));
      assertThat(client.hear()).isEqualTo("81 bye");
      assertThat(client.hear()).isEqualTo("88 1001");
      assertThat(client.say(frame(CLOSE, NORMAL)).isAtItsEnd()).isTrue();
      get(stopped);
      awaitEvents("stopping", "closing", "closed");
    }
  }

  @Test
  void whoIsRefusedAtOnceIsGoneWithTheAnswer() throws IOException {
    try (RawWebSocket client = connected("/refused", NEVER)) {
      assertThat(client.hear()).isEqualTo("88 1002");
      assertThat(client.say(frame(CLOSE, NORMAL)).isAtItsEnd()).isTrue();
    }
  }

  @Test
  void whoDoesNotAnswerOurCloseFrameIsCutOff() throws IOException {
    try (RawWebSocket client = connected("/heard", Duration.ofMillis(50))) {
      client.say(frame(TEXT, "end"));
      assertThat(client.hear()).isEqualTo("88 4000");
      assertThat(client.isAtItsEnd()).isTrue();
      awaitEvents("end", "closed");
    }
  }

  @Test
  void aPingMayBeWhatReadingWaitedFor() throws IOException {
    try (RawWebSocket client = connected("/heard", NEVER)) {
      client.say(frame(TEXT, "pause"), frame(TEXT, "held"), frame(PING, "resume"));
      assertThat(client.hear()).isEqualTo("8a resume");
      awaitEvents("pause", "held");
    }
  }

  @Test
  void aCloseFrameIsReadInItsTurnAlsoWhileItIsPaused() throws IOException {
    try (RawWebSocket client = connected("/heard", NEVER)) {
      client.say(frame(TEXT, "pause"), frame(CLOSE, NORMAL));
      Heard heard = opened.join();
      awaitEvents("pause");
      heard.context.runOnContext(
          go -> {
            events.add(heard.connection.isOver() ? "is over" : "goes on");
            heard.connection.resume();
          });
      assertThat(client.hear()).isEqualTo("88 1000");
      assertThat(client.isAtItsEnd()).isTrue();
      awaitEvents("pause", "goes on", "closing", "closed");
    }
  }

  @Test
  void whoIsPausedIsEndedWithoutWhatWasHeld() throws IOException {
    try (RawWebSocket client = connected("/heard", NEVER)) {
      client.say(frame(TEXT, "pause"), frame(TEXT, "held"), frame(PING, "x"));
      assertThat(client.hear()).isEqualTo("8a x");
      Heard heard = opened.join();
      heard.context.runOnContext(go -> heard.connection.close(4000, ""));
      assertThat(client.hear()).isEqualTo("88 4000");
      assertThat(client.say(frame(CLOSE, NORMAL)).isAtItsEnd()).isTrue();
      awaitEvents("pause", "closed");
    }
  }
}
