package io.millrace.broker.kafka;

import static io.millrace.broker.kafka.KafkaFixture.append;
import static io.millrace.broker.kafka.KafkaFixture.bytes;
import static io.millrace.broker.kafka.KafkaFixture.get;
import static io.millrace.broker.kafka.KafkaFixture.reasonOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.access.PublishLimits;
import io.millrace.broker.log.Appender;
import io.millrace.broker.log.Generation;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Namespaces in a Kafka cluster: made, changed and deleted by any node. */
final class KafkaNamespacesTest {
  @RegisterExtension static final KafkaFixture KAFKA = new KafkaFixture();

  @Test
  void namespacesLiveInTheClusterAndEveryNodeSeesThem() throws Exception {
    Namespace namespace =
        new Namespace("life", 1, 2, Durability.SYNCED, Duration.ofHours(1), 10 << 20, 5000);
    get(KAFKA.log().put(namespace));
    Namespace memory =
        new Namespace(
            "gone-at-once",
            1,
            1,
            Durability.MEMORY,
            Duration.ofDays(1),
            -1,
            5000,
            7,
            new PublishLimits(20, 3000));
    get(KAFKA.log().put(memory));
    KafkaLog other = KAFKA.open(64 << 20);
    try {
      assertThat(other.clusterId()).isEqualTo(KAFKA.log().clusterId());
      assertThat(get(other.namespaces())).contains(namespace, memory);
      assertThat(KAFKA.admin().listTopics().names().get())
          .contains("life", "life.last")
          .doesNotContain("gone-at-once");
      append(other.appender(namespace), Publication.of("a", new byte[1])).get(20, TimeUnit.SECONDS);

      Namespace grown =
          new Namespace("life", 2, 8, Durability.SYNCED, Duration.ofHours(2), -1, 9000);
      get(KAFKA.log().put(grown));
      assertThat(get(other.namespaces())).contains(grown).doesNotContain(namespace);
      append(other.appender(grown), Publication.of("a", new byte[9000])).get(20, TimeUnit.SECONDS);
      assertThat(
              get(other.history().read(new PartitionRef("life", 1, 0), 0, 1)).next()
                  + get(other.history().read(new PartitionRef("life", 1, 1), 0, 1)).next())
          .as("the first generation is still there")
          .isEqualTo(1);

      Appender here = KAFKA.log().appender(grown);
      get(KAFKA.log().delete("life"));
      assertThat(get(other.namespaces())).doesNotContain(grown);
      for (String topic : List.of("life", "life.g2", "life.last")) {
        await().until(() -> !isThere(topic));
      }
      assertThat(reasonOf(append(here, Publication.of("a", new byte[1]))))
          .isEqualTo(Reason.NO_SUCH_NAMESPACE);
      Appender elsewhere = other.appender(grown);
      await()
          .until(
              () -> {
                CompletableFuture<Message> one =
                    append(elsewhere, Publication.of("a", new byte[1]));
                return one.isDone() && reasonOf(one) == Reason.NO_SUCH_NAMESPACE;
              });
    } finally {
      get(other.close());
    }
  }

  @Test
  void theGenerationsOfANamespaceAreFoundAsLongAsTheLogHasThem() throws Exception {
    Namespace before = KAFKA.make("generations", 2);
    Appender appender = KAFKA.log().appender(before);
    Namespace grown =
        new Namespace("generations", 2, 5, Durability.LOGGED, Duration.ofDays(1), -1, 1000);
    get(KAFKA.log().put(grown));
    Generation first = get(KAFKA.log().generation(grown, 1)).orElseThrow();
    assertThat(first.partitions()).isEqualTo(2);
    for (String path : List.of("a", "b/c", "ü")) {
      assertThat(first.partitionOf().applyAsInt(path)).isEqualTo(appender.partitionOf(path));
    }
    assertThat(get(KAFKA.log().generation(grown, 2)).map(Generation::partitions)).contains(5);
    assertThat(get(KAFKA.log().generation(grown, 3))).isEmpty();
    assertThat(get(KAFKA.log().generation(grown, 0))).isEmpty();
  }

