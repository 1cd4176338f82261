package io.millrace.broker.hub;

import io.millrace.broker.index.TopicIndex;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.TopicLog.Bounds;
import io.millrace.broker.position.Position;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the offsets that a subscription begins at. */
final class Starts {
  /**
   * Where a subscription begins.
   *
   * @param offsets one for each partition; only those count that concern the subscription
   * @param mayRepeat see {@link Receiver#started}
   * @param gaps to be told before any message
   * @param notBefore messages of before this time are passed over, up to the first that is not
   *     older; the index knows only about where that is
   * @param ahead the first messages, where they are known
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Begin(
      long[] offsets,
      boolean mayRepeat,
      List<Gap> gaps,
      long notBefore,
      @Nullable ReadAhead ahead) {
    Begin(long[] offsets) {
      this(offsets, false, List.of(), ANY_TIME, null);
    }

    Begin(long[] offsets, ReadAhead ahead) {
      this(offsets, false, List.of(), ANY_TIME, ahead);
    }
  }

  /** No message is older. */
  static final long ANY_TIME = Long.MIN_VALUE;

  private final Hub hub;

  Starts(Hub hub) {
    this.hub = hub;
  }

  /** Completes on any thread. */
  Future<Begin> resolve(Start start, Subscription subscription) {
    return switch (start) {
      case Start.Now now -> Future.succeededFuture(new Begin(ofTheLoop(subscription)));
      case Start.Since(long time) ->
          since(time, subscription)
              .map(offsets -> new Begin(offsets, false, List.of(), time, null));
      case Start.Last(int count) -> new LastMessages(hub, subscription, count).find();
      case Start.After(Position position) -> after(position, subscription);
    };
  }

  private static long[] ofTheLoop(Subscription subscription) {
    LoopNamespace namespace = subscription.namespace();
    long[] offsets = new long[namespace.partitions()];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = namespace.partition(i).next();
    }
    return offsets;
  }

  private Future<long[]> since(long time, Subscription subscription) {
    LoopNamespace namespace = subscription.namespace();
    long[] offsets = ofTheLoop(subscription);
    List<Future<?>> found = new ArrayList<>();
    for (int i = 0; i < offsets.length; i++) {
      if (!subscription.concerns(i)) {
        continue;
      }
      int partition = i;
      if (!namespace.settings().isKept()) {
        offsets[i] = Math.min(offsets[i], namespace.partition(i).ring().since(time));
      } else if (subscription.filter().isExact()
          && hub.index().start(namespace.open().ref(i)) != TopicIndex.NONE) {
        PartitionRef ref = namespace.open().ref(i);
        // First the end: what the index reads meanwhile is behind it.
        long end = hub.index().end(ref);
        long offset = hub.index().since(ref, subscription.filter().path(), time);
        offsets[i] = Math.min(offsets[i], offset == TopicIndex.NONE ? end : offset);
      } else {
        found.add(
            hub.log()
                .offsetAt(namespace.open().ref(i), time)
                .onSuccess(offset -> offsets[partition] = offset));
      }
    }
    return Future.all(found).map(all -> offsets);
  }

  private Future<Begin> after(Position position, Subscription subscription) {
    LoopNamespace namespace = subscription.namespace();
    if (!namespace.settings().isKept()
        || position.cluster() != hub.cluster()
        || position.generation() != namespace.settings().generation()) {
      return byTime(position, subscription);
    }
    return switch (position) {
      case Position.OfTopic topic ->
          subscription.filter().isExact() && subscription.concerns(topic.partition())
              ? within(topic.partition(), topic.next(), subscription)
              : byTime(position, subscription);
      case Position.OfFilter filter ->
          filter.next().partitions() == namespace.partitions()
              ? within(filter.next().toArray(), subscription)
              : byTime(position, subscription);
    };
  }

  private Future<Begin> byTime(Position position, Subscription subscription) {
    return since(position.timeMillis(), subscription)
        .map(offsets -> new Begin(offsets, true, List.of(), position.timeMillis(), null));
  }

  private Future<Begin> within(int partition, long next, Subscription subscription) {
    long[] offsets = ofTheLoop(subscription);
    offsets[partition] = next;
    return within(offsets, subscription);
  }

  /** Offsets that are beyond the log's end are of a log that was cut. */
  private Future<Begin> within(long[] offsets, Subscription subscription) {
    List<Gap> gaps = new ArrayList<>();
    List<Future<?>> looked = new ArrayList<>();
    for (int i = 0; i < offsets.length; i++) {
      int partition = i;
      if (subscription.concerns(i)
          && offsets[i] > subscription.namespace().partition(i).ring().end()) {
        looked.add(
            hub.log()
                .bounds(subscription.namespace().open().ref(i))
                .onSuccess(bounds -> cut(partition, offsets, bounds, gaps)));
      }
    }
    return Future.all(looked).map(all -> new Begin(offsets, false, gaps, ANY_TIME, null));
  }

  private static void cut(int partition, long[] offsets, Bounds bounds, List<Gap> gaps) {
    if (offsets[partition] > bounds.end()) {
      gaps.add(new Gap(partition, bounds.end(), offsets[partition], Gap.Reason.LOG_CHANGED));
      offsets[partition] = bounds.end();
    }
  }
}
