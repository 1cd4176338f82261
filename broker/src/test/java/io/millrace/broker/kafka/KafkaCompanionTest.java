package io.millrace.broker.kafka;

import static io.millrace.broker.kafka.KafkaFixture.append;
import static io.millrace.broker.kafka.KafkaFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.index.IndexConfig;
import io.millrace.broker.index.IndexMetrics;
import io.millrace.broker.index.LogIndex;
import io.millrace.broker.last.LastCopier;
import io.millrace.broker.last.LastRecord;
import io.millrace.broker.last.LastValues;
import io.millrace.broker.last.Retained;
import io.millrace.broker.last.RetainedTopics;
import io.millrace.broker.log.Appender;
import io.millrace.broker.log.Companion;
import io.millrace.broker.log.HistoryReader.Slice;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.Tail;
import io.millrace.broker.log.TailListener;
import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The compacted companion of a namespace, on a Kafka broker in a process of its own. */
final class KafkaCompanionTest {
  @RegisterExtension static final KafkaFixture KAFKA = new KafkaFixture();
  @TempDir private static Path directory;

  @Test
  void itKeepsItsPartitionsWhenTheNamespaceGrowsAndSaysWhereAMessageLies() throws Exception {
    Namespace namespace = KAFKA.make("grows", 2);
    assertThat(get(KAFKA.log().companion(namespace)).partitions()).isEqualTo(2);
    Namespace grown = new Namespace("grows", 2, 5, Durability.LOGGED, Duration.ofDays(1), -1, 1000);
    get(KAFKA.log().put(grown));
    Companion companion = get(KAFKA.log().companion(grown));
    assertThat(companion.partitions()).isEqualTo(2);

    Headers headers = Headers.builder().add(Headers.AT, "1/0/5/99").add("x", "y").build();
    Publication longest =
        new Publication("a", Optional.empty(), false, Message.NEVER, headers, new byte[1000]);
    append(companion.appender(), longest).get(20, TimeUnit.SECONDS);
    PartitionRef ref = PartitionRef.ofCompanion("grows", companion.appender().partitionOf("a"));
    RecordingListener listener = new RecordingListener();
    try (Tail tail = KAFKA.log().tail(listener)) {
      tail.follow(ref, 0);
      await().until(() -> !listener.messages.isEmpty());
    }
    assertThat(listener.messages.peek().headers()).isEqualTo(headers);
    assertThat(get(KAFKA.log().size(ref))).isBetween(1000L, 3000L);
  }

  @Test
  void aLastValueIsCopiedBeforeItGoesAndFoundWhenItHasGone() throws Exception {
    Namespace namespace =
        new Namespace("quiet", 1, 1, Durability.LOGGED, Duration.ofSeconds(1), 1 << 20, 1000);
    get(KAFKA.log().put(namespace));
    LogIndex index =
        new LogIndex(
            directory.resolve("index"),
            new IndexConfig(1 << 20, Duration.ofDays(1)),
            KAFKA.log(),
            new IndexMetrics(new PrometheusRegistry()),
            new SplittableRandom(1));
    Companion companion = get(KAFKA.log().companion(namespace));
    LastValues values =
        new LastValues(
            "quiet",
            companion,
            KAFKA.log(),
            index,
            new Retained(
                "quiet",
                RetainedTopics.Bounds.DEFAULT,
                Optional.of(companion.appender()),
                Clock.systemUTC()));
    PartitionRef messages = new PartitionRef("quiet", 1, 0);
    PartitionRef last = PartitionRef.ofCompanion("quiet", 0);
    get(index.open(messages, get(KAFKA.log().bounds(messages))));
    get(index.open(last, get(KAFKA.log().bounds(last))));
    Appender appender = KAFKA.log().appender(namespace);
    append(appender, Publication.of("a", new byte[] {1})).get(20, TimeUnit.SECONDS);
    append(appender, Publication.of("a", new byte[] {2})).get(20, TimeUnit.SECONDS);
    long time =
        append(appender, Publication.of("b", new byte[] {3})).get(20, TimeUnit.SECONDS).timestamp();
    try (Tail tail = KAFKA.log().tail(new IndexAnd(index, values))) {
      tail.follow(messages, 0);
      tail.follow(last, 0);
      LastCopier copier = new LastCopier(KAFKA.log(), index, Clock.systemUTC(), 1 << 30);
      await().until(() -> index.end(messages) == 3);
      // All of it is old enough to be copied: in one pass.
      await().until(() -> System.currentTimeMillis() > time + namespace.retention().toMillis());
      AtomicInteger copied = new AtomicInteger();
      await().until(() -> copied.addAndGet(copier.copyAll(namespace, values).values()) >= 2);
      await().until(() -> values.isComplete(messages, 3));
      assertThat(copier.copyAll(namespace, values).values()).as("once").isZero();
      assertThat(copied).hasValue(2);
      KAFKA
          .admin()
          .deleteRecords(Map.of(new TopicPartition("quiet", 0), RecordsToDelete.beforeOffset(3)))
          .all()
          .get();
      await().until(() -> get(values.of("b")).value().isPresent());
      LastRecord found = get(values.of("a")).value().orElseThrow();
      assertThat(found.generation()).isEqualTo(1);
      assertThat(found.message().offset()).isEqualTo(1);
      assertThat(found.message().payload()).containsExactly(2);
      assertThat(get(values.of("c")).value()).isEmpty();
      assertThat(get(values.isNothingMissing(messages, "a", 2, 3))).isTrue();
      assertThat(get(values.isNothingMissing(messages, "a", 1, 3))).isFalse();
    } finally {
      index.close();
    }
  }

