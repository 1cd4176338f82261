package io.millrace.broker.last;

/**
 * How much is known of one namespace's topics besides its log.
 *
 * @param retained messages
 * @param lastValueBytes on the disk that the companion may have before it gets last values of
 *     topics that have none there, in bytes
 */
public record CompanionBounds(RetainedTopics.Bounds retained, long lastValueBytes) {
  /** Where nothing else is said. */
  public static final CompanionBounds DEFAULT =
      new CompanionBounds(RetainedTopics.Bounds.DEFAULT, 1L << 30);
}