  @Test
  void aChangeIsMadeOfWhatItWasMeantForOnly() throws Exception {
    Namespace made = KAFKA.make("meant", 1);
    Namespace changed =
        new Namespace("meant", 1, 1, made.durability(), Duration.ofHours(3), -1, 1000);
    assertThat(get(KAFKA.log().put(changed, Optional.empty()))).isFalse();
    assertThat(get(KAFKA.log().put(changed, Optional.of(changed)))).isFalse();
    assertThat(get(KAFKA.log().delete(changed))).isFalse();
    assertThat(get(KAFKA.log().known())).contains(made);
    append(KAFKA.log().appender(made), Publication.of("a", new byte[1])).get(20, TimeUnit.SECONDS);
    assertThat(get(KAFKA.log().put(changed, Optional.of(made)))).isTrue();
    assertThat(get(KAFKA.log().known())).contains(changed);
    assertThat(get(KAFKA.log().delete(changed))).isTrue();
    assertThat(get(KAFKA.log().known())).doesNotContain(changed);
  }

  @Test
  void ofTwoNodesThatChangeANamespaceInTheSameMomentOneIsTold() throws Exception {
    KafkaLog other = KAFKA.open(64 << 20);
    try {
      Namespace now = KAFKA.make("contested", 1);
      for (int round = 1; round <= 15; round++) {
        Namespace ours = lasting(now, 2 * round);
        Namespace theirs = lasting(now, 2 * round + 1);
        Future<Boolean> here = KAFKA.log().put(ours, Optional.of(now));
        Future<Boolean> there = other.put(theirs, Optional.of(now));
        boolean isOurs = get(here);
        assertThat(get(there)).as("exactly one").isNotEqualTo(isOurs);
        now = isOurs ? ours : theirs;
        assertThat(get(KAFKA.log().known())).contains(now);
        assertThat(get(other.known())).contains(now);
        awaitSetting(
            "contested",
            TopicConfig.RETENTION_MS_CONFIG,
            Long.toString(now.retention().toMillis()));
      }
    } finally {
      get(other.close());
    }
  }

  private static Namespace lasting(Namespace namespace, int hours) {
    return new Namespace(
        namespace.name(),
        namespace.generation(),
        namespace.partitions(),
        namespace.durability(),
        Duration.ofHours(hours),
        namespace.retentionBytes(),
        namespace.maxMessageSize());
  }

  @Test
  void whatAClusterCannotPromiseIsRefusedWithWords() throws Exception {
    assertThatThrownBy(
            () ->
                get(
                    KAFKA
                        .log()
                        .put(
                            new Namespace(
                                "safe",
                                1,
                                1,
                                Durability.REPLICATED,
                                Duration.ofDays(1),
                                -1,
                                1000))))
        .hasCauseInstanceOf(LogException.class)
        .hasMessageContaining("needs three Kafka brokers or more, the cluster has 1");
    KAFKA.make("same", 2);
    assertRefused(
        new Namespace("same", 1, 3, Durability.LOGGED, Duration.ofDays(1), -1, 1000),
        "new generation");
    assertRefused(
        new Namespace("same", 3, 3, Durability.LOGGED, Duration.ofDays(1), -1, 1000),
        "the next is 2");
    assertRefused(
        new Namespace("same", 1, 2, Durability.SYNCED, Duration.ofDays(1), -1, 1000), "durability");
    KAFKA.admin().createTopics(List.of(new NewTopic("somebodys", 1, (short) 1))).all().get();
    assertRefused(Namespace.builtIn("somebodys"), "somebody else's");
    assertThat(get(KAFKA.log().namespaces())).noneMatch(n -> n.name().equals("somebodys"));
    assertThatThrownBy(() -> get(KAFKA.log().delete("never")))
        .hasMessageContaining("no namespace never");
  }

