package io.millrace.broker.ws;

import io.millrace.access.TopicCredential;
import io.millrace.access.TopicGrant;
import io.millrace.broker.door.Answer;
import io.millrace.broker.door.Client;
import io.millrace.broker.door.DoorLoop;
import io.millrace.broker.door.Fields;
import io.millrace.broker.door.Fields.BadFieldException;
import io.millrace.broker.door.History;
import io.millrace.broker.door.MessageJson;
import io.millrace.broker.door.Outbox;
import io.millrace.broker.door.Refusal;
import io.millrace.broker.hub.Start;
import io.millrace.broker.hub.Subscription;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.internal.http.WebSocketInternal;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket. Belongs to its event loop.
 *
 * <pre>
 *   OPEN ──credential good──> CONNECTED ──grant ends, protocol error, no pongs──> closed
 *     └──credential bad, or none in time──> closed
 * </pre>
 *
 * Frames to the client are written as bytes beside Vert.x's own encoder: a round of the fan-out is
 * one write, however many frames it is. Nothing is read from a client while its outbox is full,
 * while it is being authenticated, and while too many of its publishes wait for the log.
 */
final class WsConnection implements Outbox.Wire {
  private static final short PROTOCOL_ERROR = 1002;
  private static final short UNSUPPORTED = 1003;
  private static final short NOT_UTF8 = 1007;
  private static final short TOO_BIG = 1009;
  private static final short NOT_AUTHENTICATED = 4401;
  private static final short GRANT_ENDED = 4403;
  private static final short SILENT = 4408;

  private static final int LONGEST_REASON = 120;
  private static final int MOST_PUBLISHES = 2000;
  private static final int MOST_HISTORIES = 4;

  private final DoorLoop loop;
  private final ServerWebSocket socket;
  private final ChannelHandlerContext channel;
  private final TopicCredential presented;
  private final Outbox outbox;
  private final FrameAssembly assembly;
  private final Map<String, WsSubscription> subscriptions = new HashMap<>();
  private final Set<Runnable> histories = new HashSet<>();
  private final Consumer<Long> beat = this::beat;
  private final long openedAt;
  private @Nullable Client client;
  private boolean isAuthenticating;
  private boolean isReading = true;
  private boolean isClosed;
  private boolean isPinged;
  private int publishing;
  private int delivered;
  private long heardAt;

  WsConnection(DoorLoop loop, ServerWebSocket socket, TopicCredential presented) {
    this.loop = loop;
    this.socket = socket;
    this.channel = ((WebSocketInternal) socket).channelHandlerContext();
    this.presented = presented;
    this.outbox = new Outbox(loop, this);
    this.assembly = new FrameAssembly(loop.config().maxFrameBytes());
    this.openedAt = loop.now();
    this.heardAt = openedAt;
  }

  void open() {
    loop.metrics().opened(WebSocketDoor.NAME);
    loop.beat(beat);
    socket
        .frameHandler(this::frame)
        .pongHandler(pong -> heard())
        .exceptionHandler(failure -> loop.metrics().closed(WebSocketDoor.NAME, "failure"))
        .closeHandler(closed -> closed());
    if (presented.secret().isPresent()) {
      authenticate(null, presented);
    }
  }

  Outbox outbox() {
    return outbox;
  }

  private void heard() {
    heardAt = loop.now();
    isPinged = false;
  }

  private void frame(WebSocketFrame frame) {
    heard();
    if (isClosed || !(frame.isText() || frame.isContinuation() || frame.isBinary())) {
      return;
    }
    if (frame.isBinary()) {
      close(UNSUPPORTED, "unsupported", "frames of millrace.json are text");
      return;
    }
    if (!assembly.add(frame.binaryData())) {
      close(TOO_BIG, "too-big", "a frame has at most " + loop.config().maxFrameBytes() + " bytes");
      return;
    }
    if (frame.isFinal()) {
      message(assembly.take());
      outbox.flush();
      regulate();
    }
  }

  private void message(byte[] bytes) {
    if (MessageJson.text(bytes) == null) {
      close(NOT_UTF8, "not-utf8", "the text is not UTF-8");
      return;
    }
    Fields fields;
    try {
      fields = Fields.read(bytes);
    } catch (BadFieldException e) {
      close(PROTOCOL_ERROR, "malformed", String.valueOf(e.getMessage()));
      return;
    }
    try {
      handle(ClientFrame.of(fields));
    } catch (BadFieldException e) {
      refuse(
          fields.word("id"),
          fields.word("sub"),
          new Refusal(Refusal.Code.BAD_REQUEST, String.valueOf(e.getMessage())));
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
      case ClientFrame.Ping(String id) -> send(ServerFrames.pong(id));
      case ClientFrame.Subscribe subscribe -> withClient(its -> subscribe(its, subscribe));
      case ClientFrame.Unsubscribe(String sub) -> withClient(its -> unsubscribe(its, sub));
      case ClientFrame.Publish publish -> withClient(its -> publish(its, publish));
      case ClientFrame.ReadHistory read -> withClient(its -> history(its, read));
    }
  }

