package io.millrace.broker.mqtt;

import static io.millrace.broker.mqtt.KeptSessions.GOODBYE;
import static io.millrace.broker.mqtt.KeptSessions.PING;
import static io.millrace.broker.mqtt.KeptSessions.hear;
import static io.millrace.broker.mqtt.RawMqtt.PINGRESP;
import static io.millrace.broker.mqtt.RawMqtt.PUBACK;
import static io.millrace.broker.mqtt.RawMqtt.PUBLISH;
import static io.millrace.broker.mqtt.RawMqtt.SUBACK;
import static io.millrace.broker.mqtt.RawMqtt.acknowledgement;
import static io.millrace.broker.mqtt.RawMqtt.connect5;
import static io.millrace.broker.mqtt.RawMqtt.subscribe;
import static io.millrace.broker.mqtt.RawMqtt.subscribe5;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.mqtt.RawMqtt.Heard;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Shared subscriptions of clients with sessions. */
class SharedSessionsTest {
  private final KeptSessions server = new KeptSessions();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void whatWasDealtToAMemberOfAGroupAndNotSentSurvivesTheServer() {
    byte[] connect =
        connect5(
            "dealt",
            false,
            its -> its.put(Property.SESSION_EXPIRY_INTERVAL, 60).put(Property.RECEIVE_MAXIMUM, 1));
    try (RawMqtt client = server.raw().letIn(connect)) {
      client.say(subscribe5(1, 1, "$share/g/plant/d")).hear(SUBACK);
      server.publish("plant/d", 1, "1", "2", "3");
      assertThat(client.hear(PUBLISH).payload5()).isEqualTo("1");
      client.say(GOODBYE).hearTheEnd();
    }
    try (RawMqtt client = server.raw().letIn(connect)) {
      assertThat(client.hear(PUBLISH).payload5()).isEqualTo("1");
      client.say(PING).hear(PINGRESP);
      server.restart();
    }
    try (RawMqtt client = server.raw().letIn(connect)) {
      for (String payload : List.of("1", "2", "3")) {
        Heard heard = client.hear(PUBLISH);
        assertThat(heard.payload5()).isEqualTo(payload);
        client.say(acknowledgement(PUBACK, heard.packetId()));
      }
    }
  }

  @Test
  void aMemberOfAGroupThatCannotBeReadAtTheMomentWaits() {
    MqttFixture.join(server.fixture.broker.put(nowhere()));
    try (RawMqtt client = server.persistent("patient")) {
      client.say(subscribe(1, 1, "$share/g/nowhere/x")).hear(SUBACK);
      client.say(GOODBYE).hearTheEnd();
    }
    MqttFixture.join(server.fixture.broker.delete("nowhere"));
    try (RawMqtt client = server.returning("patient")) {
      client.say(PING).hear(PINGRESP);
      MqttFixture.join(server.fixture.broker.put(nowhere()));
      server.publish("nowhere/x", 1, "x");
      assertThat(hear(client, 1)).containsExactly("x");
    }
  }

  /** A namespace of the tests' own. */
  static Namespace nowhere() {
    return new Namespace(
        "nowhere", 1, 3, Durability.LOGGED, Duration.ofDays(1), Namespace.UNBOUNDED, 90_000);
  }

  private static byte[] member(String id) {
    return connect5(
        id,
        false,
        its -> its.put(Property.SESSION_EXPIRY_INTERVAL, 60).put(Property.RECEIVE_MAXIMUM, 3));
  }

  private static byte[] passing(String id) {
    return connect5(id, true, its -> its.put(Property.RECEIVE_MAXIMUM, 3));
  }

