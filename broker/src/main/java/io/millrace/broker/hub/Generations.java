package io.millrace.broker.hub;

import io.millrace.broker.log.Generation;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.TopicLog.Bounds;
import io.millrace.broker.namespace.Namespace;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Takes subscriptions through the generations of their namespace's log: one that has been outgrown
 * is read to its end, then the next one from its start, up to the one of now:
 *
 * <pre>
 *   position in 2 ──> rest of 2 ──> all of 3 ──> all that 4 has, then live
 * </pre>
 *
 * <p>Order holds, since a topic's messages of one generation were all published before those of the
 * next. What was outgrown has no index: it is scanned. When partitions have grown all subscribers
 * come back in the same moment; what they all ask of the log is asked once for all.
 */
final class Generations {
  /**
   * Asks for a log.
   *
   * @param now settings of the namespace
   */
  private record Numbered(Namespace now, int number) {}

  private final Hub hub;
  private final SharedQuestions<Numbered, Optional<Generation>> logs;
  private final SharedQuestions<PartitionRef, Bounds> bounds;

  Generations(Hub hub) {
    this.hub = hub;
    this.logs = new SharedQuestions<>(of -> hub.log().generation(of.now, of.number));
    this.bounds = new SharedQuestions<>(ref -> hub.log().bounds(ref));
  }

  /**
   * Where what is not older than a time begins.
   *
   * @param mayMissEarlier whether generations before it are gone or empty, so that nobody knows how
   *     old what they had was
   */
  record First(int number, boolean mayMissEarlier) {}

  /**
   * What an earlier generation has.
   *
   * @param hasSince whether it has anything that is not older than the time
   * @param mayMiss whether what it had may not have been older either, or what was before it
   */
  private record Looked(boolean hasSince, boolean mayMiss) {}

  /**
   * The first generation that has anything that concerns a subscription and is not older than a
   * time; the one of now where no earlier one has.
   */
  Future<First> first(long timeMillis, Subscription subscription) {
    return first(1, false, timeMillis, subscription);
  }

  private Future<First> first(
      int from, boolean mayMiss, long timeMillis, Subscription subscription) {
    Namespace now = subscription.namespace().settings();
    if (!now.isKept() || from >= now.generation()) {
      return Future.succeededFuture(new First(now.generation(), mayMiss));
    }
    return logs.ask(new Numbered(now, from))
        .compose(
            found ->
                found.isPresent()
                    ? look(found.get(), mayMiss, timeMillis, subscription)
                    : Future.succeededFuture(new Looked(false, true)))
        .compose(
            looked ->
                looked.hasSince
                    ? Future.succeededFuture(new First(from, mayMiss))
                    : first(from + 1, looked.mayMiss, timeMillis, subscription));
  }

  private Future<Looked> look(
      Generation of, boolean mayMissBefore, long timeMillis, Subscription subscription) {
    List<Future<Bounds>> bounded = new ArrayList<>();
    List<Future<Boolean>> looked = new ArrayList<>();
    for (int partition : concerned(of, subscription)) {
      PartitionRef ref = ref(of, subscription, partition);
      Future<Bounds> its = bounds.ask(ref);
      bounded.add(its);
      looked.add(
          Future.all(hub.log().offsetAt(ref, timeMillis), its)
              .map(both -> both.<Long>resultAt(0) < its.result().end()));
    }
    return Future.all(looked)
        .map(
            all -> {
              boolean hasSince = looked.stream().anyMatch(Future::result);
              List<Bounds> its = bounded.stream().map(Future::result).toList();
              boolean isAnyTaken = its.stream().anyMatch(b -> b.start() == b.end() && b.end() > 0);
              // It is older than the time, and whatever was before it too.
              boolean hasOlder = !hasSince && its.stream().anyMatch(b -> b.start() < b.end());
              return new Looked(hasSince, isAnyTaken || (mayMissBefore && !hasOlder));
            });
  }

