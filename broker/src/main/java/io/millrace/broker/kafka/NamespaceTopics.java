package io.millrace.broker.kafka;

import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import io.millrace.broker.log.Table;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The Kafka topics of namespaces: makes them, changes their settings, deletes them. Blocks; for one
 * thread.
 */
final class NamespaceTopics {
  // Path, the platform's headers, and what frames them all.
  private static final int AROUND_MESSAGE = 64 << 10;

  /** The longest record and with it the longest request, in bytes. */
  static final int LONGEST_RECORD = Namespace.LONGEST_MESSAGE + AROUND_MESSAGE;

  // A batch is held to the same limit as a record.
  private static final int LEAST_BATCH = 1 << 20;
  private static final int REPLICAS = 3;
  private static final int LEAST_SEGMENT = 1 << 20;
  private static final int MOST_SEGMENT = 256 << 20;
  private static final int SEGMENTS = 8;
  private static final int TABLE_SEGMENT = 8 << 20;
  private static final int LAST_SEGMENT = 16 << 20;
  private static final Duration LAST_SEGMENT_TIME = Duration.ofDays(1);
  private static final Duration MOST_SEGMENT_TIME = Duration.ofDays(7);
  private static final Duration LEAST_SEGMENT_TIME = Duration.ofMinutes(1);

  private final Admin admin;
  private final KafkaTopics names;
  private final UnfencedBrokers unfenced = new UnfencedBrokers(ClientProperties.CALL_TIMEOUT);

  NamespaceTopics(Admin admin, KafkaTopics names) {
    this.admin = admin;
    this.names = names;
  }

  /** Makes the list of namespaces where there is none. */
  void createList() throws InterruptedException, ExecutionException {
    createTable("namespaces", 1);
  }

  /**
   * Makes a table's topic where there is none.
   *
   * @return how many partitions it has
   */
  int createTable(String name, int partitions) throws InterruptedException, ExecutionException {
    int brokers = brokers();
    String topic = names.table(name);
    create(
        List.of(
            topic(topic, partitions, brokers)
                .configs(compacted(Math.min(brokers, REPLICAS) > 2 ? 2 : 1))));
    TopicDescription made = awaitLeaders(List.of(topic)).get(topic);
    return made == null ? partitions : made.partitions().size();
  }

  /**
   * Throws for what the cluster cannot promise.
   *
   * @throws LogException with words
   */
  void check(Namespace namespace) throws InterruptedException, ExecutionException {
    if (namespace.maxMessageSize() < 1 || namespace.maxMessageSize() > Namespace.LONGEST_MESSAGE) {
      throw refused("messages may have up to 8 MiB");
    }
    if (namespace.retention().toMillis() <= 0) {
      throw refused("the retention must be longer than nothing");
    }
    if (namespace.maxWildcardFilters() < 0
        || namespace.publishLimits().messagesPerSecond() < 1
        || namespace.publishLimits().bytesPerSecond() < 1) {
      throw refused("limits are not negative, and those of publishing at least 1 a second");
    }
    int brokers = brokers();
    if (namespace.durability() == Durability.REPLICATED && brokers < REPLICAS) {
      throw refused(
          "replicated needs three Kafka brokers or more, the cluster has "
              + brokers
              + "; use logged or synced, or more brokers");
    }
  }

  /** The names of all topics of the cluster. */
  Set<String> all() throws InterruptedException, ExecutionException {
    return admin.listTopics().names().get();
  }

  /** Whether any topic of a first generation is there. */
  boolean exists(Namespace namespace) throws InterruptedException, ExecutionException {
    Collection<String> all = all();
    return all.contains(names.messages(namespace.name(), namespace.generation()))
        || all.contains(names.last(namespace.name()));
  }