  @Test
  void aTopicThatSomebodyHasDeletedKeepsNoOtherNamespaceFromBeingDeletedAndMayComeBack()
      throws Exception {
    Namespace lost = KAFKA.make("lost-by-others", 1);
    Namespace unwanted = KAFKA.make("unwanted", 1);
    append(KAFKA.log().appender(lost), Publication.of("a", new byte[1])).get(20, TimeUnit.SECONDS);
    KAFKA.admin().deleteTopics(List.of("lost-by-others")).all().get();
    await().until(() -> !isThere("lost-by-others"));

    get(KAFKA.log().delete("unwanted"));
    assertThat(get(KAFKA.log().known())).contains(lost).doesNotContain(unwanted);

    KAFKA.admin().createTopics(List.of(new NewTopic("lost-by-others", 1, (short) 1))).all().get();
    await().until(() -> isThere("lost-by-others"));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                reasonOf(append(KAFKA.log().appender(lost), Publication.of("a", new byte[1])))
                    == null);
    get(KAFKA.log().delete("lost-by-others"));
  }

  private static boolean isThere(String topic) throws Exception {
    return KAFKA.admin().listTopics().names().get().contains(topic);
  }

  @Test
  void aPutThatWasCutShortIsDoneAgain() throws Exception {
    Namespace namespace = Namespace.builtIn("cut-short");
    try (KafkaProducer<byte[], byte[]> foreign = KAFKA.producer(Map.of())) {
      foreign
          .send(
              new ProducerRecord<>(
                  "millrace.namespaces",
                  "cut-short".getBytes(UTF_8),
                  new NamespaceRecord(NamespaceRecord.State.MAKING, namespace).encode()))
          .get();
      foreign
          .send(
              new ProducerRecord<>(
                  "millrace.namespaces", "nonsense".getBytes(UTF_8), "{".getBytes(UTF_8)))
          .get();
    }
    KAFKA.admin().createTopics(List.of(new NewTopic("cut-short", 4, (short) 1))).all().get();
    assertThat(get(KAFKA.log().namespaces())).doesNotContain(namespace);
    get(KAFKA.log().put(namespace));
    assertThat(get(KAFKA.log().namespaces())).contains(namespace);
    append(KAFKA.log().appender(namespace), Publication.of("a", new byte[1]))
        .get(20, TimeUnit.SECONDS);
    awaitSetting("cut-short", TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
  }

  @Test
  void whatIsSyncedIsFlushedBeforeItIsAcknowledged() throws Exception {
    Namespace logged = Namespace.builtIn("calm");
    Namespace synced =
        new Namespace(
            "safe", 1, 1, Durability.SYNCED, Duration.ofDays(1), Namespace.UNBOUNDED, 1000);
    get(KAFKA.log().put(logged));
    get(KAFKA.log().put(synced));
    awaitSetting("safe", TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG, "1");
    awaitSetting("calm", TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG, Long.toString(Long.MAX_VALUE));
  }

  @Test
  void aNewGenerationsTopicThatHoldsMessagesIsSomebodyElses() throws Exception {
    Namespace before = KAFKA.make("grown", 1);
    KAFKA.admin().createTopics(List.of(new NewTopic("grown.g2", 2, (short) 1))).all().get();
    try (KafkaProducer<byte[], byte[]> foreign = KAFKA.producer(Map.of())) {
      foreign.send(new ProducerRecord<>("grown.g2", bytes(1), bytes(1))).get();
    }
    Namespace after =
        new Namespace(
            "grown",
            2,
            2,
            before.durability(),
            before.retention(),
            before.retentionBytes(),
            before.maxMessageSize());
    assertThatThrownBy(() -> get(KAFKA.log().put(after))).hasMessageContaining("somebody else's");
    assertThat(get(KAFKA.log().namespaces())).contains(before);
  }

  /** A broker hears of it a moment after the controller has done it. */
  private static void awaitSetting(String topic, String name, String value) {
    await().untilAsserted(() -> assertThat(setting(topic, name)).isEqualTo(value));
  }

  private static String setting(String topic, String name) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    return KAFKA
        .admin()
        .describeConfigs(List.of(resource))
        .all()
        .get()
        .get(resource)
        .get(name)
        .value();
  }

  private static void assertRefused(Namespace namespace, String words) {
    assertThatThrownBy(() -> get(KAFKA.log().put(namespace)))
        .hasCauseInstanceOf(LogException.class)
        .hasMessageContaining(words);
  }
}
