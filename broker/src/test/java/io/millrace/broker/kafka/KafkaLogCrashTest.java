package io.millrace.broker.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.Appender;
import io.millrace.broker.log.HistoryReader.Slice;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.Tail;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Namespace;
import io.millrace.children.DataDirectory;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka is killed under load. */
final class KafkaLogCrashTest {
  private static final int TOPICS = 20;
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path directory;

  private final Map<Integer, Long> acknowledged = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> failures = new ConcurrentHashMap<>();
  private volatile boolean stop;

  @Test
  void whatWasAcknowledgedIsFollowedExactlyOnceInOrderAndHistoryIsTheSame() throws Exception {
    Vertx vertx = Vertx.vertx();
    Namespace namespace = Namespace.builtIn("public");
    RecordingListener listener = new RecordingListener();
    try (DataDirectory data = DataDirectory.open(directory.resolve("data"));
        EmbeddedKafka kafka = EmbeddedKafka.start(data, Clients.PROGRAM, Clock.systemUTC())) {
      KafkaLog log =
          KafkaFixture.get(
              KafkaLog.open(
                  vertx,
                  KafkaConnection.to(kafka.address()),
                  KafkaFixture.config(64 << 20),
                  new KafkaLogMetrics(new PrometheusRegistry())));
      KafkaFixture.get(log.put(namespace));
      try (Tail tail = log.tail(listener)) {
        for (int p = 0; p < namespace.partitions(); p++) {
          tail.follow(new PartitionRef("public", 1, p), 0);
        }
        Thread load = Thread.ofPlatform().start(() -> publish(log.appender(namespace)));
        await().atMost(LONG).until(() -> acknowledged.size() > 2000);
        ProcessHandle.of(kafka.pid()).orElseThrow().destroyForcibly();
        await().atMost(LONG).until(() -> kafka.restarts() > 0);
        int before = acknowledged.size();
        await().atMost(LONG).until(() -> acknowledged.size() > before + 2000);
        stop = true;
        load.join();
        await().atMost(LONG).until(() -> log.appender(namespace).pendingBytes() == 0);
        long last = ends(log, namespace);
        await().atMost(LONG).until(() -> listener.messages.size() >= last);
      }
      check(List.copyOf(listener.messages));
      for (int p = 0; p < namespace.partitions(); p++) {
        int partition = p;
        assertThat(history(log, new PartitionRef("public", 1, p)))
            .containsExactlyElementsOf(
                listener.messages.stream()
                    .filter(message -> message.partition() == partition)
                    .map(KafkaLogCrashTest::number)
                    .toList());
      }
      KafkaFixture.get(log.close());
    }
    assertThat(listener.jumps).isEmpty();
    KafkaFixture.get(vertx.close());
  }

  /** About 5,000 a second, each with its number; topic by topic in order. */
  private void publish(Appender appender) {
    for (int i = 0; !stop; i++) {
      int number = i;
      appender.append(
          Publication.of("t/" + i % TOPICS, Integer.toString(i).getBytes(UTF_8)),
          new AppendResult() {
            @Override
            public void appended(int partition, long offset, long timestamp) {
              acknowledged.put(number, offset);
            }

            @Override
            public void failed(LogException reason) {
              failures
                  .computeIfAbsent(
                      reason.getMessage() + ": " + reason.getCause(), key -> new AtomicInteger())
                  .incrementAndGet();
            }
          });
      if (i % 5 == 0) {
        java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
      }
    }
  }

  private void check(List<Message> followed) {
    assertThat(failures).as("nothing was away for as long as an append may take").isEmpty();
    Map<Integer, Long> offsets = new HashMap<>();
    Map<String, Integer> last = new HashMap<>();
    for (Message message : followed) {
      int number = number(message);
      assertThat(offsets.put(number, message.offset())).as("twice: " + number).isNull();
      Integer before = last.put(message.path(), number);
      assertThat(before == null ? -1 : before).as("the order of a topic").isLessThan(number);
    }
    assertThat(offsets).containsAllEntriesOf(acknowledged);
  }

  private static long ends(KafkaLog log, Namespace namespace) throws Exception {
    long sum = 0;
    for (int p = 0; p < namespace.partitions(); p++) {
      sum += KafkaFixture.get(log.bounds(new PartitionRef("public", 1, p))).end();
    }
    return sum;
  }

  private static List<Integer> history(KafkaLog log, PartitionRef partition) throws Exception {
    List<Integer> all = new ArrayList<>();
    Slice slice = KafkaFixture.get(log.history().read(partition, 0, 64 << 10));
    while (slice.next() > slice.from()) {
      slice.messages().forEach(message -> all.add(number(message)));
      slice = KafkaFixture.get(log.history().read(partition, slice.next(), 64 << 10));
    }
    return all;
  }

  private static int number(Message message) {
    return Integer.parseInt(new String(message.payload(), UTF_8));
  }
}
