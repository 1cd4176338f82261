package io.millrace.broker.index;

/**
 * A 64-bit hash of a path, from a secret start, so that nobody can choose paths that meet in the
 * index.
 */
final class PathHash {
  private static final long FACTOR = 0x9E3779B97F4A7C15L;
  private static final long OTHER_FACTOR = 0xC2B2AE3D27D4EB4FL;

  private PathHash() {}

  static long of(String path, long secret) {
    int length = path.length();
    long hash = secret ^ length * OTHER_FACTOR;
    int at = 0;
    for (; at + 4 <= length; at += 4) {
      hash =
          mix(
              hash
                  ^ (path.charAt(at)
                      | (long) path.charAt(at + 1) << 16
                      | (long) path.charAt(at + 2) << 32
                      | (long) path.charAt(at + 3) << 48));
    }
    for (; at < length; at++) {
      hash = mix(hash ^ path.charAt(at));
    }
    hash ^= secret >>> 7;
    hash = (hash ^ hash >>> 29) * OTHER_FACTOR;
    return hash ^ hash >>> 32;
  }

  private static long mix(long value) {
    long product = value * FACTOR;
    return product ^ product >>> 32;
  }
}
