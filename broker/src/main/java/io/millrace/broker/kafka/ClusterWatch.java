package io.millrace.broker.kafka;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a cluster that others run, every two seconds, whether it can be used: whether it answers,
 * lets this program in, and has a leader for a topic that every node needs. Kafka's clients say
 * nothing of it by themselves, they try again. Thread-safe.
 */
final class ClusterWatch implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(ClusterWatch.class);
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final Duration LIMIT = Duration.ofSeconds(3);

  private final Vertx vertx;
  private final Admin admin;
  private final String topic;
  private final Function<Throwable, String> words;
  private volatile Optional<String> trouble = Optional.empty();
  private volatile boolean closed;

  /**
   * @param topic that is always there
   * @param words for people, of what the admin client throws
   */
  ClusterWatch(Vertx vertx, Admin admin, String topic, Function<Throwable, String> words) {
    this.vertx = vertx;
    this.admin = admin;
    this.topic = topic;
    this.words = words;
  }

  void start() {
    later();
  }

  /** Why it cannot be used now, for people. */
  Optional<String> trouble() {
    return trouble;
  }

  private void later() {
    var _ = vertx.setTimer(PAUSE.toMillis(), timer -> ask());
  }

  private void ask() {
    if (closed) {
      return;
    }
    admin
        .describeTopics(
            List.of(topic), new DescribeTopicsOptions().timeoutMs((int) LIMIT.toMillis()))
        .allTopicNames()
        .toCompletionStage()
        .whenComplete(
            (topics, error) -> {
              if (!closed) {
                found(
                    error == null
                        ? leaderless(topics.get(topic))
                        : Optional.of(words.apply(error)));
                later();
              }
            });
  }

  private Optional<String> leaderless(@Nullable TopicDescription described) {
    return described != null
            && described.partitions().stream()
                .allMatch(one -> one.leader() != null && !one.leader().isEmpty())
        ? Optional.empty()
        : Optional.of("too few brokers of the Kafka cluster are up: " + topic + " has no leader");
  }

  private void found(Optional<String> now) {
    Optional<String> before = trouble;
    trouble = now;
    if (now.isPresent() && before.isEmpty()) {
      LOGGER.atWarn().addKeyValue("reason", now.get()).log("the Kafka cluster cannot be used");
    } else if (now.isEmpty() && before.isPresent()) {
      LOGGER.atInfo().log("the Kafka cluster can be used again");
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
