package io.millrace.packager.live;

import io.millrace.packager.presentation.Presentation;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.PromiseInternal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for one broadcast (HLS L13 to L19, L26). One that waits is an entry in a
 * list and holds neither a thread nor a timer. All with the same wish are woken by one event, on
 * their own event loops, so many at a time that a loop can do other things between.
 *
 * <p>Thread-safe. A request is entered before it looks once more whether its wish is fulfilled, and
 * whoever fulfils a wish does so before looking for entries: so none is forgotten.
 */
final class HeldRequests {
  /** So many are woken in one go. */
  private static final int BATCH = 128;

  private record Waiting(PromiseInternal<Held> promise, Instant deadline) {}

  private final HeldCount count;
  private final ConcurrentHashMap<Wish, Deque<Waiting>> held = new ConcurrentHashMap<>();

  HeldRequests(HeldCount count) {
    this.count = count;
  }

  /**
   * Enters a request.
   *
   * @return completes on the caller's context
   */
  Future<Held> hold(Wish wish, Instant deadline) {
    if (!count.enter()) {
      return Future.succeededFuture(Held.REFUSED);
    }
    ContextInternal context = (ContextInternal) Vertx.currentContext();
    PromiseInternal<Held> promise =
        context == null ? (PromiseInternal<Held>) Promise.<Held>promise() : context.promise();
    held.compute(
        wish,
        (same, known) -> {
          Deque<Waiting> all = known == null ? new ArrayDeque<>() : known;
          all.addLast(new Waiting(promise, deadline));
          return all;
        });
    return promise.future();
  }

  /** Wakes those whose wish is over. */
  void changed(Presentation presentation) {
    for (Wish wish : held.keySet()) {
      if (wish.isOver(presentation)) {
        wake(held.remove(wish), Held.CHANGED);
      }
    }
  }

  /** Wakes everybody. */
  void wakeAll() {
    for (Wish wish : held.keySet()) {
      wake(held.remove(wish), Held.CHANGED);
    }
  }

  /** Wakes those who have waited for too long. */
  void expire(Instant now) {
    for (Wish wish : held.keySet()) {
      List<Waiting> late = new ArrayList<>();
      held.computeIfPresent(
          wish,
          (same, all) -> {
            while (!all.isEmpty() && !all.getFirst().deadline.isAfter(now)) {
              late.add(all.removeFirst());
            }
            return all.isEmpty() ? null : all;
          });
      wake(late, Held.LATE);
    }
  }

  private void wake(@Nullable Iterable<Waiting> woken, Held outcome) {
    if (woken == null) {
      return;
    }
    Map<EventLoop, List<Waiting>> byLoop = new HashMap<>();
    for (Waiting each : woken) {
      ContextInternal context = each.promise.context();
      if (context == null) {
        complete(each, outcome);
      } else {
        byLoop.computeIfAbsent(context.nettyEventLoop(), loop -> new ArrayList<>()).add(each);
      }
    }
    byLoop.forEach((loop, all) -> loop.execute(() -> wake(loop, all, 0, outcome)));
  }

  private void wake(EventLoop loop, List<Waiting> all, int from, Held outcome) {
    int to = Math.min(all.size(), from + BATCH);
    for (Waiting each : all.subList(from, to)) {
      complete(each, outcome);
    }
    if (to < all.size()) {
      loop.execute(() -> wake(loop, all, to, outcome));
    }
  }

  private void complete(Waiting each, Held outcome) {
    count.leave();
    each.promise.tryComplete(outcome);
  }

  /** The deadline of a request that comes now. */
  static Instant deadline(Instant now, int targetSeconds) {
    return now.plus(Duration.ofSeconds(3L * targetSeconds));
  }
}
