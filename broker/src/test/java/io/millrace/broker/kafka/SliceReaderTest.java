package io.millrace.broker.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.log.HistoryReader.Slice;
import io.millrace.broker.message.Message;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a busy broker answers late, with Kafka's own consumer for tests. */
final class SliceReaderTest {
  private static final TopicPartition ONE = new TopicPartition("one", 0);
  private static final TopicPartition OTHER = new TopicPartition("other", 0);
  private static final long ANYWHERE = Long.MAX_VALUE;
  private static final Duration LONG = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofMillis(20);

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
  private final SliceReader reader =
      new SliceReader(consumer, 8, true, new KafkaLogMetrics(new PrometheusRegistry()));

  @AfterEach
  void close() {
    reader.close();
  }

  @Test
  void anOffsetOutOfRangeOfAnotherPartitionHidesNoMessage() {
    bounds(OTHER, 0, 3);
    assertThat(reader.read(OTHER, 10, ANYWHERE, 1, LONG)).isEqualTo(new Slice(List.of(), 10, 10));
    bounds(ONE, 0, 2);
    outOfRange(OTHER, 10);
    consumer.schedulePollTask(() -> {});
    consumer.schedulePollTask(
        () -> {
          append(ONE, 0, "a");
          append(ONE, 1, "b");
        });
    assertThat(read(ONE, 0)).containsExactly("a");
  }

  @Test
  void anOffsetThatIsInRangeMeanwhileIsRead() {
    bounds(ONE, 0, 3);
    assertThat(reader.read(ONE, 3, ANYWHERE, 1, LONG)).isEqualTo(new Slice(List.of(), 3, 3));
    bounds(ONE, 0, 4);
    outOfRange(ONE, 3);
    consumer.schedulePollTask(() -> {});
    consumer.schedulePollTask(() -> append(ONE, 3, "d"));
    assertThat(read(ONE, 3)).containsExactly("d");
  }

  @Test
  void whatRetentionHasTakenIsPassedOver() {
    bounds(ONE, 2, 3);
    outOfRange(ONE, 0);
    consumer.schedulePollTask(() -> {});
    consumer.schedulePollTask(() -> append(ONE, 2, "c"));
    Slice slice = read(0, ANYWHERE, 1);
    assertThat(slice.messages()).extracting(Message::path).containsExactly("c");
  }

  @Test
  void aShortReadEndsWhereItMay() {
    bounds(ONE, 0, 4);
    consumer.schedulePollTask(() -> {});
    consumer.schedulePollTask(
        () -> {
          for (int i = 0; i < 4; i++) {
            append(ONE, i, "m" + i);
          }
        });
    Slice slice = read(0, 2, 16 << 10);
    assertThat(slice.messages()).extracting(Message::path).containsExactly("m0", "m1");
    assertThat(slice.next()).isEqualTo(2);
  }

  @Test
  void whatNothingComesForIsGivenUpForOthersAndReadLater() {
    bounds(ONE, 0, 1);
    assertThat(reader.read(ONE, 0, ANYWHERE, 1, SHORT)).isNull();
    bounds(OTHER, 0, 1);
    consumer.schedulePollTask(() -> {});
    consumer.schedulePollTask(() -> append(OTHER, 0, "o"));
    assertThat(read(OTHER, 0)).containsExactly("o");
    consumer.schedulePollTask(() -> {});
    consumer.schedulePollTask(() -> append(ONE, 0, "a"));
    assertThat(read(ONE, 0)).containsExactly("a");
  }

  @Test
  void whereNobodySaysWhatTheLogHasItIsGivenUpTooAndDoesNotFail() {
    bounds(ONE, 0, 1);
    consumer.setOffsetsException(new TimeoutException("no leader"));
    assertThat(reader.read(ONE, 0, ANYWHERE, 1, SHORT)).isNull();
  }

  private Slice read(long from, long before, int bytes) {
    return requireNonNull(reader.read(ONE, from, before, bytes, LONG));
  }

  private List<String> read(TopicPartition partition, long from) {
    return requireNonNull(reader.read(partition, from, ANYWHERE, 1, LONG)).messages().stream()
        .map(Message::path)
        .toList();
  }

  private void bounds(TopicPartition partition, long start, long end) {
    consumer.updateBeginningOffsets(Map.of(partition, start));
    consumer.updateEndOffsets(Map.of(partition, end));
  }

  private void outOfRange(TopicPartition partition, long offset) {
    consumer.setPollException(new OffsetOutOfRangeException(Map.of(partition, offset)));
  }

  private void append(TopicPartition partition, long offset, String path) {
    consumer.addRecord(
        new ConsumerRecord<>(
            partition.topic(),
            partition.partition(),
            offset,
            path.getBytes(UTF_8),
            new byte[] {1}));
  }
}
