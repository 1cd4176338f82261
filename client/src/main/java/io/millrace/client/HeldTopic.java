package io.millrace.client;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One topic of which a message was refused for now: what follows it waits, so that the order stays.
 * Guarded by the session's lock.
 *
 * <pre>
 *   draining ──all that was under way is answered──> resting ──a little later──> going
 *      ^                                                                            │
 *      └──────────────────────────── one is refused again ──────────────────────────┘
 * </pre>
 *
 * What was sent behind a refused message before its refusal was heard cannot be held back any more.
 * When it goes on, it does so with one message, and with each that is published one more may be
 * under way.
 */
final class HeldTopic {
  private enum State {
    DRAINING,
    RESTING,
    GOING
  }

  private final Map<Long, OpenRequest> waiting = new TreeMap<>();
  private State state = State.DRAINING;
  private MillraceException reason;
  private int underWay;
  private int window;
  private int rest;

  /**
   * @param reason with which the first was refused
   * @param underWay how many are not answered, with that one
   */
  HeldTopic(MillraceException reason, int underWay) {
    this.reason = reason;
    this.underWay = underWay;
  }

  /** With what the server has refused one last. */
  MillraceException reason() {
    return reason;
  }

  /** Whether nothing waits, so that no order can be lost. */
  boolean isOver() {
    return waiting.isEmpty();
  }

  void hold(OpenRequest request) {
    waiting.put(request.number(), request);
  }

  /** One that was under way is refused for now. */
  void refused(OpenRequest request, MillraceException why) {
    reason = why;
    underWay--;
    state = State.DRAINING;
    hold(request);
  }

  /** One that was under way is published, or refused for good. */
  void answered() {
    underWay--;
    window++;
  }

  /** Nothing more is to be done about one. */
  void givenUp(OpenRequest request) {
    if (waiting.remove(request.number()) == null) {
      underWay--;
    }
  }

  /** Whether it now has to rest. */
  boolean rests() {
    if (state != State.DRAINING || underWay > 0) {
      return false;
    }
    state = State.RESTING;
    rest++;
    return true;
  }

  /** The number of its last rest. */
  int rest() {
    return rest;
  }

  /** A rest is over; nothing is done where it is not the last one. */
  void goOn(int which) {
    if (state == State.RESTING && which == rest) {
      state = State.GOING;
      window = 1;
    }
  }

  /** A new connection, which knows of none; all of them are held again. */
  void startAgain() {
    waiting.clear();
    underWay = 0;
    state = State.GOING;
    window = 1;
  }

  /** The next that may be sent, which is under way from now on. */
  @Nullable OpenRequest next() {
    if (state != State.GOING || underWay >= window || waiting.isEmpty()) {
      return null;
    }
    OpenRequest first = waiting.values().iterator().next();
    waiting.remove(first.number());
    underWay++;
    return first;
  }
}
