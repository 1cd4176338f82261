package io.millrace.broker.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.log.HistoryReader.Slice;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.message.Message;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One reader, with Kafka's own consumers for tests. */
final class KafkaHistoryTest {
  private static final PartitionRef SILENT = new PartitionRef("silent", 1, 0);
  private static final PartitionRef OTHER = new PartitionRef("other", 1, 0);
  private static final int PAGE_BYTES = 1 << 20;

  private final Vertx vertx = Vertx.vertx();
  private final List<FakeConsumer> made = new CopyOnWriteArrayList<>();
  private final KafkaHistory history =
      new KafkaHistory(
          vertx,
          new KafkaTopics(""),
          new ClientProperties(new KafkaConnection(List.of("127.0.0.1:9"), Map.of())),
          settings -> {
            FakeConsumer consumer = new FakeConsumer();
            made.add(consumer);
            return consumer;
          },
          1,
          new KafkaLogMetrics(new PrometheusRegistry()));

  /** Both partitions have a message; of the one without a leader it does not come. */
  private static final class FakeConsumer extends MockConsumer<byte[], byte[]> {
    private static final TopicPartition HAS_A_LEADER = new TopicPartition("other", 0);

    private FakeConsumer() {
      super("none");
      TopicPartition silent = new TopicPartition("silent", 0);
      updateBeginningOffsets(Map.of(silent, 0L, HAS_A_LEADER, 0L));
      updateEndOffsets(Map.of(silent, 1L, HAS_A_LEADER, 1L));
    }

    @Override
    public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      if (assignment().contains(HAS_A_LEADER)
          && !paused().contains(HAS_A_LEADER)
          && position(HAS_A_LEADER) == 0) {
        addRecord(new ConsumerRecord<>("other", 0, 0, "a".getBytes(UTF_8), new byte[] {1}));
      }
      return super.poll(timeout);
    }
  }

  @AfterEach
  void close() {
    history.close();
    join(vertx.close());
  }

  private static <T> T join(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }

  private List<String> readOther() {
    return join(history.read(OTHER, 0, PAGE_BYTES)).messages().stream().map(Message::path).toList();
  }

  /** Or a partition without a leader would cost all others what their consumer knows. */
  @Test
  void whileNothingComesForOnePartitionTheConsumersOfOthersStay() {
    Future<Slice> silent = history.read(SILENT, 0, PAGE_BYTES);
    history.start();
    assertThat(readOther()).containsExactly("a");
    assertThat(readOther()).containsExactly("a");
    assertThat(silent.isComplete()).isFalse();
    assertThat(made).hasSize(1);
    assertThat(made.getFirst().closed()).isFalse();
  }

  @Test
  void aConsumerThatFailsIsUsedNoMore() {
    history.start();
    assertThat(readOther()).containsExactly("a");
    made.getFirst().setPollException(new KafkaException("broken"));
    assertThatThrownBy(this::readOther).hasCauseInstanceOf(LogException.class);
    // The one reader answers, lets go of its consumer and only then takes the next.
    assertThat(readOther()).containsExactly("a");
    assertThat(made.getFirst().closed()).isTrue();
    assertThat(made).hasSize(2);
  }
}
