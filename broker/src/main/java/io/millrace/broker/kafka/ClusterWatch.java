package io.millrace.broker.kafka;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a cluster, every two seconds, whether it can be used: whether it answers, lets this program
 * in, and has a leader for a topic that every node needs. Kafka's clients say nothing of it by
 * themselves, they try again. Thread-safe.
 */
final class ClusterWatch implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(ClusterWatch.class);

  /**
   * How long what is waited for.
   *
   * @param pause between an answer, or its absence, and the next question
   * @param limit for one answer
   * @param told how long it has to be in trouble before that is told
   * @param silent how long nothing is answered before its operator is told, again and again
   */
  record Patience(Duration pause, Duration limit, Duration told, Duration silent) {
    /** At once: somebody else has to do something. */
    static final Patience WITH_OTHERS =
        new Patience(
            Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ZERO, Duration.ofMinutes(1));

    /** It shares a machine with everything here, which may be busy for a moment. */
    static final Patience WITH_OUR_OWN =
        new Patience(
            Duration.ofSeconds(2),
            Duration.ofSeconds(3),
            Duration.ofSeconds(10),
            Duration.ofMinutes(1));
  }

  private final Vertx vertx;
  private final Admin admin;
  private final String topic;
  private final Function<Throwable, String> words;
  private final Patience patience;
  private final KafkaOperator operator;

  /** Since when, of the JVM's monotonic clock; one question is asked at a time. */
  private volatile @Nullable Long failingSince;

  private volatile @Nullable Long silentSince;
  private volatile Optional<String> trouble = Optional.empty();
  private volatile boolean closed;

  /**
   * @param topic that is always there
   * @param words for people, of what the admin client throws
   */
  ClusterWatch(
      Vertx vertx,
      Admin admin,
      String topic,
      Function<Throwable, String> words,
      Patience patience,
      KafkaOperator operator) {
    this.vertx = vertx;
    this.admin = admin;
    this.topic = topic;
    this.words = words;
    this.patience = patience;
    this.operator = operator;
  }

  void start() {
    later();
  }

  /** Why it cannot be used now, for people. */
  Optional<String> trouble() {
    return trouble;
  }

  private void later() {
    var _ = vertx.setTimer(patience.pause.toMillis(), timer -> ask());
  }

  private void ask() {
    if (closed) {
      return;
    }
    admin
        .describeTopics(
            List.of(topic), new DescribeTopicsOptions().timeoutMs((int) patience.limit.toMillis()))
        .allTopicNames()
        .toCompletionStage()
        .whenComplete(
            (topics, error) -> {
              if (!closed) {
                listen(isSilence(error));
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

  /** An answer that is a refusal is one too: who gives it does not hang. */
  private static boolean isSilence(@Nullable Throwable error) {
    Throwable cause = error instanceof CompletionException ? error.getCause() : error;
    return cause instanceof TimeoutException;
  }

  private void listen(boolean isSilent) {
    long at = System.nanoTime();
    Long since = silentSince;
    if (!isSilent) {
      silentSince = null;
    } else if (since == null) {
      silentSince = at;
    } else if (at - since >= patience.silent.toNanos()) {
      silentSince = at;
      operator.silent(patience.silent);
    }
  }

  /** Whether it is in trouble for long enough to tell. */
  private boolean hasLasted(boolean isFailing) {
    long at = System.nanoTime();
    Long since = failingSince;
    if (!isFailing) {
      failingSince = null;
      return false;
    }
    if (since == null) {
      since = at;
      failingSince = at;
    }
    return at - since >= patience.told.toNanos();
  }

  private void found(Optional<String> found) {
    Optional<String> now = hasLasted(found.isPresent()) ? found : Optional.empty();
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
