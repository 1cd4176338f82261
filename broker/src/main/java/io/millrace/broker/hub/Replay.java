package io.millrace.broker.hub;

import io.millrace.broker.hub.HotRing.Chunk;
import io.millrace.broker.index.TopicIndex;
import io.millrace.broker.last.LastRecord;
import io.millrace.broker.log.HistoryReader.Slice;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.message.Message;
import io.vertx.core.AsyncResult;
import org.jspecify.annotations.Nullable;

/**
 * Brings a subscription from where it is to where its event loop is, partition by partition: out of
 * the log as long as it is older than the ring, then out of the ring, and where it meets the loop
 * it is live from then on. Both stand on the same loop when they meet, so nothing is missed and
 * nothing comes twice.
 */
final class Replay {
  /** How many messages are looked at before others on the loop have their turn. */
  private static final int TURN = 1024;

  /** How many messages are looked at in a partition to find what may be dropped, about. */
  private static final int SKIP = 4096;

  /** How much is read from the log at once. */
  private static final int READ_BYTES = 256 * 1024;

  /** What has no other message of its topic in so many behind it is read by itself. */
  private static final int SPARSE = 1000;

  private static final long FIRST_RETRY_MILLIS = 200;
  private static final long LAST_RETRY_MILLIS = 5000;

  private final Subscription subscription;
  private boolean isReading;
  private int budget;
  private long retryMillis = FIRST_RETRY_MILLIS;
  private @Nullable ReadAhead ahead;
  private @Nullable LastRecord lastValue;

  /** See {@link Starts.Begin}. */
  private long notBefore = Starts.ANY_TIME;

  Replay(Subscription subscription) {
    this.subscription = subscription;
  }

  /** Goes on from where the subscription begins. */
  void begin(Starts.Begin begin) {
    ahead = begin.ahead();
    lastValue = begin.lastValue();
    notBefore = subscription.filter().isExact() ? begin.notBefore() : Starts.ANY_TIME;
    turn();
  }

  /** Goes on for a bounded time; comes back by itself until everything is live. */
  void turn() {
    if (isReading) {
      return;
    }
    budget = TURN;
    if (lastValue != null && !fromCompanion(lastValue)) {
      return;
    }
    LoopNamespace namespace = subscription.namespace();
    for (int partition = 0; partition < namespace.partitions(); partition++) {
      if (subscription.concerns(partition) && !catchUp(partition)) {
        return;
      }
    }
    if (subscription.isReplaying()) {
      subscription.caughtUp();
    }
  }

  /** Whether the partition is live now. */
  private boolean catchUp(int partition) {
    LoopPartition loop = subscription.namespace().partition(partition);
    while (subscription.isReplaying() && !subscription.isLive(partition)) {
      if (subscription.cursor(partition) >= loop.next()) {
        subscription.live(partition);
        break;
      }
      if (budget <= 0) {
        subscription.namespace().loop().later(this::again);
        return false;
      }
      Chunk chunk = loop.ring().covering(subscription.cursor(partition));
      if (ahead != null) {
        fromAhead(ahead);
      } else if (chunk != null) {
        fromRing(partition, chunk, loop.next());
      } else if (!fromLog(partition, loop)) {
        return false;
      }
    }
    return subscription.isReplaying();
  }

  private void again() {
    if (subscription.isReplaying()) {
      turn();
      subscription.namespace().loop().flush();
    }
  }

  private boolean isBefore(Message message) {
    if (message.timestamp() < notBefore) {
      return true;
    }
    notBefore = Starts.ANY_TIME;
    return false;
  }

  /** Whether the subscription goes on. What is delivered here moves it nowhere in the log. */
  private boolean fromCompanion(LastRecord value) {
    Delivery delivery = Delivery.of(value);
    boolean isTaken = subscription.offerFromBefore(delivery);
    delivery.finish();
    if (isTaken) {
      lastValue = null;
    }
    return isTaken && subscription.isReplaying();
  }

  private void fromAhead(ReadAhead read) {
    ahead = null;
    for (Message message : read.messages()) {
      budget--;
      if (!offer(message)) {
        return;
      }
    }
    int partition = read.messages().getFirst().partition();
    subscription.moveTo(partition, Math.max(subscription.cursor(partition), read.until()));
  }

  private void fromRing(int partition, Chunk first, long end) {
    Chunk chunk = first;
    while (chunk != null && budget > 0 && subscription.cursor(partition) < end) {
      if (chunk.isLost && subscription.cursor(partition) < chunk.next) {
        gap(partition, chunk.next, Gap.Reason.RETENTION);
      }
      for (Message message : chunk.messages) {
        if (message.offset() >= end) {
          break;
        }
        budget--;
        if (!offer(message)) {
          return;
        }
      }
      subscription.moveTo(
          partition, Math.max(subscription.cursor(partition), Math.min(chunk.next, end)));
      chunk = chunk.after();
    }
  }

