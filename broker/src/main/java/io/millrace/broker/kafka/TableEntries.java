package io.millrace.broker.kafka;

import io.millrace.broker.log.Table;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a table, of two sources: the records that the follower reads, in the log's order,
 * and this node's own changes, which count from their acknowledgement on, before the follower comes
 * to them. {@code ahead} says how far a key is before the follower, so that an older record of it
 * changes nothing. Thread-safe; reading waits for nobody.
 *
 * <pre>
 *   read(offset 5: a=1)   acknowledged(offset 7: a=3)   read(offset 6: a=2)   read(offset 7: a=3)
 *          a=1                       a=3, ahead to 7          a=3                   a=3
 * </pre>
 */
final class TableEntries {
  private volatile Map<String, byte[]> entries = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();

  // Guarded by this.
  private final long[] next;
  private final Map<String, Long> ahead = new HashMap<>();
  private @Nullable Map<String, byte[]> fresh;

  TableEntries(int partitions) {
    next = new long[partitions];
  }

  Optional<byte[]> get(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  void forEach(BiConsumer<String, byte[]> entry) {
    entries.forEach(entry);
  }

  /** What the entries take of the heap, about. */
  long bytes() {
    return bytes.get();
  }

  /**
   * The follower has come to a record.
   *
   * @param value null where the entry is removed
   * @return whether the entry is as the record says
   */
  synchronized boolean read(int partition, long offset, String key, byte @Nullable [] value) {
    next[partition] = offset + 1;
    Long newest = ahead.get(key);
    if (newest != null && newest > offset) {
      return false;
    }
    ahead.remove(key);
    if (fresh == null) {
      set(key, value);
    } else {
      put(fresh, key, value);
    }
    return true;
  }

  /** This node's own change is in the log. */
  synchronized void acknowledged(int partition, long offset, String key, byte @Nullable [] value) {
    if (offset < next[partition] || ahead.getOrDefault(key, -1L) > offset) {
      return;
    }
    ahead.put(key, offset);
    set(key, value);
    if (fresh != null) {
      put(fresh, key, value);
    }
  }

  /** The follower begins at the log's start, since it cannot go on: the log was cut. */
  synchronized void beginAgain() {
    Arrays.fill(next, 0);
    ahead.clear();
    fresh = new ConcurrentHashMap<>();
  }

  /**
   * The follower has come to what was the end when it began again.
   *
   * @return keys that may have changed
   */
  synchronized Set<String> loaded() {
    Map<String, byte[]> loaded = fresh;
    if (loaded == null) {
      return Set.of();
    }
    Set<String> changed = new HashSet<>(entries.keySet());
    changed.addAll(loaded.keySet());
    entries = loaded;
    fresh = null;
    bytes.set(0);
    loaded.forEach((key, value) -> bytes.addAndGet(weight(key, value)));
    return changed;
  }

  private void set(String key, byte @Nullable [] value) {
    byte[] before = put(entries, key, value);
    bytes.addAndGet(
        (value == null ? 0 : weight(key, value)) - (before == null ? 0 : weight(key, before)));
  }

  private static byte @Nullable [] put(
      Map<String, byte[]> map, String key, byte @Nullable [] value) {
    return value == null ? map.remove(key) : map.put(key, value);
  }

  private static int weight(String key, byte[] value) {
    return Table.weight(key.getBytes(StandardCharsets.UTF_8).length + value.length);
  }
}