  /** The index, and the companion's records to who knows them. */
  private record IndexAnd(LogIndex index, LastValues values) implements TailListener {
    @Override
    public void messages(PartitionRef partition, List<Message> messages) {
      index.messages(partition, messages);
      if (partition.isOfCompanion()) {
        values.messages(messages);
      }
    }

    @Override
    public void jumped(PartitionRef partition, long from, long to) {
      index.jumped(partition, from, to);
    }

    @Override
    public void caughtUp(PartitionRef partition) {
      index.caughtUp(partition);
      if (partition.isOfCompanion()) {
        values.caughtUp(partition);
      }
    }
  }

  @Test
  void ofEachKeyOnlyTheNewestRecordStays() throws Exception {
    Namespace namespace = KAFKA.make("compact", 1);
    Companion companion = get(KAFKA.log().companion(namespace));
    PartitionRef ref = PartitionRef.ofCompanion("compact", 0);
    set(new ConfigResource(ConfigResource.Type.BROKER, ""), "log.cleaner.backoff.ms", "50");
    set(new ConfigResource(ConfigResource.Type.TOPIC, "compact.last"), "segment.bytes", "1048576");
    List<CompletableFuture<Message>> all = new ArrayList<>();
    for (int i = 0; i < 6000; i++) {
      all.add(
          append(
              companion.appender(),
              Publication.of((i % 2 == 0 ? "\0" : "") + "k" + i % 40, new byte[900])));
    }
    for (int i = 0; i < 40; i += 2) {
      all.add(append(companion.appender(), Publication.of("\0k" + i, new byte[0])));
    }
    for (CompletableFuture<Message> one : all) {
      one.get(20, TimeUnit.SECONDS);
    }
    // What is in the segment that is written to is never compacted: up to 1 MiB of it.
    await().atMost(Duration.ofSeconds(30)).until(() -> count(ref) < 1500);
    Message newest =
        get(KAFKA.log().history().read(ref, all.getLast().get().offset(), 1)).messages().getFirst();
    assertThat(newest.path()).isEqualTo("\0k38");
    assertThat(newest.payload()).isEmpty();
  }

  private static long count(PartitionRef ref) throws Exception {
    long count = 0;
    Slice slice = get(KAFKA.log().history().read(ref, 0, 4 << 20));
    while (slice.next() > slice.from()) {
      count += slice.messages().size();
      slice = get(KAFKA.log().history().read(ref, slice.next(), 4 << 20));
    }
    return count;
  }

  private static void set(ConfigResource of, String name, String value) throws Exception {
    KAFKA
        .admin()
        .incrementalAlterConfigs(
            Map.of(
                of,
                List.of(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET))))
        .all()
        .get();
  }
}
