package io.millrace.broker.hub;

import io.millrace.broker.last.LastValues;
import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.Generation;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Namespace;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A namespace that this node serves: the newest messages of its partitions, and the event loops
 * that have subscribers in it. Each partition is filled by one thread at a time; everything else is
 * thread-safe.
 */
public final class OpenNamespace {
  private final Namespace settings;
  private final ToIntFunction<String> partitionOf;
  private final HotRing[] rings;
  private final RingMemory memory;
  private final Optional<LastValues> lastValues;
  private final List<LoopNamespace> loops = new CopyOnWriteArrayList<>();

  /** Those of them that still read a generation that this one has outgrown. */
  private final List<LoopNamespace> behind = new CopyOnWriteArrayList<>();

  /** The generation of now; null where this is it. */
  private final @Nullable OpenNamespace now;

  /** In each partition, behind the last message that was acknowledged to a publisher here. */
  private final AtomicLongArray acknowledged;

  /** Subscriptions that wait for room. */
  private final AtomicInteger paused;

  private record Closed(Receiver.EndReason reason, String message) {}

  private volatile @Nullable Closed closed;

  /**
   * @param partitionOf the home of a path
   * @param starts the offset of the first message that each partition's ring gets
   * @param memory for the rings
   * @param lastValues of quiet topics
   */
  OpenNamespace(
      Namespace settings,
      ToIntFunction<String> partitionOf,
      long[] starts,
      RingMemory memory,
      Optional<LastValues> lastValues) {
    this(
        settings,
        partitionOf,
        Arrays.stream(starts).mapToObj(start -> new HotRing(start, memory)).toArray(HotRing[]::new),
        memory,
        lastValues,
        new AtomicLongArray(starts.length),
        new AtomicInteger(),
        null);
  }

  private OpenNamespace(
      Namespace settings,
      ToIntFunction<String> partitionOf,
      HotRing[] rings,
      RingMemory memory,
      Optional<LastValues> lastValues,
      AtomicLongArray acknowledged,
      AtomicInteger paused,
      @Nullable OpenNamespace now) {
    this.settings = settings;
    this.partitionOf = partitionOf;
    this.rings = rings;
    this.memory = memory;
    this.lastValues = lastValues;
    this.acknowledged = acknowledged;
    this.paused = paused;
    this.now = now;
  }

  /**
   * A generation of before, of which nothing is in memory and to which nothing comes.
   *
   * @param ends of its partitions
   */
  OpenNamespace outgrown(Generation generation, long[] ends) {
    RingMemory none = new RingMemory(0, () -> 0);
    return new OpenNamespace(
        new Namespace(
            settings.name(),
            generation.number(),
            generation.partitions(),
            settings.durability(),
            settings.retention(),
            settings.retentionBytes(),
            settings.maxMessageSize(),
            settings.maxWildcardFilters(),
            settings.publishLimits()),
        generation.partitionOf(),
        Arrays.stream(ends).mapToObj(end -> new HotRing(end, none)).toArray(HotRing[]::new),
        none,
        Optional.empty(),
        new AtomicLongArray(ends.length),
        paused,
        this);
  }

  /** Whether there is a newer generation of the log. */
  boolean isOutgrown() {
    return now != null;
  }

  /** The same messages under other settings of the same generation. */
  OpenNamespace with(Namespace changed) {
    return new OpenNamespace(
        changed, partitionOf, rings, memory, lastValues, acknowledged, paused, null);
  }

  /** The same, but for a partition that was cut. */
  OpenNamespace cut(int partition, long to) {
    HotRing[] cut = rings.clone();
    cut[partition] = new HotRing(to, memory);
    acknowledged.set(partition, to);
    return new OpenNamespace(
        settings, partitionOf, cut, memory, lastValues, acknowledged, paused, null);
  }

  public Namespace settings() {
    return settings;
  }

  /** The partition as the log names it. */
  public PartitionRef ref(int partition) {
    return new PartitionRef(settings.name(), settings.generation(), partition);
  }

  /** Where messages of a topic are. */
  int partitionOf(String path) {
    return partitionOf.applyAsInt(path);
  }

  Optional<LastValues> lastValues() {
    return lastValues;
  }

  HotRing[] rings() {
    return rings;
  }

