package io.millrace.broker.rest;

import io.millrace.broker.door.Encoding;
import io.millrace.broker.door.MessageFields;
import io.millrace.broker.door.Refusal;
import io.millrace.broker.hub.Delivery;
import io.millrace.broker.hub.Gap;
import io.millrace.broker.hub.Receiver;
import io.millrace.broker.hub.Subscription;
import io.millrace.broker.position.Position;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;

/** One filter of an answer of server-sent events. */
final class SseSubscription implements Receiver {
  private final SseConnection connection;
  private final String filter;
  private String token = "";

  SseSubscription(SseConnection connection, String filter) {
    this.connection = connection;
    this.filter = filter;
  }

  String filter() {
    return filter;
  }

  /** Up to where it has had everything; empty where its namespace keeps nothing. */
  String token() {
    return token;
  }

  @Override
  public void started(Subscription started, boolean mayRepeat) {
    token = of(started);
    connection.known();
  }

  @Override
  public boolean deliver(Subscription to, Delivery delivery) {
    if (!connection.isReady()) {
      return false;
    }
    String before = token;
    byte[] after = to.tokenAfter(delivery);
    token = after == null ? "" : new String(after, StandardCharsets.US_ASCII);
    boolean isTaken = connection.offer(MessageFields.of(Encoding.JSON, to, delivery));
    if (!isTaken) {
      token = before;
    }
    return isTaken;
  }

  @Override
  public long room() {
    return connection.outbox().room();
  }

  @Override
  public void gap(Subscription of, Gap gap) {
    connection.event("gap", MessageFields.gap(gap).put("filter", filter));
  }

  @Override
  public void caughtUp(Subscription of) {
    token = of(of);
    connection.event("caught-up", new JsonObject().put("filter", filter));
  }

  @Override
  public void ended(Subscription of, EndReason reason, String message) {
    connection.ended(this, Refusal.of(reason, message));
  }

  @Override
  public void flush() {
    connection.flush();
  }

  private static String of(Subscription subscription) {
    Position position = subscription.position();
    return position == null ? "" : position.token();
  }
}
