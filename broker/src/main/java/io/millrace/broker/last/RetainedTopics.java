package io.millrace.broker.last;

import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.topic.TopicFilter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The retained messages of one namespace, in memory: of each topic the one that was published last,
 * in whatever order they are told of. Thread-safe; looking waits for nobody.
 */
public final class RetainedTopics {
  /**
   * How much one namespace retains.
   *
   * @param topics that have a retained message
   * @param bytes of these messages in memory, about
   */
  public record Bounds(int topics, long bytes) {
    /** Where nothing else is said. */
    public static final Bounds DEFAULT = new Bounds(100_000, 64L << 20);
  }

  /** What became of a record. */
  enum Change {
    /** It counts now. */
    TAKEN,
    /** It counts already. */
    KNOWN,
    /** A later one counts. */
    OVERTAKEN
  }

  /** Of so many topics it is remembered when they were cleared, against records that come late. */
  private static final int MOST_CLEARED = 10_000;

  private final Bounds bounds;
  private final ConcurrentSkipListMap<String, LastRecord> retained = new ConcurrentSkipListMap<>();

  // Guarded by this.
  private final Map<String, LastRecord> cleared =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, LastRecord> eldest) {
          return size() > MOST_CLEARED;
        }
      };
  private long bytes;
  private int size;

  /** When the next one expires, or earlier. */
  private long nextExpiry = Message.NEVER;

  RetainedTopics(Bounds bounds) {
    this.bounds = bounds;
  }

  /** Why a message cannot be retained, in words for its publisher; null when it can. */
  synchronized @Nullable String problem(Publication publication) {
    if (publication.payload().length == 0) {
      return null;
    }
    LastRecord before = retained.get(publication.path());
    if (before == null && size >= bounds.topics) {
      return "the namespace retains messages of " + bounds.topics + " topics already";
    }
    int added = publication.sizeInBytes() - (before == null ? 0 : before.message().weight());
    return added > 0 && bytes + added > bounds.bytes
        ? "the namespace retains " + bounds.bytes + " bytes of messages already"
        : null;
  }

  /** Takes one that the log has, also beyond the bounds: they are held when it is published. */
  synchronized Change take(LastRecord record) {
    String path = record.message().path();
    LastRecord held = retained.getOrDefault(path, cleared.get(path));
    if (held != null && !record.isAfter(held)) {
      return held.isAfter(record) ? Change.OVERTAKEN : Change.KNOWN;
    }
    LastRecord before = record.isCleared() ? retained.remove(path) : retained.put(path, record);
    if (record.isCleared()) {
      cleared.put(path, record);
    } else {
      cleared.remove(path);
      size++;
      bytes += record.message().weight();
      nextExpiry = Math.min(nextExpiry, record.message().expires());
    }
    if (before != null) {
      size--;
      bytes -= before.message().weight();
    }
    return Change.TAKEN;
  }

  /** The record that counts for a topic, also one that says that there is no retained message. */
  synchronized @Nullable LastRecord held(String path) {
    return retained.getOrDefault(path, cleared.get(path));
  }

  /** Lets go of what has expired; looks at all of them only when there is such. */
  synchronized void expire(long nowMillis) {
    if (nextExpiry > nowMillis) {
      return;
    }
    long next = Message.NEVER;
    Iterator<LastRecord> records = retained.values().iterator();
    while (records.hasNext()) {
      LastRecord record = records.next();
      Message message = record.message();
      if (message.isExpired(nowMillis)) {
        records.remove();
        cleared.put(message.path(), record.cleared());
        size--;
        bytes -= message.weight();
      } else {
        next = Math.min(next, message.expires());
      }
    }
    nextExpiry = next;
  }

  /** How many topics have a retained message. */
  public synchronized int size() {
    return size;
  }

  /** What they take of the heap, about. */
  public synchronized long bytes() {
    return bytes;
  }

  /**
   * Those of the topics that match, by path. With wildcards it looks at every topic that begins
   * like the filter.
   */
  public List<Message> matching(TopicFilter filter, long nowMillis) {
    List<Message> found = new ArrayList<>();
    if (filter.isExact()) {
      LastRecord record = retained.get(filter.path());
      add(record, nowMillis, found);
      return found;
    }
    String prefix = literal(filter.path());
    for (Map.Entry<String, LastRecord> entry : retained.tailMap(prefix, true).entrySet()) {
      if (!entry.getKey().startsWith(prefix)) {
        break;
      }
      if (filter.matches(entry.getKey())) {
        add(entry.getValue(), nowMillis, found);
      }
    }
    return found;
  }

  /** What every topic that matches begins with; {@code a/#} is also {@code a}. */
  private static String literal(String filter) {
    int end = 0;
    while (end < filter.length() && filter.charAt(end) != '+' && filter.charAt(end) != '#') {
      end++;
    }
    return end > 0 && end < filter.length() && filter.charAt(end) == '#'
        ? filter.substring(0, end - 1)
        : filter.substring(0, end);
  }

  private static void add(@Nullable LastRecord record, long nowMillis, List<Message> found) {
    if (record != null && !record.message().isExpired(nowMillis)) {
      found.add(record.message());
    }
  }
}
