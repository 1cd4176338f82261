package io.millrace.broker.door;

import io.millrace.broker.hub.Subscription;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The subscriptions of one client, in the order in which those that are paused have their turn.
 * Belongs to the connection's event loop.
 */
final class SubscriptionTurns {
  private static final int MOST_RESUMED = 8;
  private static final long RESUME_MILLIS = 10;

  private final DoorLoop loop;
  private final Set<Subscription> subscriptions = new LinkedHashSet<>();
  private long resuming = -1;

  SubscriptionTurns(DoorLoop loop) {
    this.loop = loop;
  }

  void add(Subscription subscription) {
    subscriptions.add(subscription);
  }

  /** Whether it was there. */
  boolean remove(Subscription subscription) {
    return subscriptions.remove(subscription);
  }

  int size() {
    return subscriptions.size();
  }

  List<Subscription> all() {
    return List.copyOf(subscriptions);
  }

  /** Some at once: each may read the log, for more bytes than there is room for all together. */
  void resume(BooleanSupplier isFull, Consumer<Subscription> how) {
    loop.cancel(resuming);
    int resumed = 0;
    for (Subscription subscription : all()) {
      if (isFull.getAsBoolean()) {
        return;
      }
      if (resumed == MOST_RESUMED) {
        resuming = loop.after(RESUME_MILLIS, () -> resume(isFull, how));
        return;
      }
      if (subscription.isPaused() && subscriptions.remove(subscription)) {
        subscriptions.add(subscription);
        how.accept(subscription);
        resumed++;
      }
    }
  }

  /** Nobody has a turn any more. */
  void close() {
    loop.cancel(resuming);
  }
}
