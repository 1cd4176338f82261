package io.millrace.access;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Ids ({@code jti}) of tokens that are not believed any more, each until the token would have
 * expired by itself. Bounded: when it is full of live ones, revoking fails rather than forgets.
 * Thread-safe.
 */
public final class RevokedTokens {
  private record Entry(String id, Instant expires) {}

  private final int capacity;
  private final Map<String, Instant> byId = new HashMap<>();
  private final PriorityQueue<Entry> byExpiry =
      new PriorityQueue<>(Comparator.comparing(Entry::expires));

  public RevokedTokens(int capacity) {
    this.capacity = capacity;
  }

  /**
   * @param expires the token's own {@code exp}, with the clock skew added
   * @return whether it is revoked now; false when the set is full
   */
  public synchronized boolean revoke(String id, Instant expires, Instant now) {
    forgetExpired(now);
    Instant known = byId.get(id);
    if (known != null && !known.isBefore(expires)) {
      return true;
    }
    if (known == null && byId.size() >= capacity) {
      return false;
    }
    if (byId.put(id, expires) != null) {
      byExpiry.removeIf(entry -> entry.id.equals(id));
    }
    byExpiry.add(new Entry(id, expires));
    return true;
  }

  public synchronized boolean isRevoked(String id, Instant now) {
    Instant expires = byId.get(id);
    return expires != null && expires.isAfter(now);
  }

  /** Those of these ids that are still believed. */
  public synchronized Set<String> good(Set<String> ids, Instant now) {
    return ids.stream().filter(id -> !isRevoked(id, now)).collect(Collectors.toSet());
  }

  public synchronized int size() {
    return byId.size();
  }

  private void forgetExpired(Instant now) {
    for (Entry first = byExpiry.peek();
        first != null && !first.expires.isAfter(now);
        first = byExpiry.peek()) {
      byExpiry.remove();
      byId.remove(first.id);
    }
  }
}