  /** Whether the topic of the namespace's generation is there, and anything was ever in it. */
  boolean holdsMessages(Namespace namespace) throws InterruptedException, ExecutionException {
    String topic = names.messages(namespace.name(), namespace.generation());
    if (!all().contains(topic)) {
      return false;
    }
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    describe(topic)
        .partitions()
        .forEach(one -> ends.put(new TopicPartition(topic, one.partition()), OffsetSpec.latest()));
    return admin.listOffsets(ends).all().get().values().stream().anyMatch(end -> end.offset() > 0);
  }

  /** Makes a generation's topic, and the one of last values with the first; waits for both. */
  void create(Namespace namespace) throws InterruptedException, ExecutionException {
    int brokers = brokers();
    String messages = names.messages(namespace.name(), namespace.generation());
    String last = names.last(namespace.name());
    create(
        List.of(
            topic(messages, namespace.partitions(), brokers).configs(settings(namespace)),
            topic(last, namespace.partitions(), brokers).configs(lastSettings(namespace))));
    TopicDescription made = awaitLeaders(List.of(messages, last)).get(messages);
    if (made == null || made.partitions().size() != namespace.partitions()) {
      throw refused(messages + " is there already with another number of partitions");
    }
    if (namespace.durability() == Durability.REPLICATED
        && made.partitions().stream().anyMatch(one -> one.replicas().size() < REPLICAS)) {
      throw refused(messages + " is there already with fewer than three replicas");
    }
  }

  /** Changes the settings of all generations. */
  void alter(Namespace namespace) throws InterruptedException, ExecutionException {
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    for (int generation = 1; generation <= namespace.generation(); generation++) {
      changes.put(resource(names.messages(namespace.name(), generation)), set(settings(namespace)));
    }
    changes.put(resource(names.last(namespace.name())), set(lastSettings(namespace)));
    for (var change : admin.incrementalAlterConfigs(changes).values().entrySet()) {
      ignoring(UnknownTopicOrPartitionException.class, () -> change.getValue().get());
    }
  }

  /** Deletes the topics of all generations; those that are gone already do no harm. */
  void delete(Namespace namespace) throws InterruptedException, ExecutionException {
    List<String> topics = new ArrayList<>(List.of(names.last(namespace.name())));
    for (int generation = 1; generation <= namespace.generation(); generation++) {
      topics.add(names.messages(namespace.name(), generation));
    }
    for (var deleted : admin.deleteTopics(topics).topicNameValues().values()) {
      ignoring(UnknownTopicOrPartitionException.class, deleted::get);
    }
  }

  private int brokers() throws InterruptedException, ExecutionException {
    return unfenced.count(() -> admin.describeCluster().nodes().get().size());
  }

  private void create(List<NewTopic> topics) throws InterruptedException, ExecutionException {
    unfenced.run(
        () -> {
          for (var created : admin.createTopics(topics).values().values()) {
            ignoring(TopicExistsException.class, created::get);
          }
        });
  }

  private Map<String, TopicDescription> awaitLeaders(List<String> topics)
      throws InterruptedException, ExecutionException {
    long deadline = System.nanoTime() + ClientProperties.CALL_TIMEOUT.toNanos();
    while (System.nanoTime() < deadline) {
      Map<String, TopicDescription> found = new TreeMap<>();
      for (var described : admin.describeTopics(topics).topicNameValues().entrySet()) {
        ignoring(
            UnknownTopicOrPartitionException.class,
            () -> found.put(described.getKey(), described.getValue().get()));
      }
      if (found.size() == topics.size() && found.values().stream().allMatch(this::isLed)) {
        return found;
      }
      Thread.sleep(10);
    }
    throw new LogException(Reason.UNAVAILABLE, "the new topics have no leader yet");
  }

  private boolean isLed(TopicDescription topic) {
    return topic.partitions().stream()
        .allMatch(partition -> partition.leader() != null && !partition.leader().isEmpty());
  }

  private static NewTopic topic(String name, int partitions, int brokers) {
    return new NewTopic(name, partitions, (short) Math.min(REPLICAS, brokers));
  }

