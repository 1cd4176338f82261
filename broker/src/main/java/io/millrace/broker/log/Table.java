package io.millrace.broker.log;

import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A compacted topic as a table: all its entries are in memory, each change is in the log before it
 * is acknowledged, and on the disk there. What other nodes of the cluster change is seen here
 * moments later. Changes that one thread makes to one key keep their order. Thread-safe.
 */
public interface Table extends AutoCloseable {
  /** The most that key and value of one entry have together, in bytes of UTF-8. */
  int LONGEST_ENTRY = 1 << 20;

  /**
   * What all entries of one table may take of the heap, in bytes; what is in the log beyond it is
   * read.
   */
  long MOST_BYTES = 256L << 20;

  /**
   * What an entry takes of the heap, in bytes: with its arrays and its place in a map, about.
   *
   * @param bytes of its key and its value
   */
  static int weight(int bytes) {
    return 120 + bytes;
  }

  /**
   * What a key has now: at least what was acknowledged here before.
   *
   * @return not to be changed by anybody
   */
  Optional<byte[]> get(String key);

  /**
   * Sets an entry. Where it fails for another reason than a bound, it may be in the log all the
   * same.
   *
   * @param key not empty
   * @param value belongs to the table from now on
   * @return on the caller's context, when it is flushed; fails with {@link LogException}: {@code
   *     TOO_LARGE}, {@code OVERLOADED} where too much waits or the table is full, {@code
   *     UNAVAILABLE}
   */
  Future<Void> put(String key, byte[] value);

  /** Removes an entry, where it is there or not; as {@link #put}. */
  Future<Void> remove(String key);

  /** Gives every entry, in no order; of what changes meanwhile some is seen. */
  void forEach(BiConsumer<String, byte[]> entry);

  /**
   * Tells of every change from now on, also of this node's own, when {@link #get} gives it: once or
   * more often, in the log's order for a key.
   *
   * @param changed gets the key, on the table's one thread; has to be quick
   */
  void onChange(Consumer<String> changed);

  /** Follows the log no more; changes are refused from now on. */
  @Override
  void close();
}
