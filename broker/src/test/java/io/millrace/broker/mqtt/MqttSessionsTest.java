package io.millrace.broker.mqtt;

import static io.millrace.broker.mqtt.KeptSessions.GOODBYE;
import static io.millrace.broker.mqtt.KeptSessions.PING;
import static io.millrace.broker.mqtt.KeptSessions.hear;
import static io.millrace.broker.mqtt.RawMqtt.CONNACK;
import static io.millrace.broker.mqtt.RawMqtt.DISCONNECT;
import static io.millrace.broker.mqtt.RawMqtt.PINGRESP;
import static io.millrace.broker.mqtt.RawMqtt.PUBACK;
import static io.millrace.broker.mqtt.RawMqtt.PUBCOMP;
import static io.millrace.broker.mqtt.RawMqtt.PUBLISH;
import static io.millrace.broker.mqtt.RawMqtt.PUBREC;
import static io.millrace.broker.mqtt.RawMqtt.PUBREL;
import static io.millrace.broker.mqtt.RawMqtt.SUBACK;
import static io.millrace.broker.mqtt.RawMqtt.acknowledgement;
import static io.millrace.broker.mqtt.RawMqtt.connect;
import static io.millrace.broker.mqtt.RawMqtt.connect5;
import static io.millrace.broker.mqtt.RawMqtt.subscribe;
import static io.millrace.broker.mqtt.RawMqtt.subscribe5;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.mqtt.RawMqtt.Heard;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions that outlive their connections, and the server. */
class MqttSessionsTest {
  private final KeptSessions server = new KeptSessions();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void whatComesWhileAClientIsAwayIsThereWhenItComesBack() {
    try (RawMqtt client = server.persistent("away")) {
      client.say(subscribe(1, 1, "plant/a/+")).hear(SUBACK);
      client.say(GOODBYE).hearTheEnd();
    }
    server.publish("plant/a/1", 1, "1", "2", "3");
    try (RawMqtt client = server.returning("away")) {
      assertThat(hear(client, 3)).containsExactly("1", "2", "3");
      server.publish("plant/a/1", 1, "4");
      assertThat(hear(client, 1)).containsExactly("4");
    }
  }

  @Test
  void aSessionSurvivesTheServer() {
    try (RawMqtt client = server.persistent("survivor")) {
      client.say(subscribe(1, 1, "plant/s/#")).hear(SUBACK);
      server.publish("plant/s/1", 1, "before");
      assertThat(hear(client, 1)).containsExactly("before");
      client.say(GOODBYE).hearTheEnd();
    }
    server.publish("plant/s/2", 1, "meanwhile");
    server.restart();
    server.publish("plant/s/2", 1, "after");
    try (RawMqtt client = server.returning("survivor")) {
      assertThat(hear(client, 2)).containsExactly("meanwhile", "after");
    }
  }

  @Test
  void whatIsInFlightIsSentAgainInOrderWithTheSameIdentifiersAlsoAfterARestart() {
    List<Integer> ids = new ArrayList<>();
    try (RawMqtt client = server.persistent("silent")) {
      client.say(subscribe(1, 2, "plant/f/#")).hear(SUBACK);
      server.publish("plant/f/1", 1, "a", "b");
      for (int i = 0; i < 3; i++) {
        if (i == 2) {
          // Of two topics the log gives no order.
          server.publish("plant/f/2", 2, "c");
        }
        Heard heard = client.hear(PUBLISH);
        assertThat(heard.isDup()).isFalse();
        ids.add(heard.packetId());
      }
    }
    for (int round = 0; round < 2; round++) {
      try (RawMqtt client = server.returning("silent")) {
        for (int i = 0; i < 3; i++) {
          Heard heard = client.hear(PUBLISH);
          assertThat(heard.isDup()).isTrue();
          assertThat(heard.packetId()).isEqualTo(ids.get(i));
          assertThat(heard.payload()).isEqualTo(List.of("a", "b", "c").get(i));
        }
      }
      server.restart();
    }
    try (RawMqtt client = server.returning("silent")) {
      for (int i = 0; i < 3; i++) {
        client.hear(PUBLISH);
      }
      client.say(acknowledgement(PUBACK, ids.get(0)));
      client.say(acknowledgement(PUBACK, ids.get(1)));
      client.say(acknowledgement(PUBREC, ids.get(2))).hear(PUBREL);
    }
    server.restart();
    try (RawMqtt client = server.returning("silent")) {
      // Of the one that has arrived only its release is left.
      assertThat(client.hear(PUBREL).shortAt(0)).isEqualTo(ids.get(2));
      client.say(acknowledgement(PUBCOMP, ids.get(2)));
      client.say(PING).hear(PINGRESP);
    }
  }

