package io.millrace.client;

/**
 * Messages that a subscription does not get: they are missing between what came before this and
 * what comes next.
 *
 * @param partition of the namespace's log; -1 where that is not known
 * @param from the offset of the first that may be missing; -1 where that is not known
 * @param to the offset of the first that is not; -1 where that is not known
 */
public record Gap(Reason reason, int partition, long from, long to) implements Event {
  /** Why. */
  public enum Reason {
    /** Retention has taken them. */
    RETENTION,
    /** The subscription was too slow, and its policy is to drop. */
    SLOW,
    /** The namespace keeps no messages, and these are out of memory. */
    NOT_KEPT,
    /** The log is not the one that the position is from, or was cut. */
    LOG_CHANGED,
    /**
     * The connection was lost, and the subscription could only go on from now: the namespace keeps
     * nothing, or the credential may not read what was published before.
     */
    NOT_RESUMED,
    /** A reason that this client does not know. */
    OTHER
  }
}
