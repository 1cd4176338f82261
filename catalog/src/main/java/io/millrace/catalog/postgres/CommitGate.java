package io.millrace.catalog.postgres;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Decides who is first: the work that wants to commit, or the caller who waits no longer. Whoever
 * is second hears so, and nothing changes any more. Thread-safe.
 *
 * <pre>
 *   OPEN ─ the work is done ──────> COMMITTING
 *     └─── nobody waits for it ───> GIVEN_UP, and is rolled back
 * </pre>
 */
public final class CommitGate {
  private enum State {
    OPEN,
    COMMITTING,
    GIVEN_UP
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);

  /**
   * The caller waits no longer.
   *
   * @return whether it is certain that nothing will have been done; else the commit is under way
   */
  public boolean giveUp() {
    return state.compareAndSet(State.OPEN, State.GIVEN_UP);
  }

  /** Whether the commit has been asked for, so that its outcome may be unknown. */
  public boolean isCommitting() {
    return state.get() == State.COMMITTING;
  }

  boolean isGivenUp() {
    return state.get() == State.GIVEN_UP;
  }

  /**
   * The work is done.
   *
   * @return whether it is to be committed; else rolled back
   */
  boolean mayCommit() {
    return state.compareAndSet(State.OPEN, State.COMMITTING);
  }
}
