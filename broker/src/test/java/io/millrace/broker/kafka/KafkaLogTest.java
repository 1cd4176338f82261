package io.millrace.broker.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.log.AppendResult;
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
import io.millrace.children.DataDirectory;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log against a Kafka broker in a process of its own. */
final class KafkaLogTest {
  private static final Vertx VERTX = Vertx.vertx();
  @TempDir private static Path directory;
  private static DataDirectory data;
  private static EmbeddedKafka kafka;
  private static KafkaLog log;
  private static Admin admin;

  @BeforeAll
  static void start() throws Exception {
    data = DataDirectory.open(directory.resolve("data"));
    kafka = EmbeddedKafka.start(data, Clients.PROGRAM, Clock.systemUTC());
    log = open(64 << 20);
    admin = Admin.create(Clients.properties(kafka.address()));
  }

  @AfterAll
  static void stop() throws Exception {
    get(log.close());
    admin.close();
    get(VERTX.close());
    kafka.close();
    data.close();
  }

  @Test
  void whatIsAppendedIsFollowedAndReadBackAsItWas() throws Exception {
    Namespace namespace = make("whole", 1);
    Headers headers =
        Headers.builder()
            .add(Headers.CONTENT_TYPE, "text/plain")
            .add("ce_type", "one")
            .add("ce_type", "two")
            .build();
    RecordingListener listener = new RecordingListener();
    PartitionRef partition = new PartitionRef("whole", 1, 0);
    try (Tail tail = log.tail(listener)) {
      tail.follow(partition, 0);
      CompletableFuture<Message> appended = new CompletableFuture<>();
      Publication publication =
          new Publication(
              "a/b", Optional.of("id-1"), true, 4_000_000_000_000L, headers, "hi".getBytes(UTF_8));
      long before = System.currentTimeMillis();
      append(log.appender(namespace), publication, appended);
      Message acknowledged = appended.get(20, TimeUnit.SECONDS);

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

      Slice slice = get(log.history().read(partition, 0, 1));
      assertThat(slice.messages()).usingRecursiveComparison().isEqualTo(List.of(followed));
      assertThat(slice.next()).isEqualTo(1);
      assertThat(get(log.bounds(partition))).isEqualTo(new Bounds(0, 1));
    }
  }

  @Test
  void aPartitionKeepsTheOrderOfItsMessagesAndHistoryIsTheSame() throws Exception {
    Namespace namespace = make("order", 4);
    Appender appender = log.appender(namespace);
    int count = 20_000;
    List<CompletableFuture<Message>> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      CompletableFuture<Message> one = new CompletableFuture<>();
      all.add(one);
      append(appender, Publication.of("t/" + i % 50, Integer.toString(i).getBytes(UTF_8)), one);
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
    assertThat(appender.pendingBytes()).isZero();

    RecordingListener listener = new RecordingListener();
    try (Tail tail = log.tail(listener)) {
      for (int p = 0; p < 4; p++) {
        tail.follow(new PartitionRef("order", 1, p), 0);
      }
      await().until(() -> listener.messages.size() >= count && listener.caughtUp.size() == 4);
    }
    for (int p = 0; p < 4; p++) {
      int partition = p;
      List<Message> followed =
          listener.messages.stream().filter(m -> m.partition() == partition).toList();
      List<Integer> numbers = followed.stream().map(KafkaLogTest::number).toList();
      assertThat(numbers).isSorted();
      assertThat(numbers)
          .containsExactlyElementsOf(
              IntStream.range(0, count)
                  .filter(i -> appender.partitionOf("t/" + i % 50) == partition)
                  .boxed()
                  .toList());
      assertThat(history(new PartitionRef("order", 1, p), 64 << 10))
          .extracting(Message::offset, KafkaLogTest::number)
          .isEqualTo(followed.stream().map(m -> tuple(m.offset(), number(m))).toList());
    }
  }

