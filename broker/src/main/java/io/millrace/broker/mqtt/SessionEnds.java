package io.millrace.broker.mqtt;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * When the sessions that wait for their clients end here, and how many whose they are. One that
 * another node had last ends a little later here than there, where its groups are known.
 * Thread-safe.
 */
final class SessionEnds {
  /** How much later the sessions of other nodes end, which do it themselves where they can. */
  static final long LATER_MILLIS = 5000;

  private record Ending(String key, String principal, long at) implements Comparable<Ending> {
    @Override
    public int compareTo(Ending other) {
      int byTime = Long.compare(at, other.at);
      return byTime == 0 ? key.compareTo(other.key) : byTime;
    }
  }

  private final String node;

  // All guarded by this.
  private final TreeSet<Ending> endings = new TreeSet<>();
  private final Map<String, Ending> byKey = new HashMap<>();
  private final Map<String, Integer> ofPrincipals = new HashMap<>();

  /**
   * @param node this one
   */
  SessionEnds(String node) {
    this.node = node;
  }

  /** A session ends when it says, if it does, as long as nothing else is said of it. */
  synchronized void set(String key, StoredSession session) {
    remove(key);
    if (session.endsAt() != StoredSession.CONNECTED) {
      long later = session.node().equals(node) ? 0 : LATER_MILLIS;
      Ending ending = new Ending(key, session.principal(), session.endsAt() + later);
      endings.add(ending);
      byKey.put(key, ending);
      ofPrincipals.merge(session.principal(), 1, Integer::sum);
    }
  }

  /** A session does not end, or is not there any more. */
  synchronized void remove(String key) {
    Ending before = byKey.remove(key);
    if (before != null) {
      endings.remove(before);
      ofPrincipals.computeIfPresent(before.principal, (its, sum) -> sum == 1 ? null : sum - 1);
    }
  }

  /** Takes one that has ended by a time; null where there is none. */
  synchronized @Nullable String takeDue(long now) {
    if (endings.isEmpty() || endings.first().at > now) {
      return null;
    }
    String key = endings.first().key;
    remove(key);
    return key;
  }

  /** How many wait. */
  synchronized int size() {
    return endings.size();
  }

  /** How many of a principal wait. */
  synchronized int of(String principal) {
    return ofPrincipals.getOrDefault(principal, 0);
  }
}
