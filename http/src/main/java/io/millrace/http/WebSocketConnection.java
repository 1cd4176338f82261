package io.millrace.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.http.WebSocketInternal;
import io.vertx.core.net.impl.ShutdownEvent;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket (RFC 6455) of a listener, from the end of its handshake on: Netty's frame decoder
 * and, in the place of Vert.x's own handlers, this. Belongs to its event loop.
 *
 * <pre>
 *   open ──close, a violation, the listener stops──> closing ──their close frame, or too late──> gone
 *     └────────────their close frame, answered────────────────────────────────────────────────────┘
 * </pre>
 *
 * Whoever has it writes whole frames as bytes, and watches whether the other side is still there:
 * the listener's idle timeout is for HTTP and ends with it.
 */
public final class WebSocketConnection {
  private static final Logger LOGGER = LoggerFactory.getLogger(WebSocketConnection.class);

  /** RFC 6455. */
  private static final String VERSION = "13";

  private static final CharSequence VERSION_FIELD =
      HttpHeaders.createOptimized("sec-websocket-version");

  private static final int UPGRADE_REQUIRED = 426;
  private static final int PROTOCOL_ERROR = 1002;
  private static final int GOING_AWAY = 1001;
  private static final int INTERNAL_ERROR = 1011;

  /** How long the other side has for its own close frame, or for taking what is before ours. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Vert.x's names of what a connection that speaks HTTP no more has no use for. */
  private static final List<Class<? extends ChannelHandler>> NEEDLESS =
      List.of(IdleStateHandler.class, ChunkedWriteHandler.class, WebSocket13FrameEncoder.class);

  private final ContextInternal context;
  private final @Nullable String subprotocol;
  private final Duration patience;

  @SuppressWarnings("NullAway.Init") // with its place in the pipeline
  private ChannelHandlerContext channel;

  private @Nullable WebSocketListener listener;

  /** What came while it was paused. */
  private @Nullable HeldFrames held;

  private boolean isPaused;
  private boolean isDelivering;
  private boolean isClosing;
  private boolean isGone;
  private @Nullable ScheduledFuture<?> tooLate;

  private WebSocketConnection(
      ContextInternal context, @Nullable String subprotocol, Duration patience) {
    this.context = context;
    this.subprotocol = subprotocol;
    this.patience = patience;
  }

  /**
   * Upgrades a request, on its event loop; nothing is read until {@link #open}.
   *
   * @return fails when the handshake is not right, which has been answered by then
   */
  public static Future<WebSocketConnection> accept(HttpServerRequest request) {
    return accept(request, PATIENCE);
  }

  /**
   * @param patience how long the other side has when it ends
   */
  static Future<WebSocketConnection> accept(HttpServerRequest request, Duration patience) {
    if (!VERSION.equals(request.getHeader(VERSION_FIELD))) {
      // Vert.x would go on with drafts of the protocol (RFC 6455 section 4.4).
      request.response().putHeader(VERSION_FIELD, VERSION);
      request.response().putHeader(HttpHeaders.UPGRADE, "websocket");
      Problems.send(
          request,
          new Problem(
              UPGRADE_REQUIRED, "upgrade-required", "Of WebSocket only version 13 is spoken here"));
      return Future.failedFuture("another version of WebSocket");
    }
    return request.toWebSocket().map(theirs -> instead(theirs, patience));
  }

  /** Takes the place of Vert.x's. */
  private static WebSocketConnection instead(ServerWebSocket theirs, Duration patience) {
    ContextInternal context = Objects.requireNonNull(ContextInternal.current()).unwrap();
    WebSocketConnection ours = new WebSocketConnection(context, theirs.subProtocol(), patience);
    ChannelHandlerContext place = ((WebSocketInternal) theirs).channelHandlerContext();
    ChannelPipeline pipeline = place.pipeline();
    for (Class<? extends ChannelHandler> needless : NEEDLESS) {
      if (pipeline.get(needless) != null) {
        pipeline.remove(needless);
      }
    }
    pipeline.replace(place.name(), "websocket", ours.new Inbound());
    return ours;
  }

  /** The one that was agreed on; null when the client asked for none. */
  public @Nullable String subprotocol() {
    return subprotocol;
  }

  /** Begins to hear, what has come already first; not while it is paused. */
  public void open(WebSocketListener its) {
    listener = its;
    if (isGone) {
      its.closed();
    } else if (isClosing) {
      its.closing();
    } else {
      deliverHeld();
    }
  }

  /** Whether nothing more can be said, as a side has sent its close frame. */
  public boolean isOver() {
    return isClosing || isGone;
  }

  /** Hears no more frames until {@link #resume}, their close frame neither, unless it is over. */
  public void pause() {
    isPaused = true;
  }

  public void resume() {
    isPaused = false;
    deliverHeld();
  }

  /** A buffer to write frames to. */
  public ByteBuf buffer(int bytes) {
    return channel.alloc().directBuffer(bytes);
  }

  /**
   * Writes whole frames, unmasked.
   *
   * @param frames belong to the connection now
   * @return completes on the event loop; fails at once behind a close frame, which nothing may
   *     follow (RFC 6455 section 5.5.1)
   */
  public ChannelFuture write(ByteBuf frames) {
    return isClosing ? refused(frames) : channel.write(frames);
  }

  /** The same, and flushes. */
  public ChannelFuture writeAndFlush(ByteBuf frames) {
    return isClosing ? refused(frames) : channel.writeAndFlush(frames);
  }

  private ChannelFuture refused(ByteBuf frames) {
    frames.release();
    return channel.newFailedFuture(new ClosedChannelException());
  }

