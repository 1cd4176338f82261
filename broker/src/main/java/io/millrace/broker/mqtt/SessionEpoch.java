package io.millrace.broker.mqtt;

/**
 * Numbers of those who take a session, one after another: whoever takes it later has the higher
 * one, and no two nodes have the same, also when both take it in one millisecond and neither knows
 * of the other. In a number are the time in milliseconds, and below it {@value #NODE_BITS} bits of
 * the node's name; numbers of before, which were the time alone, are lower than any.
 */
final class SessionEpoch {
  private static final int NODE_BITS = 20;

  private SessionEpoch() {}

  /**
   * The next one.
   *
   * @param before the highest that is known; 0 for none
   * @param nowMillis since 1970 UTC
   * @param node tells this node from others
   */
  static long next(long before, long nowMillis, String node) {
    long time = Math.max((before >> NODE_BITS) + 1, nowMillis);
    return time << NODE_BITS | bits(node);
  }

  /** As even as the names' hashes are: their upper bits count as well. */
  private static long bits(String node) {
    int hash = node.hashCode() * 0x9E3779B9;
    return Integer.toUnsignedLong(hash) >>> (Integer.SIZE - NODE_BITS);
  }
}
