package io.millrace.packager.live;

import io.millrace.packager.PackagerMetrics;
import io.millrace.storage.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Removes objects of one broadcast that nobody needs any more. What the store does not remove is
 * tried again, some at a time: beyond {@value #MOST} the oldest are left to the end of the
 * broadcast. Confined to the broadcast's home context.
 */
final class Deletes {
  private static final int MOST = 10_000;
  private static final int AT_ONCE = 100;
  private static final Duration PAUSE = Duration.ofMinutes(1);

  private final ObjectStore store;
  private final PackagerMetrics metrics;
  private final Deque<String> left = new ArrayDeque<>();
  private Instant nextTry = Instant.MIN;

  Deletes(ObjectStore store, PackagerMetrics metrics) {
    this.store = store;
    this.metrics = metrics;
  }

  void delete(String key) {
    store
        .delete(key)
        .onFailure(
            failure -> {
              metrics.storeFailure("delete");
              left.add(key);
              if (left.size() > MOST) {
                left.remove();
              }
            });
  }

  /** Tries again what failed, once a minute. */
  void again(Instant now) {
    if (left.isEmpty() || now.isBefore(nextTry)) {
      return;
    }
    nextTry = now.plus(PAUSE);
    for (int i = Math.min(AT_ONCE, left.size()); i > 0; i--) {
      delete(left.remove());
    }
  }
}
