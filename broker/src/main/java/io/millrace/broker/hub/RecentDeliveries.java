package io.millrace.broker.hub;

import io.millrace.broker.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * Messages that subscriptions of one event loop have read back a moment ago, with what doors have
 * made of them: when many come back together, each encoding is made once and not once for each.
 * Bounded: a message takes the place of another one, heavy ones take none, and after a second
 * nothing is kept. Belongs to the event loop.
 */
final class RecentDeliveries {
  /** A power of two: those who come back together read on in turns, not far from each other. */
  private static final int PLACES = 512;

  private static final int HEAVIEST = 2048;
  private static final long KEPT_MILLIS = 1000;

  private final HubLoop loop;
  private @Nullable Delivery @Nullable [] places;

  RecentDeliveries(HubLoop loop) {
    this.loop = loop;
  }

  /** A message on its way to one who reads back; {@link #done} with it afterwards. */
  @SuppressWarnings("ReferenceEquality") // the very message
  Delivery of(Message message, Subscription subscription) {
    if (!isKept(message, subscription)) {
      return new Delivery(message);
    }
    @Nullable Delivery[] kept = places;
    if (kept == null) {
      kept = new Delivery[PLACES];
      places = kept;
      loop.later(KEPT_MILLIS, this::forget);
    }
    int place = (int) (message.offset() + message.partition() * 31L) & (PLACES - 1);
    Delivery there = kept[place];
    if (there == null || there.message() != message) {
      if (there != null) {
        there.finish();
      }
      there = new Delivery(message);
      kept[place] = there;
    }
    return there;
  }

  /** It has been offered to one. */
  void done(Delivery delivery, Subscription subscription) {
    if (!isKept(delivery.message(), subscription)) {
      delivery.finish();
    }
  }

  /**
   * Behind a filter with wildcards each has a position of its own, and of what expires the rest of
   * its time is told.
   */
  private static boolean isKept(Message message, Subscription subscription) {
    return subscription.filter().isExact()
        && message.weight() <= HEAVIEST
        && message.expires() == Message.NEVER;
  }

  private void forget() {
    @Nullable Delivery[] kept = places;
    places = null;
    if (kept != null) {
      for (Delivery delivery : kept) {
        if (delivery != null) {
          delivery.finish();
        }
      }
    }
  }
}
