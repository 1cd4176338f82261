package io.millrace.broker.kafka;

import static io.millrace.broker.kafka.KafkaFixture.append;
import static io.millrace.broker.kafka.KafkaFixture.bytes;
import static io.millrace.broker.kafka.KafkaFixture.config;
import static io.millrace.broker.kafka.KafkaFixture.get;
import static io.millrace.broker.kafka.KafkaFixture.number;
import static io.millrace.broker.kafka.KafkaFixture.reasonOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.log.Appender;
import io.millrace.broker.log.HistoryReader.Slice;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.Tail;
import io.millrace.broker.log.TopicLog.Bounds;
import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The log against a Kafka broker in a process of its own. */
final class KafkaLogTest {
  @RegisterExtension static final KafkaFixture KAFKA = new KafkaFixture();

  @Test
  void whatIsAppendedIsFollowedAndReadBackAsItWas() throws Exception {
    Namespace namespace = KAFKA.make("whole", 1);
    Headers headers =
        Headers.builder()
            .add(Headers.CONTENT_TYPE, "text/plain")
            .add("ce_type", "one")
            .add("ce_type", "two")
            .build();
    RecordingListener listener = new RecordingListener();
    PartitionRef partition = new PartitionRef("whole", 1, 0);
    try (Tail tail = KAFKA.log().tail(listener)) {
      tail.follow(partition, 0);
      Publication publication =
          new Publication(
              "a/b", Optional.of("id-1"), true, 4_000_000_000_000L, headers, "hi".getBytes(UTF_8));
      long before = System.currentTimeMillis();
      Message acknowledged =
          append(KAFKA.log().appender(namespace), publication).get(20, TimeUnit.SECONDS);

      Message followed = listener.messages.poll(20, TimeUnit.SECONDS);
      assertThat(followed.path()).isEqualTo("a/b");
      assertThat(followed.id()).isEqualTo("id-1");
      assertThat(followed.retain()).isTrue();
      assertThat(followed.expires()).isEqualTo(4_000_000_000_000L);
      assertThat(followed.headers()).isEqualTo(headers);
      assertThat(followed.payload()).asString(UTF_8).isEqualTo("hi");
      assertThat(followed.offset()).isEqualTo(acknowledged.offset()).isZero();
      assertThat(followed.timestamp())
          .isEqualTo(acknowledged.timestamp())
          .isBetween(before, System.currentTimeMillis());

      Slice slice = get(KAFKA.log().history().read(partition, 0, 1));
      assertThat(slice.messages()).usingRecursiveComparison().isEqualTo(List.of(followed));
      assertThat(slice.next()).isEqualTo(1);
      assertThat(get(KAFKA.log().bounds(partition))).isEqualTo(new Bounds(0, 1));
    }
  }

  @Test
  void aPartitionKeepsTheOrderOfItsMessagesAndHistoryIsTheSame() throws Exception {
    Namespace namespace = KAFKA.make("order", 4);
    Appender appender = KAFKA.log().appender(namespace);
    int count = 20_000;
    List<CompletableFuture<Message>> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(append(appender, Publication.of("t/" + i % 50, bytes(i))));
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
    assertThat(appender.pendingBytes()).isZero();

    RecordingListener listener = new RecordingListener();
    try (Tail tail = KAFKA.log().tail(listener)) {
      for (int p = 0; p < 4; p++) {
        tail.follow(new PartitionRef("order", 1, p), 0);
      }
      await().until(() -> listener.messages.size() >= count && listener.caughtUp.size() == 4);
    }
    for (int p = 0; p < 4; p++) {
      int partition = p;
      List<Message> followed =
          listener.messages.stream().filter(m -> m.partition() == partition).toList();
      List<Integer> numbers = followed.stream().map(KafkaFixture::number).toList();
      assertThat(numbers).isSorted();
      assertThat(numbers)
          .containsExactlyElementsOf(
              IntStream.range(0, count)
                  .filter(i -> appender.partitionOf("t/" + i % 50) == partition)
                  .boxed()
                  .toList());
      assertThat(KAFKA.history(new PartitionRef("order", 1, p), 64 << 10))
          .extracting(Message::offset, KafkaFixture::number)
          .isEqualTo(followed.stream().map(m -> tuple(m.offset(), number(m))).toList());
    }
  }

  @Test
  void aShortReadEndsWhereItIsLongEnough() throws Exception {
    Namespace namespace = KAFKA.make("points", 1);
    for (int i = 0; i < 100; i++) {
      append(KAFKA.log().appender(namespace), Publication.of("a", new byte[1000]))
          .get(20, TimeUnit.SECONDS);
    }
    PartitionRef partition = new PartitionRef("points", 1, 0);
    for (long from : new long[] {70, 3, 99, 4, 5, 71}) {
      Slice slice = get(KAFKA.log().history().read(partition, from, 1));
      assertThat(slice.messages()).hasSize(1);
      assertThat(slice.messages().getFirst().offset()).isEqualTo(from);
      assertThat(slice.next()).isEqualTo(from + 1);
    }
    Slice end = get(KAFKA.log().history().read(partition, 100, 1));
    assertThat(end.messages()).isEmpty();
    assertThat(end.next()).isEqualTo(100);
  }

