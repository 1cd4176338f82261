package io.millrace.broker.ws;

import io.millrace.broker.door.Encoding;
import io.millrace.broker.door.MessageFields;
import io.millrace.http.HttpConfig;
import io.millrace.http.HttpListener;
import io.millrace.http.HttpMetrics;
import io.millrace.http.Mount;
import io.millrace.http.TrustedProxies;
import io.millrace.http.WebSocketConnection;
import io.millrace.http.WebSocketListener;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Sends messages back, on the listener that {@code /ws} is on, reading and putting together frames
 * as it does. As a program it listens on the port that it is given, for the Autobahn test suite's
 * own fuzzing client.
 */
public final class AutobahnEcho implements WebSocketListener {
  private static final int LONGEST = 32 << 20;
  private static final short NOT_UTF8 = 1007;

  private final FrameAssembly assembly = new FrameAssembly();
  private final WebSocketConnection socket;
  private boolean isText;

  private AutobahnEcho(WebSocketConnection socket) {
    this.socket = socket;
  }

  static Mount mount() {
    return new Mount("/", AutobahnEcho::requested, List.of(), LONGEST);
  }

  private static void requested(HttpServerRequest request) {
    WebSocketConnection.accept(request).onSuccess(socket -> socket.open(new AutobahnEcho(socket)));
  }

  @Override
  public void frame(WebSocketFrame frame) {
    boolean isContinuation = frame instanceof ContinuationWebSocketFrame;
    isText = isContinuation ? isText : frame instanceof TextWebSocketFrame;
    if (!assembly.add(frame.content(), LONGEST) || !frame.isFinalFragment()) {
      return;
    }
    byte[] message = assembly.take();
    if (isText && MessageFields.text(message) == null) {
      socket.close(NOT_UTF8, "not UTF-8");
    } else {
      ByteBuf bytes = socket.buffer(message.length + FrameHead.LONGEST);
      FrameHead.write(isText ? Encoding.JSON : Encoding.CBOR, message.length, bytes);
      socket.writeAndFlush(bytes.writeBytes(message)).addListener(done -> {});
    }
  }

  @Override
  public void ping(ByteBuf payload) {
    socket.pong(payload);
  }

  @Override
  public void pong() {}

  @Override
  public void closing() {}

  @Override
  public void closed() {}

  /** Listens until it is killed. */
  public static void main(String[] arguments) throws InterruptedException {
    Duration patience = Duration.ofMinutes(1);
    HttpListener.open(
            Vertx.vertx(),
            new HttpConfig(
                "http",
                "127.0.0.1",
                Integer.parseInt(arguments[0]),
                0,
                Optional.empty(),
                new HttpConfig.Limits(8192, 16384, 1 << 20, patience, patience, patience, 200),
                false,
                TrustedProxies.NONE),
            List.of(mount()),
            new HttpMetrics(new PrometheusRegistry()),
            1)
        .toCompletionStage()
        .toCompletableFuture()
        .join();
    Thread.sleep(Duration.ofDays(1));
  }
}
