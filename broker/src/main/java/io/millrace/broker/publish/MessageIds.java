package io.millrace.broker.publish;

import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
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
 *                      │     └──the log does not answer──> in doubt ──the tail has it──> known
 *                      └──refused──> forgotten                └──settled without──> forgotten
 * </pre>
 *
 * Thread-safe. Results are given without the lock held.
 */
final class MessageIds {
  /** How long an id is remembered at least. */
  static final Duration WINDOW = Duration.ofMinutes(2);

  /** No append is under way for longer. */
  private static final Duration LONGEST_APPEND = Duration.ofSeconds(30);

  /** What an id weighs beside its text and its topic, in bytes, about. */
  private static final int ENTRY = 200;

  /** What claiming an id says. */
  sealed interface Claim {
    /** It is the first: append with this result. */
    record First(Appending result) implements Claim {}

    /** It is not the first; the caller's result is told, now or when it is known. */
    record Known() implements Claim {}

    /** The first was given to the log, and whether it is there cannot be said yet. */
    record Doubt() implements Claim {}
  }

  private record Key(String path, String id) {
    private int weight() {
      return ENTRY + path.length() + id.length();
    }
  }

  private record Place(int partition, long offset, long timestamp) {}

  private record Expiry(Key key, Entry entry, long at) {}

  private static final class Entry {
    private @Nullable Place place;
    private boolean isInDoubt;

    /** The log having it is not enough. */
    private final boolean isRetained;

    /** One that is retained is given to the log, and what comes of it is not known yet. */
    private boolean isUnderWay;

    private final List<AppendResult> waiting = new ArrayList<>(0);

    private Entry(boolean isRetained) {
      this.isRetained = isRetained;
    }
  }

  private final long capacity;
  private final Map<Key, Entry> entries = new HashMap<>();
  private final Queue<Expiry> expiries = new ArrayDeque<>();
  private long weight;

  /**
   * @param capacity bytes of ids that are remembered at once, about; more are refused rather than
   *     forgotten
   */
  MessageIds(long capacity) {
    this.capacity = capacity;
  }

  /**
   * Takes an id for a message that is to be appended.
   *
   * @param done gets the first one's result where this is not the first
   * @throws LogException where there are too many
   */
  Claim claim(String path, String id, AppendResult done, long nowMillis) {
    return claim(path, id, false, done, done, nowMillis);
  }

  /**
   * As above.
   *
   * @param isRetained whether it is done only when it is retained too; its result is told of the
   *     log's answer with {@link Appending#logged} then
   * @param again instead of {@code done} where the first is in the log and was to be retained
   */
  Claim claim(
      String path,
      String id,
      boolean isRetained,
      AppendResult done,
      AppendResult again,
      long nowMillis) {
    Key key = new Key(path, id);
    Place place;
    AppendResult told;
    synchronized (this) {
      forget(nowMillis);
      Entry entry = entries.get(key);
      if (entry == null) {
        if (weight + key.weight() > capacity) {
          throw new LogException(
              Reason.OVERLOADED,
              "too many message ids in two minutes; publish slower or without ids");
        }
        Entry first = new Entry(isRetained);
        first.isUnderWay = isRetained;
        put(key, first);
        return new Claim.First(new Appending(key, done, nowMillis));
      }
      if (entry.isInDoubt) {
        return new Claim.Doubt();
      }
      place = entry.place;
      if (place == null || entry.isUnderWay) {
        entry.waiting.add(done);
        return new Claim.Known();
      }
      told = entry.isRetained ? again : done;
    }
    told.appended(place.partition, place.offset, place.timestamp);
    return new Claim.Known();
  }

  /** The log has this message: also one that somebody else published, or that is in doubt. */
  synchronized void saw(Message message, long nowMillis) {
    String id = message.id();
    // The log's clock may be ahead of this one.
    long at = Math.min(message.timestamp(), nowMillis) + WINDOW.toMillis();
    if (id == null || at <= nowMillis) {
      return;
    }
    forget(nowMillis);
    Key key = new Key(message.path(), id);
    Entry entry = entries.get(key);
    if (entry == null && weight + key.weight() <= capacity) {
      entry = new Entry(message.retain());
      put(key, entry);
      expiries.add(new Expiry(key, entry, at));
    }
    if (entry != null && entry.place == null) {
      entry.isInDoubt = false;
      entry.place = new Place(message.partition(), message.offset(), message.timestamp());
    }
  }

  /** All that the log could have has been seen: an id that is still in doubt is free again. */
  synchronized void settle(String path, String id) {
    Key key = new Key(path, id);
    Entry entry = entries.get(key);
    if (entry != null && entry.isInDoubt) {
      remove(key, entry);
    }
  }

  synchronized int size() {
    return entries.size();
  }

  private void put(Key key, Entry entry) {
    entries.put(key, entry);
    weight += key.weight();
  }

  private void remove(Key key, Entry entry) {
    if (entries.remove(key, entry)) {
      weight -= key.weight();
    }
  }

  private void forget(long nowMillis) {
    for (Expiry first = expiries.peek();
        first != null && first.at <= nowMillis;
        first = expiries.peek()) {
      expiries.remove();
      remove(first.key, first.entry);
    }
  }

  /** The first one's result. */
  final class Appending implements AppendResult {
    private final Key key;
    private final AppendResult own;
    private final long claimedAt;

    private Appending(Key key, AppendResult own, long claimedAt) {
      this.key = key;
      this.own = own;
      this.claimedAt = claimedAt;
    }

    /** The log has it, and it is yet to be retained: whatever comes of that, it is there. */
    void logged(int partition, long offset, long timestamp) {
      synchronized (MessageIds.this) {
        Entry entry = entries.get(key);
        if (entry != null && entry.place == null) {
          entry.place = new Place(partition, offset, timestamp);
        }
      }
    }

    @Override
    public void appended(int partition, long offset, long timestamp) {
      Place place = new Place(partition, offset, timestamp);
      tell(place, settled(place));
    }

    @Override
    public void failed(LogException reason) {
      Entry entry;
      List<AppendResult> waiting;
      synchronized (MessageIds.this) {
        entry = entries.get(key);
        // Where the log did not answer it may be there; what it refused is not.
        waiting = settled(null);
        if (entry != null && entry.place == null && reason.reason() != Reason.UNAVAILABLE) {
          remove(key, entry);
        }
      }
      Place place = entry == null || entry.isRetained ? null : entry.place;
      if (place != null) {
        tell(place, waiting);
      } else {
        own.failed(reason);
        waiting.forEach(done -> done.failed(reason));
      }
    }

    private void tell(Place place, List<AppendResult> waiting) {
      own.appended(place.partition, place.offset, place.timestamp);
      waiting.forEach(done -> done.appended(place.partition, place.offset, place.timestamp));
    }

    /** Returns who else waits. */
    private List<AppendResult> settled(@Nullable Place place) {
      synchronized (MessageIds.this) {
        Entry entry = entries.get(key);
        if (entry == null) {
          return List.of();
        }
        entry.place = entry.place == null ? place : entry.place;
        entry.isInDoubt = entry.place == null;
        entry.isUnderWay = false;
        List<AppendResult> waiting = List.copyOf(entry.waiting);
        entry.waiting.clear();
        expiries.add(
            new Expiry(key, entry, claimedAt + LONGEST_APPEND.toMillis() + WINDOW.toMillis()));
        return waiting;
      }
    }
  }
}