  @Test
  void aMessageWithQos2IsInTheLogOnceHoweverOftenItIsSent() {
    try (RawMqtt watcher = server.raw().letIn(connect("watcher", true))) {
      watcher.say(subscribe(1, 0, "plant/once")).hear(SUBACK);
      try (RawMqtt client = server.persistent("twice")) {
        client.say(RawMqtt.publish(4, "plant/once", 7, "x")).hear(PUBREC);
        client.say(RawMqtt.publish(12, "plant/once", 7, "x")).hear(PUBREC);
      }
      try (RawMqtt client = server.returning("twice")) {
        client.say(RawMqtt.publish(12, "plant/once", 7, "x")).hear(PUBREC);
      }
      assertThat(watcher.hear(PUBLISH).payload()).isEqualTo("x");
    }
    server.restart();
    try (RawMqtt watcher = server.raw().letIn(connect("watcher", true))) {
      watcher.say(subscribe(1, 0, "plant/once")).hear(SUBACK);
      try (RawMqtt client = server.returning("twice")) {
        client.say(RawMqtt.publish(12, "plant/once", 7, "x")).hear(PUBREC);
        client.say(acknowledgement(PUBREL, 7)).hear(PUBCOMP);
        // The identifier is free: this is another message.
        client.say(RawMqtt.publish(4, "plant/once", 7, "y")).hear(PUBREC);
      }
      assertThat(watcher.hear(PUBLISH).payload()).isEqualTo("y");
    }
  }

  @Test
  void aCleanStartEndsTheSession() {
    try (RawMqtt client = server.persistent("clean")) {
      client.say(subscribe(1, 1, "plant/c")).hear(SUBACK);
    }
    try (RawMqtt client = server.raw()) {
      assertThat(client.say(connect("clean", true)).hear(CONNACK).at(0)).isZero();
    }
    try (RawMqtt client = server.raw()) {
      assertThat(client.say(connect("clean", false)).hear(CONNACK).at(0)).isZero();
    }
  }

  @Test
  void aSessionExpires() {
    try (RawMqtt client =
        server
            .raw()
            .letIn(connect5("short", true, its -> its.put(Property.SESSION_EXPIRY_INTERVAL, 1)))) {
      client.say(subscribe5(1, 1, "plant/e")).hear(SUBACK);
      client.say(GOODBYE).hearTheEnd();
    }
    await()
        .untilAsserted(
            () -> {
              List<String> keys = new ArrayList<>();
              server.table.forEach((key, value) -> keys.add(key));
              assertThat(keys).isEmpty();
            });
  }

  @Test
  void anotherConnectionTakesTheSessionOverWithWhatIsInFlight() {
    try (RawMqtt first = server.raw().letIn(connect5("taken", true, KeptSessions::aDay))) {
      first.say(subscribe5(1, 1, "plant/t")).hear(SUBACK);
      server.publish("plant/t", 1, "x");
      int id = first.hear(PUBLISH).packetId();
      try (RawMqtt second = server.raw()) {
        Heard heard = second.say(connect5("taken", false, KeptSessions::aDay)).hear(CONNACK);
        assertThat(heard.at(0)).isEqualTo(1);
        assertThat(first.hear(DISCONNECT).at(0)).isEqualTo(ReasonCode.SESSION_TAKEN_OVER.code());
        Heard again = second.hear(PUBLISH);
        assertThat(again.isDup()).isTrue();
        assertThat(again.packetId()).isEqualTo(id);
      }
    }
  }

