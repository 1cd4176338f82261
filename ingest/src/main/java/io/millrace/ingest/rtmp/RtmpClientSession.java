package io.millrace.ingest.rtmp;

import io.millrace.ingest.rtmp.AmfValue.AmfNumber;
import io.millrace.ingest.rtmp.AmfValue.AmfObject;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.MediaEvent;
import io.vertx.core.buffer.Buffer;
import java.util.random.RandomGenerator;

/**
 * The publishing side of RTMP without its socket: bytes in, bytes and a state out. Used by one
 * thread at a time.
 *
 * <pre>
 *   HANDSHAKE -> CONNECTING -> CREATING -> ASKING -> PUBLISHING -> ENDING -> ENDED
 *        any of them, when the server refuses or breaks the protocol -> REFUSED
 * </pre>
 */
public final class RtmpClientSession {
  /** How far the session is. */
  public enum State {
    HANDSHAKE,
    CONNECTING,
    CREATING,
    ASKING,
    PUBLISHING,
    ENDING,
    ENDED,
    REFUSED
  }

  private static final int CHUNK_SIZE = 60_000;
  private static final int CONNECT = 1;
  private static final int RELEASE_STREAM = 2;
  private static final int FC_PUBLISH = 3;
  private static final int CREATE_STREAM = 4;
  private static final int PUBLISH = 5;
  private static final int PING_REQUEST = 6;
  private static final int PING_RESPONSE = 7;

  private final String app;
  private final String name;
  private final String tcUrl;
  private final RtmpChunkReader chunks = new RtmpChunkReader();
  private final RtmpChunkWriter writer = new RtmpChunkWriter();
  private final Buffer handshake = Buffer.buffer();

  private State state = State.HANDSHAKE;
  private String refusal = "";
  private StreamToRtmp mapping = new StreamToRtmp(0);
  private int streamId;

  /**
   * @param app the part of the address before the stream's name
   * @param name the stream's name with its query
   * @param tcUrl the address up to the app
   */
  public RtmpClientSession(String app, String name, String tcUrl) {
    this.app = app;
    this.name = name;
    this.tcUrl = tcUrl;
  }

  public State state() {
    return state;
  }

  /** What the server said when it refused; empty otherwise. */
  public String refusal() {
    return refusal;
  }

  /** What is sent first. */
  public Buffer start(RandomGenerator random) {
    byte[] c1 = new byte[RtmpHandshake.LENGTH - 8];
    random.nextBytes(c1);
    return Buffer.buffer().appendByte((byte) 3).appendLong(0).appendBytes(c1);
  }

  /** Takes bytes from the server and returns what to answer. */
  public Buffer receive(Buffer bytes) {
    Buffer out = Buffer.buffer();
    try {
      if (state == State.HANDSHAKE) {
        shakeHands(bytes, out);
      } else {
        chunks.feed(bytes);
      }
      if (state != State.HANDSHAKE) {
        for (RtmpMessage message = chunks.next(); message != null; message = chunks.next()) {
          handle(message, out);
        }
      }
    } catch (MalformedMediaException e) {
      refused("the server does not speak RTMP: " + e.getMessage());
    }
    return out;
  }

  /** The bytes of one event; empty before publishing and afterwards. */
  public Buffer media(MediaEvent event) {
    Buffer out = Buffer.buffer();
    if (state == State.PUBLISHING) {
      mapping.map(event).forEach(message -> writer.write(message, out));
    }
    return out;
  }

  /** What to send to unpublish; the state is ENDED when the server has answered. */
  public Buffer end() {
    Buffer out = Buffer.buffer();
    if (state == State.PUBLISHING) {
      state = State.ENDING;
      command(out, 0, "FCUnpublish", PUBLISH + 1, AmfValue.NULL, AmfValue.of(name));
      command(out, 0, "deleteStream", PUBLISH + 2, AmfValue.NULL, AmfValue.of(streamId));
    }
    return out;
  }

