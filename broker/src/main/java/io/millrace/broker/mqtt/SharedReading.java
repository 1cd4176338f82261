package io.millrace.broker.mqtt;

import io.millrace.broker.hub.Delivery;
import io.millrace.broker.hub.Gap;
import io.millrace.broker.hub.Receiver;
import io.millrace.broker.hub.Subscription;
import io.millrace.broker.message.Message;
import io.millrace.broker.mqtt.Outstanding.Dealt;
import io.millrace.broker.mqtt.ReturnedMessages.Returned;
import io.millrace.broker.mqtt.StoredSession.Place;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the leader of a {@link SharedGroup} reads for all its members: first what was returned, then
 * what is new. Belongs to the leader's loop.
 */
final class SharedReading implements Receiver {
  private static final long AGAIN_MILLIS = 1000;
  private static final long TOKEN_MILLIS = 1000;

  private final SharedGroup group;
  private final SharedMember member;
  private final int life;
  private @Nullable Subscription subscription;
  private long rememberedAt;
  private boolean isFinding;

  /**
   * @param life of the namespace that is read
   */
  SharedReading(SharedGroup group, SharedMember member, int life) {
    this.group = group;
    this.member = member;
    this.life = life;
  }

  /** It has its subscription. */
  void begun(Subscription its) {
    subscription = its;
  }

  /** Some member has room again, or something was returned. */
  void goOn() {
    Subscription its = subscription;
    if (its != null && dealReturned() && its.isPaused()) {
      its.resume();
    }
  }

  /** Whether nothing that was returned is left. */
  private boolean dealReturned() {
    while (!isFinding) {
      switch (group.dealFirst()) {
        case SharedGroup.FirstReturned.None none -> {
          return true;
        }
        case SharedGroup.FirstReturned.Dealt dealt -> {}
        case SharedGroup.FirstReturned.Waits waits -> {
          return false;
        }
        case SharedGroup.FirstReturned.Elsewhere(Returned one) -> find(one);
      }
    }
    return false;
  }

  private void find(Returned one) {
    isFinding = true;
    Place at = one.dealt().place();
    member
        .client()
        .again(at.namespace(), at.generation(), at.partition(), at.offset(), at.path())
        .onComplete(
            read -> {
              isFinding = false;
              if (read.succeeded()) {
                group.found(one, read.result());
                goOn();
              } else {
                member.after(AGAIN_MILLIS, this::goOn);
              }
            });
  }

  /** Keeps in mind how far it has come. */
  void remember() {
    Optional.ofNullable(subscription)
        .map(Subscription::position)
        .ifPresent(at -> group.reached(at, life));
  }

  /** It reads no more. */
  void end() {
    Subscription its = subscription;
    subscription = null;
    if (its != null) {
      member.client().unsubscribe(its);
    }
    member.leads(null);
  }

  @Override
  public void started(Subscription started, boolean mayRepeat) {
    subscription = started;
    group.beginsIn(started.generation(), life);
    remember();
  }

  @Override
  public boolean deliver(Subscription to, Delivery delivery) {
    Message message = delivery.message();
    Place place = Place.of(group.key().filter().namespace(), to, message);
    return dealReturned() && group.deal(message, new Dealt(place, life));
  }

  @Override
  public long room() {
    return Long.MAX_VALUE;
  }

  @Override
  public void gap(Subscription of, Gap gap) {
    // MQTT has no word for it; it is counted by the hub.
  }

  @Override
  public void caughtUp(Subscription of) {
    // Nor for this.
  }

  @Override
  public void ended(Subscription of, EndReason reason, String message) {
    remember();
    end();
    if (reason == EndReason.NAMESPACE_DELETED) {
      group.beginAnew(life);
    }
    member.after(AGAIN_MILLIS, () -> group.leadAgain(member));
  }

  @Override
  public void flush() {
    long now = member.now();
    if (now - rememberedAt > TOKEN_MILLIS) {
      rememberedAt = now;
      remember();
    }
  }
}
