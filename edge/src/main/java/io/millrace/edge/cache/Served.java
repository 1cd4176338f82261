package io.millrace.edge.cache;

/**
 * An answer for one viewer. Its body is held for the receiver, who releases it exactly once.
 *
 * @param how where it came from
 */
public record Served(CachedResponse response, How how) {
  public enum How {
    /** Fresh in memory. */
    HIT,
    /** Asked for by this request. */
    MISS,
    /** In memory, but it had to be validated. */
    STALE,
    /** Somebody else was asking for it already. */
    COLLAPSED
  }
}
