package io.millrace.broker.hub;

/**
 * Messages that a subscription does not get.
 *
 * @param partition of the namespace's log
 * @param from the offset of the first that may be missing
 * @param to the offset of the first that is not
 */
public record Gap(int partition, long from, long to, Reason reason) {
  /** Why. */
  public enum Reason {
    /** Retention has taken them. */
    RETENTION,
    /** The subscription was too slow, and its policy is to drop. */
    SLOW,
    /** The namespace keeps no messages, and these are not in memory any more, or never were. */
    NOT_KEPT,
    /** The log is not the one that the position is from, or was cut. */
    LOG_CHANGED
  }
}