  @Test
  void whatIsPublishedRightAfterANamespaceWasMadeAnewReachesAGroup() {
    MqttFixture.join(server.fixture.broker.put(nowhere()));
    try (RawMqtt client = server.persistent("steady")) {
      client.say(subscribe(1, 1, "$share/g/nowhere/+")).hear(SUBACK);
      server.publish("nowhere/x", 1, "1", "2", "3");
      assertThat(hear(client, 3)).containsExactly("1", "2", "3");
      MqttFixture.join(server.fixture.broker.delete("nowhere"));
      MqttFixture.join(server.fixture.broker.put(nowhere()));
      server.publish("nowhere/x", 1, "4");
      assertThat(hear(client, 1)).containsExactly("4");
    }
  }

  @Test
  void aGroupThatNobodyComesBackToIsForgotten() {
    for (int i = 0; i < 20; i++) {
      try (RawMqtt client = server.raw().letIn(passing("fleeting"))) {
        client.say(subscribe5(1, 1, "$share/g" + i + "/plant/q")).hear(SUBACK);
        client.say(GOODBYE).hearTheEnd();
      }
    }
    try (RawMqtt client = server.raw().letIn(member("coming back"))) {
      client.say(subscribe5(1, 1, "$share/g/plant/q")).hear(SUBACK);
      client.say(GOODBYE).hearTheEnd();
    }
    await().until(() -> server.fixture.gauge("millrace_broker_mqtt_shared_groups") == 1);
  }

  /** At least once to somebody, whatever of it was dealt, sent or acknowledged when it died. */
  @Test
  void everyAcknowledgedMessageReachesAGroupOverACrash() {
    Set<String> heard = ConcurrentHashMap.newKeySet();
    try (RawMqtt a = server.raw().letIn(member("a"));
        RawMqtt b = server.raw().letIn(member("b"))) {
      a.say(subscribe5(1, 1, "$share/g/plant/c/+")).hear(SUBACK);
      b.say(subscribe5(1, 1, "$share/g/plant/c/+")).hear(SUBACK);
      for (int i = 0; i < 5; i++) {
        server.publish("plant/c/" + i, 1, numbers(12 * i, 12 * (i + 1)));
      }
      for (int i = 0; i < 8; i++) {
        Heard one = a.hear(PUBLISH);
        // What was acknowledged has arrived; the last of these was only sent.
        if (i < 7) {
          heard.add(one.payload5());
          a.say(acknowledgement(PUBACK, one.packetId()));
        }
      }
      b.hear(PUBLISH);
      // What was dealt by now is behind the position that the group has come to.
      for (RawMqtt each : List.of(a, b)) {
        each.say(subscribe5(2, 0, "plant/else"));
        Heard heardLast = each.hear().orElseThrow();
        while (heardLast.type() != SUBACK) {
          heardLast = each.hear().orElseThrow();
        }
      }
      server.crash();
    }
    server.publish("plant/c/1", 1, numbers(60, 70));
    List<RawMqtt> back = new ArrayList<>();
    for (String id : List.of("a", "b")) {
      RawMqtt client = server.returning(member(id));
      back.add(client);
      Thread.ofVirtual().start(() -> takeAll(client, heard));
    }
    await().until(() -> heard.size() == 70);
    back.forEach(RawMqtt::close);
  }

