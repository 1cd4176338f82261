package io.millrace.broker.kafka;

import io.millrace.broker.log.Appender;
import io.millrace.broker.log.HistoryReader;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.Tail;
import io.millrace.broker.log.TailListener;
import io.millrace.broker.log.TopicLog;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log on a Kafka cluster, embedded or not.
 *
 * <p>Who runs where: the producers' own threads acknowledge; each tail has a thread; history has
 * its readers; offsets are asked of the admin client, which has a thread; everything about
 * namespaces happens on one virtual thread, in order.
 */
public final class KafkaLog implements TopicLog {
  private static final Logger LOGGER = LoggerFactory.getLogger(KafkaLog.class);

  // Long enough to be cheap when nothing comes: ten requests a second. A partition that is newly
  // followed waits for the request that is under way, so it is not longer.
  private static final Duration TAIL_WAIT = Duration.ofMillis(100);
  private static final int TAIL_PARTITION_BYTES = 1 << 20;
  private static final int TAIL_FETCH_BYTES = 8 << 20;
  private static final int TAIL_RECORDS = 1000;
  private static final Duration LIST_WAIT = Duration.ofMillis(1);
  private static final int LIST_BYTES = 1 << 20;
  private static final Durability LIST_DURABILITY = Durability.LOGGED;
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final ExecutorService control;
  private final ClientProperties clients;
  private final KafkaTopics topics;
  private final KafkaLogMetrics metrics;
  private final Admin admin;
  private final String clusterId;
  private final NodeProducers producers;
  private final NamespaceRecords records;
  private final Namespaces namespaces;
  private final LogOffsets offsets;
  private final PendingBytes pending;
  private final KafkaHistory history;
  private final Map<String, KafkaAppender> appenders = new ConcurrentHashMap<>();
  private final Set<KafkaTail> tails = ConcurrentHashMap.newKeySet();

  /** Blocks; what it has begun when it throws is in {@code begun}. */
  private KafkaLog(
      Vertx vertx,
      ExecutorService control,
      KafkaConnection connection,
      KafkaConfig config,
      KafkaLogMetrics metrics,
      List<AutoCloseable> begun)
      throws InterruptedException, ExecutionException {
    this.vertx = vertx;
    this.control = control;
    this.clients = new ClientProperties(connection);
    this.topics = new KafkaTopics(config.topicPrefix());
    this.metrics = metrics;
    admin = Admin.create(clients.admin());
    begun.add(() -> admin.close(Duration.ZERO));
    clusterId = admin.describeCluster().clusterId().get();
    NamespaceTopics namespaceTopics = new NamespaceTopics(admin, topics);
    namespaceTopics.createList();
    producers = new NodeProducers(clients, config.pendingBytes());
    begun.add(producers);
    producers.warm(topics.namespaces(), LIST_DURABILITY);
    records =
        new NamespaceRecords(
            topics.namespaces(),
            new KafkaConsumer<>(
                clients.consumer("namespaces", LIST_WAIT, LIST_BYTES, LIST_BYTES, TAIL_RECORDS)),
            producers.of(LIST_DURABILITY));
    begun.add(records);
    namespaces = new Namespaces(records, namespaceTopics);
    offsets = new LogOffsets(admin);
    pending = new PendingBytes(config.pendingBytes());
    history = new KafkaHistory(vertx, topics, clients, config.historyReaders(), metrics);
  }

  /**
   * Connects to a cluster, and makes its list of namespaces where it has none.
   *
   * @return on the caller's context; fails with {@link LogException}
   */
  public static Future<KafkaLog> open(
      Vertx vertx, KafkaConnection connection, KafkaConfig config, KafkaLogMetrics metrics) {
    ExecutorService control =
        Executors.newSingleThreadExecutor(Thread.ofVirtual().name("kafka-namespaces").factory());
    Future<KafkaLog> opened =
        on(
            vertx,
            control,
            () -> {
              List<AutoCloseable> begun = new ArrayList<>();
              try {
                return new KafkaLog(vertx, control, connection, config, metrics, begun);
              } catch (Exception e) {
                closeAll(begun.reversed());
                throw e;
              }
            });
    return opened
        .onSuccess(
            log -> {
              log.history.start();
              metrics.observe(log.pending::get, log.history::waiting);
            })
        .onFailure(e -> control.shutdown());
  }

  @Override
  public String clusterId() {
    return clusterId;
  }

  /** Also makes sure that appending to them need not wait for anything. */
  @Override
  public Future<List<Namespace>> namespaces() {
    return on(
        vertx,
        control,
        () -> {
          List<Namespace> list = namespaces.list();
          for (Namespace namespace : list) {
            warm(namespace);
          }
          return list;
        });
  }

