package io.millrace.broker.kafka;

import io.millrace.broker.log.Appender;
import io.millrace.broker.log.Companion;
import io.millrace.broker.log.Generation;
import io.millrace.broker.log.HistoryReader;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.Table;
import io.millrace.broker.log.Tail;
import io.millrace.broker.log.TailListener;
import io.millrace.broker.log.TopicLog;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log on a Kafka cluster, embedded or not.
 *
 * <p>Who runs where: the producers' own threads acknowledge; each tail and each table has a thread;
 * history has its readers; offsets are asked of the admin client, which has a thread; everything
 * about namespaces happens on one virtual thread, in order.
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

  private final ControlThread control;
  private final ClientProperties clients;
  private final KafkaTopics topics;
  private final KafkaLogMetrics metrics;
  private final Admin admin;
  private final String clusterId;
  private final NodeProducers producers;
  private final NamespaceRecords records;
  private final AppendableNamespaces namespaces;
  private final GoneNamespaces gone;
  private final KafkaTables tables;
  private final LogOffsets offsets;
  private final KafkaHistory history;
  private final ClusterWatch watch;
  private final Set<KafkaTail> tails = ConcurrentHashMap.newKeySet();

  /** Blocks; what it has begun when it throws is in {@code begun}. */
  private KafkaLog(
      Vertx vertx,
      ControlThread control,
      KafkaConnection connection,
      KafkaConfig config,
      KafkaLogMetrics metrics,
      KafkaOperator operator,
      List<AutoCloseable> begun)
      throws InterruptedException, ExecutionException {
    this.control = control;
    this.clients = new ClientProperties(connection);
    this.topics = new KafkaTopics(config.topicPrefix());
    this.metrics = metrics;
    admin = Admin.create(clients.admin());
    begun.add(() -> admin.close(Duration.ZERO));
    clusterId = admin.describeCluster().clusterId().get();
    NamespaceTopics namespaceTopics = new NamespaceTopics(admin, topics);
    namespaceTopics.createList();
    producers = new NodeProducers(clients, config.pendingBytes(), operator::outage);
    begun.add(producers);
    producers.warm(topics.namespaces(), LIST_DURABILITY);
    records =
        new NamespaceRecords(
            topics.namespaces(),
            new KafkaConsumer<>(
                clients.consumer("namespaces", LIST_WAIT, LIST_BYTES, LIST_BYTES, TAIL_RECORDS)),
            producers.of(LIST_DURABILITY));
    begun.add(records);
    tables = new KafkaTables(vertx, topics, namespaceTopics, clients, producers, metrics);
    namespaces =
        new AppendableNamespaces(
            new Namespaces(records, namespaceTopics),
            namespaceTopics,
            topics,
            producers,
            new KafkaAppenders(producers, admin, metrics, this::warmLater),
            tables);
    gone =
        new GoneNamespaces(
            vertx,
            control,
            name ->
                () -> {
                  namespaces.forget(name);
                  return null;
                });
    offsets = new LogOffsets(admin);
    history = new KafkaHistory(vertx, topics, clients, config.historyReaders(), metrics);
    watch =
        new ClusterWatch(
            vertx,
            admin,
            topics.namespaces(),
            error ->
                config.isEmbedded()
                    ? "the embedded Kafka does not answer"
                    : String.valueOf(KafkaFailures.ofCluster(error, connection).getMessage()),
            config.isEmbedded()
                ? ClusterWatch.Patience.WITH_OUR_OWN
                : ClusterWatch.Patience.WITH_OTHERS,
            operator);
  }

  /** As below, to a cluster that others run. */
  public static Future<KafkaLog> open(
      Vertx vertx, KafkaConnection connection, KafkaConfig config, KafkaLogMetrics metrics) {
    return open(vertx, connection, config, metrics, KafkaOperator.OTHERS);
  }

  /**
   * Connects to a cluster, and makes its list of namespaces where it has none.
   *
   * @param operator says why nothing is to be written now, and hears when nothing is answered
   * @return on the caller's context; fails with {@link LogException}
   */
  public static Future<KafkaLog> open(
      Vertx vertx,
      KafkaConnection connection,
      KafkaConfig config,
      KafkaLogMetrics metrics,
      KafkaOperator operator) {
    ControlThread control = new ControlThread(vertx);
    Future<KafkaLog> opened =
        control.run(
            () -> {
              List<AutoCloseable> begun = new ArrayList<>();
              try {
                return new KafkaLog(vertx, control, connection, config, metrics, operator, begun);
              } catch (InterruptedException e) {
                closeAll(begun.reversed());
                throw e;
              } catch (Exception e) {
                closeAll(begun.reversed());
                throw KafkaFailures.ofCluster(e, connection);
              }
            });
    return opened
        .onSuccess(
            log -> {
              log.history.start();
              log.watch.start();
              metrics.observe(log.producers::pendingBytes, log.history::waiting);
            })
        .onFailure(e -> control.close());
  }

  @Override
  public String clusterId() {
    return clusterId;
  }

  /** Why the cluster cannot be used now, for people. */
  public Optional<String> trouble() {
    return watch.trouble();
  }

  /** Also makes sure that appending to them need not wait for anything. */
  @Override
  public Future<List<Namespace>> namespaces() {
    return control.run(namespaces::ready);
  }

  @Override
  public Future<List<Namespace>> known() {
    return control.run(namespaces::known);
  }

  @Override
  public Future<Void> put(Namespace namespace) {
    return control.run(() -> namespaces.put(namespace, anything -> true)).mapEmpty();
  }

  @Override
  public Future<Boolean> put(Namespace namespace, Optional<Namespace> before) {
    return control.run(() -> namespaces.put(namespace, before::equals));
  }

  @Override
  public Future<Void> delete(String name) {
    return control.run(
        () -> {
          namespaces.delete(name);
          return null;
        });
  }

  @Override
  public Future<Boolean> delete(Namespace before) {
    return control.run(() -> namespaces.delete(before));
  }

  @Override
  public Future<Boolean> finishDeleting(String name) {
    return control.run(() -> namespaces.finishDeleting(name));
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
    return namespaces.appender(namespace);
  }

  @Override
  public Future<Companion> companion(Namespace namespace) {
    return control.run(() -> namespaces.companion(namespace));
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
  public Future<Optional<Generation>> generation(Namespace namespace, int number) {
    String topic = topics.messages(namespace.name(), number);
    return control
        .of(offsets.partitions(topic))
        .map(
            partitions ->
                partitions == 0
                    ? Optional.empty()
                    : Optional.of(
                        new Generation(
                            number,
                            partitions,
                            path -> KafkaAppender.partitionOf(path, partitions))));
  }

  @Override
  public Future<Bounds> bounds(PartitionRef partition) {
    return control.of(offsets.bounds(topics.partition(partition)));
  }

  @Override
  public Future<Long> offsetAt(PartitionRef partition, long timeMillis) {
    return control.of(offsets.at(topics.partition(partition), timeMillis));
  }

  @Override
  public Future<Table> table(String name, int partitions) {
    KafkaTables.check(name);
    return control
        .run(() -> tables.open(name, partitions))
        .compose(table -> control.of(table.loaded()).map(table));
  }

  @Override
  public Future<Void> followNamespaces(BiConsumer<String, Optional<Namespace>> changed) {
    return control
        .run(
            () ->
                tables.follow(
                    (name, settings) -> {
                      if (settings.isEmpty()) {
                        gone.forget(name);
                      }
                      changed.accept(name, settings);
                    }))
        .compose(list -> control.of(list.loaded()).onSuccess(done -> tables.followed(list)));
  }

  @Override
  public Future<Long> size(PartitionRef partition) {
    return control.of(offsets.size(topics.partition(partition)));
  }

  @Override
  public Future<Void> close() {
    return control
        .run(
            () -> {
              gone.close();
              List<AutoCloseable> all = new ArrayList<>(tails);
              all.addAll(tables.all());
              all.add(producers);
              all.add(history::close);
              all.add(watch);
              all.add(records);
              all.add(() -> admin.close(CLOSE));
              closeAll(all);
              return (Void) null;
            })
        .onComplete(done -> control.close());
  }

  /** The cluster has a topic that somebody had deleted, or that it had told nothing of for long. */
  private void warmLater(String topic, Durability durability) {
    control
        .run(
            () -> {
              namespaces.warm(topic, durability);
              return null;
            })
        .onFailure(
            e ->
                LOGGER
                    .atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("reason", e.getMessage())
                    .log("the producers are not told of a topic that is there"));
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