  private void withClient(Consumer<Client> then) {
    if (client == null) {
      close(NOT_AUTHENTICATED, "not-authenticated", "the first frame has to be 'connect'");
    } else {
      then.accept(client);
    }
  }

  private void authenticate(@Nullable String id, TopicCredential credential) {
    isAuthenticating = true;
    regulate();
    loop.authenticate(credential)
        .onSuccess(
            answer -> {
              isAuthenticating = false;
              if (!isClosed) {
                authenticated(id, answer);
                outbox.flush();
                regulate();
              }
            });
  }

  private void authenticated(@Nullable String id, Answer<TopicGrant> answer) {
    switch (answer) {
      case Answer.Refused<TopicGrant>(Refusal refusal) -> {
        loop.metrics().refused(WebSocketDoor.NAME, refusal);
        refuse(id, null, refusal);
        if (client == null) {
          close(NOT_AUTHENTICATED, refusal.code().word(), refusal.message());
        }
      }
      case Answer.Given<TopicGrant>(TopicGrant grant) -> {
        if (client == null) {
          client = loop.client(WebSocketDoor.NAME, grant, this::grantEnded);
        } else {
          regrant(client, grant);
        }
        send(ServerFrames.connected(id, grant, loop.config().pingInterval().toMillis()));
      }
    }
  }

  private void regrant(Client its, TopicGrant grant) {
    List<Subscription> lost = its.regrant(grant);
    for (WsSubscription subscription : List.copyOf(subscriptions.values())) {
      if (lost.contains(subscription.subscription())) {
        subscriptions.remove(subscription.name());
        send(
            ServerFrames.ended(
                subscription.name(),
                new Refusal(Refusal.Code.NOT_AUTHORIZED, "the new credential does not allow it")));
      }
    }
  }

  private void grantEnded(Refusal refusal) {
    if (!isClosed) {
      refuse(null, null, refusal);
      close(GRANT_ENDED, refusal.code().word(), refusal.message());
    }
  }

  private void subscribe(Client its, ClientFrame.Subscribe frame) {
    if (subscriptions.containsKey(frame.sub())) {
      refuse(
          null,
          frame.sub(),
          new Refusal(Refusal.Code.BAD_REQUEST, "there is a subscription of this name"));
      return;
    }
    switch (frame.start()) {
      case Answer.Refused<Start>(Refusal refusal) -> refuse(null, frame.sub(), refusal);
      case Answer.Given<Start>(Start start) -> begin(its, frame, start);
    }
  }

  private void begin(Client its, ClientFrame.Subscribe frame, Start start) {
    WsSubscription subscription = new WsSubscription(this, frame.sub());
    subscriptions.put(frame.sub(), subscription);
    switch (its.subscribe(frame.filter(), start, frame.where(), frame.policy(), subscription)) {
      case Answer.Given<Subscription>(Subscription begun) -> {
        subscription.begun(begun);
        if (!subscriptions.containsValue(subscription)) {
          its.unsubscribe(begun);
        }
      }
      case Answer.Refused<Subscription>(Refusal refusal) -> {
        subscriptions.remove(frame.sub());
        refuse(null, frame.sub(), refusal);
      }
    }
  }

  private void unsubscribe(Client its, String name) {
    WsSubscription subscription = subscriptions.remove(name);
    if (subscription == null || subscription.subscription() == null) {
      refuse(null, name, new Refusal(Refusal.Code.BAD_REQUEST, "there is no such subscription"));
      return;
    }
    its.unsubscribe(subscription.subscription());
    send(ServerFrames.unsubscribed(name));
  }

  /** A subscription has ended by itself. */
  void ended(WsSubscription subscription, Subscription of, Refusal refusal) {
    subscriptions.remove(subscription.name(), subscription);
    if (client != null) {
      client.unsubscribe(of);
    }
    send(ServerFrames.ended(subscription.name(), refusal));
  }

  private void publish(Client its, ClientFrame.Publish frame) {
    publishing++;
    its.publish(
        frame.draft(),
        new Client.PublishResult() {
          @Override
          public void published(@Nullable String position, long time) {
            if (frame.id() != null) {
              send(ServerFrames.published(frame.id(), position, time));
            }
            done();
          }

          @Override
          public void refused(Refusal refusal) {
            refuse(frame.id(), null, refusal);
            done();
          }
        });
  }

  private void done() {
    publishing--;
    outbox.flush();
    regulate();
  }

  private void history(Client its, ClientFrame.ReadHistory frame) {
    if (histories.size() >= MOST_HISTORIES) {
      refuse(
          frame.id(),
          null,
          new Refusal(
              Refusal.Code.OVERLOADED,
              "a connection reads at most " + MOST_HISTORIES + " histories at once"));
      return;
    }
    switch (frame.start()) {
      case Answer.Refused<Start>(Refusal refusal) -> refuse(frame.id(), null, refusal);
      case Answer.Given<Start>(Start start) -> {
        HistoryRead read = new HistoryRead(frame.id());
        read.begin(its, new History.Query(frame.filter(), start, frame.where(), frame.limit(), 0));
      }
    }
  }

