package io.millrace.broker.index;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The memory that all partitions' indexes share: half of it in equal parts that nobody can take
 * from a partition, the other half for those who come first. Thread-safe.
 */
final class IndexMemory {
  private final long limit;
  private final Set<PartitionIndex> users = ConcurrentHashMap.newKeySet();

  /**
   * @param limit in bytes
   */
  IndexMemory(long limit) {
    this.limit = limit;
  }

  void add(PartitionIndex user) {
    users.add(user);
  }

  void remove(PartitionIndex user) {
    users.remove(user);
  }

  /** Whether one of the users may have so many more bytes than it has. */
  boolean allows(PartitionIndex asking, long more) {
    long reserved = limit / 2 / Math.max(1, users.size());
    if (asking.bytes() + more <= reserved) {
      return true;
    }
    long taken = more - reserved + asking.bytes();
    for (PartitionIndex user : users) {
      if (user != asking) {
        taken += Math.max(0, user.bytes() - reserved);
      }
    }
    return taken <= limit - limit / 2;
  }

  /** What all have, in bytes, about. */
  long used() {
    long used = 0;
    for (PartitionIndex user : users) {
      used += user.bytes();
    }
    return used;
  }
}
