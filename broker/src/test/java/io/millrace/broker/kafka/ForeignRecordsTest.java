package io.millrace.broker.kafka;

import static io.millrace.broker.kafka.KafkaFixture.bytes;
import static io.millrace.broker.kafka.KafkaFixture.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.log.HistoryReader.Slice;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.Tail;
import io.millrace.broker.log.TopicLog.Bounds;
import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What Kafka's own clients write into a namespace's topic. */
final class ForeignRecordsTest {
  @RegisterExtension static final KafkaFixture KAFKA = new KafkaFixture();

  @Test
  void recordsOfOtherKafkaClientsAreTakenAsFarAsTheyAreMessages() throws Exception {
    KAFKA.make("foreign", 1);
    try (KafkaProducer<byte[], byte[]> foreign =
        KAFKA.producer(Map.of("compression.type", "zstd"))) {
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
    try (Tail tail = KAFKA.log().tail(listener)) {
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
    Slice skipped = get(KAFKA.log().history().read(partition, 0, 1 << 20));
    assertThat(skipped.messages()).hasSize(2);
    assertThat(skipped.next()).isEqualTo(5);
  }

  @Test
  void whatATransactionTookBackWasNeverPublished() throws Exception {
    KAFKA.make("foreign-tx", 1);
    try (KafkaProducer<byte[], byte[]> foreign = KAFKA.producer(Map.of("transactional.id", "t"))) {
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
    try (Tail tail = KAFKA.log().tail(listener)) {
      tail.follow(partition, 0);
      await().until(() -> !listener.caughtUp.isEmpty());
    }
    assertThat(listener.payloads()).containsExactly("2");
    assertThat(KAFKA.history(partition, 1)).extracting(Message::offset).containsExactly(2L);
    assertThat(get(KAFKA.log().bounds(partition))).isEqualTo(new Bounds(0, 4));
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, byte[] key, byte[] value)
      throws Exception {
    producer.send(new ProducerRecord<>("foreign", 0, key, value)).get();
  }
}
