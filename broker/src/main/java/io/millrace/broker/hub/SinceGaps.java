package io.millrace.broker.hub;

import io.millrace.broker.hub.HotRing.Chunk;
import io.millrace.broker.index.TopicIndex;
import io.millrace.broker.last.LastValues;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.TopicLog.Bounds;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Says whether of what was published since a time something may be missing:
 *
 * <pre>
 *   taken ... | oldest that is kept ... newest
 *                ^ not older than the time: what was taken may not be either
 * </pre>
 *
 * It is asked behind the question where to begin, so what is taken meanwhile is either known here
 * or found missing when it is read. Answers on any thread.
 */
final class SinceGaps {
  /**
   * What there is of a partition.
   *
   * @param start where it begins: nothing is to be read from before it
   * @param hasOlder whether it is known to have a message from before the time
   * @param gap that a subscription begins behind
   */
  record Kept(int partition, long start, boolean hasOlder, Optional<Gap> gap) {
    private Kept behindGap(Gap.Reason reason) {
      return new Kept(
          partition, start, hasOlder, Optional.of(new Gap(partition, 0, start, reason)));
    }
  }

  private final Hub hub;
  private final SharedQuestions<PartitionRef, Bounds> bounds;

  SinceGaps(Hub hub) {
    this.hub = hub;
    this.bounds = new SharedQuestions<>(ref -> hub.log().bounds(ref));
  }

  /**
   * What there is of the partitions that concern a subscription, in the generation that it reads.
   *
   * @param mayMissEarlier whether something may be missing of the generations before, if any of it
   *     was not older than the time
   */
  Future<List<Kept>> of(long timeMillis, boolean mayMissEarlier, Subscription subscription) {
    List<Future<Kept>> asked = new ArrayList<>();
    for (int i = 0; i < subscription.namespace().partitions(); i++) {
      if (subscription.concerns(i)) {
        asked.add(of(i, timeMillis, mayMissEarlier, subscription));
      }
    }
    return Future.all(asked)
        .compose(
            all -> {
              List<Kept> kept = asked.stream().map(Future::result).toList();
              return mayMissEarlier
                  ? behindEarlier(kept, timeMillis, subscription)
                  : Future.succeededFuture(kept);
            });
  }

  private Future<Kept> of(
      int partition, long timeMillis, boolean mayMissEarlier, Subscription subscription) {
    LoopNamespace namespace = subscription.namespace();
    if (!namespace.settings().isKept()) {
      return Future.succeededFuture(inMemory(partition, timeMillis, namespace));
    }
    PartitionRef ref = namespace.open().ref(partition);
    return bounds
        .ask(ref)
        .compose(
            its ->
                its.start() == 0 && !mayMissEarlier
                    ? Future.succeededFuture(new Kept(partition, 0, false, Optional.empty()))
                    : kept(ref, timeMillis)
                        .compose(kept -> behindTaken(kept, timeMillis, subscription)));
  }

  /** What was before the oldest one, before this start of the server too, is not known. */
  private static Kept inMemory(int partition, long timeMillis, LoopNamespace namespace) {
    HotRing ring = namespace.partition(partition).ring();
    for (Chunk chunk = ring.covering(ring.start()); chunk != null; chunk = chunk.after()) {
      if (!chunk.messages.isEmpty()) {
        boolean hasOlder = chunk.messages.getFirst().timestamp() < timeMillis;
        Kept kept = new Kept(partition, chunk.from, hasOlder, Optional.empty());
        return hasOlder ? kept : kept.behindGap(Gap.Reason.NOT_KEPT);
      }
    }
    return new Kept(partition, ring.end(), false, Optional.empty()).behindGap(Gap.Reason.NOT_KEPT);
  }

  private Future<Kept> kept(PartitionRef ref, long timeMillis) {
    // First the offset: what retention takes meanwhile moves the start behind it.
    return hub.log()
        .offsetAt(ref, timeMillis)
        .compose(
            at ->
                bounds
                    .ask(ref)
                    .map(
                        its ->
                            new Kept(
                                ref.partition(), its.start(), at > its.start(), Optional.empty())));
  }

  private Future<Kept> behindTaken(Kept kept, long timeMillis, Subscription subscription) {
    if (kept.hasOlder || kept.start == 0) {
      return Future.succeededFuture(kept);
    }
    return isOfAnotherTopic(kept, timeMillis, subscription)
        .map(is -> is ? kept : kept.behindGap(Gap.Reason.RETENTION));
  }

  /** Whether what was taken is known to be none of a quiet topic, or older than the time. */
  private Future<Boolean> isOfAnotherTopic(Kept kept, long timeMillis, Subscription subscription) {
    OpenNamespace open = subscription.namespace().open();
    PartitionRef ref = open.ref(kept.partition);
    Optional<LastValues> values = open.lastValues();
    String path = subscription.filter().path();
    return !subscription.filter().isExact()
            || values.isEmpty()
            || hub.index().start(ref) == TopicIndex.NONE
            || hub.has(ref, path, kept.start)
        ? Future.succeededFuture(false)
        : values.get().isNothingMissingSince(ref, path, timeMillis, kept.start).otherwise(false);
  }

  /**
   * A generation was begun when the one before had ended: any older message in it, whatever its
   * partition, shows that all before is older too.
   */
  private Future<List<Kept>> behindEarlier(
      List<Kept> kept, long timeMillis, Subscription subscription) {
    if (kept.stream().anyMatch(Kept::hasOlder)) {
      return Future.succeededFuture(kept);
    }
    List<Future<Kept>> others = new ArrayList<>();
    for (int i = 0; i < subscription.namespace().partitions(); i++) {
      if (!subscription.concerns(i)) {
        others.add(kept(subscription.namespace().open().ref(i), timeMillis));
      }
    }
    return Future.all(others)
        .map(
            all ->
                others.stream().map(Future::result).anyMatch(Kept::hasOlder)
                    ? kept
                    : kept.stream().map(its -> its.behindGap(Gap.Reason.RETENTION)).toList());
  }
}
