package io.millrace.broker.hub;

import io.millrace.broker.hub.Receiver.EndReason;
import io.millrace.broker.message.Message;
import io.millrace.broker.position.Offsets;
import io.millrace.broker.position.Position;
import io.millrace.broker.topic.TopicFilter;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One filter of one connection, and how far it has come. Belongs to the connection's event loop.
 *
 * <pre>
 *             begins somewhere         has come to where the loop is
 *   STARTING ─────────────────> REPLAYING ───────────────────────────> LIVE
 *                                   ^                                   │
 *                            resume │         no room at the receiver   │
 *                                   └──────────── PAUSED <──────────────┘ (also from REPLAYING)
 * </pre>
 *
 * It does this for each partition: some may be live already while others are read back. Order holds
 * within a partition, and a topic is in one. In a partition that is live, its place is where the
 * loop is ({@link LoopPartition#next}), and {@code cursor} is only the offset that it began at, for
 * the loop may still be behind a position that the subscriber brings from elsewhere.
 */
public final class Subscription {
  private enum State {
    STARTING,
    REPLAYING,
    LIVE,
    PAUSED,
    ENDED
  }

  private static final Object SHARED_TOKEN = new Object();

  private final LoopNamespace namespace;
  private final TopicFilter filter;
  private final Predicate<Message> where;
  private final SlowPolicy policy;
  private final Receiver receiver;

  /** The only partition that concerns it, or -1 for all. */
  private final int only;

  private final long[] cursor;
  private final boolean[] isLive;
  private final Replay replay = new Replay(this);
  private State state = State.STARTING;
  private boolean isTouched;
  private long lastTime;

  Subscription(
      LoopNamespace namespace,
      TopicFilter filter,
      Predicate<Message> where,
      SlowPolicy policy,
      Receiver receiver) {
    this.namespace = namespace;
    this.filter = filter;
    this.where = where;
    this.policy = policy;
    this.receiver = receiver;
    this.only = filter.isExact() ? namespace.open().partitionOf(filter.path()) : -1;
    this.cursor = new long[namespace.partitions()];
    this.isLive = new boolean[namespace.partitions()];
  }

  public TopicFilter filter() {
    return filter;
  }

  /** Whether nothing comes because the receiver had no room. */
  public boolean isPaused() {
    return state == State.PAUSED;
  }

  /** There is room again. */
  public void resume() {
    if (state == State.PAUSED) {
      state = State.REPLAYING;
      if (policy == SlowPolicy.DROP_OLDEST) {
        replay.skipToTheNewest(receiver.room());
      }
      replay.turn();
      namespace.loop().flush();
    }
  }

  /** Unsubscribes; nothing comes any more, not even that it has ended. */
  public void end() {
    if (state != State.ENDED) {
      state = State.ENDED;
      namespace.remove(this);
    }
  }

  /**
   * Up to where everything has been delivered; empty positions are of namespaces that keep nothing.
   */
  public @Nullable Position position() {
    return namespace.settings().isKept() && state != State.STARTING ? positionAt(lastTime) : null;
  }

  /**
   * The token of the position behind a message that is being delivered, as ASCII; the same array
   * for all whom it is the same for. Null where the namespace keeps nothing.
   */
  public byte @Nullable [] tokenAfter(Delivery delivery) {
    if (!namespace.settings().isKept()) {
      return null;
    }
    Message message = delivery.message();
    if (only >= 0) {
      return delivery.encoded(
          SHARED_TOKEN,
          m ->
              new Position.OfTopic(
                      cluster(), generation(), m.partition(), m.offset() + 1, m.timestamp())
                  .token()
                  .getBytes(StandardCharsets.US_ASCII));
    }
    return state == State.LIVE ? delivery.encoded(namespace, m -> token(message)) : token(message);
  }

  private byte[] token(Message message) {
    long[] next = next();
    next[message.partition()] = message.offset() + 1;
    return new Position.OfFilter(cluster(), generation(), Offsets.of(next), message.timestamp())
        .token()
        .getBytes(StandardCharsets.US_ASCII);
  }

  private Position positionAt(long time) {
    return only >= 0
        ? new Position.OfTopic(cluster(), generation(), only, next(only), time)
        : new Position.OfFilter(cluster(), generation(), Offsets.of(next()), time);
  }

  private int cluster() {
    return namespace.loop().hub().cluster();
  }

  private int generation() {
    return namespace.settings().generation();
  }

  private long[] next() {
    long[] next = new long[cursor.length];
    for (int i = 0; i < next.length; i++) {
      next[i] = next(i);
    }
    return next;
  }

  private long next(int partition) {
    return isLive[partition]
        ? Math.max(cursor[partition], namespace.partition(partition).next())
        : cursor[partition];
  }

  void start(Start start) {
    namespace
        .loop()
        .hub()
        .starts()
        .resolve(start, this)
        .onComplete(
            resolved ->
                namespace
                    .loop()
                    .run(
                        () -> {
                          if (state != State.STARTING) {
                            return;
                          }
                          if (resolved.failed()) {
                            endWith(
                                EndReason.UNAVAILABLE,
                                "the messages of before cannot be read: "
                                    + resolved.cause().getMessage());
                          } else {
                            begin(resolved.result());
                          }
                        }));
  }

  private void begin(Starts.Begin begin) {
    System.arraycopy(begin.offsets(), 0, cursor, 0, cursor.length);
    lastTime = namespace.loop().now();
    state = State.REPLAYING;
    receiver.started(this, begin.mayRepeat());
    begin.gaps().forEach(gap -> receiver.gap(this, gap));
    replay.begin(begin);
    namespace.loop().flush();
  }

  /** A message that matches, on its way to all who are live. */
  void offerLive(Delivery delivery) {
    Message message = delivery.message();
    int partition = message.partition();
    if (isLive[partition]
        && state != State.ENDED
        && message.offset() >= cursor[partition]
        && where.test(message)) {
      offer(delivery);
    }
  }

  /** Returns whether it was taken; otherwise the subscription is paused before it, or ended. */
  boolean offer(Delivery delivery) {
    Message message = delivery.message();
    if (receiver.deliver(this, delivery)) {
      lastTime = message.timestamp();
      touched();
      return true;
    }
    if (state == State.ENDED) {
      return false;
    }
    namespace.loop().hub().metrics().refused(policy);
    if (policy == SlowPolicy.DISCONNECT) {
      endWith(
          EndReason.SLOW,
          "more messages came than the connection takes; the policy of the subscription is to"
              + " end it then");
    } else {
      pauseBefore(message.partition(), message.offset());
    }
    return false;
  }

  private void pauseBefore(int partition, long offset) {
    for (int i = 0; i < cursor.length; i++) {
      cursor[i] = i == partition ? offset : next(i);
      isLive[i] = false;
    }
    state = State.PAUSED;
  }

  void lostLive(Gap gap) {
    if (isLive[gap.partition()] && state != State.ENDED) {
      gap(gap);
    }
  }

  void gap(Gap gap) {
    namespace.loop().hub().metrics().gap(gap.reason());
    receiver.gap(this, gap);
    touched();
  }

  void endWith(EndReason reason, String message) {
    if (state != State.ENDED) {
      end();
      receiver.ended(this, reason, message);
      touched();
    }
  }

  /** Everything is live now. */
  void caughtUp() {
    state = State.LIVE;
    receiver.caughtUp(this);
    touched();
  }

  private void touched() {
    if (!isTouched) {
      isTouched = true;
      namespace.loop().touch(this);
    }
  }

  void flush() {
    isTouched = false;
    receiver.flush();
  }

  LoopNamespace namespace() {
    return namespace;
  }

  Predicate<Message> where() {
    return where;
  }

  boolean isReplaying() {
    return state == State.REPLAYING;
  }

  boolean concerns(int partition) {
    return only < 0 || only == partition;
  }

  boolean isLive(int partition) {
    return isLive[partition];
  }

  long cursor(int partition) {
    return cursor[partition];
  }

  void moveTo(int partition, long offset) {
    cursor[partition] = offset;
  }

  void live(int partition) {
    isLive[partition] = true;
  }
}
