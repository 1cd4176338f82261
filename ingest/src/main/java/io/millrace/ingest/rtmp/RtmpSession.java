package io.millrace.ingest.rtmp;

import io.millrace.ingest.rtmp.AmfValue.AmfNumber;
import io.millrace.ingest.rtmp.RtmpAction.Close;
import io.millrace.ingest.rtmp.RtmpAction.Decide;
import io.millrace.ingest.rtmp.RtmpAction.Media;
import io.millrace.ingest.rtmp.RtmpAction.Send;
import io.millrace.ingest.rtmp.RtmpAction.Unpublished;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.UnsupportedMediaException;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * A publisher's connection without its socket: bytes in, actions out.
 *
 * <pre>
 *   Handshaking --> Commanding --publish--> Deciding --accept--> Publishing
 *                       ^                      |                     |
 *                       |                      refuse       deleteStream, closeStream,
 *                       |                      v                FCUnpublish
 *                       |                    Closed                  |
 *                       +--------------------------------------------+
 * </pre>
 *
 * While Deciding nothing more is read: the bytes wait. Whatever the peer breaks becomes a {@link
 * Close}; nothing is thrown. Used by one thread at a time.
 */
final class RtmpSession {
  private static final int PING_REQUEST = 6;
  private static final int AMF3 = 3;

  private final Duration trackWait;
  private final Duration keyFrameWait;
  private final RtmpReplies replies = new RtmpReplies();
  private final int maxMessageSize;
  private final RtmpChunkReader chunks = new RtmpChunkReader();
  private final RtmpAcknowledgements acknowledgements = new RtmpAcknowledgements();

  private State state;
  private List<RtmpAction> actions = new ArrayList<>();
  private String app = "";
  private String tcUrl = "";
  private boolean canReconnect;
  private int lastStreamId;
  private long skipped;

  private sealed interface State {
    record Handshaking(RtmpHandshake handshake) implements State {}

    record Commanding() implements State {}

    record Deciding(int streamId, String name) implements State {}

    record Publishing(int streamId, String name, RtmpToStream mapping) implements State {}

    record Closed() implements State {}
  }

  /** How far a connection is, for its deadlines. */
  enum Phase {
    HANDSHAKE,
    COMMANDS,
    DECIDING,
    PUBLISHING,
    CLOSED
  }

  /**
   * @param maxMessageSize bytes of the largest message
   * @param trackWait see {@link RtmpToStream}
   * @param keyFrameWait see {@link RtmpToStream}
   * @param random fills the handshake
   */
  RtmpSession(
      int maxMessageSize, Duration trackWait, Duration keyFrameWait, RandomGenerator random) {
    this.trackWait = trackWait;
    this.keyFrameWait = keyFrameWait;
    this.maxMessageSize = maxMessageSize;
    this.state = new State.Handshaking(new RtmpHandshake(random));
  }

  Phase phase() {
    return switch (state) {
      case State.Handshaking _ -> Phase.HANDSHAKE;
      case State.Commanding _ -> Phase.COMMANDS;
      case State.Deciding _ -> Phase.DECIDING;
      case State.Publishing _ -> Phase.PUBLISHING;
      case State.Closed _ -> Phase.CLOSED;
    };
  }

  /** Messages that were skipped so far: unknown, or of no use where they came. */
  long skipped() {
    return skipped + (state instanceof State.Publishing(_, _, var mapping) ? mapping.skipped() : 0);
  }

  /** Bytes that wait for a decision; the socket should be paused while there are many. */
  int waitingBytes() {
    return state instanceof State.Deciding ? chunks.unread() : 0;
  }

  /** Takes bytes from the peer. What is kept is copied: afterwards the buffer may change. */
  List<RtmpAction> receive(Buffer bytes) {
    acknowledgements.received(bytes.length());
    return guarded(
        () -> {
          if (state instanceof State.Handshaking(var handshake)) {
            Buffer answer = handshake.receive(bytes);
            if (answer.length() > 0) {
              send(answer);
            }
            if (handshake.isDone()) {
              state = new State.Commanding();
              chunks.feed(handshake.rest());
            }
          } else {
            chunks.feed(bytes);
          }
          readMessages();
          chunks.keep();
          acknowledge();
        });
  }