  private void shakeHands(Buffer bytes, Buffer out) {
    handshake.appendBuffer(bytes);
    if (handshake.getByte(0) != 3) {
      throw new MalformedMediaException("handshake", 0, "version " + handshake.getByte(0));
    }
    int length = 1 + 2 * RtmpHandshake.LENGTH;
    if (handshake.length() < length) {
      return;
    }
    out.appendBuffer(handshake, 1, RtmpHandshake.LENGTH);
    chunks.feed(handshake.getBuffer(length, handshake.length()));
    state = State.CONNECTING;
    AmfObject description =
        AmfValue.object(
            "app",
            app,
            "type",
            "nonprivate",
            "flashVer",
            "FMLE/3.0 (Millrace)",
            "tcUrl",
            tcUrl,
            "fourCcList",
            EnhancedRtmp.fourCcs());
    command(out, 0, "connect", CONNECT, description);
  }

  private void handle(RtmpMessage message, Buffer out) {
    if (message.type() == RtmpMessage.COMMAND_AMF0 || message.type() == RtmpMessage.COMMAND_AMF3) {
      RtmpCommand.read(message).ifPresent(command -> command(command, out));
    } else if (message.type() == RtmpMessage.USER_CONTROL
        && message.payload().length() >= 6
        && message.payload().getUnsignedShort(0) == PING_REQUEST) {
      Buffer pong = Buffer.buffer().appendUnsignedShort(PING_RESPONSE);
      pong.appendBuffer(message.payload(), 2, 4);
      writer.write(RtmpMessage.control(RtmpMessage.USER_CONTROL, pong), out);
    }
  }

  private void command(RtmpCommand command, Buffer out) {
    switch (command.name()) {
      case "_result" -> result(command, out);
      case "_error" -> {
        // Servers that don't know the Flash commands may refuse them without meaning anything.
        if (isFor(command, CONNECT) || isFor(command, CREATE_STREAM) || isFor(command, PUBLISH)) {
          refused(description(command));
        }
      }
      case "onStatus" -> status(command);
      default -> {}
    }
  }

  private void result(RtmpCommand command, Buffer out) {
    if (state == State.CONNECTING && isFor(command, CONNECT)) {
      state = State.CREATING;
      writer.write(RtmpMessage.control(RtmpMessage.SET_CHUNK_SIZE, CHUNK_SIZE), out);
      writer.chunkSize(CHUNK_SIZE);
      command(out, 0, "releaseStream", RELEASE_STREAM, AmfValue.NULL, AmfValue.of(name));
      command(out, 0, "FCPublish", FC_PUBLISH, AmfValue.NULL, AmfValue.of(name));
      command(out, 0, "createStream", CREATE_STREAM, AmfValue.NULL);
    } else if (state == State.CREATING && isFor(command, CREATE_STREAM)) {
      state = State.ASKING;
      streamId =
          !command.arguments().isEmpty()
                  && command.arguments().getFirst() instanceof AmfNumber(double id)
              ? (int) id
              : 1;
      mapping = new StreamToRtmp(streamId);
      AmfValue[] arguments = {AmfValue.NULL, AmfValue.of(name), AmfValue.of("live")};
      command(out, streamId, "publish", PUBLISH, arguments);
    }
  }

  private void status(RtmpCommand command) {
    AmfObject status = statusOf(command);
    String code = status.string("code").orElse("");
    if (status.string("level").orElse("").equals("error")) {
      refused(description(command));
    } else if (state == State.ASKING && code.equals("NetStream.Publish.Start")) {
      state = State.PUBLISHING;
    } else if (state == State.ENDING && code.equals("NetStream.Unpublish.Success")) {
      state = State.ENDED;
    }
  }

  private void refused(String why) {
    if (state != State.ENDING && state != State.ENDED) {
      state = State.REFUSED;
      refusal = why;
    }
  }

  private static AmfObject statusOf(RtmpCommand command) {
    return !command.arguments().isEmpty()
            && command.arguments().getFirst() instanceof AmfObject object
        ? object
        : AmfValue.object();
  }

  private static String description(RtmpCommand command) {
    AmfObject status = statusOf(command);
    return status
        .string("description")
        .or(() -> status.string("code"))
        .orElse("the server refuses without saying why");
  }

  private static boolean isFor(RtmpCommand command, int transaction) {
    return command.transaction() instanceof AmfNumber(double number) && number == transaction;
  }

  private void command(
      Buffer out, int messageStream, String command, int transaction, AmfValue... arguments) {
    Buffer payload = Amf0.write(AmfValue.of(command), AmfValue.of(transaction));
    payload.appendBuffer(Amf0.write(arguments));
    writer.write(new RtmpMessage(RtmpMessage.COMMAND_AMF0, messageStream, 0, payload), out);
  }
}
