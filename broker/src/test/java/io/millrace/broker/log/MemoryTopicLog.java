package io.millrace.broker.log;

import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A log that behaves as Kafka's does, in memory: appends are acknowledged and read elsewhere on
 * other threads, retention takes what is old, and reading can be made to fail for a while.
 */
public final class MemoryTopicLog implements TopicLog {
  private final Map<String, Namespace> namespaces = new HashMap<>();
  private final Map<PartitionRef, MemoryPartition> partitions = new HashMap<>();

  /** How many partitions each generation has had. */
  private final Map<String, Map<Integer, Integer>> generations = new HashMap<>();

  private final ExecutorService tailing = Executors.newSingleThreadExecutor();
  private final ExecutorService reading = Executors.newFixedThreadPool(2);
  private final AtomicBoolean isBroken = new AtomicBoolean();
  private final Map<PartitionRef, Future<Void>> readAnswers = new ConcurrentHashMap<>();
  private final AtomicBoolean areTablesBroken = new AtomicBoolean();
  private final Map<String, MemoryTable.Shared> tables = new HashMap<>();
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicInteger messagesRead = new AtomicInteger();
  private final List<BiConsumer<String, Optional<Namespace>>> followers =
      new CopyOnWriteArrayList<>();
  private final Map<Namespace, Runnable> afterPut = new ConcurrentHashMap<>();
  private final Set<String> unserved = new HashSet<>();
  private final List<MemoryTail> tails = new ArrayList<>();
  private final Set<String> deleting = new HashSet<>();
  private boolean isDeletingCut;
  private boolean areTailsHeld;
  private Future<Void> companionAnswers = Future.succeededFuture();
  private Future<Void> generationAnswers = Future.succeededFuture();
  private int generationQuestions;
  private long clock = 1_000_000;
  private volatile Optional<LogException> refusal = Optional.empty();
  private final AtomicReference<@Nullable LogException> nextRefusal = new AtomicReference<>();

  /** What appends fail with; empty for nothing. */
  public void refuse(Optional<LogException> reason) {
    refusal = reason;
  }

  /** What the next append fails with. */
  public void refuseNext(LogException reason) {
    nextRefusal.set(reason);
  }

  /** Whether reading back fails. */
  public void breakReading(boolean broken) {
    isBroken.set(broken);
  }

  /** Whether changes of tables fail. */
  public void breakTables(boolean broken) {
    areTablesBroken.set(broken);
  }

  /** How often something was read back. */
  public int reads() {
    return reads.get();
  }

  /** How many messages were read back. */
  public int messagesRead() {
    return messagesRead.get();
  }

  /** Retention takes everything before an offset. */
  public synchronized void trim(PartitionRef ref, long to) {
    partition(ref).trim(to);
  }

  /** The time of the next message; each is a millisecond after the one before it. */
  public synchronized long time() {
    return clock;
  }

  /** Tails read nothing, until {@link #releaseTails}. */
  public synchronized void holdTails() {
    areTailsHeld = true;
  }

  public synchronized void releaseTails() {
    areTailsHeld = false;
    tails.forEach(MemoryTail::wake);
  }

  /** Returns when those who follow have been given everything that was appended before. */
  public void awaitTails() {
    CompletableFuture.runAsync(() -> {}, tailing).join();
  }

  /** Everything from an offset on is lost, as when an older copy of the log is put back. */
  public synchronized void cut(PartitionRef ref, long to) {
    partition(ref).cut(to);
    tails.forEach(tail -> tail.next.replaceAll((at, next) -> at.equals(ref) ? to : next));
  }

  /** All that a partition holds. */
  public synchronized List<Message> all(PartitionRef ref) {
    return partition(ref).all();
  }

  private MemoryPartition partition(PartitionRef ref) {
    return partitions.computeIfAbsent(ref, made -> new MemoryPartition());
  }

  @Override
  public String clusterId() {
    return "memory";
  }

  @Override
  public synchronized Future<List<Namespace>> namespaces() {
    return Future.succeededFuture(
        namespaces.values().stream().filter(one -> !unserved.contains(one.name())).toList());
  }