  @Test
  void aShortReadEndsWhereItIsLongEnough() throws Exception {
    Namespace namespace = make("points", 1);
    for (int i = 0; i < 100; i++) {
      append(log.appender(namespace), Publication.of("a", new byte[1000]))
          .get(20, TimeUnit.SECONDS);
    }
    PartitionRef partition = new PartitionRef("points", 1, 0);
    for (long from : new long[] {70, 3, 99, 4, 5, 71}) {
      Slice slice = get(log.history().read(partition, from, 1));
      assertThat(slice.messages()).hasSize(1);
      assertThat(slice.messages().getFirst().offset()).isEqualTo(from);
      assertThat(slice.next()).isEqualTo(from + 1);
    }
    Slice end = get(log.history().read(partition, 100, 1));
    assertThat(end.messages()).isEmpty();
    assertThat(end.next()).isEqualTo(100);
  }

  @Test
  void aReadSeesWhatWasAcknowledgedBefore() throws Exception {
    Namespace namespace = make("fresh", 1);
    PartitionRef partition = new PartitionRef("fresh", 1, 0);
    for (int i = 0; i < 50; i++) {
      append(log.appender(namespace), Publication.of("a", new byte[1])).get(20, TimeUnit.SECONDS);
      assertThat(get(log.history().read(partition, i, 1)).next()).isEqualTo(i + 1);
      assertThat(get(log.history().read(partition, i + 1, 1 << 20)).messages()).isEmpty();
    }
  }

  @Test
  void aPartitionWithNothingInItIsCaughtUpWithAtOnce() throws Exception {
    make("empty", 2);
    RecordingListener listener = new RecordingListener();
    try (Tail tail = log.tail(listener)) {
      tail.follow(new PartitionRef("empty", 1, 0), 0);
      tail.follow(new PartitionRef("empty", 1, 1), 0);
      await().until(() -> listener.caughtUp.size() == 2);
    }
    assertThat(listener.messages).isEmpty();
    assertThat(listener.jumps).isEmpty();
  }

  @Test
  void aPartitionThatIsLeftIsFollowedNoMore() throws Exception {
    Namespace namespace = make("left", 1);
    RecordingListener listener = new RecordingListener();
    PartitionRef partition = new PartitionRef("left", 1, 0);
    try (Tail tail = log.tail(listener)) {
      tail.follow(partition, 0);
      append(log.appender(namespace), Publication.of("a", new byte[1])).get(20, TimeUnit.SECONDS);
      await().until(() -> listener.messages.size() == 1);
      tail.leave(partition);
      append(log.appender(namespace), Publication.of("a", new byte[1])).get(20, TimeUnit.SECONDS);
      tail.follow(partition, 0);
      await().until(() -> listener.messages.size() == 3);
    }
    assertThat(listener.messages.stream().map(Message::offset)).containsExactly(0L, 0L, 1L);
  }

  @Test
  void whatIsTooLargeIsRefusedBeforeItIsSent() throws Exception {
    Namespace small = new Namespace("small", 1, 1, Durability.LOGGED, Duration.ofDays(1), -1, 1000);
    get(log.put(small));
    Appender appender = log.appender(small);
    assertThat(reasonOf(append(appender, Publication.of("a", new byte[1001]))))
        .isEqualTo(Reason.TOO_LARGE);
    append(appender, Publication.of("a", new byte[1000])).get(20, TimeUnit.SECONDS);

    Namespace large =
        new Namespace("large", 1, 1, Durability.LOGGED, Duration.ofDays(1), -1, 8 << 20);
    get(log.put(large));
    append(log.appender(large), Publication.of("a", new byte[8 << 20])).get(20, TimeUnit.SECONDS);
    assertThat(get(log.history().read(new PartitionRef("large", 1, 0), 0, 1)).messages())
        .hasSize(1);
  }

