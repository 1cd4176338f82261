package io.millrace.broker.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.log.TableContract;
import io.millrace.broker.log.TopicLog;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tables against a Kafka broker in a process of its own. */
final class KafkaTableTest extends TableContract {
  @RegisterExtension static final KafkaFixture KAFKA = new KafkaFixture();
  private static KafkaLog other;

  @BeforeAll
  static void start() throws Exception {
    other = KAFKA.open(64 << 20);
  }

  @AfterAll
  static void stop() throws Exception {
    get(other.close());
  }

  @Override
  protected TopicLog log() {
    return KAFKA.log();
  }

  @Override
  protected TopicLog other() {
    return other;
  }

  @Override
  protected Vertx vertx() {
    return KAFKA.vertx();
  }

  @Test
  void everyNodeHearsOfNamespacesInTheOrderInWhichTheyChange() throws Exception {
    List<String> heard = new CopyOnWriteArrayList<>();
    get(
        other.followNamespaces(
            (name, settings) ->
                heard.add(name + settings.map(s -> " " + s.maxMessageSize()).orElse(" gone"))));
    for (int size = 1; size <= 3; size++) {
      get(
          KAFKA
              .log()
              .put(new Namespace("told", 1, 1, Durability.LOGGED, Duration.ofDays(1), -1, size)));
    }
    get(KAFKA.log().delete("told"));
    get(other.put(Namespace.builtIn("mine")));
    assertThat(heard).as("when it is done it has been told here").contains("mine 1048576");
    await()
        .untilAsserted(
            () ->
                assertThat(heard.stream().distinct())
                    .containsExactly(
                        "told gone", "told 1", "told 2", "told 3", "mine gone", "mine 1048576"));
    assertThat(heard.get(heard.indexOf("told 3") + 1)).isEqualTo("told gone");
  }
}
