package io.millrace.packager.live;

import io.millrace.media.Broadcast;
import io.millrace.packager.presentation.Presentation;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Where a broadcast's newest presentation is found, and waited for; one context writes, any thread
 * reads. What is shown follows from a stored state, but for the parts behind it.
 */
public final class PresentationSlot {
  private final Broadcast broadcast;
  private final Duration window;
  private final HeldRequests held;
  private UnaryOperator<Presentation> parts = UnaryOperator.identity();
  private Presentation withoutParts;
  private volatile Presentation current;
  private volatile Recorded recorded = Recorded.nothing();
  private volatile boolean withdrawn;

  PresentationSlot(Broadcast broadcast, Duration window, HeldCount count) {
    this.broadcast = broadcast;
    this.window = window;
    this.held = new HeldRequests(count);
    this.withoutParts =
        Presentation.unwritten(broadcast, 0, Optional.empty(), List.of(), Optional.empty());
    this.current = withoutParts;
  }

  public Broadcast broadcast() {
    return broadcast;
  }

  /** What its live playlists cover. */
  public Duration window() {
    return window;
  }

  public Presentation current() {
    return current;
  }

  /** What is recorded of it: all that has left the playlists that are shown, and maybe more. */
  public Recorded recorded() {
    return recorded;
  }

  /** So much is recorded; to be told before what follows from it is shown. */
  void records(Recorded soFar) {
    recorded = soFar;
  }

  /** Whether its playlists are gone; segments may still be asked for. */
  public boolean isWithdrawn() {
    return withdrawn;
  }

  /**
   * Waits until a wish is over, for three target durations at most (HLS L18).
   *
   * @return completes on the caller's context
   */
  public Future<Held> hold(Wish wish, Instant now) {
    Future<Held> woken = held.hold(wish, HeldRequests.deadline(now, current.targetSeconds()));
    if (withdrawn) {
      held.wakeAll();
    } else if (wish.isOver(current)) {
      held.changed(current);
    }
    return woken;
  }

  /** Wakes those who have waited for too long. */
  void expireHeld(Instant now) {
    held.expire(now);
  }

  void withdraw() {
    withdrawn = true;
    held.wakeAll();
  }

  /** From now on what is shown has these parts behind it. */
  void partsBehind(UnaryOperator<Presentation> added) {
    parts = added;
  }

  /** Shows a presentation, with the parts behind it. */
  void swap(Presentation next) {
    withoutParts = next;
    refresh();
  }

  /** Shows the parts that there are by now. */
  void refresh() {
    Presentation next = parts.apply(withoutParts);
    current = next;
    held.changed(next);
  }
}
