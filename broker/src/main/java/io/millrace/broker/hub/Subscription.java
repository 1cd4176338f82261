package io.millrace.broker.hub;

import io.millrace.broker.hub.Receiver.EndReason;
import io.millrace.broker.message.Message;
import io.millrace.broker.position.Position;
import io.millrace.broker.topic.TopicFilter;
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
 * It does this for each partition: some may be live already while others are read back ({@link
 * Cursors}). Order holds within a partition, and a topic is in one.
 */
public final class Subscription {
  private enum State {
    STARTING,
    REPLAYING,
    LIVE,
    PAUSED,
    ENDED
  }

  private static final long FIRST_WAIT_MILLIS = 1;
  private static final long LAST_WAIT_MILLIS = 100;

  /** Of the generation of the log that it reads. */
  private LoopNamespace namespace;

  private final TopicFilter filter;
  private final Predicate<Message> where;
  private final SlowPolicy policy;
  private final Receiver receiver;

  private Cursors cursors;
  private final Replay replay = new Replay(this);
  private State state = State.STARTING;
  private boolean isTouched;

  /** Whether the next generation is being looked for. */
  private boolean isGoingOn;

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
    this.cursors = new Cursors(namespace, filter);
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
    if (state == State.PAUSED && policy == SlowPolicy.DROP_OLDEST) {
      replay.skipToTheNewest(receiver.room());
    }
    begin();
  }

  /** The receiver had no room because it was not ready, and is now: nothing is dropped for that. */
  public void begin() {
    if (state == State.PAUSED) {
      state = State.REPLAYING;
      namespace.open().paused(-1);
      replay.turn();
      namespace.loop().flush();
    }
  }

  /** Unsubscribes; nothing comes any more, not even that it has ended. */
  public void end() {
    if (state != State.ENDED) {
      if (state == State.PAUSED) {
        namespace.open().paused(-1);
      }
      state = State.ENDED;
      namespace.remove(this);
    }
  }

  /**
   * Up to where everything has been delivered; empty positions are of namespaces that keep nothing.
   */
  public @Nullable Position position() {
    return namespace.settings().isKept() && state != State.STARTING
        ? cursors.position(lastTime)
        : null;
  }

  /**
   * The token of the position behind a message that is being delivered, as ASCII; the same array
   * for all whom it is the same for. Null where the namespace keeps nothing.
   */
  public byte @Nullable [] tokenAfter(Delivery delivery) {
    return namespace.settings().isKept() ? cursors.tokenAfter(delivery, state == State.LIVE) : null;
  }

  /** The loop has given it a message that others have not had yet. */
  void aheadOfTheLoop() {
    cursors.aheadOfTheLoop();
  }

  /** Of the namespace's log that it reads. */
  public int generation() {
    return namespace.settings().generation();
  }

  long[] next() {
    return cursors.next();
  }

  /** The offset in a partition up to which everything that is wanted has been delivered. */
  public long next(int partition) {
    return cursors.next(partition);
  }

  void start(Start start) {
    start(start, FIRST_WAIT_MILLIS);
  }

  /** Who asks for what there is gets all that was acknowledged on this node before. */
  private void start(Start start, long waitMillis) {
    boolean isOfBefore = start instanceof Start.Last || start instanceof Start.Since;
    if (isOfBefore && cursors.isLoopBehindPublishers()) {
      namespace
          .loop()
          .later(
              waitMillis,
              () -> {
                if (state == State.STARTING) {
                  start(start, Math.min(LAST_WAIT_MILLIS, waitMillis * 2));
                }
              });
      return;
    }
    resolve(start);
  }

  private void resolve(Start start) {
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
                            namespace.loop().flush();
                          } else {
                            begin(resolved.result());
                          }
                        }));
  }

  private void begin(Starts.Begin begin) {
    cursors.begin(begin.offsets());
    lastTime = namespace.loop().now();
    state = State.REPLAYING;
    receiver.started(this, begin.mayRepeat());
    touched();
    begin.gaps().forEach(this::gap);
    replay.begin(begin);
    namespace.loop().flush();
  }

  /** A message that matches, on its way to all who are live. */
  void offerLive(Delivery delivery) {
    Message message = delivery.message();
    if (state != State.ENDED && cursors.takeLive(message) && where.test(message)) {
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
    refused(message.partition(), message.offset());
    return false;
  }

  /** As {@link #offer}, of a message that the log has no more: the place in it stays as it is. */
  boolean offerFromBefore(Delivery delivery) {
    if (receiver.deliver(this, delivery)) {
      touched();
      return true;
    }
    refused(Cursors.NOWHERE, 0);
    return false;
  }

  private void refused(int partition, long offset) {
    if (state == State.ENDED) {
      return;
    }
    namespace.loop().hub().metrics().refused(policy);
    if (policy == SlowPolicy.DISCONNECT) {
      endWith(
          EndReason.SLOW,
          "more messages came than the connection takes; the policy of the subscription is to"
              + " end it then");
    } else {
      pauseBefore(partition, offset);
    }
  }

  private void pauseBefore(int partition, long offset) {
    cursors.pauseBefore(partition, offset);
    if (state != State.PAUSED) {
      namespace.open().paused(1);
    }
    state = State.PAUSED;
  }

  void lostLive(Gap gap) {
    if (cursors.isLive(gap.partition()) && state != State.ENDED) {
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

  /** From now on it reads another generation of the log. */
  void enter(LoopNamespace next) {
    namespace.remove(this);
    namespace = next;
    cursors = new Cursors(next, filter);
    next.add(this);
  }

  /** Everything of a generation that was outgrown has been delivered. */
  private void goOn() {
    if (isGoingOn) {
      return;
    }
    isGoingOn = true;
    HubLoop loop = namespace.loop();
    loop.hub()
        .generations()
        .next(this)
        .onComplete(
            next ->
                loop.run(
                    () -> {
                      isGoingOn = false;
                      if (state != State.REPLAYING) {
                        return;
                      }
                      if (next.failed()) {
                        endWith(
                            EndReason.UNAVAILABLE,
                            "the messages cannot be read on: " + next.cause().getMessage());
                      } else if (next.result().isEmpty()) {
                        endWith(
                            EndReason.NAMESPACE_CHANGED,
                            "there is no namespace " + filter.namespace() + " any more");
                      } else {
                        goOn(next.result().get());
                      }
                      loop.flush();
                    }));
  }

  private void goOn(Starts.Begin begin) {
    cursors.begin(begin.offsets());
    begin.gaps().forEach(this::gap);
    replay.begin(begin);
  }

  boolean hasEnded() {
    return state == State.ENDED;
  }

  /** Everything is live now. */
  void caughtUp() {
    if (namespace.open().isOutgrown()) {
      goOn();
      return;
    }
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

  /** Whether a message whose topic matches is one of those that it is for. */
  public boolean wants(Message message) {
    return where.test(message);
  }

  boolean isReplaying() {
    return state == State.REPLAYING;
  }

  boolean concerns(int partition) {
    return cursors.concerns(partition);
  }

  /** Whether it gets what comes in a partition together with all who are live there. */
  public boolean isLive(int partition) {
    return cursors.isLive(partition);
  }

  long cursor(int partition) {
    return cursors.at(partition);
  }

  void moveTo(int partition, long offset) {
    cursors.moveTo(partition, offset);
  }

  void live(int partition) {
    cursors.live(partition);
  }
}