  void append(int partition, List<Message> messages) {
    rings[partition].append(messages);
    wake(partition);
  }

  /** What is before an offset is gone. */
  void jump(int partition, long to) {
    rings[partition].jump(to);
    wake(partition);
  }

  /** The offset behind the newest message in memory; any thread. */
  public long end(int partition) {
    return rings[partition].end();
  }

  /** A publisher of this node has been told that the log has this message. Any thread. */
  public void acknowledged(int partition, long offset) {
    acknowledged.accumulateAndGet(partition, offset + 1, Math::max);
  }

  /** Up to where a reader here has to come, lest it misses what was acknowledged. Any thread. */
  long acknowledged(int partition) {
    return acknowledged.get(partition);
  }

  /**
   * Gives a message to those who are subscribed now, in a namespace that keeps nothing. Any thread.
   *
   * @param done called before this returns
   */
  public void deliver(Publication publication, long nowMillis, AppendResult done) {
    int partition = partitionOf(publication.path());
    if (isFull(partition)) {
      done.failed(
          new LogException(
              LogException.Reason.OVERLOADED,
              "the subscribers of " + settings.name() + " are too far behind; try later"));
      return;
    }
    long offset;
    synchronized (rings[partition]) {
      offset = rings[partition].end();
      append(
          partition,
          List.of(
              new Message(
                  publication.path(),
                  partition,
                  offset,
                  nowMillis,
                  publication.id().orElse(null),
                  publication.retain(),
                  publication.expires(),
                  publication.headers(),
                  publication.payload())));
    }
    done.appended(partition, offset, nowMillis);
  }

  private void wake(int partition) {
    for (LoopNamespace loop : loops) {
      loop.partition(partition).wake();
    }
  }

  /** One more or one less waits for room; any thread. */
  void paused(int change) {
    paused.addAndGet(change);
  }

  /** Subscriptions that wait for room at their connections. */
  public int paused() {
    return paused.get();
  }

  /** What the slowest event loop has before it, of one partition; any thread. */
  public long lagBytes() {
    long most = 0;
    for (int i = 0; i < rings.length; i++) {
      most = Math.max(most, lag(i));
    }
    return most;
  }

  /** Messages that were acknowledged to publishers here and not read yet; any thread. */
  public long unreadMessages() {
    long messages = 0;
    for (int i = 0; i < rings.length; i++) {
      messages += Math.max(0, acknowledged.get(i) - rings[i].end());
    }
    return messages;
  }

  /** Whether a partition is to take nothing more for now, because event loops are behind. */
  boolean isFull(int partition) {
    return memory.isFull(lag(partition));
  }

  /** What the slowest event loops have before them, of all partitions together; any thread. */
  long lagOfAll() {
    long sum = 0;
    for (int i = 0; i < rings.length; i++) {
      sum += lag(i);
    }
    return sum;
  }

  /** Nothing is put into its rings any more, but for those that the next has too. */
  void leave(@Nullable OpenNamespace next) {
    List<HotRing> kept = next == null ? List.of() : Arrays.asList(next.rings);
    for (HotRing ring : rings) {
      if (!kept.contains(ring)) {
        ring.close();
      }
    }
  }

  /** The most that any event loop has before it in a partition, in bytes. */
  long lag(int partition) {
    long most = 0;
    for (LoopNamespace loop : loops) {
      most = Math.max(most, loop.partition(partition).lag());
    }
    return most;
  }

  void attach(LoopNamespace loop) {
    if (now == null) {
      attach(loop, loops);
    } else {
      now.attach(loop, now.behind);
    }
  }

  private void attach(LoopNamespace loop, List<LoopNamespace> to) {
    to.add(loop);
    Closed how = closed;
    if (how != null) {
      close(loop, how);
    }
  }

  void detach(LoopNamespace loop) {
    if (now == null) {
      loops.remove(loop);
    } else {
      now.behind.remove(loop);
    }
  }

  /** Ends every subscription in it, also those that are about to begin. */
  void close(Receiver.EndReason reason, String message) {
    Closed how = new Closed(reason, message);
    closed = how;
    loops.forEach(loop -> close(loop, how));
    behind.forEach(loop -> close(loop, how));
  }

  private static void close(LoopNamespace loop, Closed how) {
    loop.loop().later(() -> loop.close(how.reason, how.message));
  }
}