  /** Whether the subscription goes on; what it has had already is passed over. */
  private boolean offer(Message message) {
    int partition = message.partition();
    if (message.offset() < subscription.cursor(partition)) {
      return true;
    }
    LoopNamespace namespace = subscription.namespace();
    if (subscription.filter().matches(message.path())
        && !isBefore(message)
        && !message.isExpired(namespace.loop().now())
        && subscription.where().test(message)) {
      Delivery delivery = new Delivery(message);
      boolean taken = subscription.offer(delivery);
      delivery.finish();
      if (!taken || !subscription.isReplaying()) {
        if (taken) {
          subscription.moveTo(partition, message.offset() + 1);
        }
        return false;
      }
    }
    subscription.moveTo(partition, message.offset() + 1);
    return true;
  }

  /** Whether there is something to go on with at once. */
  private boolean fromLog(int partition, LoopPartition loop) {
    OpenNamespace namespace = subscription.namespace().open();
    if (!namespace.settings().isKept()) {
      gap(partition, loop.ring().start(), Gap.Reason.NOT_KEPT);
      return true;
    }
    Hub hub = subscription.namespace().loop().hub();
    PartitionRef ref = namespace.ref(partition);
    long from = subscription.cursor(partition);
    long before = TopicIndex.NONE;
    if (subscription.filter().isExact()) {
      String path = subscription.filter().path();
      from = hub.nextOf(ref, path, from);
      if (from > subscription.cursor(partition)) {
        subscription.moveTo(partition, Math.min(from, loop.next()));
        return true;
      }
      before = hub.index().until(ref, path, from, SPARSE);
    }
    isReading = true;
    hub.log()
        .history()
        .read(ref, from, before, before - from == 1 ? 1 : READ_BYTES)
        .onComplete(slice -> subscription.namespace().loop().run(() -> wasRead(partition, slice)));
    return false;
  }

  private void wasRead(int partition, AsyncResult<Slice> read) {
    isReading = false;
    if (!subscription.isReplaying()) {
      return;
    }
    if (read.failed()) {
      // The log comes back: a subscription outlives its restart.
      subscription.namespace().loop().later(retryMillis, this::again);
      retryMillis = Math.min(LAST_RETRY_MILLIS, retryMillis * 2);
      return;
    }
    retryMillis = FIRST_RETRY_MILLIS;
    Slice slice = read.result();
    if (slice.from() > subscription.cursor(partition)) {
      gap(partition, slice.from(), Gap.Reason.RETENTION);
    }
    for (Message message : slice.messages()) {
      if (!offer(message)) {
        subscription.namespace().loop().flush();
        return;
      }
    }
    if (slice.next() > subscription.cursor(partition)) {
      subscription.moveTo(partition, slice.next());
      again();
    } else {
      // Nothing yet, though the ring is ahead: the log's readers see it a moment later.
      subscription.namespace().loop().later(FIRST_RETRY_MILLIS / 10, this::again);
    }
  }

  private void gap(int partition, long to, Gap.Reason reason) {
    subscription.gap(new Gap(partition, subscription.cursor(partition), to, reason));
    subscription.moveTo(partition, to);
  }

  /** Drops the oldest of what waits, until the rest is no more than there is room for. */
  void skipToTheNewest(long room) {
    LoopNamespace namespace = subscription.namespace();
    for (int partition = 0; partition < namespace.partitions(); partition++) {
      if (subscription.concerns(partition)) {
        skip(partition, room);
      }
    }
  }

  /** Looks from the newest back, at so many messages at most: what is older is not waited for. */
  private void skip(int partition, long room) {
    LoopPartition loop = subscription.namespace().partition(partition);
    HotRing ring = loop.ring();
    long from = subscription.cursor(partition);
    long to = Math.max(from, loop.next());
    long left = room;
    int looked = 0;
    Chunk chunk = ring.covering(to);
    while (chunk != null && to > from && left >= 0 && looked < SKIP) {
      for (int i = chunk.messages.size() - 1; i >= 0 && to > from && left >= 0; i--) {
        Message message = chunk.messages.get(i);
        if (message.offset() >= from && message.offset() < to) {
          looked++;
          left -= isWanted(message) ? message.weight() : 0;
          to = left >= 0 ? message.offset() : to;
        }
      }
      to = left >= 0 ? Math.max(from, Math.min(to, chunk.from)) : to;
      chunk = ring.before(chunk);
    }
    if (to > from) {
      gap(partition, to, Gap.Reason.SLOW);
    }
  }

  private boolean isWanted(Message message) {
    return subscription.filter().matches(message.path()) && subscription.where().test(message);
  }
}
