package io.millrace.broker.door;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What has gone on in one namespace behind one door since the start. Thread-safe. */
public final class Traffic {
  private final LongAdder publishedMessages = new LongAdder();
  private final LongAdder publishedBytes = new LongAdder();
  private final LongAdder deliveredMessages = new LongAdder();
  private final LongAdder deliveredBytes = new LongAdder();
  private final Map<Refusal.Code, LongAdder> refusals = new EnumMap<>(Refusal.Code.class);
  private final AtomicInteger subscriptions = new AtomicInteger();

  Traffic() {
    // All of them, so that the map never changes again.
    for (Refusal.Code code : Refusal.Code.values()) {
      refusals.put(code, new LongAdder());
    }
  }

  /** A message is as safe as its namespace promises. */
  void published(int payloadBytes) {
    publishedMessages.increment();
    publishedBytes.add(payloadBytes);
  }

  /** A subscriber's connection has taken a message. */
  void delivered(int payloadBytes) {
    deliveredMessages.increment();
    deliveredBytes.add(payloadBytes);
  }

  void refused(Refusal.Code code) {
    of(code).increment();
  }

  private LongAdder of(Refusal.Code code) {
    return Objects.requireNonNull(refusals.get(code));
  }

  void subscribed() {
    subscriptions.incrementAndGet();
  }

  void unsubscribed() {
    subscriptions.decrementAndGet();
  }

  public long publishedMessages() {
    return publishedMessages.sum();
  }

  /** Of payloads. */
  public long publishedBytes() {
    return publishedBytes.sum();
  }

  public long deliveredMessages() {
    return deliveredMessages.sum();
  }

  /** Of payloads. */
  public long deliveredBytes() {
    return deliveredBytes.sum();
  }

  /** What was asked for and not given for this reason. */
  public long refusals(Refusal.Code code) {
    return of(code).sum();
  }

  /** Subscriptions now. */
  public int subscriptions() {
    return subscriptions.get();
  }
}
