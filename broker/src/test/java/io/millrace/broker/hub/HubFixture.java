package io.millrace.broker.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.broker.index.IndexConfig;
import io.millrace.broker.index.IndexMetrics;
import io.millrace.broker.index.LogIndex;
import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.Appender;
import io.millrace.broker.log.LogException;
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
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** A hub with one namespace on a log in memory, whose ring is small enough to be left often. */
final class HubFixture implements AutoCloseable {
  static final int PARTITIONS = 3;

  final Vertx vertx = Vertx.vertx();
  final MemoryTopicLog log = new MemoryTopicLog();
  final Namespace settings =
      new Namespace(
          "plant", 1, PARTITIONS, Durability.LOGGED, Duration.ofDays(1), Namespace.UNBOUNDED, 1000);
  private final LogIndex index =
      new LogIndex(
          Path.of("unused"), // it is never closed, so it writes nothing
          new IndexConfig(1 << 20, Duration.ofDays(1)),
          log,
          new IndexMetrics(new PrometheusRegistry()),
          new SplittableRandom(1));
  final Hub hub =
      new Hub(log, index, new HubMetrics(new PrometheusRegistry()), InstantSource.system(), 3000);
  volatile Appender appender = log.appender(settings);
  final OpenNamespace namespace = hub.open(settings, appender::partitionOf, new long[PARTITIONS]);
  private volatile OpenNamespace now = namespace;
  private volatile Runnable before = () -> {};
  private final Tail tail = log.tail(new IndexThenHub());

  HubFixture() {
    log.put(settings);
    follow(namespace);
  }

  private void follow(OpenNamespace open) {
    for (int i = 0; i < open.settings().partitions(); i++) {
      index.open(open.ref(i), new Bounds(0, 0)).toCompletionStage().toCompletableFuture().join();
      tail.follow(open.ref(i), 0);
    }
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
      index.delete(before.ref(i)).toCompletionStage().toCompletableFuture().join();
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
    appender.append(
        Publication.of(path, text.getBytes(UTF_8)),
        new AppendResult() {
          @Override
          public void appended(int partition, long offset, long timestamp) {
            its.acknowledged(partition, offset);
          }

          @Override
          public void failed(LogException reason) {
            throw reason;
          }
        });
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
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private final class IndexThenHub implements TailListener {
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