  @Test
  void aReadSeesWhatWasAcknowledgedBefore() throws Exception {
    Namespace namespace = KAFKA.make("fresh", 1);
    PartitionRef partition = new PartitionRef("fresh", 1, 0);
    for (int i = 0; i < 50; i++) {
      append(KAFKA.log().appender(namespace), Publication.of("a", new byte[1]))
          .get(20, TimeUnit.SECONDS);
      assertThat(get(KAFKA.log().history().read(partition, i, 1)).next()).isEqualTo(i + 1);
      assertThat(get(KAFKA.log().history().read(partition, i + 1, 1 << 20)).messages()).isEmpty();
    }
  }

  @Test
  void aPartitionWithNothingInItIsCaughtUpWithAtOnce() throws Exception {
    KAFKA.make("empty", 2);
    RecordingListener listener = new RecordingListener();
    try (Tail tail = KAFKA.log().tail(listener)) {
      tail.follow(new PartitionRef("empty", 1, 0), 0);
      tail.follow(new PartitionRef("empty", 1, 1), 0);
      await().until(() -> listener.caughtUp.size() == 2);
    }
    assertThat(listener.messages).isEmpty();
    assertThat(listener.jumps).isEmpty();
  }

  @Test
  void aPartitionThatIsLeftIsFollowedNoMore() throws Exception {
    Namespace namespace = KAFKA.make("left", 1);
    RecordingListener listener = new RecordingListener();
    PartitionRef partition = new PartitionRef("left", 1, 0);
    try (Tail tail = KAFKA.log().tail(listener)) {
      tail.follow(partition, 0);
      append(KAFKA.log().appender(namespace), Publication.of("a", new byte[1]))
          .get(20, TimeUnit.SECONDS);
      await().until(() -> listener.messages.size() == 1);
      tail.leave(partition);
      append(KAFKA.log().appender(namespace), Publication.of("a", new byte[1]))
          .get(20, TimeUnit.SECONDS);
      tail.follow(partition, 0);
      await().until(() -> listener.messages.size() == 3);
    }
    assertThat(listener.messages.stream().map(Message::offset)).containsExactly(0L, 0L, 1L);
  }

  @Test
  void whatIsTooLargeIsRefusedBeforeItIsSent() throws Exception {
    Namespace small = new Namespace("small", 1, 1, Durability.LOGGED, Duration.ofDays(1), -1, 1000);
    get(KAFKA.log().put(small));
    Appender appender = KAFKA.log().appender(small);
    assertThat(reasonOf(append(appender, Publication.of("a", new byte[1001]))))
        .isEqualTo(Reason.TOO_LARGE);
    append(appender, Publication.of("a", new byte[1000])).get(20, TimeUnit.SECONDS);

    Namespace large =
        new Namespace("large", 1, 1, Durability.LOGGED, Duration.ofDays(1), -1, 8 << 20);
    get(KAFKA.log().put(large));
    append(KAFKA.log().appender(large), Publication.of("a", new byte[8 << 20]))
        .get(20, TimeUnit.SECONDS);
    assertThat(get(KAFKA.log().history().read(new PartitionRef("large", 1, 0), 0, 1)).messages())
        .hasSize(1);
  }

  @Test
  void tooMuchAtOnceIsRefusedAndNotWaitedFor() throws Exception {
    Namespace namespace = KAFKA.make("much", 1);
    KafkaLog tight = KAFKA.open(100_000);
    try {
      get(tight.namespaces());
      Appender appender = tight.appender(namespace);
      List<CompletableFuture<Message>> all = new ArrayList<>();
      for (int i = 0; i < 10_000; i++) {
        all.add(append(appender, Publication.of("a", new byte[10_000])));
        assertThat(appender.pendingBytes()).isLessThanOrEqualTo(100_000);
      }
      List<Reason> reasons = new ArrayList<>();
      for (CompletableFuture<Message> one : all) {
        reasons.add(reasonOf(one));
      }
      assertThat(reasons).contains(Reason.OVERLOADED).containsOnly(null, Reason.OVERLOADED);
      long taken = reasons.stream().filter(reason -> reason == null).count();
      assertThat(get(KAFKA.log().bounds(new PartitionRef("much", 1, 0))).end()).isEqualTo(taken);
    } finally {
      get(tight.close());
    }
  }