  @Override
  public Future<Void> put(Namespace namespace) {
    return on(
        vertx,
        control,
        () -> {
          namespaces.put(namespace);
          warm(namespace);
          return null;
        });
  }

  @Override
  public Future<Void> delete(String name) {
    return on(
        vertx,
        control,
        () -> {
          appenders.values().stream()
              .filter(appender -> appender.namespace().name().equals(name))
              .forEach(KafkaAppender::gone);
          namespaces.delete(name);
          return null;
        });
  }

  /**
   * {@inheritDoc} The namespace is one that {@link #namespaces} or {@link #put} has told of; others
   * are refused until the producer knows their topic.
   */
  @Override
  public Appender appender(Namespace namespace) {
    if (!namespace.isKept()) {
      throw new IllegalArgumentException(namespace.name() + " has no log");
    }
    String topic = topics.messages(namespace.name(), namespace.generation());
    return appenders.compute(
        topic,
        (key, made) ->
            made != null && made.namespace().equals(namespace) ? made : make(topic, namespace));
  }

  @Override
  public Tail tail(TailListener listener) {
    KafkaTail tail =
        new KafkaTail(
            topics,
            clients.consumer(
                "tail", TAIL_WAIT, TAIL_PARTITION_BYTES, TAIL_FETCH_BYTES, TAIL_RECORDS),
            offsets::end,
            listener,
            metrics,
            tails::remove);
    tails.add(tail);
    tail.start();
    return tail;
  }

  @Override
  public HistoryReader history() {
    return history;
  }

  @Override
  public Future<Bounds> bounds(PartitionRef partition) {
    return on(vertx, offsets.bounds(topics.partition(partition)));
  }

  @Override
  public Future<Long> offsetAt(PartitionRef partition, long timeMillis) {
    return on(vertx, offsets.at(topics.partition(partition), timeMillis));
  }

  @Override
  public Future<Void> close() {
    return on(
            vertx,
            control,
            () -> {
              List<AutoCloseable> all = new ArrayList<>(tails);
              all.add(producers);
              all.add(history::close);
              all.add(records);
              all.add(() -> admin.close(CLOSE));
              closeAll(all);
              return (Void) null;
            })
        .onComplete(done -> control.shutdown());
  }

  private void warm(Namespace namespace) throws InterruptedException {
    if (namespace.isKept()) {
      String topic = topics.messages(namespace.name(), namespace.generation());
      // One that was deleted and has come back is appended to anew.
      appenders.computeIfPresent(topic, (key, made) -> made.isGone() ? null : made);
      producers.warm(topic, namespace.durability());
    }
  }

  private KafkaAppender make(String topic, Namespace namespace) {
    return new KafkaAppender(
        namespace,
        topic,
        producers.of(namespace.durability()),
        pending,
        metrics,
        appender -> verify(topic, appender));
  }

  /** Finds out whether a topic that takes nothing is there at all. */
  private void verify(String topic, KafkaAppender appender) {
    admin
        .describeTopics(List.of(topic))
        .allTopicNames()
        .toCompletionStage()
        .whenComplete(
            (found, error) -> {
              if (error != null
                  && KafkaFailures.cause(error) instanceof UnknownTopicOrPartitionException) {
                appender.gone();
              }
              appender.verified();
            });
  }

  private static <T> Future<T> on(Vertx vertx, ExecutorService executor, Callable<T> work) {
    Promise<T> promise = ((ContextInternal) vertx.getOrCreateContext()).promise();
    try {
      executor.execute(
          () -> {
            try {
              promise.complete(work.call());
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
              promise.fail(KafkaFailures.translate(e));
            } catch (Exception e) {
              promise.fail(KafkaFailures.translate(e));
            }
          });
    } catch (RejectedExecutionException e) {
      promise.fail(new LogException(Reason.UNAVAILABLE, "the log is closed", e));
    }
    return promise.future();
  }

  private static <T> Future<T> on(Vertx vertx, CompletionStage<T> stage) {
    Promise<T> promise = ((ContextInternal) vertx.getOrCreateContext()).promise();
    stage.whenComplete(
        (result, error) -> {
          if (error == null) {
            promise.complete(result);
          } else {
            promise.fail(KafkaFailures.translate(error));
          }
        });
    return promise.future();
  }

  private static void closeAll(List<AutoCloseable> parts) {
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) {
        LOGGER.atWarn().setCause(e).log("a part of the log did not close well");
      }
    }
  }
}
