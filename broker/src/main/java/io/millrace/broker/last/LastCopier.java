package io.millrace.broker.last;

import io.millrace.broker.index.TopicIndex;
import io.millrace.broker.index.TopicIndex.Lasts;
import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.HistoryReader.Slice;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.TopicLog;
import io.millrace.broker.log.TopicLog.Bounds;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Namespace;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the last values of quiet topics into the companion before retention takes them from the
 * log: those of topics whose last message lies in the part that may go soon, which the index knows
 * without reading what is busy. When a part has been copied a marker says so, for other nodes and
 * for the next start. Blocks; for one thread.
 */
public final class LastCopier {
  private static final Logger LOGGER = LoggerFactory.getLogger(LastCopier.class);
  private static final int READ_BYTES = 256 * 1024;

  /** Values that lie farther apart than this are read one by one. */
  private static final int SPARSE = 256;

  private static final int MOST_AT_ONCE = 256;
  private static final Duration CALL = Duration.ofSeconds(30);
  private static final Duration LEAST_MARGIN = Duration.ofMinutes(1);
  private static final Duration MOST_MARGIN = Duration.ofHours(1);
  private static final int MARGIN = 8;

  /** How often within a margin a partition is looked at that nothing but time takes from. */
  private static final int LOOKS = 4;

  /**
   * The last look at a partition.
   *
   * @param of as the namespace was
   * @param end of what the index knew
   * @param due when time alone may have brought something, milliseconds since 1970 UTC
   */
  private record Look(Namespace of, long end, long due) {
    private boolean isNeeded(Look before, long now) {
      boolean isOfSize = of.retentionBytes() != Namespace.UNBOUNDED;
      return now >= before.due || !of.equals(before.of) || (isOfSize && end > before.end);
    }
  }

  /**
   * What came of a look.
   *
   * @param values that are in the companion now
   * @param leftOut that are not, since it has as many bytes as it may
   */
  public record Copied(int values, int leftOut) {
    static final Copied NONE = new Copied(0, 0);

    private Copied and(Copied more) {
      return new Copied(values + more.values, leftOut + more.leftOut);
    }
  }

  private final TopicLog log;
  private final TopicIndex index;
  private final InstantSource clock;
  private final long mostBytes;
  private final Map<PartitionRef, Look> looks = new HashMap<>();

  /**
   * Up to where this node has copied what may be copied, and left something out: no marker then.
   */
  private final Map<PartitionRef, Long> passed = new HashMap<>();

  /** Namespaces whose companions are full. */
  private final Set<String> full = new HashSet<>();

  /**
   * @param mostBytes on the disk that a companion may have before it gets values of topics that
   *     have none there
   */
  public LastCopier(TopicLog log, TopicIndex index, InstantSource clock, long mostBytes) {
    this.log = log;
    this.index = index;
    this.clock = clock;
    this.mostBytes = mostBytes;
  }

  /** Forgets what it knows of all other namespaces, and of other generations of these. */
  public void keepOnly(List<Namespace> namespaces) {
    Map<String, Integer> generations = new HashMap<>();
    namespaces.forEach(one -> generations.put(one.name(), one.generation()));
    Predicate<PartitionRef> isOver =
        ref -> !Objects.equals(generations.get(ref.namespace()), ref.generation());
    looks.keySet().removeIf(isOver);
    passed.keySet().removeIf(isOver);
    full.retainAll(generations.keySet());
  }

  /** For how many partitions and namespaces it knows anything. */
  int known() {
    return looks.size() + passed.size() + full.size();
  }

  /**
   * Copies what is about to go of a namespace, where it is time to look.
   *
   * @throws LogException when the log does not do it now; the next time it is tried again
   */
  public Copied copyAll(Namespace namespace, LastValues values) throws InterruptedException {
    Copied copied = Copied.NONE;
    for (int partition = 0; partition < namespace.partitions(); partition++) {
      copied = copied.and(copy(namespace, partition, values));
    }
    return copied;
  }

  private Copied copy(Namespace namespace, int partition, LastValues values)
      throws InterruptedException {
    PartitionRef ref = new PartitionRef(namespace.name(), namespace.generation(), partition);
    long now = clock.millis();
    Look before = looks.get(ref);
    Look look = new Look(namespace, index.end(ref), now + margin(namespace) / LOOKS);
    if (!values.isCaughtUp()
        || index.start(ref) == TopicIndex.NONE
        || (before != null && !look.isNeeded(before, now))) {
      return Copied.NONE;
    }
    Bounds bounds = get(log.bounds(ref));
    // Of a namespace of the same name that was deleted.
    passed.computeIfPresent(ref, (its, offset) -> offset > bounds.end() ? null : offset);
    long until = Math.min(look.end, get(endangered(namespace, ref, bounds)));
    long marked = values.copiedUntil(ref.generation(), partition);
    long from = Math.max(bounds.start(), Math.max(marked, passed.getOrDefault(ref, 0L)));
    Copied copied =
        until > from
            ? new Pass(ref, values, until, isFull(namespace, values)).run(from)
            : Copied.NONE;
    looks.put(ref, look);
    return copied;
  }

