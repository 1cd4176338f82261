package io.millrace.broker.kafka;

import io.millrace.broker.log.Appender;
import io.millrace.broker.log.Companion;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The namespaces together with what this node needs to append to them: a producer that knows the
 * Kafka topics of those that are there, and asks for no others. Blocks; for the control thread.
 */
final class AppendableNamespaces {
  private static final Logger LOGGER = LoggerFactory.getLogger(AppendableNamespaces.class);
  private static final int COMPANION_HEADERS = 256;

  private final Namespaces namespaces;
  private final NamespaceTopics namespaceTopics;
  private final KafkaTopics topics;
  private final NodeProducers producers;
  private final KafkaAppenders appenders;
  private final KafkaTables tables;

  AppendableNamespaces(
      Namespaces namespaces,
      NamespaceTopics namespaceTopics,
      KafkaTopics topics,
      NodeProducers producers,
      KafkaAppenders appenders,
      KafkaTables tables) {
    this.namespaces = namespaces;
    this.namespaceTopics = namespaceTopics;
    this.topics = topics;
    this.producers = producers;
    this.appenders = appenders;
    this.tables = tables;
  }

  /** Those that can be appended to now. */
  List<Namespace> ready() {
    List<Namespace> all = namespaces.list();
    Map<String, KafkaFuture<TopicDescription>> asked = askForUnknown(all);
    List<Namespace> ready = new ArrayList<>();
    for (Namespace namespace : all) {
      try {
        warm(namespace, asked);
        ready.add(namespace);
      } catch (LogException | ExecutionException e) {
        // The others are not to suffer for one whose topic somebody has deleted.
        LOGGER
            .atError()
            .addKeyValue("namespace", namespace.name())
            .addKeyValue("reason", KafkaFailures.translate(e).getMessage())
            .log("a namespace cannot be served");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw KafkaFailures.translate(e);
      }
    }
    return ready;
  }

  List<Namespace> known() {
    return namespaces.list();
  }

  /** As {@link Namespaces#put}. */
  boolean put(Namespace namespace, Predicate<Optional<Namespace>> expected)
      throws InterruptedException, ExecutionException {
    if (!namespaces.put(namespace, expected)) {
      return false;
    }
    warm(namespace);
    tables.awaitTold(namespace.name(), Optional.of(namespace));
    return true;
  }

  /** Deletes one if it is this, and says whether it is. */
  boolean delete(Namespace before) throws InterruptedException, ExecutionException {
    boolean isSo = namespaces.is(before.name(), Optional.of(before));
    if (isSo) {
      delete(before.name());
    }
    return isSo;
  }

  /** Deletes one that somebody has begun to delete, and says whether there is such. */
  boolean finishDeleting(String name) throws InterruptedException, ExecutionException {
    boolean isSo = namespaces.isBeingDeleted(name);
    if (isSo) {
      delete(name);
    }
    return isSo;
  }

  void delete(String name) throws InterruptedException, ExecutionException {
    namespaces.delete(
        name,
        () -> {
          appenders.gone(name);
          forgetTopics(name);
        });
    tables.awaitTold(name, Optional.empty());
  }

  /** Forgets one that another node has deleted; by the time it may have been made anew. */
  void forget(String name) throws InterruptedException, ExecutionException {
    if (namespaces.list().stream().noneMatch(one -> one.name().equals(name))) {
      forgetTopics(name);
    }
  }

  private void forgetTopics(String name) throws InterruptedException, ExecutionException {
    producers.forget(topic -> topics.isOf(name, topic), namespaceTopics.all());
  }

  /** Appends to the newest generation; refused until {@link #warm} has been here. */
  Appender appender(Namespace namespace) {
    return appenders.of(topics.messages(namespace.name(), namespace.generation()), namespace);
  }

  Companion companion(Namespace namespace) throws InterruptedException, ExecutionException {
    String topic = topics.last(namespace.name());
    int partitions = namespaceTopics.lastPartitions(namespace.name());
    Namespace settings =
        new Namespace(
            namespace.name(),
            PartitionRef.COMPANION,
            partitions,
            namespace.durability(),
            namespace.retention(),
            Namespace.UNBOUNDED,
            namespace.maxMessageSize() + COMPANION_HEADERS);
    // Also of a namespace that another node has made.
    warm(namespace);
    warm(topic, namespace.durability());
    appenders.forgetIfGone(topic);
    return new Companion(partitions, appenders.of(topic, settings));
  }

  private void warm(Namespace namespace) throws InterruptedException, ExecutionException {
    warm(namespace, askForUnknown(List.of(namespace)));
  }

  /** One question for all: a start with many namespaces does not wait for each by itself. */
  private Map<String, KafkaFuture<TopicDescription>> askForUnknown(List<Namespace> all) {
    List<String> unknown = new ArrayList<>();
    for (Namespace namespace : all) {
      if (namespace.isKept()) {
        String topic = topics.messages(namespace.name(), namespace.generation());
        appenders.forgetIfGone(topic);
        if (!producers.knows(topic, namespace.durability())) {
          unknown.add(topic);
        }
      }
    }
    return namespaceTopics.ask(unknown);
  }

  private void warm(Namespace namespace, Map<String, KafkaFuture<TopicDescription>> asked)
      throws InterruptedException, ExecutionException {
    if (namespace.isKept()) {
      String topic = topics.messages(namespace.name(), namespace.generation());
      warm(topic, namespace.durability(), asked);
    }
  }

  /**
   * Lets a producer know a topic, so that a send need not wait. Only one that is there: a
   * producer's question makes one in many clusters.
   *
   * @throws LogException when the cluster does not tell of it in time
   */
  void warm(String topic, Durability durability) throws InterruptedException, ExecutionException {
    boolean isKnown = producers.knows(topic, durability);
    warm(topic, durability, namespaceTopics.ask(isKnown ? List.of() : List.of(topic)));
  }

  private void warm(
      String topic, Durability durability, Map<String, KafkaFuture<TopicDescription>> asked)
      throws InterruptedException, ExecutionException {
    KafkaFuture<TopicDescription> description = asked.get(topic);
    if (description != null) {
      description.get();
    }
    producers.warm(topic, durability);
  }
}