  private static String[] numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(Integer::toString).toArray(String[]::new);
  }

  /** Until the connection ends. */
  private static void takeAll(RawMqtt client, Set<String> heard) {
    for (var next = client.hear(); next.isPresent(); next = client.hear()) {
      heard.add(next.get().payload5());
      client.say(acknowledgement(PUBACK, next.get().packetId()));
    }
  }

  @Test
  void whatALeavingMemberHasNotAcknowledgedIsReadAgainForAnother() {
    try (RawMqtt first = server.raw().letIn(passing("first"))) {
      first.say(subscribe5(1, 1, "$share/g/plant/q")).hear(SUBACK);
      server.publish("plant/q", 1, "owed");
      first.hear(PUBLISH);
      try (RawMqtt second = server.raw().letIn(passing("second"))) {
        second.say(subscribe5(1, 1, "$share/g/plant/q")).hear(SUBACK);
        first.say(GOODBYE).hearTheEnd();
        assertThat(second.hear(PUBLISH).payload5()).isEqualTo("owed");
      }
    }
  }

  /** Section 4.8.2: they should, with QoS 1. */
  @Test
  void whatAMemberHasNotAcknowledgedGoesToAnotherWhenItsSessionIsDiscarded() {
    try (RawMqtt first = server.raw().letIn(member("first"))) {
      first.say(subscribe5(1, 1, "$share/g/plant/q")).hear(SUBACK);
      server.publish("plant/q", 1, "owed");
      first.hear(PUBLISH);
      first.say(GOODBYE).hearTheEnd();
    }
    try (RawMqtt second = server.raw().letIn(member("second"))) {
      second.say(subscribe5(1, 1, "$share/g/plant/q")).hear(SUBACK);
      server.publish("plant/q", 1, "new");
      assertThat(hear5(second)).isEqualTo("new");
      server.raw().letIn(passing("first")).close();
      assertThat(hear5(second)).isEqualTo("owed");
    }
  }

  @Test
  void whatAMemberHasNotAcknowledgedGoesToAnotherWhenItsSessionEndsWithItsNextConnection() {
    try (RawMqtt first = server.raw().letIn(member("first"))) {
      first.say(subscribe5(1, 1, "$share/g/plant/q")).hear(SUBACK);
      server.publish("plant/q", 1, "owed");
      first.hear(PUBLISH);
      first.say(GOODBYE).hearTheEnd();
    }
    try (RawMqtt second = server.raw().letIn(member("second"))) {
      second.say(subscribe5(1, 1, "$share/g/plant/q")).hear(SUBACK);
      // It comes back for the last time.
      byte[] last = connect5("first", false, its -> its.put(Property.RECEIVE_MAXIMUM, 3));
      try (RawMqtt again = server.returning(last)) {
        assertThat(again.hear(PUBLISH).payload5()).isEqualTo("owed");
        again.say(GOODBYE).hearTheEnd();
      }
      assertThat(hear5(second)).isEqualTo("owed");
    }
  }

  /** The next message, acknowledged. */
  private static String hear5(RawMqtt client) {
    Heard heard = client.hear(PUBLISH);
    client.say(acknowledgement(PUBACK, heard.packetId()));
    return heard.payload5();
  }

  /** MQTT-4.8.2-5. */
  @Test
  void nobodyElseIsGivenWhatAMemberMayHaveWithQos2() {
    try (RawMqtt first = server.raw().letIn(passing("first"))) {
      first.say(subscribe5(1, 2, "$share/g/plant/q")).hear(SUBACK);
      server.publish("plant/q", 2, "its own");
      first.hear(PUBLISH);
      try (RawMqtt second = server.raw().letIn(passing("second"))) {
        second.say(subscribe5(1, 2, "$share/g/plant/q")).hear(SUBACK);
        first.say(GOODBYE).hearTheEnd();
        server.publish("plant/q", 2, "next");
        assertThat(second.hear(PUBLISH).payload5()).isEqualTo("next");
      }
    }
  }

  @Test
  void whatIsTooLargeForAMemberDoesNotComeBack() {
    byte[] connect =
        connect5(
            "narrow",
            false,
            its ->
                its.put(Property.SESSION_EXPIRY_INTERVAL, 60)
                    .put(Property.MAXIMUM_PACKET_SIZE, 100));
    try (RawMqtt client = server.raw().letIn(connect)) {
      client.say(subscribe5(1, 1, "$share/g/plant/big")).hear(SUBACK);
      server.publish("plant/big", 1, "small", "x".repeat(200));
      Heard small = client.hear(PUBLISH);
      client.say(PING).hear(PINGRESP);
      client.say(acknowledgement(PUBACK, small.packetId()));
      client.say(GOODBYE).hearTheEnd();
    }
    server.restart();
    try (RawMqtt client = server.returning(connect)) {
      server.publish("plant/big", 1, "next");
      assertThat(client.hear(PUBLISH).payload5()).isEqualTo("next");
    }
  }
}
