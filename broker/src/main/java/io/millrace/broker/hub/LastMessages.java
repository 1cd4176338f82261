package io.millrace.broker.hub;

import io.millrace.broker.hub.HotRing.Chunk;
import io.millrace.broker.index.TopicIndex;
import io.millrace.broker.last.LastRecord;
import io.millrace.broker.last.LastValues;
import io.millrace.broker.log.HistoryReader;
import io.millrace.broker.log.HistoryReader.Slice;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.TopicLog.Bounds;
import io.millrace.broker.message.Message;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Finds where the last messages of a subscription begin: reads from a little before the end, and
 * from ever further back until there are enough of them, the log has no more, or so much has been
 * read that a subscriber should ask for a time instead.
 */
final class LastMessages {
  private static final int READ_BYTES = 256 * 1024;
  private static final int FIRST_WINDOW = 128;
  private static final int WIDENED = 8;

  /** More is not read for one subscription, in bytes of messages, about. */
  private static final long MOST_READ = 64L << 20;

  /** Messages of a topic that lie farther apart than this are read by themselves, side by side. */
  private static final int SPARSE = 64;

  /** How many reads are asked of the log at once. */
  private static final int MOST_READS = 16;

  /** No more than this is handed on, in bytes; the rest is read again when it is delivered. */
  private static final long MOST_AHEAD = 1 << 20;

  /** One that was found; the message itself where it can be handed on. */
  private record Found(long timestamp, int partition, long offset, @Nullable Message message) {}

  /** A part of a partition that is read by itself. */
  private record Stretch(long from, long before) {
    /** How much to read of it at once, where so many are. */
    private int bytes(int atOnce) {
      return before - from <= SPARSE ? HistoryReader.SHORT : READ_BYTES / atOnce;
    }
  }

  private final Hub hub;
  private final Subscription subscription;
  private final LoopNamespace namespace;
  private final int wanted;
  private final long[] end;
  private final PriorityQueue<Found> found =
      new PriorityQueue<>(
          Comparator.comparingLong(Found::timestamp).thenComparingLong(Found::offset));
  private long window;
  private long read;
  private boolean isWhole;

  /** Of what was found and is held, in bytes. */
  private long ahead;

  /** Of what is older than this not all has been seen: some partition's window begins here. */
  private long horizon;

  LastMessages(Hub hub, Subscription subscription, int wanted) {
    this.hub = hub;
    this.subscription = subscription;
    this.namespace = subscription.namespace();
    this.wanted = wanted;
    this.window = isExact() ? wanted : Math.max(FIRST_WINDOW, 2L * wanted);
    this.end = new long[namespace.partitions()];
    for (int i = 0; i < end.length; i++) {
      end[i] = namespace.partition(i).next();
    }
  }

  private boolean isExact() {
    return subscription.filter().isExact();
  }

  Future<Starts.Begin> find() {
    found.clear();
    ahead = 0;
    isWhole = true;
    horizon = Long.MIN_VALUE;
    Future<Void> all = Future.succeededFuture();
    for (int i = 0; i < end.length; i++) {
      if (subscription.concerns(i)) {
        int partition = i;
        all = all.compose(done -> look(partition));
      }
    }
    return all.compose(
        done -> {
          if (isEnough() || isWhole || read >= MOST_READ) {
            return found.isEmpty() && isExact() ? lastValue() : Future.succeededFuture(begin());
          }
          window *= WIDENED;
          return find();
        });
  }

  /**
   * @param isKnown whether there was nothing later that retention has taken
   */
  private Starts.Begin begin(
      PartitionRef ref, Bounds bounds, LastValues.Known last, boolean isKnown) {
    LastRecord value = last.value().filter(one -> isWanted(one.message())).orElse(null);
    if (!isKnown && bounds.start() > 0) {
      Gap gap = new Gap(ref.partition(), 0, bounds.start(), Gap.Reason.RETENTION);
      return new Starts.Begin(end.clone(), false, List.of(gap), Starts.ANY_TIME, null, value);
    }
    return value == null ? begin() : new Starts.Begin(end.clone(), value);
  }

  /** Where the log has nothing at all of the topic, its companion may have the last value. */
  private Future<Starts.Begin> lastValue() {
    Optional<LastValues> values = namespace.open().lastValues();
    String path = subscription.filter().path();
    if (values.isEmpty()) {
      return Future.succeededFuture(begin());
    }
    PartitionRef ref = namespace.open().ref(namespace.open().partitionOf(path));
    // Retention takes messages a while before the index forgets them.
    return hub.log()
        .bounds(ref)
        .compose(
            bounds ->
                hub.has(ref, path, bounds.start())
                    ? Future.succeededFuture(begin())
                    : values
                        .get()
                        .of(path)
                        .map(
                            last ->
                                begin(
                                    ref,
                                    bounds,
                                    last,
                                    last.isKnown()
                                        && values.get().isComplete(ref, bounds.start()))));
  }

  /** How many are wanted that are not in this generation of the log, all of which was looked at. */
  int missing() {
    return isWhole ? Math.max(0, wanted - found.size()) : 0;
  }

