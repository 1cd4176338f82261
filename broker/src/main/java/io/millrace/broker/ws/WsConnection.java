package io.millrace.broker.ws;

import io.millrace.access.TopicCredential;
import io.millrace.broker.door.DoorLoop;
import io.millrace.broker.door.Encoding;
import io.millrace.broker.door.Outbox;
import io.millrace.http.WebSocketConnection;
import io.millrace.http.WebSocketListener;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * One WebSocket: what is read, written and waited for. Belongs to its event loop.
 *
 * <pre>
 *   open ──session ends it, silence, no credential in time──> closing ──closed or too late──> closed
 * </pre>
 *
 * Frames to the client are written as bytes: a round of the fan-out is one write, however many
 * frames it is, and so are the answers to pings. Nothing is read from a client while its outbox is
 * full, while it is being authenticated, and while too many of its publishes wait for the log.
 *
 * <p>Only what comes in says that a client is alive; of one that is not read from as it is behind,
 * also that it takes what waits for it. That the system takes bytes for others says nothing.
 */
final class WsConnection implements Outbox.Wire, WebSocketListener {
  private static final short UNSUPPORTED = 1003;
  private static final short TOO_BIG = 1009;
  static final short NOT_AUTHENTICATED = 4401;
  private static final short SILENT = 4408;

  /** As much as is written at once, so that a slow link is seen to move. */
  private static final int SLICE = 64 * 1024;

  private final DoorLoop loop;
  private final Encoding encoding;
  private final ServerFrames frames;
  private final WebSocketConnection socket;
  private final WsSession session;
  private final Outbox outbox;
  private final FrameAssembly assembly = new FrameAssembly();
  private final Consumer<Long> beat = this::beat;
  private final long openedAt;
  private boolean isReading = true;
  private boolean isClosed;
  private boolean isPinged;
  private long pingedAt;
  private long heardAt;

  WsConnection(
      DoorLoop loop, Encoding encoding, WebSocketConnection socket, TopicCredential presented) {
    this.loop = loop;
    this.encoding = encoding;
    this.frames = new ServerFrames(encoding);
    this.socket = socket;
    this.outbox = new Outbox(loop, this);
    this.session = new WsSession(loop, this, presented);
    this.openedAt = System.nanoTime();
    this.heardAt = openedAt;
  }

  void open() {
    loop.metrics().opened(WebSocketDoor.NAME);
    loop.beat(beat);
    session.open();
    socket.open(this);
  }

  @Override
  public void ping(ByteBuf payload) {
    heard();
    int length = payload.readableBytes();
    ByteBuf place = isClosed ? null : outbox.force(length + FrameHead.LONGEST);
    if (place != null) {
      FrameHead.pong(length, place);
      place.writeBytes(payload);
      answered();
    }
  }

  @Override
  public void pong() {
    heard();
  }

  Encoding encoding() {
    return encoding;
  }

  ServerFrames frames() {
    return frames;
  }

  Outbox outbox() {
    return outbox;
  }

  private void heard() {
    heardAt = System.nanoTime();
    isPinged = false;
  }

  @Override
  public void frame(WebSocketFrame frame) {
    heard();
    if (isClosed) {
      return;
    }
    if (frame instanceof BinaryWebSocketFrame && encoding == Encoding.JSON) {
      close(UNSUPPORTED, "unsupported", "frames of millrace.json are text");
      return;
    }
    if (frame instanceof TextWebSocketFrame && encoding == Encoding.CBOR) {
      close(UNSUPPORTED, "unsupported", "frames of millrace.cbor are binary");
      return;
    }
    int most = session.mostBytes();
    if (!assembly.add(frame.content(), most)) {
      close(TOO_BIG, "too-big", "a message has at most " + most + " bytes here");
      return;
    }
    if (frame.isFinalFragment()) {
      session.message(assembly.take());
      answered();
    }
  }

  /** Takes an answer or a notice; written at the next flush. */
  void send(byte[] frame) {
    ByteBuf place = outbox.force(frame.length + FrameHead.LONGEST);
    if (place != null) {
      FrameHead.write(encoding, frame.length, place);
      place.writeBytes(frame);
    }
  }

  /** Takes a message where there is room for it. */
  boolean offer(byte[] prefix, byte[] fields) {
    int length = prefix.length + fields.length;
    ByteBuf place = outbox.offer(length + FrameHead.LONGEST);
    if (place == null) {
      return false;
    }
    FrameHead.write(encoding, length, place);
    place.writeBytes(prefix).writeBytes(fields);
    return true;
  }

  /** What a frame asked for was done or begun, or an answer came later: it is written. */
  void answered() {
    outbox.flush();
    regulate();
  }

  /** Reads on or not. */
  void regulate() {
    if (isClosed) {
      return;
    }
    boolean mayRead = !session.isBusy() && !outbox.isFull();
    if (mayRead != isReading) {
      isReading = mayRead;
      if (mayRead) {
        socket.resume();
      } else {
        socket.pause();
      }
    }
  }

  private void beat(long ignored) {
    if (isClosed) {
      return;
    }
    long now = System.nanoTime();
    if (session.isBusy()) {
      heard();
    }
    long silent = now - heardAt;
    long ping = loop.config().pingInterval().toNanos();
    if (session.isNobody() && now - openedAt >= loop.config().connectTimeout().toNanos()) {
      close(NOT_AUTHENTICATED, "not-authenticated", "no credential came in time");
    } else if (isPinged && now - pingedAt >= ping) {
      close(SILENT, "silent", "nothing was heard for " + silent / 1_000_000 + " ms");
    } else if (silent >= ping && !isPinged) {
      isPinged = true;
      pingedAt = now;
      socket.ping();
    }
    regulate();
  }

  @Override
  public ByteBuf buffer(int bytes) {
    return socket.buffer(bytes);
  }

  @Override
  public void write(ByteBuf bytes, Runnable written) {
    while (bytes.readableBytes() > SLICE) {
      socket.write(bytes.readRetainedSlice(SLICE)).addListener(this::taken);
    }
    socket
        .writeAndFlush(bytes)
        .addListener(
            done -> {
              taken(done);
              written.run();
              regulate();
            });
  }

  /** The system has taken something; of one who is behind, that tells that it goes on. */
  private void taken(Future<?> write) {
    if (write.isSuccess() && !isReading) {
      heard();
    }
  }

  @Override
  public void roomAgain() {
    session.roomAgain(outbox);
    regulate();
  }

  @Override
  public void cut(String word) {
    if (!isClosed) {
      loop.metrics().closed(WebSocketDoor.NAME, word);
      isClosed = true;
    }
    socket.cut();
  }

  /** Ends the connection with a reason, behind what has been taken. */
  void close(short code, String word, String reason) {
    if (isClosed) {
      return;
    }
    loop.metrics().closed(WebSocketDoor.NAME, word);
    outbox.write();
    closing();
    socket.close(code, word.equals(reason) ? word : word + ": " + reason);
  }

  /** What was delivered still goes out. */
  @Override
  public void stopping() {
    outbox.write();
  }

  /** Nothing may follow a close frame (RFC 6455 section 5.5.1), so nothing is read from the log. */
  @Override
  public void closing() {
    isClosed = true;
    outbox.close();
    session.close();
  }

  @Override
  public void closed() {
    closing();
    loop.calm(beat);
    loop.metrics().gone(WebSocketDoor.NAME);
  }
}
