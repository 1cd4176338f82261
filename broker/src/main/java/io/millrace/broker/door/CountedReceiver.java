package io.millrace.broker.door;

import io.millrace.broker.hub.Delivery;
import io.millrace.broker.hub.Gap;
import io.millrace.broker.hub.Receiver;
import io.millrace.broker.hub.Subscription;

/** Counts what a receiver takes. Belongs to the connection's event loop. */
final class CountedReceiver implements Receiver {
  private final Receiver receiver;
  private final Traffic traffic;

  CountedReceiver(Receiver receiver, Traffic traffic) {
    this.receiver = receiver;
    this.traffic = traffic;
  }

  @Override
  public void started(Subscription subscription, boolean mayRepeat) {
    receiver.started(subscription, mayRepeat);
  }

  @Override
  public boolean deliver(Subscription subscription, Delivery delivery) {
    boolean isTaken = receiver.deliver(subscription, delivery);
    if (isTaken) {
      traffic.delivered(delivery.message().payload().length);
    }
    return isTaken;
  }

  @Override
  public long room() {
    return receiver.room();
  }

  @Override
  public void gap(Subscription subscription, Gap gap) {
    receiver.gap(subscription, gap);
  }

  @Override
  public void caughtUp(Subscription subscription) {
    receiver.caughtUp(subscription);
  }

  @Override
  public void ended(Subscription subscription, EndReason reason, String message) {
    receiver.ended(subscription, reason, message);
  }

  @Override
  public void flush() {
    receiver.flush();
  }
}