  @Override
  public synchronized Future<List<Namespace>> known() {
    return Future.succeededFuture(List.copyOf(namespaces.values()));
  }

  /** The cluster does not tell where a namespace's messages are, or does again. */
  public synchronized void serve(String name, boolean isServed) {
    if (isServed) {
      unserved.remove(name);
    } else {
      unserved.add(name);
    }
  }

  @Override
  public Future<Boolean> put(Namespace namespace, Optional<Namespace> before) {
    return is(namespace.name(), before) ? put(namespace).map(true) : Future.succeededFuture(false);
  }

  @Override
  public Future<Boolean> delete(Namespace before) {
    return is(before.name(), Optional.of(before))
        ? delete(before.name()).map(true)
        : Future.succeededFuture(false);
  }

  private synchronized boolean is(String name, Optional<Namespace> expected) {
    return Optional.ofNullable(namespaces.get(name)).equals(expected);
  }

  /** What happens when a namespace has been put, before whoever did it hears of it. */
  public void afterPut(Namespace namespace, Runnable meanwhile) {
    afterPut.put(namespace, meanwhile);
  }

  @Override
  public Future<Void> put(Namespace namespace) {
    if (namespace.durability() == Durability.REPLICATED) {
      return Future.failedFuture(
          new LogException(LogException.Reason.REFUSED, "replicated needs three Kafka brokers"));
    }
    synchronized (this) {
      namespaces.put(namespace.name(), namespace);
      generations
          .computeIfAbsent(namespace.name(), made -> new HashMap<>())
          .put(namespace.generation(), namespace.partitions());
    }
    followers.forEach(one -> one.accept(namespace.name(), Optional.of(namespace)));
    Runnable meanwhile = afterPut.remove(namespace);
    if (meanwhile != null) {
      meanwhile.run();
    }
    return Future.succeededFuture();
  }

  /** Whether deletions are cut short: what is deleted is not known any more, and not gone. */
  public synchronized void cutDeletingShort(boolean isCut) {
    isDeletingCut = isCut;
  }

  @Override
  public Future<Boolean> finishDeleting(String name) {
    synchronized (this) {
      if (!deleting.contains(name)) {
        return Future.succeededFuture(false);
      }
    }
    return delete(name).map(true);
  }

