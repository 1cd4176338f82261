package io.millrace.broker.hub;

import io.millrace.broker.hub.HotRing.Chunk;
import io.millrace.broker.index.TopicIndex;
import io.millrace.broker.log.HistoryReader.Slice;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.TopicLog.Bounds;
import io.millrace.broker.message.Message;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Finds where the last messages of a subscription begin: reads from a little before the end, and
 * from ever further back until there are enough of them, the log has no more, or so much has been
 * read that a subscriber should ask for a time instead.
 */
final class LastMessages {
  private static final int READ_BYTES = 256 * 1024;
  private static final int FIRST_WINDOW = 128;
  private static final int WIDENED = 8;

  /** More is not read for one subscription, in bytes of messages, about. */
  private static final long MOST_READ = 64L << 20;

  /** One that was found. */
  private record Found(long timestamp, int partition, long offset) {}

  private final Hub hub;
  private final Subscription subscription;
  private final LoopNamespace namespace;
  private final int wanted;
  private final long[] end;
  private final PriorityQueue<Found> found =
      new PriorityQueue<>(
          Comparator.comparingLong(Found::timestamp).thenComparingLong(Found::offset));
  private long window;
  private long read;
  private boolean isWhole;

  /** Of what is older than this not all has been seen: some partition's window begins here. */
  private long horizon;

  LastMessages(Hub hub, Subscription subscription, int wanted) {
    this.hub = hub;
    this.subscription = subscription;
    this.namespace = subscription.namespace();
    this.wanted = wanted;
    this.window = Math.max(FIRST_WINDOW, 2L * wanted);
    this.end = new long[namespace.partitions()];
    for (int i = 0; i < end.length; i++) {
      end[i] = namespace.partition(i).next();
    }
  }

  /** One offset for each partition. */
  Future<long[]> find() {
    found.clear();
    isWhole = true;
    horizon = Long.MIN_VALUE;
    Future<Void> all = Future.succeededFuture();
    for (int i = 0; i < end.length; i++) {
      if (subscription.concerns(i)) {
        int partition = i;
        all = all.compose(done -> look(partition));
      }
    }
    return all.compose(
        done -> {
          if (isEnough() || isWhole || read >= MOST_READ) {
            return Future.succeededFuture(begin());
          }
          window *= WIDENED;
          return find();
        });
  }

  private boolean isEnough() {
    Found oldest = found.peek();
    return oldest != null && found.size() >= wanted && oldest.timestamp >= horizon;
  }

  private long[] begin() {
    long[] begin = end.clone();
    for (Found one : found) {
      begin[one.partition] = Math.min(begin[one.partition], one.offset);
    }
    return begin;
  }

  private Future<Void> look(int partition) {
    if (!namespace.settings().isKept()) {
      lookInRing(partition);
      return Future.succeededFuture();
    }
    PartitionRef ref = namespace.open().ref(partition);
    if (subscription.filter().isExact() && end[partition] > hub.index().start(ref)) {
      String path = subscription.filter().path();
      long from = hub.index().last(ref, path, window);
      isWhole &= from == hub.index().last(ref, path, window * WIDENED);
      return from == TopicIndex.NONE ? Future.succeededFuture() : lookFrom(ref, from);
    }
    return hub.log()
        .bounds(ref)
        .compose(bounds -> lookFrom(ref, windowOf(partition, bounds), bounds.start()));
  }

  private long windowOf(int partition, Bounds bounds) {
    long from = Math.max(bounds.start(), end[partition] - window);
    isWhole &= from == bounds.start();
    return from;
  }

  /** Looks at a window, and how far it goes back in time. */
  private Future<Void> lookFrom(PartitionRef ref, long from, long start) {
    if (from == start) {
      return lookFrom(ref, from);
    }
    return hub.log()
        .history()
        .read(ref, from, 1)
        .compose(
            slice -> {
              if (!slice.messages().isEmpty()) {
                horizon = Math.max(horizon, slice.messages().getFirst().timestamp());
              }
              return lookFrom(ref, from);
            });
  }

  private Future<Void> lookFrom(PartitionRef ref, long from) {
    long at =
        subscription.filter().isExact() && from >= hub.index().start(ref)
            ? hub.index().next(ref, subscription.filter().path(), from)
            : from;
    if (at >= end[ref.partition()]) {
      return Future.succeededFuture();
    }
    return hub.log()
        .history()
        .read(ref, at, READ_BYTES)
        .compose(
            slice -> {
              take(slice, end[ref.partition()]);
              return slice.next() <= at || read >= MOST_READ
                  ? Future.succeededFuture()
                  : lookFrom(ref, slice.next());
            });
  }

  private void take(Slice slice, long before) {
    for (Message message : slice.messages()) {
      read += message.weight();
      take(message, before);
    }
  }

  private void take(Message message, long before) {
    if (message.offset() < before
        && subscription.filter().matches(message.path())
        && !message.isExpired(namespace.loop().now())
        && subscription.where().test(message)) {
      found.add(new Found(message.timestamp(), message.partition(), message.offset()));
      if (found.size() > wanted) {
        found.remove();
      }
    }
  }

  private void lookInRing(int partition) {
    HotRing ring = namespace.partition(partition).ring();
    for (Chunk chunk = ring.covering(ring.start()); chunk != null; chunk = chunk.after()) {
      for (Message message : chunk.messages) {
        take(message, end[partition]);
      }
    }
  }
}
