package io.millrace.broker.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ForgettingProducerTest {
  private static final Set<String> ALL = Set.of("x", "y", "z");

  /** Topics that the cluster has. */
  private final Set<String> there = ConcurrentHashMap.newKeySet();

  private final List<FakeProducer> made = new CopyOnWriteArrayList<>();
  private final ForgettingProducer producer = new ForgettingProducer(this::make);

  ForgettingProducerTest() {
    there.addAll(ALL);
  }

  /** Answers what it is told to; its flush waits, as Kafka's does, until all is answered. */
  private final class FakeProducer extends MockProducer<byte[], byte[]> {
    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private final CountDownLatch answered = new CountDownLatch(1);
    private volatile boolean isInterrupted;

    private FakeProducer() {
      super(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic) {
      asked.add(topic);
      if (!there.contains(topic)) {
        throw new TimeoutException("not in the metadata");
      }
      return List.of(new PartitionInfo(topic, 0, null, null, null));
    }

    // Who waits must not keep the others from answering.
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public void flush() {
      if (isInterrupted) {
        throw new InterruptException("the flush was interrupted");
      }
      try {
        answered.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private List<String> sent() {
      return history().stream()
          .map(one -> one.topic() + new String(one.value(), StandardCharsets.UTF_8))
          .toList();
    }
  }

  private Producer<byte[], byte[]> make() {
    FakeProducer next = new FakeProducer();
    made.add(next);
    return next;
  }

  private CompletableFuture<RecordMetadata> send(String topic, int number) {
    byte[] value = Integer.toString(number).getBytes(StandardCharsets.UTF_8);
    return producer.send(new ProducerRecord<>(topic, 0, null, value));
  }

  private void warmAll() throws InterruptedException {
    for (String topic : ALL) {
      producer.warm(topic);
    }
  }

  private static CompletableFuture<Void> onAThread(Runnable task) {
    return CompletableFuture.runAsync(task, work -> Thread.ofPlatform().daemon().start(work));
  }

  private CompletableFuture<Void> forget(String topic) {
    return onAThread(
        () -> {
          try {
            producer.forget(topic::equals, Set.copyOf(there));
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void aTopicThatSomebodyElseHasDeletedKeepsNoOtherFromBeingForgotten() throws Exception {
    warmAll();
    there.remove("y");

    made.getFirst().answered.countDown();
    forget("x").get(30, TimeUnit.SECONDS);

    // Asking for it would make it again in many clusters.
    assertThat(made.getLast().asked).containsExactly("z");
    assertThat(made.getFirst().closed()).isTrue();
    assertThat(producer.knows("x")).isFalse();
    assertThat(producer.knows("y")).isFalse();
    assertThatThrownBy(() -> send("y", 1).get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(TimeoutException.class);
    assertThat(made.getLast().asked).containsExactly("z");

    there.add("y");
    producer.warm("y");
    var _ = send("y", 2);
    assertThat(made.getLast().sent()).containsExactly("y2");
  }

  @Test
  void theProducerThatIsReplacedIsClosedAlsoWhenItsFlushIsInterrupted() throws Exception {
    warmAll();
    made.getFirst().isInterrupted = true;

    assertThatThrownBy(() -> forget("x").get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(InterruptException.class);
    assertThat(made.getFirst().closed()).isTrue();
    assertThat(made.getLast().closed()).isFalse();
  }

  @Test
  void whatOneTopicWaitsForDelaysNoOther() throws Exception {
    warmAll();
    var first = send("y", 1);
    CompletableFuture<Void> forgotten = forget("x");
    await().until(() -> made.size() == 2 && !producer.knows("x"));
    FakeProducer before = made.getFirst();
    FakeProducer next = made.getLast();

    await()
        .untilAsserted(
            () -> {
              var _ = send("z", 1);
              assertThat(next.sent()).contains("z1");
            });
    var second = send("y", 2);
    var third = send("y", 3);
    assertThat(next.sent()).doesNotContain("y2", "y3");
    assertThat(forgotten).isNotDone();

    assertThat(before.completeNext()).isTrue();
    assertThat(first).isDone();
    assertThat(next.sent().stream().filter(one -> one.startsWith("y"))).containsExactly("y2", "y3");
    before.answered.countDown();
    forgotten.get(30, TimeUnit.SECONDS);
    while (next.completeNext()) {
      // One after the other.
    }
    assertThat(second).isDone();
    assertThat(third).isDone();
  }

  /** Many switches while many send and answers come when they like: per topic all, in order. */
  @Test
  void eachTopicKeepsItsOrderHoweverOftenProducersChange() throws Exception {
    for (long seed = 0; seed < 20; seed++) {
      keepsOrder(seed);
    }
  }

  private void keepsOrder(long seed) throws Exception {
    List<String> log = new CopyOnWriteArrayList<>();
    List<FakeProducer> mine = new CopyOnWriteArrayList<>();
    ForgettingProducer tested =
        new ForgettingProducer(
            () -> {
              FakeProducer next = new FakeProducer();
              next.answered.countDown();
              mine.add(next);
              return next;
            });
    tested.warm("y");
    tested.warm("z");
    CompletableFuture<Void> answering =
        onAThread(
            () -> {
              Random random = new Random(seed);
              while (log.size() < 400) {
                if (!mine.get(random.nextInt(mine.size())).completeNext()) {
                  Thread.onSpinWait();
                }
              }
            });
    CompletableFuture<Void> sending =
        onAThread(
            () -> {
              for (int i = 0; i < 200; i++) {
                for (String topic : List.of("y", "z")) {
                  byte[] value = Integer.toString(i).getBytes(StandardCharsets.UTF_8);
                  String name = topic + i;
                  tested.send(
                      new ProducerRecord<>(topic, 0, null, value), (done, error) -> log.add(name));
                }
              }
            });
    for (int i = 0; i < 5; i++) {
      there.add("gone");
      tested.warm("gone");
      FakeProducer before = mine.getLast();
      tested.forget("gone"::equals, Set.copyOf(there));
      assertThat(before.closed()).isTrue();
    }
    sending.get(30, TimeUnit.SECONDS);
    answering.get(30, TimeUnit.SECONDS);

    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      expected.add("y" + i);
    }
    assertThat(log.stream().filter(one -> one.startsWith("y")))
        .as("seed %d", seed)
        .containsExactlyElementsOf(expected);
  }
}
