package io.millrace.broker.hub;

import io.millrace.broker.hub.SinceGaps.Kept;
import io.millrace.broker.index.TopicIndex;
import io.millrace.broker.last.LastRecord;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.TopicLog.Bounds;
import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.position.Position;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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
   * @param lastValue to be delivered before anything else: the log has no message of the topic
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Begin(
      long[] offsets,
      boolean mayRepeat,
      List<Gap> gaps,
      long notBefore,
      @Nullable ReadAhead ahead,
      @Nullable LastRecord lastValue) {
    Begin(long[] offsets) {
      this(offsets, false, List.of(), ANY_TIME, null, null);
    }

    Begin(long[] offsets, ReadAhead ahead) {
      this(offsets, false, List.of(), ANY_TIME, ahead, null);
    }

    Begin(long[] offsets, LastRecord lastValue) {
      this(offsets, false, List.of(), ANY_TIME, null, lastValue);
    }

    /** Where an earlier generation of the log begins, which may have nothing either. */
    Begin orBefore(Begin earlier) {
      return earlier.lastValue == null && lastValue != null
          ? new Begin(earlier.offsets, lastValue)
          : earlier;
    }

    /** The same behind other gaps. */
    Begin behind(List<Gap> others) {
      return others.isEmpty()
          ? this
          : new Begin(
              offsets,
              mayRepeat,
              Stream.concat(others.stream(), gaps.stream()).toList(),
              notBefore,
              ahead,
              lastValue);
    }
  }

  /** No message is older. */
  static final long ANY_TIME = Long.MIN_VALUE;

  private final Hub hub;
  private final SinceGaps sinceGaps;

  Starts(Hub hub) {
    this.hub = hub;
    this.sinceGaps = new SinceGaps(hub);
  }

  /** Completes on any thread. */
  Future<Begin> resolve(Start start, Subscription subscription) {
    return switch (start) {
      case Start.Now now -> Future.succeededFuture(new Begin(behindPublishers(subscription)));
      case Start.Since(long time) -> sinceAnyGeneration(time, false, List.of(), subscription);
      case Start.Last(int count) -> last(count, subscription);
      case Start.After(Position position) -> after(position, subscription);
    };
  }

  /** Where the generation of now has fewer, all of it is wanted, and some of the one before. */
  private Future<Begin> last(int count, Subscription subscription) {
    LastMessages messages = new LastMessages(hub, subscription, count);
    int generation = subscription.generation();
    return messages
        .find()
        .compose(
            begin ->
                messages.missing() == 0 || generation == 1
                    ? Future.succeededFuture(begin)
                    : hub.generations()
                        .enter(generation - 1, subscription)
                        .compose(
                            entered ->
                                entered
                                    ? last(messages.missing(), subscription).map(begin::orBefore)
                                    : Future.succeededFuture(begin)));
  }

  /**
   * What was published before the partitions grew is in earlier generations.
   *
   * @param outgrown what is told of those already
   */
  private Future<Begin> sinceAnyGeneration(
      long time, boolean mayRepeat, List<Gap> outgrown, Subscription subscription) {
    int now = subscription.generation();
    return hub.generations()
        .first(time, subscription)
        .compose(
            first ->
                first.number() < now
                    ? hub.generations()
                        .enter(first.number(), subscription)
                        .map(entered -> entered ? first : new Generations.First(now, true))
                    : Future.succeededFuture(first))
        .compose(
            first -> {
              boolean mayMissEarlier = first.mayMissEarlier() && outgrown.isEmpty();
              long[] ends = ofTheLoop(subscription);
              return since(time, subscription)
                  .compose(
                      offsets ->
                          sinceGaps
                              .of(time, mayMissEarlier, subscription)
                              .map(
                                  kept ->
                                      new Begin(
                                              behindGaps(offsets, ends, kept),
                                              mayRepeat,
                                              gaps(kept),
                                              time,
                                              null,
                                              null)
                                          .behind(outgrown)));
            });
  }

  /** What is missing is told once: it is not read from before it. */
  private static long[] behindGaps(long[] offsets, long[] ends, List<Kept> kept) {
    for (Kept its : kept) {
      int i = its.partition();
      offsets[i] = Math.max(offsets[i], Math.min(its.start(), ends[i]));
    }
    return offsets;
  }

  private static List<Gap> gaps(List<Kept> kept) {
    return kept.stream().map(Kept::gap).flatMap(Optional::stream).toList();
  }

  private static long[] ofTheLoop(Subscription subscription) {
    LoopNamespace namespace = subscription.namespace();
    long[] offsets = new long[namespace.partitions()];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = namespace.partition(i).next();
    }
    return offsets;
  }

  /** As the loop, and behind what this node has acknowledged and the loop has not come to. */
  private static long[] behindPublishers(Subscription subscription) {
    OpenNamespace open = subscription.namespace().open();
    long[] offsets = ofTheLoop(subscription);
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = Math.max(offsets[i], open.acknowledged(i));
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
        || position.generation() > namespace.settings().generation()) {
      return byTime(position, subscription);
    }
    return position.generation() == namespace.settings().generation()
        ? here(position, subscription)
        : hub.generations()
            .enter(position.generation(), subscription)
            .compose(
                entered -> entered ? here(position, subscription) : byTime(position, subscription));
  }

  /** In the generation that the position is of. */
  private Future<Begin> here(Position position, Subscription subscription) {
    LoopNamespace namespace = subscription.namespace();
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
    return sinceAnyGeneration(
        position.timeMillis(), true, outgrown(position, subscription), subscription);
  }

  /** What the generation of the position had is gone with it. */
  private List<Gap> outgrown(Position position, Subscription subscription) {
    Namespace settings = subscription.namespace().settings();
    if (!settings.isKept()
        || position.cluster() != hub.cluster()
        || position.generation() == settings.generation()) {
      return List.of();
    }
    List<Gap> gaps = new ArrayList<>();
    for (int i = 0; i < settings.partitions(); i++) {
      if (subscription.concerns(i)) {
        gaps.add(new Gap(i, 0, 0, Gap.Reason.LOG_CHANGED));
      }
    }
    return gaps;
  }

  private Future<Begin> within(int partition, long next, Subscription subscription) {
    long[] offsets = ofTheLoop(subscription);
    offsets[partition] = next;
    return within(offsets, subscription);
  }

  /** Offsets that are beyond the log's end are of a log that was cut. */
  Future<Begin> within(long[] offsets, Subscription subscription) {
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
      } else if (subscription.concerns(i)) {
        looked.add(passOver(partition, offsets, subscription));
      }
    }
    return Future.all(looked).map(all -> new Begin(offsets, false, gaps, ANY_TIME, null, null));
  }

  /** What retention has taken concerns a quiet topic only where some of it was the topic's. */
  private Future<?> passOver(int partition, long[] offsets, Subscription subscription) {
    OpenNamespace open = subscription.namespace().open();
    PartitionRef ref = open.ref(partition);
    String path = subscription.filter().path();
    if (!subscription.filter().isExact()
        || open.lastValues().isEmpty()
        || offsets[partition] >= hub.index().start(ref)) {
      return Future.succeededFuture();
    }
    return hub.log()
        .bounds(ref)
        .compose(
            bounds ->
                offsets[partition] >= bounds.start() || hub.has(ref, path, bounds.start())
                    ? Future.succeededFuture()
                    : open.lastValues()
                        .get()
                        .isNothingMissing(ref, path, offsets[partition], bounds.start())
                        .onSuccess(
                            nothing ->
                                offsets[partition] = nothing ? bounds.start() : offsets[partition]))
        .otherwiseEmpty();
  }

  private static void cut(int partition, long[] offsets, Bounds bounds, List<Gap> gaps) {
    if (offsets[partition] > bounds.end()) {
      gaps.add(new Gap(partition, bounds.end(), offsets[partition], Gap.Reason.LOG_CHANGED));
      offsets[partition] = bounds.end();
    }
  }
}
