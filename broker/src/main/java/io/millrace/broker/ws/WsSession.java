package io.millrace.broker.ws;

import io.millrace.access.TopicCredential;
import io.millrace.access.TopicGrant;
import io.millrace.broker.door.Answer;
import io.millrace.broker.door.DoorLoop;
import io.millrace.broker.door.Encoding;
import io.millrace.broker.door.Fields;
import io.millrace.broker.door.Fields.BadFieldException;
import io.millrace.broker.door.MessageFields;
import io.millrace.broker.door.Outbox;
import io.millrace.broker.door.Refusal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who is on a connection, and what its messages ask for. Belongs to the connection's event loop.
 *
 * <pre>
 *   OPEN ──credential good──> LET IN ──grant ends, protocol error──> closed
 *     └──credential bad──> closed
 * </pre>
 */
final class WsSession {
  private static final short PROTOCOL_ERROR = 1002;
  private static final short NOT_UTF8 = 1007;
  private static final short GRANT_ENDED = 4403;

  /** As long as a message may be of one who is not let in yet. */
  private static final int FIRST_BYTES = 64 * 1024;

  private final DoorLoop loop;
  private final WsConnection connection;
  private final Encoding encoding;
  private final ServerFrames frames;
  private final TopicCredential presented;
  private @Nullable WsRequests requests;
  private boolean isAuthenticating;
  private boolean isClosed;

  WsSession(DoorLoop loop, WsConnection connection, TopicCredential presented) {
    this.loop = loop;
    this.connection = connection;
    this.encoding = connection.encoding();
    this.frames = connection.frames();
    this.presented = presented;
  }

  void open() {
    if (presented.secret().isPresent()) {
      authenticate(null, presented);
    }
  }

  /** Whether nobody has been let in yet. */
  boolean isNobody() {
    return requests == null;
  }

  /** Whether it is for the server's sake that nothing is to be read. */
  boolean isBusy() {
    return isAuthenticating || (requests != null && requests.areTooMany());
  }

  /** How long a message may be. */
  int mostBytes() {
    int most = loop.config().maxFrameBytes();
    return requests == null ? Math.min(most, FIRST_BYTES) : most;
  }

  /** There is room in the outbox again. */
  void roomAgain(Outbox outbox) {
    if (requests != null) {
      requests.resume(outbox);
    }
  }

  /** The connection is over, or about to be: nothing more is delivered. May be called again. */
  void close() {
    if (!isClosed) {
      isClosed = true;
      if (requests != null) {
        requests.close();
      }
    }
  }

  /** A whole message has come. */
  void message(byte[] bytes) {
    if (encoding == Encoding.JSON && MessageFields.text(bytes) == null) {
      connection.close(NOT_UTF8, "not-utf8", "the text is not UTF-8");
      return;
    }
    Fields fields;
    try {
      fields = Fields.read(encoding, bytes);
    } catch (BadFieldException e) {
      connection.close(PROTOCOL_ERROR, "malformed", String.valueOf(e.getMessage()));
      return;
    }
    try {
      handle(ClientFrame.of(fields));
    } catch (BadFieldException e) {
      Refusal refusal = new Refusal(Refusal.Code.BAD_REQUEST, String.valueOf(e.getMessage()));
      loop.metrics().refused(WebSocketDoor.NAME, refusal);
      refuse(fields.word("id"), fields.word("sub"), refusal);
    }
  }

  private void handle(ClientFrame frame) {
    switch (frame) {
      case ClientFrame.Connect(String id, Optional<String> token) ->
          authenticate(
              id,
              new TopicCredential(
                  presented.user(),
                  token.or(presented::secret),
                  presented.certificate(),
                  presented.peer(),
                  presented.isLocal(),
                  presented.protocol()));
      case ClientFrame.Ping(String id) -> connection.send(frames.pong(id));
      case ClientFrame.Request request -> {
        if (requests == null) {
          connection.close(
              WsConnection.NOT_AUTHENTICATED,
              "not-authenticated",
              "the first frame has to be 'connect'");
        } else {
          requests.handle(request);
        }
      }
    }
  }

  /** Asks who it is; nothing is read meanwhile. */
  private void authenticate(@Nullable String id, TopicCredential credential) {
    isAuthenticating = true;
    connection.regulate();
    loop.authenticate(credential)
        .onSuccess(
            answer -> {
              isAuthenticating = false;
              if (!isClosed) {
                authenticated(id, answer);
                connection.answered();
              }
            });
  }

  private void authenticated(@Nullable String id, Answer<TopicGrant> answer) {
    switch (answer) {
      case Answer.Refused<TopicGrant>(Refusal refusal) -> {
        loop.metrics().refused(WebSocketDoor.NAME, refusal);
        refuse(id, null, refusal);
        if (requests == null) {
          connection.close(
              WsConnection.NOT_AUTHENTICATED, refusal.code().word(), refusal.message());
        }
      }
      case Answer.Given<TopicGrant>(TopicGrant grant) -> {
        if (requests == null) {
          requests =
              new WsRequests(
                  loop, connection, this, loop.client(WebSocketDoor.NAME, grant, this::grantEnded));
        } else {
          requests.regrant(grant);
        }
        connection.send(frames.connected(id, grant, loop.config().pingInterval().toMillis()));
      }
    }
  }

  private void grantEnded(Refusal refusal) {
    if (!isClosed) {
      refuse(null, null, refusal);
      connection.close(GRANT_ENDED, refusal.code().word(), refusal.message());
    }
  }

  /** Says why a request was refused, or a frame that cannot be read. */
  void refuse(@Nullable String id, @Nullable String sub, Refusal refusal) {
    connection.send(frames.error(id, sub, refusal));
  }
}
