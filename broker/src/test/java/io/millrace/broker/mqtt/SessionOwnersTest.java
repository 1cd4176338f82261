package io.millrace.broker.mqtt;

import static io.millrace.broker.mqtt.KeptSessions.GOODBYE;
import static io.millrace.broker.mqtt.KeptSessions.PING;
import static io.millrace.broker.mqtt.RawMqtt.CONNACK;
import static io.millrace.broker.mqtt.RawMqtt.DISCONNECT;
import static io.millrace.broker.mqtt.RawMqtt.PINGRESP;
import static io.millrace.broker.mqtt.RawMqtt.SUBACK;
import static io.millrace.broker.mqtt.RawMqtt.connect;
import static io.millrace.broker.mqtt.RawMqtt.connect5;
import static io.millrace.broker.mqtt.RawMqtt.subscribe;
import static io.millrace.broker.mqtt.RawMqtt.subscribe5;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.mqtt.RawMqtt.Heard;
import io.millrace.broker.topic.MountPoint;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may have a session, and how much of what there is. */
class SessionOwnersTest {
  private final KeptSessions server = new KeptSessions();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aSessionIsForWhomItWasMade() {
    byte[] other = asReader("mine");
    try (RawMqtt client = server.persistent("mine")) {
      client.say(subscribe(1, 1, "plant/m")).hear(SUBACK);
      try (RawMqtt another = server.raw()) {
        assertThat(another.say(other).hear(CONNACK).at(1)).as("while it is connected").isEqualTo(2);
      }
      client.say(PING).hear(PINGRESP);
      client.say(GOODBYE).hearTheEnd();
    }
    try (RawMqtt another = server.raw()) {
      assertThat(another.say(other).hear(CONNACK).at(1)).as("while it waits").isEqualTo(2);
    }
    server.returning("mine").close();
  }

  @Test
  void aKeyThatFollowsAnotherHasTheSessionsThatItMayHave() {
    try (RawMqtt client = server.persistent("rotated")) {
      client.say(subscribe(1, 1, "plant/hall/+")).hear(SUBACK);
      client.say(GOODBYE).hearTheEnd();
    }
    try (RawMqtt next = server.raw()) {
      assertThat(next.say(asReader("rotated")).hear(CONNACK).at(1)).isZero();
    }
  }

  /** A client with another credential, a session and a will of so many bytes. */
  private static byte[] with(String clientId, String password, int willBytes) {
    return RawMqtt.packet(
        0x10,
        its ->
            its.putText("MQTT")
                .putByte(4)
                .putByte(0xC4)
                .putShort(0)
                .putText(clientId)
                .putText("plant/w")
                .putText("w".repeat(willBytes))
                .putText("u")
                .putText(password));
  }

  /** A clean start with another credential. */
  private static byte[] asReader(String clientId) {
    return asReader(clientId, true);
  }

  private static byte[] asReader(String clientId, boolean isClean) {
    return RawMqtt.packet(
        0x10,
        its ->
            its.putText("MQTT")
                .putByte(4)
                .putByte(isClean ? 0xC2 : 0xC0)
                .putShort(0)
                .putText(clientId)
                .putText("u")
                .putText("reader"));
  }

  @Test
  void aSessionComesBackAlsoWhereThereAreTooMany() {
    try (KeptSessions one =
        new KeptSessions(MqttFixture.with(MqttFixture.CONFIG, MountPoint.NONE, 1), 1 << 20)) {
      try (RawMqtt client = one.persistent("one")) {
        client.say(GOODBYE).hearTheEnd();
      }
      try (RawMqtt another = one.raw()) {
        assertThat(another.say(connect("two", false)).hear(CONNACK).at(1)).isEqualTo(3);
      }
      one.returning("one").close();
    }
  }

  @Test
  void aCredentialWhoseSessionsWaitLeavesAsManyToOthers() {
    try (KeptSessions four =
        new KeptSessions(MqttFixture.with(MqttFixture.CONFIG, MountPoint.NONE, 4), 1 << 20)) {
      for (String id : List.of("one", "two")) {
        try (RawMqtt client = four.persistent(id)) {
          client.say(GOODBYE).hearTheEnd();
        }
      }
      try (RawMqtt client = four.raw()) {
        assertThat(client.say(connect("three", false)).hear(CONNACK).at(1)).isEqualTo(3);
      }
      four.raw().letIn(asReader("another", false)).close();
    }
  }

  @Test
  void aCredentialWhoseSessionsAreLargeLeavesRoomToOthers() {
    try (KeptSessions small = new KeptSessions(MqttFixture.CONFIG, 100_000)) {
      try (RawMqtt first = small.raw().letIn(with("first", "all", 40_000));
          RawMqtt second = small.raw()) {
        Heard refused = second.say(with("second", "all", 40_000)).hear(CONNACK);
        assertThat(refused.at(1)).isEqualTo(3);
        second.hearTheEnd();
        first.say(subscribe(1, 1, "plant/a")).hear(SUBACK);
        RawMqtt another = small.raw().letIn(asReader("another", false));
        another.say(subscribe(1, 1, "plant/hall/+")).hear(SUBACK);
        another.close();
      }
      // The one that was refused has left nothing, not even a will.
      assertThat(small.isStored("second")).isFalse();
      assertThat(small.isStored("first")).isTrue();
    }
  }

  @Test
  void aSessionThatGrowsBeyondItsShareIsToldAndStaysAsItWas() {
    try (KeptSessions small = new KeptSessions(MqttFixture.CONFIG, 20_000)) {
      try (RawMqtt client = small.raw().letIn(connect5("greedy", false, KeptSessions::aDay))) {
        client.say(subscribe5(1, 1, "plant/a")).hear(SUBACK);
        for (int i = 0; i < 19; i++) {
          client.say(subscribe5(2 + i, 1, "plant/" + i + "/" + "x".repeat(1000)));
        }
        Heard heard = client.hear().orElseThrow();
        while (heard.type() == SUBACK) {
          heard = client.hear().orElseThrow();
        }
        assertThat(heard.type()).isEqualTo(DISCONNECT);
        assertThat(heard.at(0)).isEqualTo(ReasonCode.QUOTA_EXCEEDED.code());
        client.hearTheEnd();
      }
      await().until(() -> small.stored("greedy").endsAt() != StoredSession.CONNECTED);
      assertThat(small.stored("greedy").subscriptions())
          .extracting(StoredSession.Subscribed::filter)
          .contains("plant/a");
    }
  }
}