  private final class HistoryRead {
    private final String id;
    private @Nullable Runnable abandon;
    private boolean isDone;

    private HistoryRead(String id) {
      this.id = id;
    }

    private void begin(Client its, History.Query query) {
      Runnable ending = History.read(loop, its, query, this::done);
      if (!isDone) {
        abandon = ending;
        histories.add(ending);
      }
    }

    private void done(Answer<History.Page> answer) {
      isDone = true;
      if (abandon != null) {
        histories.remove(abandon);
      }
      switch (answer) {
        case Answer.Given<History.Page>(History.Page page) -> send(ServerFrames.history(id, page));
        case Answer.Refused<History.Page>(Refusal refusal) -> refuse(id, null, refusal);
      }
      outbox.flush();
    }
  }

  private void refuse(@Nullable String id, @Nullable String sub, Refusal refusal) {
    send(ServerFrames.error(id, sub, refusal));
  }

  /** Takes an answer or a notice; written at the next flush. */
  void send(byte[] frame) {
    ByteBuf place = outbox.force(frame.length + TextFrame.LONGEST_HEAD);
    if (place != null) {
      TextFrame.head(frame.length, place);
      place.writeBytes(frame);
    }
  }

  /** Takes a message where there is room for it. */
  boolean offer(byte[] prefix, byte[] fields) {
    int length = prefix.length + fields.length;
    ByteBuf place = outbox.offer(length + TextFrame.LONGEST_HEAD);
    if (place == null) {
      return false;
    }
    TextFrame.head(length, place);
    place.writeBytes(prefix).writeBytes(fields);
    delivered++;
    return true;
  }

  /** Reads on or not. */
  private void regulate() {
    boolean mayRead = !isAuthenticating && !outbox.isFull() && publishing < MOST_PUBLISHES;
    if (mayRead != isReading && !isClosed) {
      isReading = mayRead;
      if (mayRead) {
        socket.resume();
      } else {
        socket.pause();
      }
    }
  }

  private void beat(long now) {
    long ping = loop.config().pingInterval().toMillis();
    if (client == null && now - openedAt >= loop.config().connectTimeout().toMillis()) {
      close(NOT_AUTHENTICATED, "not-authenticated", "no credential came in time");
    } else if (now - heardAt >= 2 * ping) {
      close(SILENT, "silent", "nothing was heard for " + 2 * ping + " ms");
      cut();
    } else if (now - heardAt >= ping && !isPinged) {
      isPinged = true;
      socket.writePing(Buffer.buffer());
    }
  }

  @Override
  public ByteBuf buffer(int bytes) {
    return channel.alloc().directBuffer(bytes);
  }

  @Override
  public void write(ByteBuf bytes, Runnable written) {
    if (delivered > 0) {
      loop.metrics().delivered(WebSocketDoor.NAME, delivered);
      delivered = 0;
    }
    channel
        .writeAndFlush(bytes)
        .addListener(
            done -> {
              // A client that takes what it is given is alive, even while it is not read from.
              heardAt = loop.now();
              written.run();
              regulate();
            });
  }

  @Override
  public void roomAgain() {
    if (client != null) {
      client.resume(outbox);
    }
    regulate();
  }

  @Override
  public void overflowed() {
    loop.metrics().closed(WebSocketDoor.NAME, "overflow");
    isClosed = true;
    cut();
  }

  /** Without waiting for the other side, which may never read. */
  @SuppressWarnings("FutureReturnValueIgnored") // the close handler hears
  private void cut() {
    channel.close();
  }

  /** Ends the connection with a reason, behind what has been taken. */
  private void close(short code, String word, String reason) {
    if (isClosed) {
      return;
    }
    loop.metrics().closed(WebSocketDoor.NAME, word);
    outbox.write();
    isClosed = true;
    socket.close(code, shortened(word.equals(reason) ? word : word + ": " + reason));
    if (!isReading) {
      // The client's own close frame is waited for.
      isReading = true;
      socket.resume();
    }
  }

  /** A close frame's reason has 123 bytes (RFC 6455 section 5.5). */
  private static String shortened(String reason) {
    String ascii =
        new String(reason.getBytes(StandardCharsets.US_ASCII), StandardCharsets.US_ASCII);
    return ascii.length() > LONGEST_REASON ? ascii.substring(0, LONGEST_REASON) : ascii;
  }

  private void closed() {
    isClosed = true;
    loop.calm(beat);
    List.copyOf(histories).forEach(Runnable::run);
    histories.clear();
    outbox.close();
    if (client != null) {
      client.close();
    }
    loop.metrics().gone(WebSocketDoor.NAME);
  }
}