  @Test
  void whatRetentionHasTakenIsToldToThoseWhoWantedIt() throws Exception {
    Namespace namespace = KAFKA.make("short", 1);
    for (int i = 0; i < 10; i++) {
      append(KAFKA.log().appender(namespace), Publication.of("a", bytes(i)))
          .get(20, TimeUnit.SECONDS);
    }
    KAFKA
        .admin()
        .deleteRecords(Map.of(new TopicPartition("short", 0), RecordsToDelete.beforeOffset(6)))
        .all()
        .get();
    PartitionRef partition = new PartitionRef("short", 1, 0);
    RecordingListener listener = new RecordingListener();
    try (Tail tail = KAFKA.log().tail(listener)) {
      tail.follow(partition, 2);
      await().until(() -> listener.messages.size() == 4 && !listener.caughtUp.isEmpty());
    }
    assertThat(listener.jumps).containsExactly(new RecordingListener.Jump(partition, 2, 6));
    assertThat(listener.payloads()).containsExactly("6", "7", "8", "9");

    for (int maxBytes : new int[] {1, 1 << 20}) {
      Slice slice = get(KAFKA.log().history().read(partition, 2, maxBytes));
      assertThat(slice.from()).isEqualTo(6);
      assertThat(slice.messages().getFirst().offset()).isEqualTo(6);
    }
    Slice beyond = get(KAFKA.log().history().read(partition, 500, 1));
    assertThat(beyond).isEqualTo(new Slice(List.of(), 500, 500));
    assertThat(get(KAFKA.log().bounds(partition))).isEqualTo(new Bounds(6, 10));
  }

  @Test
  void aTailThatIsAheadOfACutLogGoesOnAtItsEnd() throws Exception {
    Namespace namespace = KAFKA.make("cut", 1);
    RecordingListener listener = new RecordingListener();
    PartitionRef partition = new PartitionRef("cut", 1, 0);
    try (Tail tail = KAFKA.log().tail(listener)) {
      tail.follow(partition, 1000);
      await().until(() -> !listener.jumps.isEmpty());
      append(KAFKA.log().appender(namespace), Publication.of("a", bytes(1)))
          .get(20, TimeUnit.SECONDS);
      await().until(() -> listener.messages.size() == 1);
    }
    assertThat(listener.jumps).containsExactly(new RecordingListener.Jump(partition, 1000, 0));
  }

  @Test
  void aTimeIsFoundInTheLog() throws Exception {
    Namespace namespace = KAFKA.make("times", 1);
    PartitionRef partition = new PartitionRef("times", 1, 0);
    assertThat(get(KAFKA.log().offsetAt(partition, 0))).isZero();
    Message first =
        append(KAFKA.log().appender(namespace), Publication.of("a", bytes(0)))
            .get(20, TimeUnit.SECONDS);
    await().until(() -> System.currentTimeMillis() > first.timestamp());
    Message second =
        append(KAFKA.log().appender(namespace), Publication.of("a", bytes(1)))
            .get(20, TimeUnit.SECONDS);
    assertThat(get(KAFKA.log().offsetAt(partition, first.timestamp()))).isZero();
    assertThat(get(KAFKA.log().offsetAt(partition, first.timestamp() + 1))).isEqualTo(1);
    assertThat(get(KAFKA.log().offsetAt(partition, second.timestamp() + 1))).isEqualTo(2);
  }

  @Test
  void aListenerThatFailsDoesNotEndTheTail() throws Exception {
    Namespace namespace = KAFKA.make("throws", 1);
    List<Long> offsets = new java.util.concurrent.CopyOnWriteArrayList<>();
    RecordingListener listener = new RecordingListener();
    try (Tail tail =
        KAFKA
            .log()
            .tail(
                new io.millrace.broker.log.TailListener() {
                  @Override
                  public void messages(PartitionRef partition, List<Message> messages) {
                    messages.forEach(message -> offsets.add(message.offset()));
                    throw new IllegalStateException("on purpose");
                  }

                  @Override
                  public void jumped(PartitionRef partition, long from, long to) {}

                  @Override
                  public void caughtUp(PartitionRef partition) {
                    listener.caughtUp(partition);
                  }
                })) {
      tail.follow(new PartitionRef("throws", 1, 0), 0);
      for (long i = 0; i < 3; i++) {
        append(KAFKA.log().appender(namespace), Publication.of("a", bytes(0)))
            .get(20, TimeUnit.SECONDS);
        long last = i;
        await().until(() -> offsets.contains(last));
      }
    }
    assertThat(offsets).containsExactly(0L, 1L, 2L);
  }

  @Test
  void aClusterThatDoesNotAnswerIsSaidSo() {
    assertThatThrownBy(
            () ->
                get(
                    KafkaLog.open(
                        KAFKA.vertx(),
                        new KafkaConnection(List.of("no-such-host.invalid:9092"), Map.of()),
                        config(64 << 20),
                        new KafkaLogMetrics(new PrometheusRegistry()))))
        .hasCauseInstanceOf(LogException.class);
  }
}
