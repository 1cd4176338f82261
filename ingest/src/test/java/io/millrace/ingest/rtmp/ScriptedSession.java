package io.millrace.ingest.rtmp;

import io.millrace.ingest.rtmp.RtmpAction.Close;
import io.millrace.ingest.rtmp.RtmpAction.Decide;
import io.millrace.ingest.rtmp.RtmpAction.Media;
import io.millrace.ingest.rtmp.RtmpAction.Send;
import io.millrace.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A session that is fed with what a client says, and what it answered. */
abstract class ScriptedSession {
  static final int MAX_MESSAGE = 1 << 20;

  final RtmpSession session = newSession();
  final List<RtmpAction> actions = new ArrayList<>();

  static RtmpSession newSession() {
    return new RtmpSession(
        MAX_MESSAGE, Duration.ofSeconds(2), Duration.ofSeconds(15), Seeds.random(7));
  }

  static ClientScript script() {
    return ClientScript.withHandshake();
  }

  void take(Buffer bytes) {
    actions.addAll(session.receive(bytes));
  }

  List<Decide> decided() {
    return actions.stream().filter(Decide.class::isInstance).map(Decide.class::cast).toList();
  }

  List<Media> media() {
    return actions.stream().filter(Media.class::isInstance).map(Media.class::cast).toList();
  }

  Close closed() {
    return (Close) actions.getLast();
  }

  List<RtmpCommand> sent(String command) {
    Predicate<RtmpCommand> named = c -> c.name().equals(command);
    return messages().stream()
        .filter(message -> message.type() == RtmpMessage.COMMAND_AMF0)
        .flatMap(message -> RtmpCommand.read(message).stream())
        .filter(named)
        .toList();
  }

  /** What was sent after the handshake. */
  List<RtmpMessage> messages() {
    RtmpChunkReader reader = new RtmpChunkReader();
    List<RtmpMessage> messages = new ArrayList<>();
    for (RtmpAction action : actions) {
      if (action instanceof Send(Buffer bytes) && bytes.length() != 1 + 2 * RtmpHandshake.LENGTH) {
        reader.feed(bytes);
      }
    }
    for (RtmpMessage message = reader.next(); message != null; message = reader.next()) {
      messages.add(message);
    }
    return messages;
  }
}
