package io.millrace.broker.mqtt;

import static io.millrace.broker.mqtt.KeptSessions.PING;
import static io.millrace.broker.mqtt.KeptSessions.hear;
import static io.millrace.broker.mqtt.RawMqtt.PINGRESP;
import static io.millrace.broker.mqtt.RawMqtt.PUBACK;
import static io.millrace.broker.mqtt.RawMqtt.PUBLISH;
import static io.millrace.broker.mqtt.RawMqtt.SUBACK;
import static io.millrace.broker.mqtt.RawMqtt.acknowledgement;
import static io.millrace.broker.mqtt.RawMqtt.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.mqtt.RawMqtt.Heard;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions with messages in flight of a namespace that cannot be served for a while. */
class DelayedSessionsTest {
  private static final int WINDOW = MqttFixture.CONFIG.inFlight();

  private final KeptSessions server = new KeptSessions();

  @BeforeEach
  void addANamespace() {
    MqttFixture.join(
        server.fixture.broker.put(
            new Namespace(
                "nowhere",
                1,
                1,
                Durability.LOGGED,
                Duration.ofDays(1),
                Namespace.UNBOUNDED,
                90_000)));
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aNamespaceThatCannotBeReadDelaysItsOwnMessagesAlone() {
    List<Integer> ids = new ArrayList<>();
    List<String> payloads = IntStream.range(0, WINDOW).mapToObj(i -> "n" + i).toList();
    try (RawMqtt client = server.persistent("half")) {
      client.say(subscribe(1, 1, "nowhere/b")).hear(SUBACK);
      client.say(subscribe(2, 1, "plant/a")).hear(SUBACK);
      server.publish("nowhere/b", 1, payloads.toArray(new String[0]));
      for (String payload : payloads) {
        Heard heard = client.hear(PUBLISH);
        assertThat(heard.payload()).isEqualTo(payload);
        ids.add(heard.packetId());
      }
    }
    server.stop();
    server.log.serve("nowhere", false);
    server.start();
    server.publish("plant/a", 1, "p1", "p2");

    try (RawMqtt client = server.returning("half")) {
      // The client's window is full of what cannot be had.
      assertThat(hear(client, 1)).containsExactly("p1");
      Heard unacknowledged = client.hear(PUBLISH);
      assertThat(unacknowledged.payload()).isEqualTo("p2");
      client.say(PING).hear(PINGRESP);
      client.say(RawMqtt.publish(2, "plant/own", 9, "x")).hear(PUBACK);

      server.log.serve("nowhere", true);

      for (int i = 0; i < WINDOW; i++) {
        if (i == WINDOW - 1) {
          client.say(acknowledgement(PUBACK, unacknowledged.packetId()));
        }
        Heard again = client.hear(PUBLISH);
        assertThat(again.isDup()).isTrue();
        assertThat(again.payload()).isEqualTo(payloads.get(i));
        assertThat(again.packetId()).isEqualTo(ids.get(i));
      }
      server.publish("nowhere/b", 1, "new");
      ids.forEach(id -> client.say(acknowledgement(PUBACK, id)));
      assertThat(hear(client, 1)).containsExactly("new");
    }
  }
}