  private static Map<String, String> settings(Namespace namespace) {
    Map<String, String> settings = common(namespace);
    long retention = namespace.retention().toMillis();
    settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
    settings.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention));
    settings.put(TopicConfig.RETENTION_BYTES_CONFIG, Long.toString(namespace.retentionBytes()));
    // What is kept goes in whole segments: some of them, so that it is not kept much longer.
    settings.put(
        TopicConfig.SEGMENT_MS_CONFIG,
        Long.toString(
            Math.clamp(
                retention / SEGMENTS,
                LEAST_SEGMENT_TIME.toMillis(),
                MOST_SEGMENT_TIME.toMillis())));
    long segment =
        namespace.retentionBytes() == Namespace.UNBOUNDED
            ? MOST_SEGMENT
            : Math.clamp(namespace.retentionBytes() / SEGMENTS, LEAST_SEGMENT, MOST_SEGMENT);
    settings.put(TopicConfig.SEGMENT_BYTES_CONFIG, Long.toString(segment));
    return settings;
  }

  private static Map<String, String> lastSettings(Namespace namespace) {
    Map<String, String> settings = common(namespace);
    settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
    // Only what is in a closed segment is compacted.
    settings.put(TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(LAST_SEGMENT));
    settings.put(TopicConfig.SEGMENT_MS_CONFIG, Long.toString(LAST_SEGMENT_TIME.toMillis()));
    return settings;
  }

  private TopicDescription describe(String topic) throws InterruptedException, ExecutionException {
    return Objects.requireNonNull(ask(List.of(topic)).get(topic), topic).get();
  }

  /**
   * Asks for topics, all at once; asking does not make one.
   *
   * @return of each topic what fails where the cluster has no such one
   */
  Map<String, KafkaFuture<TopicDescription>> ask(Collection<String> topics) {
    return topics.isEmpty() ? Map.of() : admin.describeTopics(topics).topicNameValues();
  }

  /** How many partitions a namespace's companion has. */
  int lastPartitions(String namespace) throws InterruptedException, ExecutionException {
    return describe(names.last(namespace)).partitions().size();
  }

  private static Map<String, String> common(Namespace namespace) {
    Map<String, String> settings = new TreeMap<>();
    settings.put(
        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
        Integer.toString(Math.max(LEAST_BATCH, namespace.maxMessageSize() + AROUND_MESSAGE)));
    settings.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
    settings.put(
        TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
        namespace.durability() == Durability.REPLICATED ? "2" : "1");
    settings.put(
        TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG,
        namespace.durability() == Durability.SYNCED ? "1" : Long.toString(Long.MAX_VALUE));
    return settings;
  }

  private static Map<String, String> compacted(int inSync) {
    return Map.of(
        TopicConfig.CLEANUP_POLICY_CONFIG,
        TopicConfig.CLEANUP_POLICY_COMPACT,
        TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
        Integer.toString(inSync),
        TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG,
        "1",
        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
        Integer.toString(Table.LONGEST_ENTRY + AROUND_MESSAGE),
        // Only what is in a closed segment is compacted, and all of it is read at each start.
        TopicConfig.SEGMENT_BYTES_CONFIG,
        Integer.toString(TABLE_SEGMENT));
  }

  private static ConfigResource resource(String topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic);
  }

  private static List<AlterConfigOp> set(Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(
            setting ->
                new AlterConfigOp(
                    new ConfigEntry(setting.getKey(), setting.getValue()), OpType.SET))
        .toList();
  }

  private static LogException refused(String words) {
    return new LogException(Reason.REFUSED, words);
  }

  private static void ignoring(Class<? extends Exception> harmless, UnfencedBrokers.Call call)
      throws InterruptedException, ExecutionException {
    try {
      call.run();
    } catch (ExecutionException e) {
      if (!harmless.isInstance(e.getCause())) {
        throw e;
      }
    }
  }
}