  /** The answer to {@link Decide}: the publisher may go on. */
  List<RtmpAction> accept() {
    return guarded(
        () -> {
          if (state instanceof State.Deciding(int streamId, String name)) {
            RtmpToStream mapping =
                new RtmpToStream(trackWait, keyFrameWait, event -> actions.add(new Media(event)));
            state = new State.Publishing(streamId, name, mapping);
            chunks.allowMedia(maxMessageSize);
            send(replies.publishing(streamId, name));
            readMessages();
          }
        });
  }

  /**
   * Says why and closes: as the answer to {@link Decide}, or later.
   *
   * @param message fit to be shown by the encoder
   */
  List<RtmpAction> close(CloseReason reason, String message) {
    return guarded(() -> closeWith(reason, message));
  }

  /** The peer is gone: what still waited to be handed over. */
  List<RtmpAction> lost() {
    return guarded(
        () -> {
          if (state instanceof State.Publishing(_, _, var mapping)) {
            skipped += mapping.skipped();
            mapping.finish();
          }
          state = new State.Closed();
        });
  }

  private List<RtmpAction> guarded(Runnable step) {
    if (state instanceof State.Closed) {
      return List.of();
    }
    try {
      step.run();
    } catch (MalformedMediaException e) {
      CloseReason reason =
          state instanceof State.Handshaking ? CloseReason.NOT_RTMP : CloseReason.MALFORMED;
      closeWith(reason, Objects.toString(e.getMessage(), "malformed"));
    } catch (UnsupportedMediaException e) {
      closeWith(CloseReason.UNSUPPORTED, Objects.toString(e.getMessage(), "unsupported"));
    }
    if (actions.isEmpty()) {
      return List.of();
    }
    List<RtmpAction> result = actions;
    actions = new ArrayList<>();
    return result;
  }

  private void closeWith(CloseReason reason, String message) {
    switch (state) {
      case State.Handshaking _, State.Closed _ -> {}
      case State.Commanding _ -> say(lastStreamId, reason, message);
      case State.Deciding(int streamId, _) -> say(streamId, reason, message);
      case State.Publishing(int streamId, _, var mapping) -> {
        skipped += mapping.skipped();
        if (reason != CloseReason.UNSUPPORTED && reason != CloseReason.MALFORMED) {
          mapping.finish();
        }
        say(streamId, reason, message);
      }
    }
    state = new State.Closed();
    actions.add(new Close(reason, message));
  }

  /** A client that can be asked to come back is not told of an error when this server stops. */
  private void say(int streamId, CloseReason reason, String message) {
    send(
        reason == CloseReason.SHUTDOWN && canReconnect
            ? replies.reconnectRequest(message)
            : replies.error(streamId, reason.code(), message));
  }

  private void readMessages() {
    while (state instanceof State.Commanding || state instanceof State.Publishing) {
      RtmpMessage message = chunks.next();
      if (message == null) {
        return;
      }
      handle(message);
    }
  }

  private void acknowledge() {
    boolean open = !(state instanceof State.Handshaking || state instanceof State.Closed);
    if (open) {
      acknowledgements.due().ifPresent(received -> send(replies.acknowledgement(received)));
    }
  }

  private void handle(RtmpMessage message) {
    switch (message.type()) {
      case RtmpMessage.AUDIO, RtmpMessage.VIDEO -> media(message);
      case RtmpMessage.COMMAND_AMF0, RtmpMessage.COMMAND_AMF3 ->
          RtmpCommand.read(message)
              .ifPresentOrElse(command -> command(message.streamId(), command), () -> skipped++);
      case RtmpMessage.DATA_AMF0, RtmpMessage.DATA_AMF3 -> metadata(message);
      case RtmpMessage.AGGREGATE -> aggregate(message);
      case RtmpMessage.WINDOW_ACK_SIZE -> {
        if (message.payload().length() >= 4) {
          acknowledgements.window(message.payload().getUnsignedInt(0));
        }
      }
      case RtmpMessage.SET_PEER_BANDWIDTH -> send(replies.windowAckSize());
      case RtmpMessage.USER_CONTROL -> userControl(message.payload());
      case RtmpMessage.ACKNOWLEDGEMENT -> {}
      default -> skipped++;
    }
  }

  private void media(RtmpMessage message) {
    if (!(state instanceof State.Publishing(_, _, var mapping))) {
      skipped++;
    } else if (message.type() == RtmpMessage.VIDEO) {
      mapping.video(message.timestamp(), message.payload());
    } else {
      mapping.audio(message.timestamp(), message.payload());
    }
  }