  /** Not every cluster tells sizes to everybody. */
  private boolean isFull(Namespace namespace, LastValues values) throws InterruptedException {
    long bytes = 0;
    for (PartitionRef ref : values.refs()) {
      bytes += get(log.size(ref).otherwise(0L));
    }
    boolean isFull = bytes >= mostBytes;
    if (!isFull) {
      full.remove(namespace.name());
    } else if (full.add(namespace.name())) {
      LOGGER
          .atWarn()
          .addKeyValue("namespace", namespace.name())
          .addKeyValue("bytes", bytes)
          .log("no last values of more topics are kept: there are broker.lastValues.disk of them");
    }
    return isFull;
  }

  /** How long before retention takes a message it is copied, in milliseconds. */
  private static long margin(Namespace namespace) {
    long retention = namespace.retention().toMillis();
    return Math.min(
        retention / 2,
        Math.clamp(retention / MARGIN, LEAST_MARGIN.toMillis(), MOST_MARGIN.toMillis()));
  }

  /** The offset before which retention may take messages before long. */
  private Future<Long> endangered(Namespace namespace, PartitionRef ref, Bounds bounds) {
    long safe = clock.millis() - namespace.retention().toMillis() + margin(namespace);
    Future<Long> byTime = log.offsetAt(ref, Math.max(0, safe));
    if (namespace.retentionBytes() == Namespace.UNBOUNDED) {
      return byTime;
    }
    // As if all messages had one size; the newest half of what is kept counts as safe. Not every
    // cluster tells sizes to everybody.
    return Future.all(byTime, log.size(ref).otherwise(0L))
        .map(
            both -> {
              long size = both.resultAt(1);
              double part =
                  Math.max(0, size - namespace.retentionBytes() / 2) / (double) Math.max(1, size);
              long bySize = bounds.start() + (long) ((bounds.end() - bounds.start()) * part);
              return Math.max(both.<Long>resultAt(0), bySize);
            });
  }

  private static <T> T get(Future<T> future) throws InterruptedException {
    return get(future.toCompletionStage().toCompletableFuture());
  }

  private static <T> T get(CompletableFuture<T> future) throws InterruptedException {
    try {
      return future.get(CALL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof LogException failure ? failure : unavailable(e);
    } catch (TimeoutException e) {
      throw unavailable(e);
    }
  }

  private static LogException unavailable(Exception cause) {
    return new LogException(
        LogException.Reason.UNAVAILABLE, "the log does not answer in time", cause);
  }

  /** One partition's values, once. */
  private final class Pass {
    private final PartitionRef ref;
    private final LastValues values;
    private final long until;
    private final boolean isFull;
    private final List<CompletableFuture<Void>> underWay = new ArrayList<>();
    private int copied;
    private int leftOut;

    /**
     * @param isFull whether only topics that have a last value get another one
     */
    private Pass(PartitionRef ref, LastValues values, long until, boolean isFull) {
      this.ref = ref;
      this.values = values;
      this.until = until;
      this.isFull = isFull;
    }

    /** What it has copied is in the companion then. */
    private Copied run(long from) throws InterruptedException {
      Lasts lasts = index.lasts(ref, from, until);
      for (long at = lasts.next(from); at < until; ) {
        boolean isSparse = lasts.next(at + 1) > at + SPARSE;
        Slice slice = get(log.history().read(ref, at, isSparse ? 1 : READ_BYTES));
        for (Message message : slice.messages()) {
          if (message.offset() >= until || !isLast(lasts, message)) {
            continue;
          }
          if (isFull && !values.hasAny(message.path())) {
            leftOut++;
          } else {
            copied++;
            append(new LastRecord(false, ref.generation(), message).publication());
          }
        }
        at = lasts.next(Math.max(slice.next(), at + 1));
      }
      // The marker says that they are there, and may be there before them.
      await();
      if (leftOut == 0 && !passed.containsKey(ref)) {
        append(new LastRecord.Copied(ref.generation(), ref.partition(), until).publication());
        await();
      } else {
        passed.put(ref, until);
      }
      return new Copied(copied, leftOut);
    }

    private boolean isLast(Lasts lasts, Message message) {
      if (message.isExpired(clock.millis())) {
        return false;
      }
      // Where the index is vague it may be none; the one that comes behind it is copied too then.
      return lasts.isExact()
          ? lasts.next(message.offset()) == message.offset()
          : isUnknownOrNone(index.next(ref, message.path(), message.offset() + 1), message);
    }

    private static boolean isUnknownOrNone(long next, Message message) {
      return next == TopicIndex.NONE || next == message.offset() + 1;
    }

    private void append(Publication publication) throws InterruptedException {
      if (underWay.size() == MOST_AT_ONCE) {
        await();
      }
      CompletableFuture<Void> done = new CompletableFuture<>();
      underWay.add(done);
      values
          .appender()
          .append(
              publication,
              new AppendResult() {
                @Override
                public void appended(int partition, long offset, long timestamp) {
                  done.complete(null);
                }

                @Override
                public void failed(LogException reason) {
                  done.completeExceptionally(reason);
                }
              });
    }

    private void await() throws InterruptedException {
      for (CompletableFuture<Void> one : underWay) {
        get(one);
      }
      underWay.clear();
    }
  }
}
