package io.millrace.broker.hub;

import io.millrace.broker.hub.HotRing.Chunk;
import io.millrace.broker.index.TopicIndex;
import io.millrace.broker.last.LastValues;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.TopicLog.Bounds;
import io.vertx.core.Future;
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
  private final Hub hub;
  private final SharedQuestions<PartitionRef, Bounds> bounds;

  SinceGaps(Hub hub) {
    this.hub = hub;
    this.bounds = new SharedQuestions<>(ref -> hub.log().bounds(ref));
  }

  /** The gap that a subscription begins behind in a partition, up to what there still is. */
  Future<Optional<Gap>> of(int partition, long timeMillis, Subscription subscription) {
    LoopNamespace namespace = subscription.namespace();
    if (!namespace.settings().isKept()) {
      return Future.succeededFuture(inMemory(partition, timeMillis, namespace));
    }
    PartitionRef ref = namespace.open().ref(partition);
    return bounds
        .ask(ref)
        .compose(
            its ->
                its.start() == 0
                    ? Future.succeededFuture(Optional.empty())
                    : taken(ref, timeMillis, subscription));
  }

  /** What was before the oldest one, before this start of the server too, is not known. */
  private static Optional<Gap> inMemory(int partition, long timeMillis, LoopNamespace namespace) {
    HotRing ring = namespace.partition(partition).ring();
    for (Chunk chunk = ring.covering(ring.start()); chunk != null; chunk = chunk.after()) {
      if (!chunk.messages.isEmpty()) {
        return chunk.messages.getFirst().timestamp() < timeMillis
            ? Optional.empty()
            : Optional.of(new Gap(partition, 0, chunk.from, Gap.Reason.NOT_KEPT));
      }
    }
    return Optional.of(new Gap(partition, 0, ring.end(), Gap.Reason.NOT_KEPT));
  }

  private Future<Optional<Gap>> taken(
      PartitionRef ref, long timeMillis, Subscription subscription) {
    // First the offset: what retention takes meanwhile moves the start behind it.
    return hub.log()
        .offsetAt(ref, timeMillis)
        .compose(
            at ->
                bounds
                    .ask(ref)
                    .compose(
                        its ->
                            at > its.start()
                                ? Future.succeededFuture(Optional.empty())
                                : isOfAnotherTopic(ref, timeMillis, its.start(), subscription)
                                    .map(
                                        is ->
                                            is
                                                ? Optional.empty()
                                                : Optional.of(
                                                    new Gap(
                                                        ref.partition(),
                                                        0,
                                                        its.start(),
                                                        Gap.Reason.RETENTION)))));
  }

  /** Whether what was taken is known to be none of a quiet topic, or older than the time. */
  private Future<Boolean> isOfAnotherTopic(
      PartitionRef ref, long timeMillis, long start, Subscription subscription) {
    Optional<LastValues> values = subscription.namespace().open().lastValues();
    String path = subscription.filter().path();
    return !subscription.filter().isExact()
            || values.isEmpty()
            || hub.index().start(ref) == TopicIndex.NONE
            || hub.has(ref, path, start)
        ? Future.succeededFuture(false)
        : values.get().isNothingMissingSince(ref, path, timeMillis, start).otherwise(false);
  }
}
