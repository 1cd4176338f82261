package io.millrace.broker.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.broker.index.IndexConfig;
import io.millrace.broker.index.IndexMetrics;
import io.millrace.broker.index.LogIndex;
import io.millrace.broker.log.Appended;
import io.millrace.broker.log.Appender;
import io.millrace.broker.log.MemoryTopicLog;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.Tail;
import io.millrace.broker.log.TailListener;
import io.millrace.broker.log.TopicLog.Bounds;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** A hub with one namespace on a log in memory, whose ring is small enough to be left often. */
final class HubFixture implements AutoCloseable {
  static final int PARTITIONS = 3;

  final Vertx vertx = Vertx.vertx();
  final MemoryTopicLog log = new MemoryTopicLog();
  final Namespace settings =
      new Namespace(
          "plant", 1, PARTITIONS, Durability.LOGGED, Duration.ofDays(1), Namespace.UNBOUNDED, 1000);
  private final Path directory;
  private final List<LogIndex> indexes = new ArrayList<>();
  private LogIndex index;
  Hub hub;
  volatile Appender appender = log.appender(settings);
  OpenNamespace namespace;
  private volatile OpenNamespace now;
  private volatile Runnable before = () -> {};
  private Tail tail;

  HubFixture() {
    this(Path.of("unused")); // the index is never closed, so it writes nothing
  }

  /**
   * @param directory where the index keeps what it knows over a {@link #restart}
   */
  HubFixture(Path directory) {
    this.directory = directory;
    log.put(settings);
    start();
  }

  private void start() {
    index =
        new LogIndex(
            directory,
            new IndexConfig(1 << 20, Duration.ofDays(1)),
            log,
            new IndexMetrics(new PrometheusRegistry()),
            new SplittableRandom(1));
    hub =
        new Hub(log, index, new HubMetrics(new PrometheusRegistry()), InstantSource.system(), 3000);
    tail = log.tail(new IndexThenHub(index, hub));
    long[] ends =
        IntStream.range(0, PARTITIONS).mapToLong(i -> bounds(settings, i).end()).toArray();
    namespace = hub.open(settings, appender::partitionOf, ends);
    now = namespace;
    follow(namespace);
  }

  private Bounds bounds(Namespace its, int partition) {
    return join(log.bounds(new PartitionRef(its.name(), its.generation(), partition)));
  }

  private static <T> T join(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }

  private void follow(OpenNamespace open) {
    for (int i = 0; i < open.settings().partitions(); i++) {
      tail.follow(open.ref(i), join(index.open(open.ref(i), bounds(open.settings(), i))));
    }
  }

  /**
   * The hub and the index end, and others begin on the same log, in the namespace's first
   * generation. Whoever is subscribed has to come back, on a new {@link #loop}.
   *
   * @param isOrderly whether the index has written what it knows; else it has as it did last
   */
  void restart(boolean isOrderly) {
    tail.close();
    log.awaitTails();
    if (isOrderly) {
      index.close();
    } else {
      indexes.add(index);
    }
    start();
  }

  /** The next generation of the log, with more partitions; what is published goes there. */
  OpenNamespace grow(int partitions) {
    OpenNamespace before = now;
    Namespace grown =
        new Namespace(
            settings.name(),
            before.settings().generation() + 1,
            partitions,
            settings.durability(),
            settings.retention(),
            settings.retentionBytes(),
            settings.maxMessageSize());
    log.put(grown);
    appender = log.appender(grown);
    now = hub.open(grown, appender::partitionOf, new long[partitions]);
    follow(now);
    for (int i = 0; i < before.settings().partitions(); i++) {
      tail.leave(before.ref(i));
      join(index.delete(before.ref(i)));
    }
    hub.end(before, "it has grown");
    return now;
  }

  /** A place on an event loop of its own. */
  HubLoop loop() {
    return hub.loop(((VertxInternal) vertx).createEventLoopContext());
  }

  /** As {@link #loop()}, where few are offered something before others have their turn. */
  HubLoop loop(int turn) {
    return new HubLoop(
        hub, ((VertxInternal) vertx).createEventLoopContext(), InstantSource.system(), turn);
  }

  /** Has the tail do something before each batch. */
  void beforeEachBatch(Runnable task) {
    before = task;
  }

  /** Acknowledged as a publisher's is: who asks for the last ones gets this too. */
  void publish(String path, String text) {
    OpenNamespace its = now;
    appender.append(Publication.of(path, text.getBytes(UTF_8)), Appended.then(its::acknowledged));
  }

  /** Returns when everything that was published before is in the ring, and a loop has taken it. */
  void awaitTaken(HubLoop loop) {
    log.awaitTails();
    CompletableFuture<Void> taken = new CompletableFuture<>();
    loop.later(() -> taken.complete(null));
    taken.join();
  }

  @Override
  public void close() {
    log.close();
    join(vertx.close());
    indexes.forEach(LogIndex::close);
  }

  private final class IndexThenHub implements TailListener {
    private final LogIndex index;
    private final Hub hub;

    private IndexThenHub(LogIndex index, Hub hub) {
      this.index = index;
      this.hub = hub;
    }

    @Override
    public void messages(PartitionRef partition, List<Message> messages) {
      before.run();
      index.messages(partition, messages);
      hub.messages(partition, messages);
    }

    @Override
    public void jumped(PartitionRef partition, long from, long to) {
      index.jumped(partition, from, to);
      hub.jumped(partition, from, to);
    }

    @Override
    public void caughtUp(PartitionRef partition) {
      hub.caughtUp(partition);
    }
  }
}
