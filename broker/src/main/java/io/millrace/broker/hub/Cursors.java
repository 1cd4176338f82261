package io.millrace.broker.hub;

import io.millrace.broker.message.Message;
import io.millrace.broker.position.Offsets;
import io.millrace.broker.position.Position;
import io.millrace.broker.topic.TopicFilter;
import java.nio.charset.StandardCharsets;

/**
 * How far a subscription has come in each partition of the generation of the log that it reads. In
 * a partition that is live, its place is where the loop is ({@link LoopPartition#given}), unless
 * its {@code cursor} is ahead of that: the loop may still be behind a position that the subscriber
 * brings from elsewhere, and may have given it a message that others wait for until the loop's next
 * turn. Belongs to the event loop.
 */
final class Cursors {
  /** No partition. */
  static final int NOWHERE = -1;

  private static final Object SHARED_TOKEN = new Object();

  private final LoopNamespace namespace;

  /** The only partition that concerns it, or -1 for all. */
  private final int only;

  private final long[] cursor;
  private final boolean[] isLive;

  /** Whether some cursor may be ahead of the loop; false where certainly none is. */
  private boolean mayBeAhead;

  Cursors(LoopNamespace namespace, TopicFilter filter) {
    this.namespace = namespace;
    this.only = filter.isExact() ? namespace.open().partitionOf(filter.path()) : NOWHERE;
    this.cursor = new long[namespace.partitions()];
    this.isLive = new boolean[namespace.partitions()];
  }

  /** Everything begins here. */
  void begin(long[] offsets) {
    System.arraycopy(offsets, 0, cursor, 0, cursor.length);
  }

  boolean concerns(int partition) {
    return only < 0 || only == partition;
  }

  boolean isLive(int partition) {
    return isLive[partition];
  }

  /** From now on it gets what comes in a partition. */
  void live(int partition) {
    mayBeAhead = true;
    isLive[partition] = true;
  }

  long at(int partition) {
    return cursor[partition];
  }

  void moveTo(int partition, long offset) {
    cursor[partition] = offset;
  }

  /** Whether a live message is new here; then it counts as delivered. */
  boolean takeLive(Message message) {
    int partition = message.partition();
    if (!isLive[partition] || message.offset() < cursor[partition]) {
      return false;
    }
    cursor[partition] = message.offset() + 1;
    return true;
  }

  /**
   * Nothing is live any more; in one partition, or {@link #NOWHERE}, it stands before an offset.
   */
  void pauseBefore(int partition, long offset) {
    for (int i = 0; i < cursor.length; i++) {
      cursor[i] = i == partition ? offset : next(i);
      isLive[i] = false;
    }
  }

  /** Whether this node has acknowledged messages that the loop has not come to. */
  boolean isLoopBehindPublishers() {
    for (int i = 0; i < cursor.length; i++) {
      if (concerns(i) && namespace.partition(i).next() < namespace.open().acknowledged(i)) {
        return true;
      }
    }
    return false;
  }

  /** The offset in a partition up to which everything that is wanted has been delivered. */
  long next(int partition) {
    return isLive[partition]
        ? Math.max(cursor[partition], namespace.partition(partition).given())
        : cursor[partition];
  }

  long[] next() {
    long[] next = new long[cursor.length];
    for (int i = 0; i < next.length; i++) {
      next[i] = next(i);
    }
    return next;
  }

  /** The loop has given it a message that others have not had yet. */
  void aheadOfTheLoop() {
    mayBeAhead = true;
  }

  Position position(long time) {
    return only >= 0
        ? new Position.OfTopic(cluster(), generation(), only, next(only), time)
        : new Position.OfFilter(cluster(), generation(), Offsets.of(next()), time);
  }

  /**
   * The token of the position behind a message, as ASCII; the same array for all whom it is the
   * same for.
   *
   * @param isLive whether the subscription is so in all partitions
   */
  byte[] tokenAfter(Delivery delivery, boolean isLive) {
    Message message = delivery.message();
    if (only >= 0) {
      return delivery.encoded(
          SHARED_TOKEN,
          m ->
              new Position.OfTopic(
                      cluster(),
                      delivery.generation(generation()),
                      m.partition(),
                      m.offset() + 1,
                      m.timestamp())
                  .token()
                  .getBytes(StandardCharsets.US_ASCII));
    }
    return isLive && isWhereTheLoopIs(message.partition())
        ? delivery.encoded(namespace.tokenKey(), m -> token(message))
        : token(message);
  }

  /** Whether its place is the loop's own in every partition but one. */
  private boolean isWhereTheLoopIs(int but) {
    if (!mayBeAhead) {
      return true;
    }
    boolean isAhead = false;
    boolean isAheadElsewhere = false;
    for (int i = 0; i < cursor.length; i++) {
      boolean isAheadHere = cursor[i] > namespace.partition(i).given();
      isAhead |= isAheadHere;
      isAheadElsewhere |= isAheadHere && i != but;
    }
    mayBeAhead = isAhead;
    return !isAheadElsewhere;
  }

  private byte[] token(Message message) {
    long[] next = next();
    next[message.partition()] = message.offset() + 1;
    return new Position.OfFilter(cluster(), generation(), Offsets.of(next), message.timestamp())
        .token()
        .getBytes(StandardCharsets.US_ASCII);
  }

  private int cluster() {
    return namespace.loop().hub().cluster();
  }

  private int generation() {
    return namespace.settings().generation();
  }
}