  private void aggregate(RtmpMessage message) {
    List<RtmpMessage> parts = RtmpAggregate.messages(message);
    if (parts.isEmpty()) {
      skipped++;
    }
    for (RtmpMessage part : parts) {
      switch (part.type()) {
        case RtmpMessage.AUDIO, RtmpMessage.VIDEO -> media(part);
        case RtmpMessage.DATA_AMF0, RtmpMessage.DATA_AMF3 -> metadata(part);
        default -> skipped++;
      }
    }
  }

  private void userControl(Buffer payload) {
    if (payload.length() >= 6 && payload.getUnsignedShort(0) == PING_REQUEST) {
      send(replies.pong(payload.slice(2, 6)));
    }
  }

  /** Metadata is a hint, often broken: what can't be read is skipped. */
  private void metadata(RtmpMessage message) {
    if (!(state instanceof State.Publishing(_, _, var mapping))) {
      skipped++;
      return;
    }
    try {
      StreamMetadata.of(message.values()).ifPresent(mapping::expect);
    } catch (MalformedMediaException e) {
      skipped++;
    }
  }

  private void command(int streamId, RtmpCommand command) {
    switch (command.name()) {
      case "connect" -> {
        app = command.object().string("app").orElse("");
        tcUrl = command.object().string("tcUrl").orElse("");
        canReconnect = EnhancedRtmp.canReconnect(command.object());
        int encoding = command.object().number("objectEncoding").orElse(0) == AMF3 ? AMF3 : 0;
        send(replies.connected(command.transaction(), encoding));
      }
      case "createStream" -> {
        lastStreamId++;
        send(replies.result(command.transaction(), AmfValue.of(lastStreamId)));
      }
      case "publish" -> publish(streamId, command.text(0));
      case "FCPublish" -> {
        send(replies.result(command.transaction(), AmfValue.NULL));
        send(
            replies.onFlashCommand(
                "onFCPublish", "NetStream.Publish.Start", shown(command.text(0))));
      }
      case "FCUnpublish", "closeStream" -> unpublish(command);
      case "deleteStream" -> {
        if (!namesAnotherStream(command)) {
          unpublish(command);
        }
      }
      case "releaseStream", "_checkbw" ->
          send(replies.result(command.transaction(), AmfValue.NULL));
      case "getStreamLength" -> send(replies.result(command.transaction(), AmfValue.of(0)));
      case "play", "play2" ->
          closeWith(
              CloseReason.PLAY,
              "this server takes streams in over RTMP and does not play them over RTMP;"
                  + " play /play/{app}/{stream}/index.m3u8 over HTTP");
      default -> skipped++;
    }
  }

  private void publish(int streamId, String name) {
    if (state instanceof State.Publishing) {
      closeWith(CloseReason.BAD_NAME, "this connection is publishing already");
      return;
    }
    state = new State.Deciding(streamId, shown(name));
    try {
      actions.add(new Decide(PublishAddress.parse(app, tcUrl, name)));
    } catch (IllegalArgumentException e) {
      closeWith(CloseReason.BAD_NAME, Objects.toString(e.getMessage(), "bad name"));
    }
  }

  /** Some encoders delete streams that they have made and not used. */
  private boolean namesAnotherStream(RtmpCommand command) {
    return state instanceof State.Publishing(int streamId, _, _)
        && !command.arguments().isEmpty()
        && command.arguments().getFirst() instanceof AmfNumber(double id)
        && id != streamId
        && id >= 1
        && id <= lastStreamId
        && streamId <= lastStreamId;
  }

  private void unpublish(RtmpCommand command) {
    boolean asked = command.name().equals("FCUnpublish");
    if (asked) {
      send(replies.result(command.transaction(), AmfValue.NULL));
    }
    if (state instanceof State.Publishing(int streamId, String name, var mapping)) {
      skipped += mapping.skipped();
      mapping.finish();
      state = new State.Commanding();
      actions.add(new Unpublished());
      if (asked) {
        send(replies.onFlashCommand("onFCUnpublish", "NetStream.Unpublish.Success", name));
      }
      send(replies.unpublished(streamId, name));
    }
  }

  /** A stream's name without its query, which holds the key. */
  private static String shown(String name) {
    int question = name.indexOf('?');
    String path = question < 0 ? name : name.substring(0, question);
    return path.length() > 128 ? path.substring(0, 128) : path;
  }

  private void send(Buffer bytes) {
    actions.add(new Send(bytes));
  }
}