  @Test
  void aWindowThatIsSmallerThanBeforeIsKept() {
    try (RawMqtt client = server.raw().letIn(connect5("narrow", true, KeptSessions::aDay))) {
      client.say(subscribe5(1, 1, "plant/n")).hear(SUBACK);
      server.publish("plant/n", 1, "1", "2", "3");
      for (int i = 0; i < 3; i++) {
        client.hear(PUBLISH);
      }
    }
    try (RawMqtt client = server.raw()) {
      client.say(
          connect5(
              "narrow",
              false,
              its ->
                  its.put(Property.SESSION_EXPIRY_INTERVAL, 60).put(Property.RECEIVE_MAXIMUM, 1)));
      client.hear(CONNACK);
      server.publish("plant/n", 1, "4");
      for (String payload : List.of("1", "2", "3", "4")) {
        Heard heard = client.hear(PUBLISH);
        assertThat(heard.payload5()).isEqualTo(payload);
        client.say(PING).hear(PINGRESP);
        client.say(acknowledgement(PUBACK, heard.packetId()));
      }
    }
  }

  @Test
  void messagesWaitForTheWindowAndNoneIsLost() {
    int count = 300;
    try (RawMqtt client =
        server.raw().letIn(connect5("slow", true, its -> its.put(Property.RECEIVE_MAXIMUM, 3)))) {
      client.say(subscribe5(1, 1, "plant/w/#")).hear(SUBACK);
      String[] payloads = new String[count];
      for (int i = 0; i < count; i++) {
        payloads[i] = Integer.toString(i);
      }
      server.publish("plant/w/1", 1, payloads);
      for (int i = 0; i < count; i++) {
        Heard heard = client.hear(PUBLISH);
        assertThat(heard.payload5()).isEqualTo(payloads[i]);
        client.say(acknowledgement(PUBACK, heard.packetId()));
      }
    }
  }

  @Test
  void whatIsInFlightAndTooLargeByNowDoesNotHoldUpTheRest() {
    try (RawMqtt client = server.raw().letIn(connect5("shrunk", true, KeptSessions::aDay))) {
      client.say(subscribe5(1, 1, "plant/n")).hear(SUBACK);
      server.publish("plant/n", 1, "x".repeat(200), "small");
      client.hear(PUBLISH);
      client.hear(PUBLISH);
    }
    byte[] less =
        connect5(
            "shrunk",
            false,
            its ->
                its.put(Property.SESSION_EXPIRY_INTERVAL, 60)
                    .put(Property.RECEIVE_MAXIMUM, 1)
                    .put(Property.MAXIMUM_PACKET_SIZE, 100));
    try (RawMqtt client = server.returning(less)) {
      assertThat(client.hear(PUBLISH).payload5()).isEqualTo("small");
    }
  }

  @Test
  void whatIsInFlightWaitsForALogThatCannotBeRead() {
    int id;
    try (RawMqtt client = server.persistent("patient")) {
      client.say(subscribe(1, 1, "plant/p")).hear(SUBACK);
      server.publish("plant/p", 1, "x");
      id = client.hear(PUBLISH).packetId();
    }
    server.restart();
    server.log.breakReading(true);
    int reads = server.log.reads();
    try (RawMqtt client = server.returning("patient")) {
      await().until(() -> server.log.reads() > reads);
      server.log.breakReading(false);
      Heard again = client.hear(PUBLISH);
      assertThat(again.isDup()).isTrue();
      assertThat(again.packetId()).isEqualTo(id);
      assertThat(again.payload()).isEqualTo("x");
    }
  }

  @Test
  void aNamespaceThatIsMadeAnewIsReadFromItsBeginning() {
    MqttFixture.join(server.fixture.broker.put(SharedSessionsTest.nowhere()));
    try (RawMqtt client = server.persistent("faithful")) {
      client.say(subscribe(1, 1, "nowhere/#")).hear(SUBACK);
      server.publish("nowhere/x", 1, "1", "2", "3");
      assertThat(hear(client, 3)).containsExactly("1", "2", "3");
      MqttFixture.join(server.fixture.broker.delete("nowhere"));
      MqttFixture.join(server.fixture.broker.put(SharedSessionsTest.nowhere()));
      server.publish("nowhere/x", 1, "4");
      assertThat(hear(client, 1)).containsExactly("4");
    }
  }
}
