package io.millrace.edge;

import io.vertx.core.AsyncResult;

/**
 * How another node's origin stands to this edge.
 *
 * <pre>
 *   UNREACHED ─ serves ─> ANSWERS ─ is silent ─> AWAY
 *                            ^──── serves ─────────┘
 *   any ─ refuses ─> REFUSES ─ serves ─> ANSWERS
 * </pre>
 *
 * Silence changes nothing else: who was refused stays so until the origin serves.
 */
public enum OriginReach {
  /** It has not answered yet, so nothing can be played here. */
  UNREACHED(false, "the origin has not answered yet"),
  ANSWERS(true, "ready"),
  /** It wants another shared secret, at its last answer; somebody has to mend the settings. */
  REFUSES(false, OriginRefusesException.WORDS),
  /** It has answered and does not now; what is in memory can still be played. */
  AWAY(true, "the origin does not answer; only what is in memory is served");

  private final boolean ready;
  private final String words;

  OriginReach(boolean ready, String words) {
    this.ready = ready;
    this.words = words;
  }

  /** Whether viewers may be sent here. */
  public boolean isReady() {
    return ready;
  }

  /** For operators. */
  public String words() {
    return words;
  }

  /** How it stands after a question. */
  OriginReach after(AsyncResult<?> answer) {
    if (answer.succeeded()) {
      return ANSWERS;
    }
    if (answer.cause() instanceof OriginRefusesException) {
      return REFUSES;
    }
    return this == ANSWERS ? AWAY : this;
  }
}
