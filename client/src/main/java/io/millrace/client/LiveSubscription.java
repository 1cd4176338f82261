package io.millrace.client;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A subscription across connections. What the server sends is told to it by one thread at a time;
 * what says whether it is subscribed now ({@code word}, {@code isPaused}, {@code isEnded}) belongs
 * to the session's lock.
 *
 * <pre>
 *   waiting ──subscribe under a new word──> subscribed ──connection lost, paused, ended to try again──> waiting
 * </pre>
 *
 * A word is used for one subscribe only, so that what is still under way of an earlier one is not
 * mistaken for the next one's.
 */
final class LiveSubscription implements Subscription {
  private static final System.Logger LOGGER = System.getLogger(LiveSubscription.class.getName());

  private final Session session;
  private final Interest interest;
  private final SubscriptionListener listener;
  private volatile @Nullable String position;
  private volatile boolean isEnded;
  private @Nullable String word;
  private boolean isPaused;

  /** Whether the server has said once where it begins. */
  private volatile boolean isBegun;

  /** Whether it may not go on from a position. */
  private volatile boolean mayNotResume;

  /** How often in a row it was refused for a while. */
  private int attempts;

  LiveSubscription(Session session, Interest interest, SubscriptionListener listener) {
    this.session = session;
    this.interest = interest;
    this.listener = listener;
  }

  @Override
  public Interest interest() {
    return interest;
  }

  @Override
  public Optional<String> position() {
    return Optional.ofNullable(position);
  }

  @Override
  public boolean isEnded() {
    return isEnded;
  }

  @Override
  public void close() {
    session.unsubscribe(this);
  }

  /** Where it goes on, or begins. */
  Start next() {
    String last = position;
    if (last != null && !mayNotResume) {
      return Start.after(last);
    }
    return isBegun ? Start.now() : interest.start();
  }

  @Nullable String word() {
    return word;
  }

  void subscribedAs(@Nullable String newWord) {
    word = newWord;
  }

  /** Whether messages are to come. */
  boolean isWanted() {
    return !isEnded && !isPaused;
  }

  void pausedIs(boolean paused) {
    isPaused = paused;
  }

  void markEnded() {
    isEnded = true;
  }

  int countAttempt() {
    return attempts++;
  }

  void started(boolean mayRepeat, Optional<String> at) {
    boolean isLossy = isBegun && (position == null || mayNotResume);
    isBegun = true;
    attempts = 0;
    at.ifPresent(token -> position = token);
    call(() -> listener.started(mayRepeat));
    if (isLossy) {
      gap(new Gap(Gap.Reason.NOT_RESUMED, -1, -1, -1));
    }
  }

  /**
   * Whether to subscribe again, after it was refused or has ended: the reason passes, or it can go
   * on from now instead of from where it was.
   */
  boolean mayGoOn(MillraceException reason) {
    if (reason.isTransient() || reason.code().equals("namespace-changed")) {
      return true;
    }
    boolean isResume = isBegun && position != null && !mayNotResume;
    if (isResume
        && interest.start() instanceof Start.Now
        && reason.code().equals("not-authorized")) {
      mayNotResume = true;
      return true;
    }
    return false;
  }

  void message(Message message) {
    // Before it is handed over: whoever takes it may be done with it, and have it go on, by then.
    message.position().ifPresent(token -> position = token);
    call(() -> listener.message(message));
  }

  void gap(Gap gap) {
    call(() -> listener.gap(gap));
  }

  void caughtUp(Optional<String> at) {
    at.ifPresent(token -> position = token);
    call(listener::caughtUp);
  }

  void ended(MillraceException reason) {
    call(() -> listener.ended(reason));
  }

  private void call(Runnable told) {
    try {
      told.run();
    } catch (RuntimeException e) {
      LOGGER.log(
          System.Logger.Level.WARNING, "a listener of " + interest.filter() + " has failed", e);
    }
  }
}
