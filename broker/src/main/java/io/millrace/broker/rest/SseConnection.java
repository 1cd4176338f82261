package io.millrace.broker.rest;

import io.millrace.access.TopicGrant;
import io.millrace.broker.door.Answer;
import io.millrace.broker.door.Beginning;
import io.millrace.broker.door.Client;
import io.millrace.broker.door.DoorLoop;
import io.millrace.broker.door.Fields.BadFieldException;
import io.millrace.broker.door.Outbox;
import io.millrace.broker.door.Refusal;
import io.millrace.broker.hub.SlowPolicy;
import io.millrace.broker.hub.Start;
import io.millrace.broker.hub.Subscription;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Consumer;

/**
 * One answer of server-sent events (WHATWG HTML, section Server-sent events), for one filter or
 * several. Belongs to the connection's event loop.
 *
 * <p>The id of an event holds the position of each filter, in the order of the request, with a dot
 * between them; so a browser that comes back with {@code Last-Event-ID} goes on in all. Nothing is
 * delivered before all of them are known.
 */
final class SseConnection implements Outbox.Wire {
  /** What one request may subscribe to. */
  static final int MOST_FILTERS = 20;

  /** {@code Last-Event-ID} as programs without headers of their own write it. */
  private static final String LAST_EVENT = "lastEventId";

  private static final Set<String> PARAMETERS =
      Set.of("last", "since", "after", "where", "policy", LAST_EVENT);

  private static final Set<String> WITH_FILTERS =
      Set.of("filter", "last", "since", "after", "where", "policy", LAST_EVENT);

  private static final byte[] KEEP_ALIVE = ": \n".getBytes(StandardCharsets.US_ASCII);

  private final DoorLoop loop;
  private final HttpServerRequest request;
  private final Client client;
  private final Outbox outbox;
  private final List<SseSubscription> subscriptions = new ArrayList<>();
  private final Consumer<Long> beat = this::beat;
  private int unknown;
  private boolean isOpen;
  private boolean isOver;
  private long writtenAt;

  private SseConnection(DoorLoop loop, TopicGrant grant, HttpServerRequest request) {
    this.loop = loop;
    this.request = request;
    this.client = loop.client(TopicsDoor.SSE, grant, this::grantEnded);
    this.outbox = new Outbox(loop, this);
  }

  /** Answers a request with events, or with why there are none. */
  static void open(
      DoorLoop loop, TopicGrant grant, HttpServerRequest request, List<String> filters) {
    new SseConnection(loop, grant, request).begin(filters);
  }

  private void begin(List<String> filters) {
    try {
      Parameters.check(request, isOfOneTopic() ? PARAMETERS : WITH_FILTERS);
    } catch (BadFieldException e) {
      malformed(new Refusal(Refusal.Code.BAD_REQUEST, String.valueOf(e.getMessage())));
      return;
    }
    Optional<SlowPolicy> policy = SlowPolicy.of(request.getParam("policy", "pause"));
    if (policy.isEmpty()) {
      malformed(new Refusal(Refusal.Code.BAD_REQUEST, SlowPolicy.WORDS));
      return;
    }
    Answer<List<Start>> starts = starts(filters.size());
    if (!(starts instanceof Answer.Given<List<Start>>(List<Start> begins))) {
      malformed(((Answer.Refused<List<Start>>) starts).refusal());
      return;
    }
    unknown = filters.size();
    for (int i = 0; i < filters.size(); i++) {
      SseSubscription subscription = new SseSubscription(this, filters.get(i));
      subscriptions.add(subscription);
      Answer<Subscription> answer =
          client.subscribe(
              filters.get(i), begins.get(i), request.getParam("where"), policy.get(), subscription);
      if (answer instanceof Answer.Refused<Subscription>(Refusal refusal)) {
        refuse(refusal);
        return;
      }
    }
    if (!isOver) {
      answer();
    }
  }

  /** Whether the filter is the address itself. */
  private boolean isOfOneTopic() {
    return String.valueOf(request.path()).startsWith(TopicsDoor.TOPICS);
  }

  /** {@code Last-Event-ID} before all: a browser repeats the address that it began with. */
  private Answer<List<Start>> starts(int filters) {
    String header = request.getHeader("last-event-id");
    String id = header == null ? request.getParam(LAST_EVENT) : header;
    if (id == null || id.isEmpty()) {
      Answer<Start> one =
          Beginning.of(
              request.getParam("last"), request.getParam("since"), request.getParam("after"));
      return switch (one) {
        case Answer.Given<Start>(Start start) ->
            new Answer.Given<>(Collections.nCopies(filters, start));
        case Answer.Refused<Start>(Refusal refusal) -> new Answer.Refused<>(refusal);
      };
    }
    String[] tokens = id.split("\\.", -1);
    if (tokens.length != filters) {
      return new Answer.Refused<>(
          Refusal.Code.BAD_POSITION,
          "Last-Event-ID is of " + tokens.length + " filters, not of " + filters);
    }
    List<Start> starts = new ArrayList<>();
    for (String token : tokens) {
      switch (Beginning.of(null, null, token.isEmpty() ? null : token)) {
        case Answer.Given<Start>(Start start) -> starts.add(start);
        case Answer.Refused<Start>(Refusal refusal) -> {
          return new Answer.Refused<>(refusal);
        }
      }
    }
    return new Answer.Given<>(starts);
  }

