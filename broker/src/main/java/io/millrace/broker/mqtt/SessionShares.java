package io.millrace.broker.mqtt;

import java.util.HashMap;
import java.util.Map;

/**
 * Whose sessions take how much of what there is for all: a principal may have as much as is left
 * free behind it. So one alone has at most half, and there is always room for the next.
 * Thread-safe.
 */
final class SessionShares {
  /** What a session that is there may have, whatever its principal's others take, in bytes. */
  static final int SMALL = 1024;

  private record Share(String principal, long bytes) {}

  private final long most;

  // All guarded by this.
  private final Map<String, Share> shares = new HashMap<>();
  private final Map<String, Long> ofPrincipals = new HashMap<>();
  private long used;

  /**
   * @param most what all sessions may take together, in bytes
   */
  SessionShares(long most) {
    this.most = most;
  }

  /**
   * Counts a session as it is to be from now on, where its principal may have as much. What is
   * there already may always become smaller.
   *
   * @return false where it may not; then it counts as before
   */
  synchronized boolean take(String key, String principal, long bytes) {
    Share before = shares.get(key);
    if (before == null || bytes > Math.max(before.bytes, SMALL)) {
      long its = before == null ? 0 : before.bytes;
      boolean isOwn = before != null && before.principal.equals(principal);
      long mine = of(principal) - (isOwn ? its : 0) + bytes;
      if (mine > most - (used - its + bytes)) {
        return false;
      }
    }
    set(key, principal, bytes);
    return true;
  }

  /** Counts a session that is there, whatever its principal may have. */
  synchronized void set(String key, String principal, long bytes) {
    remove(key);
    shares.put(key, new Share(principal, bytes));
    ofPrincipals.merge(principal, bytes, Long::sum);
    used += bytes;
  }

  /** There is no such session any more. */
  synchronized void remove(String key) {
    Share gone = shares.remove(key);
    if (gone != null) {
      used -= gone.bytes;
      ofPrincipals.computeIfPresent(
          gone.principal, (its, sum) -> sum == gone.bytes ? null : sum - gone.bytes);
    }
  }

  /** What the sessions of a principal take, in bytes. */
  synchronized long of(String principal) {
    return ofPrincipals.getOrDefault(principal, 0L);
  }
}
