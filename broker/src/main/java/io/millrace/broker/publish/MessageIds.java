package io.millrace.broker.publish;

import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.LogException;
import io.millrace.broker.message.Message;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The message ids of one namespace in the last two minutes, so that a message that is published
 * again under its id is in the log once. An id counts for its topic. What other nodes and earlier
 * runs of this one have published is learned from the log's tail.
 *
 * <pre>
 *            claim                appended
 *   (new) ─────────> under way ─────────────> known ──two minutes──> forgotten
 *                        └──failed──> forgotten, unless the log has it after all
 * </pre>
 *
 * Thread-safe. Results are given without the lock held.
 */
final class MessageIds {
  /** How long an id is remembered. */
  static final Duration WINDOW = Duration.ofMinutes(2);

  private record Key(String path, String id) {}

  private record Known(int partition, long offset, long timestamp) {}

  private record Expiry(Key key, long at) {}

  private static final class Entry {
    private @Nullable Known known;
    private final List<AppendResult> waiting = new ArrayList<>(0);
  }

  private final int capacity;
  private final Map<Key, Entry> entries = new HashMap<>();
  private final Queue<Expiry> expiries = new ArrayDeque<>();

  /**
   * @param capacity ids that are remembered at once; more are refused rather than forgotten
   */
  MessageIds(int capacity) {
    this.capacity = capacity;
  }

  /**
   * Takes an id for a message that is to be appended.
   *
   * @param done gets the first one's result where this is not the first, now or when it is known
   * @return what to append with; null when this is not the first
   */
  @Nullable AppendResult claim(String path, String id, AppendResult done, long nowMillis) {
    Key key = new Key(path, id);
    Known known;
    synchronized (this) {
      forget(nowMillis);
      Entry entry = entries.get(key);
      if (entry == null) {
        if (entries.size() >= capacity) {
          throw new LogException(
              LogException.Reason.OVERLOADED,
              "more than " + capacity + " message ids in two minutes; publish slower or without");
        }
        entries.put(key, new Entry());
        return new First(key, done);
      }
      known = entry.known;
      if (known == null) {
        entry.waiting.add(done);
        return null;
      }
    }
    done.appended(known.partition, known.offset, known.timestamp);
    return null;
  }

  /** The log has this message: also one that somebody else published, or that seemed to fail. */
  synchronized void saw(Message message, long nowMillis) {
    String id = message.id();
    if (id == null || message.timestamp() + WINDOW.toMillis() <= nowMillis) {
      return;
    }
    forget(nowMillis);
    Key key = new Key(message.path(), id);
    if (!entries.containsKey(key) && entries.size() < capacity) {
      Entry entry = new Entry();
      entry.known = new Known(message.partition(), message.offset(), message.timestamp());
      entries.put(key, entry);
      expiries.add(new Expiry(key, message.timestamp() + WINDOW.toMillis()));
    }
  }

  synchronized int size() {
    return entries.size();
  }

  private void forget(long nowMillis) {
    for (Expiry first = expiries.peek();
        first != null && first.at <= nowMillis;
        first = expiries.peek()) {
      expiries.remove();
      entries.remove(first.key);
    }
  }

  private final class First implements AppendResult {
    private final Key key;
    private final AppendResult own;

    private First(Key key, AppendResult own) {
      this.key = key;
      this.own = own;
    }

    @Override
    public void appended(int partition, long offset, long timestamp) {
      List<AppendResult> waiting = List.of();
      synchronized (MessageIds.this) {
        Entry entry = entries.get(key);
        if (entry != null) {
          entry.known = new Known(partition, offset, timestamp);
          waiting = List.copyOf(entry.waiting);
          entry.waiting.clear();
          expiries.add(new Expiry(key, timestamp + WINDOW.toMillis()));
        }
      }
      own.appended(partition, offset, timestamp);
      waiting.forEach(done -> done.appended(partition, offset, timestamp));
    }

    @Override
    public void failed(LogException reason) {
      List<AppendResult> waiting = List.of();
      synchronized (MessageIds.this) {
        Entry entry = entries.remove(key);
        if (entry != null) {
          waiting = List.copyOf(entry.waiting);
        }
      }
      own.failed(reason);
      waiting.forEach(done -> done.failed(reason));
    }
  }
}
