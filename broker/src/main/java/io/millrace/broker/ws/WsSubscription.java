package io.millrace.broker.ws;

import io.millrace.broker.door.MessageFields;
import io.millrace.broker.door.Refusal;
import io.millrace.broker.hub.Delivery;
import io.millrace.broker.hub.Gap;
import io.millrace.broker.hub.Receiver;
import io.millrace.broker.hub.Subscription;
import io.millrace.broker.position.Position;
import org.jspecify.annotations.Nullable;

/** One subscription of a connection, by the name that the client gave it. */
final class WsSubscription implements Receiver {
  private final WsConnection connection;
  private final WsRequests requests;
  private final String name;
  private final byte[] prefix;
  private @Nullable Subscription subscription;

  WsSubscription(WsConnection connection, WsRequests requests, String name) {
    this.connection = connection;
    this.requests = requests;
    this.name = name;
    this.prefix = connection.frames().messagePrefix(name);
  }

  String name() {
    return name;
  }

  @Nullable Subscription subscription() {
    return subscription;
  }

  void begun(Subscription begun) {
    subscription = begun;
  }

  @Override
  public void started(Subscription started, boolean mayRepeat) {
    subscription = started;
    connection.send(connection.frames().subscribed(name, mayRepeat, token(started)));
  }

  @Override
  public boolean deliver(Subscription to, Delivery delivery) {
    return connection.offer(prefix, MessageFields.of(connection.encoding(), to, delivery));
  }

  @Override
  public long room() {
    return connection.outbox().room();
  }

  @Override
  public void gap(Subscription of, Gap gap) {
    connection.send(connection.frames().gap(name, gap));
  }

  @Override
  public void caughtUp(Subscription of) {
    connection.send(connection.frames().caughtUp(name, token(of)));
  }

  @Override
  public void ended(Subscription of, EndReason reason, String message) {
    requests.ended(this, of, Refusal.of(reason, message));
  }

  @Override
  public void flush() {
    connection.outbox().flush();
  }

  private static @Nullable String token(Subscription of) {
    Position position = of.position();
    return position == null ? null : position.token();
  }
}