  @Test
  void tooMuchAtOnceIsRefusedAndNotWaitedFor() throws Exception {
    Namespace namespace = make("much", 1);
    KafkaLog tight = open(100_000);
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
      assertThat(get(log.bounds(new PartitionRef("much", 1, 0))).end()).isEqualTo(taken);
    } finally {
      get(tight.close());
    }
  }

  @Test
  void namespacesLiveInTheClusterAndEveryNodeSeesThem() throws Exception {
    Namespace namespace =
        new Namespace("life", 1, 2, Durability.SYNCED, Duration.ofHours(1), 10 << 20, 5000);
    get(log.put(namespace));
    Namespace memory =
        new Namespace("gone-at-once", 1, 1, Durability.MEMORY, Duration.ofDays(1), -1, 5000);
    get(log.put(memory));
    KafkaLog other = open(64 << 20);
    try {
      assertThat(other.clusterId()).isEqualTo(log.clusterId());
      assertThat(get(other.namespaces())).contains(namespace, memory);
      assertThat(admin.listTopics().names().get())
          .contains("life", "life.last")
          .doesNotContain("gone-at-once");
      append(other.appender(namespace), Publication.of("a", new byte[1])).get(20, TimeUnit.SECONDS);

      Namespace grown =
          new Namespace("life", 2, 8, Durability.SYNCED, Duration.ofHours(2), -1, 9000);
      get(log.put(grown));
      assertThat(get(other.namespaces())).contains(grown).doesNotContain(namespace);
      append(other.appender(grown), Publication.of("a", new byte[9000])).get(20, TimeUnit.SECONDS);
      assertThat(
              get(other.history().read(new PartitionRef("life", 1, 0), 0, 1)).next()
                  + get(other.history().read(new PartitionRef("life", 1, 1), 0, 1)).next())
          .as("the first generation is still there")
          .isEqualTo(1);

      Appender here = log.appender(grown);
      get(log.delete("life"));
      assertThat(get(other.namespaces())).doesNotContain(grown);
      assertThat(admin.listTopics().names().get()).doesNotContain("life", "life.g2", "life.last");
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
  void whatAClusterCannotPromiseIsRefusedWithWords() throws Exception {
    assertThatThrownBy(
            () ->
                get(
                    log.put(
                        new Namespace(
                            "safe", 1, 1, Durability.REPLICATED, Duration.ofDays(1), -1, 1000))))
        .hasCauseInstanceOf(LogException.class)
        .hasMessageContaining("needs three Kafka brokers or more, the cluster has 1");
    make("same", 2);
    assertRefused(
        new Namespace("same", 1, 3, Durability.LOGGED, Duration.ofDays(1), -1, 1000),
        "new generation");
    assertRefused(
        new Namespace("same", 3, 3, Durability.LOGGED, Duration.ofDays(1), -1, 1000),
        "the next is 2");
    assertRefused(
        new Namespace("same", 1, 2, Durability.SYNCED, Duration.ofDays(1), -1, 1000), "durability");
    admin.createTopics(List.of(new NewTopic("somebodys", 1, (short) 1))).all().get();
    assertRefused(Namespace.builtIn("somebodys"), "somebody else's");
    assertThat(get(log.namespaces())).noneMatch(n -> n.name().equals("somebodys"));
    assertThatThrownBy(() -> get(log.delete("never"))).hasMessageContaining("no namespace never");
  }

  @Test
  void aPutThatWasCutShortIsDoneAgain() throws Exception {
    Namespace namespace = Namespace.builtIn("cut-short");
    try (KafkaProducer<byte[], byte[]> foreign = producer(Map.of())) {
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
    admin.createTopics(List.of(new NewTopic("cut-short", 4, (short) 1))).all().get();
    assertThat(get(log.namespaces())).doesNotContain(namespace);
    get(log.put(namespace));
    assertThat(get(log.namespaces())).contains(namespace);
    append(log.appender(namespace), Publication.of("a", new byte[1])).get(20, TimeUnit.SECONDS);
  }

  @Test
  void whatRetentionHasTakenIsToldToThoseWhoWantedIt() throws Exception {
    Namespace namespace = make("short", 1);
    for (int i = 0; i < 10; i++) {
      append(log.appender(namespace), Publication.of("a", bytes(i))).get(20, TimeUnit.SECONDS);
    }
    admin
        .deleteRecords(Map.of(new TopicPartition("short", 0), RecordsToDelete.beforeOffset(6)))
        .all()
        .get();
    PartitionRef partition = new PartitionRef("short", 1, 0);
    RecordingListener listener = new RecordingListener();
    try (Tail tail = log.tail(listener)) {
      tail.follow(partition, 2);
      await().until(() -> listener.messages.size() == 4 && !listener.caughtUp.isEmpty());
    }
    assertThat(listener.jumps).containsExactly(new RecordingListener.Jump(partition, 2, 6));
    assertThat(listener.payloads()).containsExactly("6", "7", "8", "9");

    for (int maxBytes : new int[] {1, 1 << 20}) {
      Slice slice = get(log.history().read(partition, 2, maxBytes));
      assertThat(slice.from()).isEqualTo(6);
      assertThat(slice.messages().getFirst().offset()).isEqualTo(6);
    }
    Slice beyond = get(log.history().read(partition, 500, 1));
    assertThat(beyond).isEqualTo(new Slice(List.of(), 500, 500));
    assertThat(get(log.bounds(partition))).isEqualTo(new Bounds(6, 10));
  }

  @Test
  void aTailThatIsAheadOfACutLogGoesOnAtItsEnd() throws Exception {
    Namespace namespace = make("cut", 1);
    RecordingListener listener = new RecordingListener();
    PartitionRef partition = new PartitionRef("cut", 1, 0);
    try (Tail tail = log.tail(listener)) {
      tail.follow(partition, 1000);
      await().until(() -> !listener.jumps.isEmpty());
      append(log.appender(namespace), Publication.of("a", bytes(1))).get(20, TimeUnit.SECONDS);
      await().until(() -> listener.messages.size() == 1);
    }
    assertThat(listener.jumps).containsExactly(new RecordingListener.Jump(partition, 1000, 0));
  }

  @Test
  void recordsOfOtherKafkaClientsAreTakenAsFarAsTheyAreMessages() throws Exception {
    make("foreign", 1);
    try (KafkaProducer<byte[], byte[]> foreign = producer(Map.of("compression.type", "zstd"))) {
      send(foreign, null, bytes(0));
      send(foreign, new byte[0], bytes(1));
      send(foreign, new byte[] {(byte) 0xC3, 0x28}, bytes(2));
      send(foreign, "a".getBytes(UTF_8), null);
      ProducerRecord<byte[], byte[]> strange =
          new ProducerRecord<>("foreign", 0, "b/\uFFFD".getBytes(UTF_8), bytes(4));
      strange.headers().add("none", null);
      strange.headers().add("mr-expires", "soon".getBytes(UTF_8));
      strange.headers().add("mr-id", new byte[5000]);
      strange.headers().add("mr-unknown", bytes(1));
      foreign.send(strange).get();
    }
    RecordingListener listener = new RecordingListener();
    PartitionRef partition = new PartitionRef("foreign", 1, 0);
    try (Tail tail = log.tail(listener)) {
      tail.follow(partition, 0);
      await().until(() -> listener.messages.size() == 2);
    }
    Message first = listener.messages.poll();
    Message second = listener.messages.poll();
    assertThat(first.offset()).isEqualTo(3);
    assertThat(first.payload()).isEmpty();
    assertThat(second.path()).isEqualTo("b/\uFFFD");
    assertThat(second.id()).isNull();
    assertThat(second.expires()).isEqualTo(Message.NEVER);
    assertThat(second.headers()).isEqualTo(Headers.builder().add("none", "").build());
    Slice skipped = get(log.history().read(partition, 0, 1 << 20));
    assertThat(skipped.messages()).hasSize(2);
    assertThat(skipped.next()).isEqualTo(5);
  }

  @Test
  void whatATransactionTookBackWasNeverPublished() throws Exception {
    make("foreign-tx", 1);
    try (KafkaProducer<byte[], byte[]> foreign = producer(Map.of("transactional.id", "t"))) {
      foreign.initTransactions();
      foreign.beginTransaction();
      foreign.send(new ProducerRecord<>("foreign-tx", 0, "a".getBytes(UTF_8), bytes(1))).get();
      foreign.abortTransaction();
      foreign.beginTransaction();
      foreign.send(new ProducerRecord<>("foreign-tx", 0, "a".getBytes(UTF_8), bytes(2))).get();
      foreign.commitTransaction();
    }
    RecordingListener listener = new RecordingListener();
    PartitionRef partition = new PartitionRef("foreign-tx", 1, 0);
    try (Tail tail = log.tail(listener)) {
      tail.follow(partition, 0);
      await().until(() -> !listener.caughtUp.isEmpty());
    }
    assertThat(listener.payloads()).containsExactly("2");
    assertThat(history(partition, 1)).extracting(Message::offset).containsExactly(2L);
    assertThat(get(log.bounds(partition))).isEqualTo(new Bounds(0, 4));
  }

  @Test
  void aTimeIsFoundInTheLog() throws Exception {
    Namespace namespace = make("times", 1);
    PartitionRef partition = new PartitionRef("times", 1, 0);
    assertThat(get(log.offsetAt(partition, 0))).isZero();
    Message first =
        append(log.appender(namespace), Publication.of("a", bytes(0))).get(20, TimeUnit.SECONDS);
    await().until(() -> System.currentTimeMillis() > first.timestamp());
    Message second =
        append(log.appender(namespace), Publication.of("a", bytes(1))).get(20, TimeUnit.SECONDS);
    assertThat(get(log.offsetAt(partition, first.timestamp()))).isZero();
    assertThat(get(log.offsetAt(partition, first.timestamp() + 1))).isEqualTo(1);
    assertThat(get(log.offsetAt(partition, second.timestamp() + 1))).isEqualTo(2);
  }

  @Test
  void aListenerThatFailsDoesNotEndTheTail() throws Exception {
    Namespace namespace = make("throws", 1);
    List<Long> offsets = new java.util.concurrent.CopyOnWriteArrayList<>();
    RecordingListener listener = new RecordingListener();
    try (Tail tail =
        log.tail(
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
        append(log.appender(namespace), Publication.of("a", bytes(0))).get(20, TimeUnit.SECONDS);
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
                        VERTX,
                        new KafkaConnection(List.of("no-such-host.invalid:9092"), Map.of()),
                        config(64 << 20),
                        new KafkaLogMetrics(new PrometheusRegistry()))))
        .hasCauseInstanceOf(LogException.class);
  }

  private static void assertRefused(Namespace namespace, String words) {
    assertThatThrownBy(() -> get(log.put(namespace)))
        .hasCauseInstanceOf(LogException.class)
        .hasMessageContaining(words);
  }

  static KafkaConfig config(long pendingBytes) {
    return new KafkaConfig(List.of(), "", Optional.empty(), Optional.empty(), pendingBytes, 4);
  }

  private static KafkaLog open(long pendingBytes) throws Exception {
    return get(
        KafkaLog.open(
            VERTX,
            KafkaConnection.to(kafka.address()),
            config(pendingBytes),
            new KafkaLogMetrics(new PrometheusRegistry())));
  }

  private static Namespace make(String name, int partitions) throws Exception {
    Namespace namespace =
        new Namespace(
            name,
            1,
            partitions,
            Durability.LOGGED,
            Duration.ofDays(1),
            Namespace.UNBOUNDED,
            1 << 20);
    get(log.put(namespace));
    return namespace;
  }

  private static List<Message> history(PartitionRef partition, int maxBytes) throws Exception {
    List<Message> all = new ArrayList<>();
    Slice slice = get(log.history().read(partition, 0, maxBytes));
    while (slice.next() > slice.from()) {
      all.addAll(slice.messages());
      slice = get(log.history().read(partition, slice.next(), maxBytes));
    }
    return all;
  }

  private static CompletableFuture<Message> append(Appender appender, Publication publication) {
    CompletableFuture<Message> done = new CompletableFuture<>();
    append(appender, publication, done);
    return done;
  }

  static void append(Appender appender, Publication publication, CompletableFuture<Message> done) {
    appender.append(
        publication,
        new AppendResult() {
          @Override
          public void appended(int partition, long offset, long timestamp) {
            done.complete(
                new Message(
                    publication.path(),
                    partition,
                    offset,
                    timestamp,
                    null,
                    false,
                    Message.NEVER,
                    Headers.NONE,
                    publication.payload()));
          }

          @Override
          public void failed(LogException reason) {
            done.completeExceptionally(reason);
          }
        });
  }

  /** Null when it was appended. */
  private static Reason reasonOf(CompletableFuture<Message> done) throws Exception {
    try {
      done.get(20, TimeUnit.SECONDS);
      return null;
    } catch (ExecutionException e) {
      return ((LogException) e.getCause()).reason();
    }
  }

  private static KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
    Map<String, Object> properties = Clients.properties(kafka.address());
    properties.putAll(more);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, byte[] key, byte[] value)
      throws Exception {
    producer.send(new ProducerRecord<>("foreign", 0, key, value)).get();
  }

  private static byte[] bytes(int number) {
    return Integer.toString(number).getBytes(UTF_8);
  }

  private static int number(Message message) {
    return Integer.parseInt(new String(message.payload(), UTF_8));
  }

  static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
