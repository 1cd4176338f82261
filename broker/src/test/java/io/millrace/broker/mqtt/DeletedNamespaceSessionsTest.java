package io.millrace.broker.mqtt;

import static io.millrace.broker.mqtt.KeptSessions.GOODBYE;
import static io.millrace.broker.mqtt.KeptSessions.PING;
import static io.millrace.broker.mqtt.KeptSessions.hear;
import static io.millrace.broker.mqtt.RawMqtt.PINGRESP;
import static io.millrace.broker.mqtt.RawMqtt.PUBLISH;
import static io.millrace.broker.mqtt.RawMqtt.SUBACK;
import static io.millrace.broker.mqtt.RawMqtt.subscribe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.mqtt.RawMqtt.Heard;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Sessions that are away while a namespace of theirs is deleted and another of its name is made.
 */
class DeletedNamespaceSessionsTest {
  private final KeptSessions server = new KeptSessions();

  @BeforeEach
  void make() {
    MqttFixture.join(server.fixture.broker.put(SharedSessionsTest.nowhere()));
  }

  @AfterEach
  void close() {
    server.close();
  }

  /** It has had three messages, and goes without acknowledging the last. */
  private void wasThere(String id, String filter) {
    try (RawMqtt client = server.persistent(id)) {
      client.say(subscribe(1, 1, filter)).hear(SUBACK);
      server.publish("nowhere/x", 1, "1", "2", "3");
      assertThat(hear(client, 2)).containsExactly("1", "2");
      assertThat(client.hear(PUBLISH).payload()).isEqualTo("3");
      client.say(GOODBYE).hearTheEnd();
    }
    await().until(() -> server.stored(id).endsAt() != StoredSession.CONNECTED);
  }

  /**
   * Everything of the new one and nothing else, though it lies where the old one's messages did.
   */
  private void findsTheNewOne(String id) {
    MqttFixture.join(server.fixture.broker.put(SharedSessionsTest.nowhere()));
    server.publish("nowhere/x", 1, "a", "b", "c", "d");
    try (RawMqtt client = server.returning(id)) {
      for (String payload : new String[] {"a", "b", "c", "d"}) {
        Heard heard = client.hear(PUBLISH);
        assertThat(heard.payload()).isEqualTo(payload);
        assertThat(heard.isDup()).isFalse();
      }
      client.say(PING).hear(PINGRESP);
    }
  }

  @Test
  void whoWasAwayBeginsBeforeEverythingInTheNewOne() {
    wasThere("away", "nowhere/+");
    MqttFixture.join(server.fixture.broker.delete("nowhere"));
    findsTheNewOne("away");
  }

  /**
   * A client that stays has had three messages and does not acknowledge the last, which lies where
   * one of the new namespace does.
   */
  private void stays(String id, String filter) {
    try (RawMqtt client = server.persistent(id)) {
      client.say(subscribe(1, 1, filter)).hear(SUBACK);
      server.publish("nowhere/x", 1, "1", "2", "3");
      assertThat(hear(client, 2)).containsExactly("1", "2");
      Heard last = client.hear(PUBLISH);
      assertThat(last.payload()).isEqualTo("3");
      // With this its session is kept as it is now.
      client.say(subscribe(2, 1, "plant/else")).hear(SUBACK);
      assertThat(server.stored(id).inFlight()).hasSize(1);
      MqttFixture.join(server.fixture.broker.delete("nowhere"));
      assertThat(server.stored(id).inFlight()).isEmpty();
      MqttFixture.join(server.fixture.broker.put(SharedSessionsTest.nowhere()));
      server.publish("nowhere/x", 1, "a", "b", "c", "d");
      assertThat(hear(client, 4)).containsExactly("a", "b", "c", "d");
      client.say(GOODBYE).hearTheEnd();
    }
    await().until(() -> server.stored(id).endsAt() != StoredSession.CONNECTED);
    assertThat(server.stored(id).inFlight()).isEmpty();
    server.publish("nowhere/x", 1, "e");
    try (RawMqtt client = server.returning(id)) {
      assertThat(client.hear(PUBLISH).payload()).isEqualTo("e");
    }
  }

  @Test
  void whoStaysDoesNotGetWhatLiesWhereItsUnacknowledgedOnesLay() {
    stays("staying", "nowhere/+");
  }

  @Test
  void norDoesAMemberOfASharedGroupThatStays() {
    stays("member", "$share/g/nowhere/+");
  }

  @Test
  void soDoesAMemberOfASharedGroup() {
    wasThere("member", "$share/g/nowhere/+");
    MqttFixture.join(server.fixture.broker.delete("nowhere"));
    findsTheNewOne("member");
  }

  @Test
  void whatWasDeletedWhileTheServerWasAwayIsFoundAtItsStart() {
    wasThere("away", "nowhere/x");
    server.stop();
    MqttFixture.join(server.log.delete("nowhere"));
    server.start();
    findsTheNewOne("away");
  }
}
