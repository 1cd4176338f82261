package io.millrace.broker.hub;

import io.millrace.broker.hub.HotRing.Chunk;
import io.millrace.broker.index.TopicIndex;
import io.millrace.broker.last.LastRecord;
import io.millrace.broker.log.HistoryReader.Slice;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.message.Message;
import io.vertx.core.AsyncResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings a subscription from where it is to where its event loop is, partition by partition: out of
 * the log as long as it is older than the ring, then out of the ring, and where it meets the loop
 * it is live from then on. Both stand on the same loop when they meet, so nothing is missed and
 * nothing comes twice.
 */
final class Replay implements CatchUps.Member {
  /** How many messages are looked at in one turn. */
  private static final int TURN = 128;

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

  /** Whether it waits for its turn, or for the log. */
  private boolean isWaiting;

  /** While it has a part of the log read, or in hand. */
  private ReadPlaces.@Nullable Place place;

  private int budget;
  private long retryMillis = FIRST_RETRY_MILLIS;

  /** What was read and not offered yet, of the partition that is being caught up. */
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

  /** Goes on when it is its turn, and again until everything is live. */
  void turn() {
    if (!isWaiting && !isReading) {
      isWaiting = true;
      subscription.namespace().loop().catchUps().turn(this);
    }
  }

  /** One turn, of a bounded number of messages. */
  @Override
  public boolean some() {
    isWaiting = false;
    if (!subscription.isReplaying()) {
      putAway();
      return false;
    }
    boolean isDone = false;
    try {
      boolean wantsMore = goOn();
      isDone = true;
      return wantsMore;
    } finally {
      if (!isDone) {
        // It would stand before the same message again, with a place among those who read.
        putAway();
        subscription.endWith(
            Receiver.EndReason.UNAVAILABLE, "a message of before could not be delivered");
      }
    }
  }

  private boolean goOn() {
    budget = TURN;
    if (lastValue != null && !fromCompanion(lastValue)) {
      return false;
    }
    LoopNamespace namespace = subscription.namespace();
    for (int partition = 0; partition < namespace.partitions(); partition++) {
      if (subscription.concerns(partition) && !catchUp(partition)) {
        boolean wantsMore = !isWaiting && !isReading && budget <= 0;
        isWaiting |= wantsMore && subscription.isReplaying();
        return wantsMore && isWaiting;
      }
    }
    if (subscription.isReplaying()) {
      subscription.caughtUp();
    }
    return false;
  }

  /** Whether the partition is live now. */
  private boolean catchUp(int partition) {
    LoopPartition loop = subscription.namespace().partition(partition);
    while (subscription.isReplaying() && !subscription.isLive(partition)) {
      if (subscription.cursor(partition) >= loop.next()) {
        putAway();
        subscription.live(partition);
        break;
      }
      if (budget <= 0) {
        return false;
      }
      if (ahead != null && ahead.partition() != partition) {
        // This one was live when that was read, and is not any more: it has its turn first.
        putAway();
      }
      Chunk chunk = loop.ring().covering(subscription.cursor(partition));
      if (ahead != null) {
        fromAhead(partition, ahead);
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

  private void fromAhead(int partition, ReadAhead read) {
    if (offer(partition, read.messages(), Long.MAX_VALUE)) {
      subscription.moveTo(partition, Math.max(subscription.cursor(partition), read.until()));
      putAway();
    } else if (!subscription.isReplaying()) {
      // It is read again when there is room for it.
      putAway();
    }
  }

  /** Nothing that was read is in hand any more, and another one may read. */
  private void putAway() {
    ahead = null;
    ReadPlaces.Place its = place;
    if (its != null) {
      place = null;
      subscription.namespace().loop().catchUps().hasRead(its);
    }
  }

  private void fromRing(int partition, Chunk first, long end) {
    Chunk chunk = first;
    while (chunk != null && budget > 0 && subscription.cursor(partition) < end) {
      if (chunk.isLost && subscription.cursor(partition) < chunk.next) {
        gap(partition, chunk.next, Gap.Reason.RETENTION);
      }
      if (!offer(partition, chunk.messages, end)) {
        return;
      }
      subscription.moveTo(
          partition, Math.max(subscription.cursor(partition), Math.min(chunk.next, end)));
      chunk = chunk.after();
    }
  }

  /** Offers what was not had yet and is before an offset. Returns whether all of it was taken. */
  private boolean offer(int partition, List<Message> messages, long end) {
    for (int i = firstFrom(subscription.cursor(partition), messages); i < messages.size(); i++) {
      Message message = messages.get(i);
      if (message.offset() >= end) {
        break;
      }
      if (budget <= 0) {
        return false;
      }
      budget--;
      if (!offer(message)) {
        return false;
      }
    }
    return true;
  }

  /** The index of the first message at or behind an offset, or how many messages there are. */
  private static int firstFrom(long offset, List<Message> messages) {
    int low = 0;
    int high = messages.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (messages.get(middle).offset() < offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Whether the subscription goes on. */
  private boolean offer(Message message) {
    int partition = message.partition();
    LoopNamespace namespace = subscription.namespace();
    if (subscription.filter().matches(message.path())
        && !isBefore(message)
        && !message.isExpired(namespace.loop().now())
        && subscription.where().test(message)) {
      RecentDeliveries recent = namespace.loop().recent();
      Delivery delivery = recent.of(message, subscription);
      boolean taken = subscription.offer(delivery);
      recent.done(delivery, subscription);
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
    boolean hasFailed = retryMillis > FIRST_RETRY_MILLIS;
    ReadPlaces.Place its = subscription.namespace().loop().catchUps().mayRead(this, ref, hasFailed);
    if (its == null) {
      isWaiting = true;
      return false;
    }
    place = its;
    isReading = true;
    hub.log()
        .history()
        .read(ref, from, before, before - from == 1 ? 1 : READ_BYTES)
        .onComplete(
            slice -> subscription.namespace().loop().run(() -> wasRead(partition, its, slice)));
    return false;
  }

  private void wasRead(int partition, ReadPlaces.Place its, AsyncResult<Slice> read) {
    isReading = false;
    subscription.namespace().loop().catchUps().answered(its, read.succeeded());
    if (!subscription.isReplaying()) {
      putAway();
      return;
    }
    if (read.failed()) {
      putAway();
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
    if (slice.next() > subscription.cursor(partition)) {
      ahead = new ReadAhead(partition, slice.messages(), slice.next());
      again();
    } else {
      // Nothing yet, though the ring is ahead: the log's readers see it a moment later.
      putAway();
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
