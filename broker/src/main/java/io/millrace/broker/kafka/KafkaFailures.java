package io.millrace.broker.kafka;

import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Says in the broker's words what Kafka's clients throw. */
final class KafkaFailures {
  private KafkaFailures() {}

  static LogException translate(Throwable thrown) {
    Throwable cause = cause(thrown);
    return switch (cause) {
      case LogException already -> already;
      case RecordTooLargeException e ->
          failure(Reason.TOO_LARGE, "the message is longer than the log takes", e);
      case BufferExhaustedException e ->
          failure(Reason.OVERLOADED, "too much waits for the log already", e);
      case UnknownTopicOrPartitionException e -> noSuchNamespace(e);
      case UnknownTopicIdException e -> noSuchNamespace(e);
      case NotEnoughReplicasException e -> tooFewBrokers(e);
      case NotEnoughReplicasAfterAppendException e -> tooFewBrokers(e);
      case KafkaStorageException e ->
          failure(Reason.UNAVAILABLE, "the log's disk is full or has failed", e);
      case ThrottlingQuotaExceededException e ->
          failure(Reason.OVERLOADED, "the Kafka cluster's quota for this program is used up", e);
      case AuthenticationException e ->
          failure(Reason.REFUSED, "the Kafka cluster does not accept who this program is", e);
      case AuthorizationException e ->
          failure(Reason.REFUSED, "the Kafka cluster does not allow this program to do it", e);
      case UnsupportedVersionException e ->
          failure(Reason.REFUSED, "the Kafka cluster is too old for this", e);
      case PolicyViolationException e -> refused(e);
      // Names, numbers of replicas, and settings that do not exist.
      case InvalidConfigurationException e -> refused(e);
      case InvalidPartitionsException e -> refused(e);
      case InvalidRequestException e -> refused(e);
      case TimeoutException e -> failure(Reason.UNAVAILABLE, "the log does not answer in time", e);
      default -> failure(Reason.UNAVAILABLE, "the log cannot be used now", cause);
    };
  }

  /** Why a cluster cannot be used at all, for whoever has configured it. */
  static LogException ofCluster(Throwable thrown, KafkaConnection cluster) {
    Throwable cause = cause(thrown);
    return switch (cause) {
      case SslAuthenticationException e ->
          failure(
              Reason.REFUSED,
              "no TLS with the Kafka cluster %s: %s; see broker.kafka.tls"
                  .formatted(cluster, deepest(e)),
              e);
      case AuthenticationException e ->
          failure(
              Reason.REFUSED,
              "the Kafka cluster %s does not accept broker.kafka.sasl: %s"
                  .formatted(cluster, e.getMessage()),
              e);
      case TimeoutException e ->
          failure(
              Reason.UNAVAILABLE,
              "the Kafka cluster %s does not answer; is it up, and do its listeners want what broker.kafka.tls and broker.kafka.sasl say?"
                  .formatted(cluster),
              e);
      case AuthorizationException e -> translate(e);
      case UnknownTopicOrPartitionException e -> translate(e);
      case KafkaException e when e.getCause() != null ->
          failure(
              Reason.UNAVAILABLE,
              "the Kafka cluster %s cannot be asked: %s".formatted(cluster, deepest(e)),
              e);
      default -> translate(cause);
    };
  }

  /** What lies at the bottom says most: the clients wrap it in general words. */
  private static String deepest(Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  /** What was thrown without the wrapping of who has handed it on. */
  static Throwable cause(Throwable thrown) {
    Throwable cause = thrown;
    while ((cause instanceof ExecutionException || cause instanceof CompletionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static LogException noSuchNamespace(Throwable cause) {
    return failure(Reason.NO_SUCH_NAMESPACE, "there is no such namespace in the log", cause);
  }

  private static LogException tooFewBrokers(Throwable cause) {
    return failure(
        Reason.UNAVAILABLE, "too few Kafka brokers are up to keep what was promised", cause);
  }

  /** Kafka's own words tell which rule it is; they come from the cluster's operator. */
  private static LogException refused(Throwable cause) {
    return failure(Reason.REFUSED, "the Kafka cluster refuses: " + cause.getMessage(), cause);
  }

  private static LogException failure(Reason reason, String words, Throwable cause) {
    return new LogException(reason, words, cause);
  }
}
