package io.millrace.broker.hub;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.broker.Parsed;
import io.millrace.broker.message.Message;
import io.millrace.broker.position.Position;
import io.millrace.broker.topic.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber that writes down what it gets, has room for as much as its test says, and can be cut
 * off and come back with the position of its last message.
 */
final class Listening implements Receiver {
  private final AtomicBoolean isMoving = new AtomicBoolean();
  private volatile HubLoop loop;
  private volatile OpenNamespace namespace;
  private final TopicFilter filter;
  private final SlowPolicy policy;

  /** When there is no room; empty for always room. */
  private final @Nullable RandomGenerator moods;

  /** What it has by the last flush. */
  final List<String> messages = new CopyOnWriteArrayList<>();

  final List<Gap> gaps = new CopyOnWriteArrayList<>();

  /** Why it has ended, by the last flush. */
  final List<EndReason> ends = new CopyOnWriteArrayList<>();

  private final List<String> unflushed = new ArrayList<>();
  private final List<EndReason> unflushedEnds = new ArrayList<>();

  /** And has by then what was before: {@link #messages} is as of it or later. */
  volatile boolean isCaughtUp;

  private boolean hasJustCaughtUp;
  volatile boolean mayRepeat;
  private volatile @Nullable String lastToken;
  private volatile @Nullable Subscription subscription;
  volatile boolean isFull;

  Listening(
      HubLoop loop,
      OpenNamespace namespace,
      TopicFilter filter,
      SlowPolicy policy,
      @Nullable RandomGenerator moods) {
    this.loop = loop;
    this.namespace = namespace;
    this.filter = filter;
    this.policy = policy;
    this.moods = moods;
  }

  static Listening to(HubLoop loop, OpenNamespace namespace, String filter) {
    return new Listening(
        loop,
        namespace,
        new TopicFilter(namespace.settings().name(), filter),
        SlowPolicy.PAUSE,
        null);
  }

  Listening from(Start start) {
    HubLoop here = loop;
    OpenNamespace its = namespace;
    here.later(() -> subscription = here.subscribe(its, filter, all -> true, start, policy, this));
    return this;
  }

  /** As {@link #cutAndResume(Start, HubLoop)}, on the same loop. */
  void cutAndResume(Start orElse) {
    cutAndResume(orElse, loop);
  }

  /**
   * Ends it and begins again behind what it has had, or as it is told where it has had nothing; one
   * that is just doing so is left alone.
   */
  void cutAndResume(Start orElse, HubLoop other) {
    var _ = cutAndResume(orElse, other, namespace);
  }

  /**
   * As above, in a namespace that is served by another hub.
   *
   * @return false where it is left alone
   */
  boolean cutAndResume(Start orElse, HubLoop other, OpenNamespace its) {
    if (!isMoving.compareAndSet(false, true)) {
      return false;
    }
    namespace = its;
    HubLoop before = loop;
    loop = other;
    before.later(
        () -> {
          Subscription cut = subscription;
          if (cut != null) {
            cut.end();
          }
          other.later(
              () -> {
                String token = lastToken;
                Start start =
                    token != null
                            && Position.parse(token)
                                instanceof Parsed.Value<Position>(Position position)
                        ? new Start.After(position)
                        : orElse;
                subscription = other.subscribe(its, filter, all -> true, start, policy, this);
                isMoving.set(false);
              });
        });
    return true;
  }

  void resume() {
    loop.later(
        () -> {
          isFull = false;
          Subscription paused = subscription;
          if (paused != null) {
            paused.resume();
          }
        });
  }

  boolean isPaused() {
    Subscription now = subscription;
    return now != null && now.isPaused();
  }

  @Nullable String lastToken() {
    return lastToken;
  }

  @Override
  public void started(Subscription started, boolean repeats) {
    mayRepeat |= repeats;
  }

  @Override
  public synchronized boolean deliver(Subscription to, Delivery delivery) {
    if (isFull) {
      return false;
    }
    if (moods != null && moods.nextInt(12) == 0) {
      to.namespace().loop().later(1, to::resume);
      return false;
    }
    Message message = delivery.message();
    unflushed.add(message.path() + "=" + new String(message.payload(), UTF_8));
    byte[] token = to.tokenAfter(delivery);
    lastToken = token == null ? null : new String(token, US_ASCII);
    return true;
  }

  @Override
  public long room() {
    return 1000;
  }

  @Override
  public void gap(Subscription of, Gap gap) {
    gaps.add(gap);
  }

  @Override
  public synchronized void caughtUp(Subscription of) {
    hasJustCaughtUp = true;
  }

  @Override
  public synchronized void ended(Subscription of, EndReason reason, String message) {
    unflushedEnds.add(reason);
  }

  @Override
  public synchronized void flush() {
    messages.addAll(unflushed);
    unflushed.clear();
    ends.addAll(unflushedEnds);
    unflushedEnds.clear();
    isCaughtUp |= hasJustCaughtUp;
  }
}