  /** Asks whether the other side is there. */
  public void ping() {
    writeAndFlush(ControlFrames.ping(channel.alloc())).addListener(done -> {});
  }

  /** Answers a ping, unless the other side takes nothing: then a later one is enough (5.5.3). */
  public void pong(ByteBuf payload) {
    if (channel.channel().isWritable()) {
      writeAndFlush(ControlFrames.pong(channel.alloc(), payload)).addListener(done -> {});
    }
  }

  /**
   * Ends the connection behind what has been written; nothing is heard any more but that it is
   * closed, which is when the other side has answered, or too late.
   *
   * @param reason plain ASCII; what is too long for a close frame is cut off
   */
  public void close(int code, String reason) {
    if (!isClosing && !isGone) {
      sendClose(ControlFrames.close(channel.alloc(), code, reason)).addListener(done -> {});
    }
  }

  private ChannelFuture sendClose(ByteBuf frame) {
    isClosing = true;
    tooLate = channel.executor().schedule(this::cut, patience.toMillis(), TimeUnit.MILLISECONDS);
    ChannelFuture sent = channel.writeAndFlush(frame);
    passOver();
    return sent;
  }

  /** Of what was held, their close frame alone still counts. */
  private void passOver() {
    HeldFrames late = held;
    if (late != null) {
      held = null;
      while (!late.isEmpty()) {
        afterwards(late.remove());
      }
      channel.channel().config().setAutoRead(true);
    }
  }

  /** What comes behind a close frame. */
  private void afterwards(WebSocketFrame frame) {
    if (frame instanceof CloseWebSocketFrame) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
    frame.release();
  }

  /** It ends, and whoever has it does not know yet. */
  private void closing() {
    if (listener != null) {
      context.dispatch(listener::closing);
    }
  }

  /** Ends it without waiting for the other side, which may never read. */
  public void cut() {
    channel.close().addListener(done -> {});
  }

  private void heard(WebSocketFrame frame) {
    if (isClosing) {
      afterwards(frame);
      return;
    }
    boolean isAtOnce = frame instanceof PingWebSocketFrame || frame instanceof PongWebSocketFrame;
    if (listener != null && (isAtOnce || (held == null && !isPaused))) {
      deliver(frame);
      // A ping may have been what reading waited for.
      deliverHeld();
    } else {
      hold(frame);
    }
  }

  private void hold(WebSocketFrame frame) {
    if (held == null) {
      held = new HeldFrames();
    }
    held.add(frame);
    if (held.isFull()) {
      channel.channel().config().setAutoRead(false);
    }
  }

  private void deliverHeld() {
    while (held != null && listener != null && !isPaused && !isDelivering) {
      WebSocketFrame next = held.remove();
      if (held.isEmpty()) {
        held = null;
        channel.channel().config().setAutoRead(true);
      }
      deliver(next);
    }
  }

  private void deliver(WebSocketFrame frame) {
    WebSocketListener to = Objects.requireNonNull(listener);
    ContextInternal previous = context.beginDispatch();
    isDelivering = true;
    try {
      switch (frame) {
        case PingWebSocketFrame ping -> to.ping(ping.content());
        case PongWebSocketFrame pong -> to.pong();
        case CloseWebSocketFrame close -> end(close.content());
        default -> to.frame(frame);
      }
    } catch (RuntimeException e) {
      failed(e);
    } finally {
      isDelivering = false;
      context.endDispatch(previous);
      frame.release();
    }
  }

  private void failed(RuntimeException failure) {
    LOGGER.atError().setCause(failure).log("WebSocket handler failed");
    if (!isOver()) {
      close(INTERNAL_ERROR, "internal error");
      closing();
    }
  }

  /** They end it. */
  private void end(ByteBuf payload) {
    sendClose(ControlFrames.close(channel.alloc(), payload))
        .addListener(ChannelFutureListener.CLOSE);
    closing();
  }

  private void stop() {
    if (isOver()) {
      return;
    }
    if (listener != null) {
      context.dispatch(listener::stopping);
    }
    if (!isOver()) {
      close(GOING_AWAY, "the server stops");
      closing();
    }
  }

  private void violated(CorruptedWebSocketFrameException violation) {
    if (isClosing) {
      cut();
    } else {
      int code = violation.closeStatus().code();
      String why = String.valueOf(violation.getMessage());
      sendClose(ControlFrames.close(channel.alloc(), code < 0 ? PROTOCOL_ERROR : code, why))
          .addListener(ChannelFutureListener.CLOSE);
      closing();
    }
  }

  private void gone() {
    if (isGone) {
      return;
    }
    isGone = true;
    if (tooLate != null) {
      tooLate.cancel(false);
    }
    if (held != null) {
      while (!held.isEmpty()) {
        held.remove().release();
      }
      held = null;
    }
    if (listener != null) {
      context.dispatch(listener::closed);
    }
  }

  /** The pipeline's last handler. */
  private final class Inbound extends ChannelInboundHandlerAdapter {
    @Override
    public void handlerAdded(ChannelHandlerContext added) {
      channel = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext its, Object message) {
      if (message instanceof WebSocketFrame frame) {
        heard(frame);
      } else {
        ReferenceCountUtil.release(message);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext its, Object event) {
      if (event instanceof ShutdownEvent) {
        stop();
      } else {
        its.fireUserEventTriggered(event);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext its, Throwable failure) {
      if (failure instanceof CorruptedWebSocketFrameException violation) {
        violated(violation);
      } else {
        // A client that hangs up is no failure of the server's.
        cut();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext its) {
      gone();
    }
  }
}
