package io.millrace.broker.log;

import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Namespace;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;

/**
 * A log that behaves as Kafka's does, in memory: appends are acknowledged and read elsewhere on
 * other threads, retention takes what is old, and reading can be made to fail for a while.
 */
public final class MemoryTopicLog implements TopicLog {
  private static final class Partition {
    private final List<Message> messages = new ArrayList<>();
    private long start;
    private long end;
  }

  private final Map<String, Namespace> namespaces = new HashMap<>();
  private final Map<PartitionRef, Partition> partitions = new HashMap<>();
  private final ExecutorService tailing = Executors.newSingleThreadExecutor();
  private final ExecutorService reading = Executors.newFixedThreadPool(2);
  private final AtomicBoolean isBroken = new AtomicBoolean();
  private final AtomicInteger reads = new AtomicInteger();
  private final List<MemoryTail> tails = new ArrayList<>();
  private long clock = 1_000_000;

  /** Whether reading back fails. */
  public void breakReading(boolean broken) {
    isBroken.set(broken);
  }

  /** How often something was read back. */
  public int reads() {
    return reads.get();
  }

  /** Retention takes everything before an offset. */
  public synchronized void trim(PartitionRef ref, long to) {
    Partition partition = partition(ref);
    partition.start = Math.min(to, partition.end);
    partition.messages.removeIf(message -> message.offset() < partition.start);
  }

  /** All that a partition holds. */
  public synchronized List<Message> all(PartitionRef ref) {
    return List.copyOf(partition(ref).messages);
  }

  private Partition partition(PartitionRef ref) {
    return partitions.computeIfAbsent(ref, made -> new Partition());
  }

  @Override
  public String clusterId() {
    return "memory";
  }

  @Override
  public synchronized Future<List<Namespace>> namespaces() {
    return Future.succeededFuture(List.copyOf(namespaces.values()));
  }

  @Override
  public synchronized Future<Void> put(Namespace namespace) {
    namespaces.put(namespace.name(), namespace);
    return Future.succeededFuture();
  }

  @Override
  public synchronized Future<Void> delete(String name) {
    namespaces.remove(name);
    return Future.succeededFuture();
  }

  /** Where the tests' topics are: by a hash of the path. */
  public static ToIntFunction<String> byHash(int partitions) {
    return path -> Math.floorMod(path.hashCode(), partitions);
  }

  @Override
  public Appender appender(Namespace namespace) {
    ToIntFunction<String> partitionOf = byHash(namespace.partitions());
    return new Appender() {
      @Override
      public int partitionOf(String path) {
        return partitionOf.applyAsInt(path);
      }

      @Override
      public void append(Publication publication, AppendResult done) {
        MemoryTopicLog.this.append(namespace, partitionOf(publication.path()), publication, done);
      }

      @Override
      public long pendingBytes() {
        return 0;
      }
    };
  }

  private synchronized void append(
      Namespace namespace, int number, Publication publication, AppendResult done) {
    PartitionRef ref = new PartitionRef(namespace.name(), namespace.generation(), number);
    Partition partition = partition(ref);
    // Offsets leave holes, as those of compacted or transactional logs do.
    partition.end += publication.payload().length % 3 == 0 ? 2 : 1;
    Message message =
        new Message(
            publication.path(),
            number,
            partition.end - 1,
            clock++,
            publication.id().orElse(null),
            publication.retain(),
            publication.expires(),
            publication.headers(),
            publication.payload());
    partition.messages.add(message);
    for (MemoryTail tail : tails) {
      tail.wake();
    }
    done.appended(number, message.offset(), message.timestamp());
  }

  private final class MemoryTail implements Tail {
    private final TailListener listener;
    private final Map<PartitionRef, Long> next = new HashMap<>();
    private final List<PartitionRef> fresh = new ArrayList<>();
    private boolean isClosed;

    private MemoryTail(TailListener listener) {
      this.listener = listener;
    }

    private void wake() {
      tailing.execute(this::turn);
    }

    private void turn() {
      Map<PartitionRef, List<Message>> batches = new HashMap<>();
      List<PartitionRef> caughtUp;
      synchronized (MemoryTopicLog.this) {
        if (isClosed) {
          return;
        }
        caughtUp = List.copyOf(fresh);
        fresh.clear();
        next.replaceAll(
            (ref, from) -> {
              Partition partition = partition(ref);
              List<Message> batch =
                  partition.messages.stream().filter(m -> m.offset() >= from).toList();
              if (!batch.isEmpty()) {
                batches.put(ref, batch);
              }
              return partition.end;
            });
      }
      batches.forEach(listener::messages);
      caughtUp.forEach(listener::caughtUp);
    }

    @Override
    public void follow(PartitionRef partition, long offset) {
      synchronized (MemoryTopicLog.this) {
        next.put(partition, offset);
        fresh.add(partition);
      }
      wake();
    }

    @Override
    public void leave(PartitionRef partition) {
      synchronized (MemoryTopicLog.this) {
        next.remove(partition);
      }
    }

    @Override
    public void close() {
      synchronized (MemoryTopicLog.this) {
        isClosed = true;
      }
    }
  }

  @Override
  public synchronized Tail tail(TailListener listener) {
    MemoryTail tail = new MemoryTail(listener);
    tails.add(tail);
    return tail;
  }

  @Override
  public HistoryReader history() {
    return (ref, from, maxBytes) -> {
      Promise<HistoryReader.Slice> slice = Promise.promise();
      reads.incrementAndGet();
      reading.execute(
          () -> {
            if (isBroken.get()) {
              slice.fail(
                  new LogException(LogException.Reason.UNAVAILABLE, "the log is broken for now"));
            } else {
              slice.complete(read(ref, from, maxBytes));
            }
          });
      return slice.future();
    };
  }

  private synchronized HistoryReader.Slice read(PartitionRef ref, long from, int maxBytes) {
    Partition partition = partition(ref);
    long start = Math.max(from, partition.start);
    List<Message> read = new ArrayList<>();
    long next = start;
    int weight = 0;
    for (Message message : partition.messages) {
      if (message.offset() >= start && (read.isEmpty() || weight < maxBytes)) {
        read.add(message);
        weight += message.weight();
        next = message.offset() + 1;
      }
    }
    return new HistoryReader.Slice(read, start, next);
  }

  @Override
  public synchronized Future<Bounds> bounds(PartitionRef ref) {
    Partition partition = partition(ref);
    return Future.succeededFuture(new Bounds(partition.start, partition.end));
  }

  @Override
  public synchronized Future<Long> offsetAt(PartitionRef ref, long timeMillis) {
    Partition partition = partition(ref);
    return Future.succeededFuture(
        partition.messages.stream()
            .filter(message -> message.timestamp() >= timeMillis)
            .map(Message::offset)
            .findFirst()
            .orElse(partition.end));
  }

  @Override
  public Future<Void> close() {
    tailing.shutdownNow();
    reading.shutdownNow();
    return Future.succeededFuture();
  }
}
