package io.millrace.broker.kafka;

import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/**
 * A node's tables; the list of namespaces is one of them where somebody follows it. Opening blocks,
 * and is for one thread.
 */
final class KafkaTables {
  private static final String NAMESPACES = "namespaces";
  private static final Pattern NAME = Pattern.compile("[a-z0-9-]+");
  private static final Duration WAIT = Duration.ofMillis(500);
  private static final int PARTITION_BYTES = 1 << 20;
  private static final int FETCH_BYTES = 8 << 20;
  private static final int RECORDS = 1000;
  private static final Duration TELL = Duration.ofSeconds(2);

  private final Vertx vertx;
  private final KafkaTopics names;
  private final NamespaceTopics topics;
  private final ClientProperties clients;
  private final NodeProducers producers;
  private final KafkaLogMetrics metrics;
  private final Set<KafkaTable> open = ConcurrentHashMap.newKeySet();

  /** What those who follow the list of namespaces have heard last of those that there are. */
  private final Map<String, Namespace> told = new ConcurrentHashMap<>();

  private volatile boolean isFollowed;

  KafkaTables(
      Vertx vertx,
      KafkaTopics names,
      NamespaceTopics topics,
      ClientProperties clients,
      NodeProducers producers,
      KafkaLogMetrics metrics) {
    this.vertx = vertx;
    this.names = names;
    this.topics = topics;
    this.clients = clients;
    this.producers = producers;
    this.metrics = metrics;
  }

  /** Those that are open. */
  List<KafkaTable> all() {
    return List.copyOf(open);
  }

  /** Throws for what cannot be a table's name. */
  static void check(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("no name of a table: " + name);
    }
  }

  /** Makes a table where there is none, and begins to read it. */
  KafkaTable open(String name, int partitions) throws InterruptedException, ExecutionException {
    int made = topics.createTable(name, partitions);
    String topic = names.table(name);
    // Not the producer for what is logged: each change waits for the disk.
    producers.warm(topic, Durability.SYNCED);
    KafkaTable table =
        new KafkaTable(
            vertx,
            topic,
            made,
            clients.consumer("table-" + name, WAIT, PARTITION_BYTES, FETCH_BYTES, RECORDS),
            producers.of(Durability.SYNCED),
            producers.pendingOfTables(),
            metrics,
            open::remove);
    open.add(table);
    table.start();
    return table;
  }

  /**
   * Follows the list of namespaces.
   *
   * @param changed called on the table's thread
   * @return still being read
   */
  KafkaTable follow(BiConsumer<String, Optional<Namespace>> changed)
      throws InterruptedException, ExecutionException {
    KafkaTable list = open(NAMESPACES, 1);
    list.onChange(
        name -> {
          Optional<Namespace> settings =
              list.get(name).flatMap(json -> NamespaceRecord.ready(name, json));
          changed.accept(name, settings);
          settings.ifPresentOrElse(its -> told.put(name, its), () -> told.remove(name));
        });
    return list;
  }

  /** The list of namespaces has been read: what follows is told of. */
  void followed(KafkaTable list) {
    list.forEach(
        (name, json) ->
            NamespaceRecord.ready(name, json).ifPresent(its -> told.putIfAbsent(name, its)));
    isFollowed = true;
  }

  /** Who follows hears of a change before it is done for who made it, and so in their order. */
  void awaitTold(String name, Optional<Namespace> settings) throws InterruptedException {
    long deadline = System.nanoTime() + TELL.toNanos();
    while (isFollowed && !settings.equals(heard(name)) && System.nanoTime() < deadline) {
      Thread.sleep(2);
    }
  }

  private Optional<Namespace> heard(String name) {
    return Optional.ofNullable(told.get(name));
  }
}