  /**
   * Has a subscription read a generation that was outgrown.
   *
   * @return on the subscription's loop; false where the log has it no more
   */
  Future<Boolean> enter(int number, Subscription subscription) {
    LoopNamespace from = subscription.namespace();
    Promise<Boolean> entered = Promise.promise();
    open(number, subscription)
        .onComplete(
            opened ->
                from.loop()
                    .run(
                        () -> {
                          if (opened.failed()) {
                            entered.fail(opened.cause());
                          } else if (opened.result().isEmpty() || subscription.hasEnded()) {
                            entered.complete(false);
                          } else {
                            LoopNamespace outgrown =
                                new LoopNamespace(from.loop(), opened.result().get());
                            subscription.enter(outgrown);
                            outgrown.attach();
                            entered.complete(true);
                          }
                        }));
    return entered.future();
  }

  private Future<Optional<OpenNamespace>> open(int number, Subscription subscription) {
    String name = subscription.filter().namespace();
    Optional<OpenNamespace> now = hub.namespace(name);
    if (now.isEmpty() || number >= now.get().settings().generation()) {
      return Future.succeededFuture(Optional.empty());
    }
    return logs.ask(new Numbered(now.get().settings(), number))
        .compose(
            found ->
                found.isEmpty()
                    ? Future.succeededFuture(Optional.empty())
                    : ends(found.get(), subscription)
                        .map(ends -> Optional.of(now.get().outgrown(found.get(), ends))));
  }

  private Future<long[]> ends(Generation of, Subscription subscription) {
    long[] ends = new long[of.partitions()];
    List<Future<?>> asked = new ArrayList<>();
    for (int partition : concerned(of, subscription)) {
      asked.add(
          bounds
              .ask(ref(of, subscription, partition))
              .onSuccess(its -> ends[partition] = its.end()));
    }
    return Future.all(asked).map(all -> ends);
  }

  private static int[] concerned(Generation of, Subscription subscription) {
    return subscription.filter().isExact()
        ? new int[] {of.partitionOf().applyAsInt(subscription.filter().path())}
        : IntStream.range(0, of.partitions()).toArray();
  }

  private static PartitionRef ref(Generation of, Subscription subscription, int partition) {
    return new PartitionRef(subscription.filter().namespace(), of.number(), partition);
  }

  /**
   * Has a subscription that is at the end of its generation read the next one.
   *
   * @return where it begins there, on its loop; empty where the namespace is gone
   */
  Future<Optional<Starts.Begin>> next(Subscription subscription) {
    int number = subscription.generation();
    long[] read = subscription.next();
    // Who had not heard yet that it was outgrown has published to it until a moment ago.
    return open(number, subscription)
        .compose(
            again ->
                again.isPresent() && isLonger(again.get(), read, subscription)
                    ? enter(number, subscription)
                        .compose(entered -> hub.starts().within(read, subscription))
                        .map(Optional::of)
                    : after(number, subscription, List.of()));
  }

  private static boolean isLonger(OpenNamespace open, long[] read, Subscription subscription) {
    return IntStream.range(0, read.length)
        .anyMatch(i -> subscription.concerns(i) && open.end(i) > read[i]);
  }

  /**
   * @param missed what is told of generations that the log has no more
   */
  private Future<Optional<Starts.Begin>> after(
      int number, Subscription subscription, List<Gap> missed) {
    Optional<OpenNamespace> now = hub.namespace(subscription.filter().namespace());
    if (now.isEmpty()) {
      return Future.succeededFuture(Optional.empty());
    }
    int next = number + 1;
    Future<Boolean> entered =
        next < now.get().settings().generation()
            ? enter(next, subscription)
            : join(now.get(), subscription);
    return entered.compose(
        is ->
            is
                ? hub.starts()
                    .within(new long[subscription.namespace().partitions()], subscription)
                    .map(begin -> Optional.of(begin.behind(missed)))
                : after(next, subscription, List.of(new Gap(0, 0, 0, Gap.Reason.LOG_CHANGED))));
  }

  private static Future<Boolean> join(OpenNamespace now, Subscription subscription) {
    HubLoop loop = subscription.namespace().loop();
    Promise<Boolean> joined = Promise.promise();
    loop.run(
        () -> {
          if (!subscription.hasEnded()) {
            subscription.enter(loop.place(now));
          }
          joined.complete(true);
        });
    return joined.future();
  }
}