  private boolean isEnough() {
    Found oldest = found.peek();
    return oldest != null && found.size() >= wanted && oldest.timestamp >= horizon;
  }

  private Starts.Begin begin() {
    long[] begin = end.clone();
    List<Message> messages = new ArrayList<>();
    for (Found one : found) {
      begin[one.partition] = Math.min(begin[one.partition], one.offset);
      if (one.message != null) {
        messages.add(one.message);
      }
    }
    if (!isExact() || messages.size() < found.size() || messages.isEmpty()) {
      return new Starts.Begin(begin);
    }
    messages.sort(Comparator.comparingLong(Message::offset));
    int partition = messages.getFirst().partition();
    return new Starts.Begin(begin, new ReadAhead(partition, messages, end[partition]));
  }

  private Future<Void> look(int partition) {
    if (!namespace.settings().isKept()) {
      lookInRing(partition);
      return Future.succeededFuture();
    }
    PartitionRef ref = namespace.open().ref(partition);
    if (isExact() && end[partition] > hub.index().start(ref)) {
      String path = subscription.filter().path();
      long known = hub.index().end(ref);
      long from = hub.index().last(ref, path, window);
      isWhole &= from == hub.index().last(ref, path, Long.MAX_VALUE);
      return lookFrom(ref, Math.min(from, known));
    }
    return hub.log()
        .bounds(ref)
        .compose(bounds -> lookFrom(ref, windowOf(partition, bounds), bounds.start()));
  }

  private long windowOf(int partition, Bounds bounds) {
    long from = Math.max(bounds.start(), end[partition] - window);
    isWhole &= from == bounds.start();
    return from;
  }

  /** Looks at a window, and how far it goes back in time. */
  private Future<Void> lookFrom(PartitionRef ref, long from, long start) {
    if (from == start) {
      return lookFrom(ref, from);
    }
    return hub.log()
        .history()
        .read(ref, from, 1)
        .compose(
            slice -> {
              if (!slice.messages().isEmpty()) {
                horizon = Math.max(horizon, slice.messages().getFirst().timestamp());
              }
              return lookFrom(ref, from);
            });
  }

  private Future<Void> lookFrom(PartitionRef ref, long from) {
    List<Stretch> stretches = stretches(ref, from);
    if (stretches.isEmpty()) {
      return Future.succeededFuture();
    }
    List<Future<Slice>> slices =
        stretches.stream()
            .map(
                stretch ->
                    hub.log()
                        .history()
                        .read(ref, stretch.from, stretch.before, stretch.bytes(stretches.size())))
            .toList();
    return Future.all(slices)
        .compose(
            all -> {
              for (int i = 0; i < slices.size(); i++) {
                Slice slice = slices.get(i).result();
                Stretch stretch = stretches.get(i);
                take(slice, stretch.before);
                if (slice.next() < stretch.before) {
                  return slice.next() <= stretch.from
                      ? Future.succeededFuture()
                      : goOn(ref, slice.next());
                }
              }
              return goOn(ref, stretches.getLast().before);
            });
  }

  private Future<Void> goOn(PartitionRef ref, long from) {
    return read >= MOST_READ ? Future.succeededFuture() : lookFrom(ref, from);
  }

  /** Where the next messages are. */
  private List<Stretch> stretches(PartitionRef ref, long from) {
    List<Stretch> stretches = new ArrayList<>();
    long last = end[ref.partition()];
    long at = next(ref, from);
    while (at < last && stretches.size() < MOST_READS) {
      long before = Math.min(last, until(ref, at));
      stretches.add(new Stretch(at, before));
      at = next(ref, before);
    }
    return stretches;
  }

  private long next(PartitionRef ref, long from) {
    return isExact() ? hub.nextOf(ref, subscription.filter().path(), from) : from;
  }

  private long until(PartitionRef ref, long from) {
    return isExact()
        ? hub.index().until(ref, subscription.filter().path(), from, SPARSE)
        : TopicIndex.NONE;
  }

  /** Other messages come along, also of the topic: those of the next stretch are taken there. */
  private void take(Slice slice, long before) {
    for (Message message : slice.messages()) {
      read += message.weight();
      take(message, before);
    }
  }

  private void take(Message message, long before) {
    if (message.offset() < before && isWanted(message)) {
      ahead += message.weight();
      found.add(
          new Found(
              message.timestamp(),
              message.partition(),
              message.offset(),
              isExact() && ahead <= MOST_AHEAD ? message : null));
      if (found.size() > wanted) {
        found.remove();
      }
    }
  }

  private boolean isWanted(Message message) {
    return subscription.filter().matches(message.path())
        && !message.isExpired(namespace.loop().now())
        && subscription.where().test(message);
  }

  private void lookInRing(int partition) {
    HotRing ring = namespace.partition(partition).ring();
    for (Chunk chunk = ring.covering(ring.start()); chunk != null; chunk = chunk.after()) {
      for (Message message : chunk.messages) {
        take(message, end[partition]);
      }
    }
  }
}