  @Override
  public Future<Void> delete(String name) {
    synchronized (this) {
      if (isDeletingCut) {
        namespaces.remove(name);
        deleting.add(name);
        return Future.failedFuture(
            new LogException(LogException.Reason.UNAVAILABLE, "the log is broken for now"));
      }
      deleting.remove(name);
      namespaces.remove(name);
      generations.remove(name);
      partitions.keySet().removeIf(ref -> ref.namespace().equals(name));
    }
    followers.forEach(one -> one.accept(name, Optional.empty()));
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> followNamespaces(BiConsumer<String, Optional<Namespace>> changed) {
    followers.add(changed);
    return Future.succeededFuture();
  }

  @Override
  public synchronized Future<Long> size(PartitionRef ref) {
    return Future.succeededFuture(partition(ref).size());
  }

  /** Where the tests' topics are: by a hash of the path. */
  public static ToIntFunction<String> byHash(int partitions) {
    return path -> Math.floorMod(path.hashCode(), partitions);
  }

  @Override
  public Appender appender(Namespace namespace) {
    if (!namespace.isKept()) {
      throw new IllegalArgumentException(namespace.name() + " has no log");
    }
    ToIntFunction<String> partitionOf = byHash(namespace.partitions());
    return new Appender() {
      @Override
      public int partitionOf(String path) {
        return partitionOf.applyAsInt(path);
      }

      @Override
      public void append(Publication publication, AppendResult done) {
        Optional<LogException> refused =
            Optional.ofNullable(nextRefusal.getAndSet(null)).or(() -> refusal);
        if (refused.isPresent()) {
          done.failed(refused.get());
          return;
        }
        MemoryTopicLog.this.append(namespace, partitionOf(publication.path()), publication, done);
      }

      @Override
      public long pendingBytes() {
        return 0;
      }
    };
  }

  /** What the answers about companions wait for. */
  public synchronized void answerCompanions(Future<Void> when) {
    companionAnswers = when;
  }

  @Override
  public synchronized Future<Companion> companion(Namespace namespace) {
    if (unserved.contains(namespace.name())) {
      return Future.failedFuture(
          new LogException(LogException.Reason.UNAVAILABLE, "nobody tells where it is"));
    }
    Namespace settings =
        new Namespace(
            namespace.name(),
            PartitionRef.COMPANION,
            2,
            namespace.durability(),
            namespace.retention(),
            Namespace.UNBOUNDED,
            namespace.maxMessageSize());
    return companionAnswers.map(done -> new Companion(2, appender(settings)));
  }

  private synchronized void append(
      Namespace namespace, int number, Publication publication, AppendResult done) {
    PartitionRef ref = new PartitionRef(namespace.name(), namespace.generation(), number);
    Message message = partition(ref).append(number, clock++, publication, ref.isOfCompanion());
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
        if (isClosed || areTailsHeld) {
          return;
        }
        caughtUp = List.copyOf(fresh);
        fresh.clear();
        next.replaceAll(
            (ref, from) -> {
              MemoryPartition partition = partition(ref);
              List<Message> batch = partition.from(from);
              if (!batch.isEmpty()) {
                batches.put(ref, batch);
              }
              return partition.end();
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
    return (ref, from, before, maxBytes) -> {
      Promise<HistoryReader.Slice> slice = Promise.promise();
      reads.incrementAndGet();
      reading.execute(
          () -> {
            if (isBroken.get()) {
              slice.fail(
                  new LogException(LogException.Reason.UNAVAILABLE, "the log is broken for now"));
            } else {
              HistoryReader.Slice found = read(ref, from, before, maxBytes);
              readAnswers
                  .getOrDefault(ref, Future.succeededFuture())
                  .onSuccess(_ -> slice.complete(found));
            }
          });
      return slice.future();
    };
  }

  private synchronized HistoryReader.Slice read(
      PartitionRef ref, long from, long before, int maxBytes) {
    HistoryReader.Slice slice = partition(ref).read(from, before, maxBytes);
    messagesRead.addAndGet(slice.messages().size());
    return slice;
  }

  /** What answers about a partition's history wait for. */
  public void answerReads(PartitionRef ref, Future<Void> when) {
    readAnswers.put(ref, when);
  }

  /** What the answers about generations wait for. */
  public synchronized void answerGenerations(Future<Void> when) {
    generationAnswers = when;
  }

  /** How often it was asked for a generation. */
  public synchronized int generationQuestions() {
    return generationQuestions;
  }

  @Override
  public synchronized Future<Optional<Generation>> generation(Namespace namespace, int number) {
    generationQuestions++;
    Optional<Generation> found =
        Optional.ofNullable(generations.getOrDefault(namespace.name(), Map.of()).get(number))
            .map(count -> new Generation(number, count, byHash(count)));
    return generationAnswers.map(done -> found);
  }

  /** Somebody deletes the log of a generation. */
  public synchronized void deleteGeneration(String name, int number) {
    generations.getOrDefault(name, Map.of()).remove(number);
  }

  @Override
  public synchronized Future<Bounds> bounds(PartitionRef ref) {
    return Future.succeededFuture(partition(ref).bounds());
  }

  @Override
  public synchronized Future<Long> offsetAt(PartitionRef ref, long timeMillis) {
    return Future.succeededFuture(partition(ref).offsetAt(timeMillis));
  }

  @Override
  public synchronized Future<Table> table(String name, int partitions) {
    return Future.succeededFuture(
        new MemoryTable(
            tables.computeIfAbsent(name, made -> new MemoryTable.Shared()),
            tailing,
            areTablesBroken));
  }

  @Override
  public Future<Void> close() {
    tailing.shutdownNow();
    reading.shutdownNow();
    return Future.succeededFuture();
  }
}