  private void malformed(Refusal refusal) {
    loop.metrics().refused(TopicsDoor.SSE, refusal);
    refuse(refusal);
  }

  private void refuse(Refusal refusal) {
    isOver = true;
    client.close();
    outbox.close();
    Exchange.refuse(request, refusal);
  }

  private void answer() {
    HttpServerResponse response = request.response();
    if (response.closed()) {
      // Gone while it was asked who it is: nobody would hear of that again.
      over();
      return;
    }
    response.setChunked(true);
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        // nginx would collect the events before it passes them on.
        .putHeader("x-accel-buffering", "no");
    response.closeHandler(closed -> over()).exceptionHandler(failure -> over());
    response.writeHead();
    isOpen = true;
    writtenAt = loop.now();
    loop.metrics().opened(TopicsDoor.SSE);
    loop.beat(beat);
    if (unknown == 0) {
      loop.later(this::allKnown);
    }
  }

  /** One of the subscriptions knows where it begins. */
  void known() {
    unknown--;
    if (unknown == 0 && isOpen) {
      loop.later(this::allKnown);
    }
  }

  private void allKnown() {
    if (!isOver) {
      // An id alone is no event, but from now on the browser comes back with it.
      place(("id: " + id() + "\n\n").getBytes(StandardCharsets.US_ASCII));
      outbox.flush();
      client.begin(outbox);
    }
  }

  boolean isReady() {
    return isOpen && unknown == 0;
  }

  Outbox outbox() {
    return outbox;
  }

  void flush() {
    if (isOpen) {
      outbox.flush();
    }
  }

  /** The positions of all. */
  String id() {
    StringJoiner id = new StringJoiner(".");
    for (SseSubscription subscription : subscriptions) {
      id.add(subscription.token());
    }
    return id.toString();
  }

  /** Takes a message where there is room. */
  boolean offer(byte[] fields) {
    byte[] head = ("id: " + id() + "\ndata: {").getBytes(StandardCharsets.US_ASCII);
    ByteBuf place = outbox.offer(head.length + fields.length + 2);
    if (place == null) {
      return false;
    }
    place.writeBytes(head).writeBytes(fields).writeByte('\n').writeByte('\n');
    return true;
  }

  /** Takes an event that is no message. */
  void event(String name, JsonObject data) {
    place(
        ("event: "
                + name
                + (unknown == 0 ? "\nid: " + id() : "")
                + "\ndata: "
                + data.encode()
                + "\n\n")
            .getBytes(StandardCharsets.UTF_8));
  }

  private void place(byte[] bytes) {
    ByteBuf place = outbox.force(bytes.length);
    if (place != null) {
      place.writeBytes(bytes);
    }
  }

  /** A subscription has ended by itself: so does the answer, and the browser comes back. */
  void ended(SseSubscription subscription, Refusal refusal) {
    JsonObject data =
        new JsonObject()
            .put("filter", subscription.filter())
            .put("code", refusal.code().word())
            .put("message", refusal.message());
    end("ended", refusal, data);
  }

  private void grantEnded(Refusal refusal) {
    end(
        "ended",
        refusal,
        new JsonObject().put("code", refusal.code().word()).put("message", refusal.message()));
  }

  private void end(String name, Refusal refusal, JsonObject data) {
    if (isOver) {
      return;
    }
    if (!isOpen) {
      refuse(refusal);
      return;
    }
    loop.metrics().closed(TopicsDoor.SSE, refusal.code().word());
    event(name, data);
    outbox.write();
    request.response().end();
    over();
  }

  private void beat(long now) {
    if (now - writtenAt >= loop.config().pingInterval().toMillis() && isReady()) {
      place(KEEP_ALIVE);
      place(("id: " + id() + "\n\n").getBytes(StandardCharsets.US_ASCII));
      outbox.flush();
    }
  }

  @Override
  public ByteBuf buffer(int bytes) {
    return UnpooledByteBufAllocator.DEFAULT.heapBuffer(bytes);
  }

  @Override
  public void write(ByteBuf bytes, Runnable written) {
    writtenAt = loop.now();
    request.response().write(BufferInternal.buffer(bytes)).onComplete(done -> written.run());
  }

  @Override
  public void roomAgain() {
    client.resume(outbox);
  }

  @Override
  public void cut(String word) {
    loop.metrics().closed(TopicsDoor.SSE, word);
    request.response().reset();
    over();
  }

  private void over() {
    if (!isOver) {
      isOver = true;
      loop.calm(beat);
      outbox.close();
      client.close();
      if (isOpen) {
        loop.metrics().gone(TopicsDoor.SSE);
      }
    }
  }
}
