package io.millrace.broker.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What Kafka's clients are made with. Where a number was measured, docs/decisions.md says how. */
final class ClientProperties {
  /** After which an append whose acknowledgement does not come has failed. */
  static final Duration DELIVERY_TIMEOUT = Duration.ofSeconds(30);

  /** How long an administrative call or a read may take, retries included. */
  static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

  private static final int REQUEST_TIMEOUT_MILLIS = 5_000;

  private final KafkaConnection connection;

  ClientProperties(KafkaConnection connection) {
    this.connection = connection;
  }

  Map<String, Object> admin() {
    Map<String, Object> properties = common("admin");
    properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) CALL_TIMEOUT.toMillis());
    return properties;
  }

  /**
   * A producer that never blocks its callers and gathers what comes while a request is under way:
   * one request at a time to each broker is as quick as no lingering when little comes, and makes
   * batches as large as they can be when much does.
   *
   * @param bufferBytes more than is ever given to it, since batches are allocated whole
   */
  Map<String, Object> producer(String name, long bufferBytes) {
    Map<String, Object> properties = common(name);
    properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 64 << 10);
    properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, bufferBytes);
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 0);
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, NamespaceTopics.LONGEST_RECORD);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) DELIVERY_TIMEOUT.toMillis());
    // Otherwise, with no broker to be reached, it forgets what topics there are, and sends fail at
    // once where they could have waited.
    properties.put(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, "none");
    // A topic that nobody publishes to for a while would have to be waited for again. The greatest
    // number would overflow there.
    properties.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, Duration.ofDays(3650).toMillis());
    return properties;
  }

  /**
   * A consumer without a group.
   *
   * <p>It reads committed: what a foreign producer's transaction took back has never been
   * published.
   *
   * @param maxWait how long a fetch that finds nothing is held by the broker
   * @param partitionBytes of one fetch
   * @param fetchBytes of one fetch, all partitions together
   */
  Map<String, Object> consumer(
      String name, Duration maxWait, int partitionBytes, int fetchBytes, int maxRecords) {
    Map<String, Object> properties = common(name);
    properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) maxWait.toMillis());
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, partitionBytes);
    properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, fetchBytes);
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, maxRecords);
    properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) CALL_TIMEOUT.toMillis());
    return properties;
  }

  private Map<String, Object> common(String name) {
    Map<String, Object> properties = new HashMap<>(connection.security());
    properties.put(
        CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
        String.join(",", connection.bootstrapServers()));
    properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, "millrace-" + name);
    properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
    // A broker that was restarted is found again quickly; one that is away is not asked at full
    // speed.
    properties.put(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, 20L);
    properties.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500L);
    properties.put(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG, 20L);
    properties.put(CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG, 500L);
    // Nobody looks at them there: no JMX, no telemetry to the brokers.
    properties.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "");
    properties.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
    return properties;
  }
}
