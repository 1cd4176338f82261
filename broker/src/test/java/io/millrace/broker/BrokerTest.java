package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.hub.HubMetrics;
import io.millrace.broker.index.FollowedIndex;
import io.millrace.broker.index.ScannedIndex;
import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.MemoryTopicLog;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.TopicLog.Bounds;
import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Namespace;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BrokerTest {
  private static final Namespace PUBLIC = Namespace.builtIn("public");

  private final MemoryTopicLog log = new MemoryTopicLog();
  private final List<String> results = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    log.close();
  }

  private Broker open() {
    return Broker.open(
            log,
            new Scanned(),
            new HubMetrics(new PrometheusRegistry()),
            () -> Instant.ofEpochMilli(1_000_500),
            100_000,
            List.of(PUBLIC))
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private static ConditionFactory await() {
    return Awaitility.with().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).await();
  }

  private void publish(Broker broker, String id) {
    broker
        .find("public")
        .orElseThrow()
        .publisher()
        .publish(
            new Publication(
                "a", Optional.of(id), false, Message.NEVER, Headers.NONE, new byte[] {'x'}),
            new AppendResult() {
              @Override
              public void appended(int partition, long offset, long timestamp) {
                results.add(id + " at " + offset);
              }

              @Override
              public void failed(LogException reason) {
                results.add(id + " failed: " + reason.reason());
              }
            });
  }

  private int inTheLog() {
    int messages = 0;
    for (int i = 0; i < PUBLIC.partitions(); i++) {
      messages += log.all(new PartitionRef("public", 1, i)).size();
    }
    return messages;
  }

  @Test
  void makesTheNamespacesThatHaveToBeThereOnce() {
    assertThat(open().namespaces()).containsExactly(PUBLIC);
    assertThat(log.namespaces().result()).containsExactly(PUBLIC);
    assertThat(open().namespaces()).containsExactly(PUBLIC);
  }

  @Test
  void anIdIsRememberedOverARestart() {
    publish(open(), "order-1");
    Broker again = open();
    await().until(again::isCaughtUp);
    await()
        .until(
            () -> {
              results.clear();
              publish(again, "order-1");
              return inTheLog() == 1;
            });
    assertThat(results).containsExactly("order-1 at 0");
  }

  @Test
  void anIdIsRememberedOverAChangeOfSettings() {
    Broker broker = open();
    publish(broker, "order-1");
    Namespace shorter =
        new Namespace(
            "public", 1, 4, PUBLIC.durability(), Duration.ofDays(1), Namespace.UNBOUNDED, 1000);
    broker.put(shorter).toCompletionStage().toCompletableFuture().join();
    assertThat(broker.namespaces()).containsExactly(shorter);
    publish(broker, "order-1");
    assertThat(results).containsExactly("order-1 at 0", "order-1 at 0");
    assertThat(inTheLog()).isEqualTo(1);
  }

  @Test
  void refusesWhatIsLongerThanTheNamespaceAllows() {
    Broker broker = open();
    broker
        .find("public")
        .orElseThrow()
        .publisher()
        .publish(
            Publication.of("a", new byte[PUBLIC.maxMessageSize() + 1]),
            new AppendResult() {
              @Override
              public void appended(int partition, long offset, long timestamp) {
                results.add("appended");
              }

              @Override
              public void failed(LogException reason) {
                results.add(reason.getMessage());
              }
            });
    assertThat(results)
        .containsExactly("the message has 1048577 bytes; the namespace public takes 1048576");
  }

  @Test
  void whatIsDeletedIsServedNoMore() {
    Broker broker = open();
    broker.delete("public").toCompletionStage().toCompletableFuture().join();
    assertThat(broker.find("public")).isEmpty();
    assertThat(log.namespaces().result()).isEmpty();
  }

  private final class Scanned extends ScannedIndex implements FollowedIndex {
    private Scanned() {
      super(log);
    }

    @Override
    public Future<Long> open(PartitionRef partition, Bounds bounds) {
      return Future.succeededFuture(end(partition));
    }

    @Override
    public Future<Void> delete(PartitionRef partition) {
      return Future.succeededFuture();
    }

    @Override
    public void messages(PartitionRef partition, List<Message> messages) {}

    @Override
    public void jumped(PartitionRef partition, long from, long to) {}

    @Override
    public void caughtUp(PartitionRef partition) {}
  }
}
