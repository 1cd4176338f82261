package io.millrace.broker.mqtt;

import static io.millrace.broker.mqtt.RawMqtt.CONNACK;
import static io.millrace.broker.mqtt.RawMqtt.PINGRESP;
import static io.millrace.broker.mqtt.RawMqtt.PUBACK;
import static io.millrace.broker.mqtt.RawMqtt.PUBCOMP;
import static io.millrace.broker.mqtt.RawMqtt.PUBLISH;
import static io.millrace.broker.mqtt.RawMqtt.PUBREC;
import static io.millrace.broker.mqtt.RawMqtt.PUBREL;
import static io.millrace.broker.mqtt.RawMqtt.SUBACK;
import static io.millrace.broker.mqtt.RawMqtt.acknowledgement;
import static io.millrace.broker.mqtt.RawMqtt.connect5;
import static io.millrace.broker.mqtt.RawMqtt.packet;
import static io.millrace.broker.mqtt.RawMqtt.publish5;
import static io.millrace.broker.mqtt.RawMqtt.subscribe5;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.mqtt.RawMqtt.Heard;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a client and the server agree on in CONNECT and SUBSCRIBE, byte by byte. */
class MqttTermsTest {
  private final KeptSessions server = new KeptSessions();

  @AfterEach
  void close() {
    server.close();
  }

  /** Of a PUBLISH with QoS 0 whose properties are less than 128 bytes. */
  private static String properties(Heard message) {
    int from = 2 + message.shortAt(0);
    return latin(Arrays.copyOfRange(message.body(), from + 1, from + 1 + message.at(from)));
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static String latin(Property property, long value) {
    return latin(new PacketWriter.Fields().put(property, value).toBytes());
  }

  @Test
  void topicAliasesStandForTopicsInBothDirections() {
    try (RawMqtt client =
        server
            .raw()
            .letIn(connect5("short", true, its -> its.put(Property.TOPIC_ALIAS_MAXIMUM, 1)))) {
      client.say(subscribe5(1, 0, "plant/al/+")).hear(SUBACK);
      client.say(publish5(0, "plant/al/1", 0, its -> its.put(Property.TOPIC_ALIAS, 7), "named"));
      Heard first = client.hear(PUBLISH);
      assertThat(first.topic()).isEqualTo("plant/al/1");
      assertThat(properties(first)).isEqualTo(latin(Property.TOPIC_ALIAS, 1));

      client.say(publish5(0, "", 0, its -> its.put(Property.TOPIC_ALIAS, 7), "short"));
      Heard second = client.hear(PUBLISH);
      assertThat(second.topic()).isEmpty();
      assertThat(properties(second)).isEqualTo(latin(Property.TOPIC_ALIAS, 1));
      assertThat(second.payload5()).isEqualTo("short");

      // The alias means another topic from now on, and the client takes no more than one.
      client.say(publish5(0, "plant/al/2", 0, its -> its.put(Property.TOPIC_ALIAS, 7), "other"));
      Heard third = client.hear(PUBLISH);
      assertThat(third.topic()).isEqualTo("plant/al/2");
      assertThat(properties(third)).isEmpty();
      client.say(publish5(0, "", 0, its -> its.put(Property.TOPIC_ALIAS, 7), "again"));
      assertThat(client.hear(PUBLISH).topic()).isEqualTo("plant/al/2");
    }
  }

  @Test
  void whoTakesNoAliasesGetsNone() {
    try (RawMqtt client = server.raw().letIn(connect5("long", true, its -> {}))) {
      client.say(subscribe5(1, 0, "plant/al/+")).hear(SUBACK);
      for (int i = 0; i < 2; i++) {
        client.say(publish5(0, "plant/al/1", 0, its -> {}, "x"));
        Heard message = client.hear(PUBLISH);
        assertThat(message.topic()).isEqualTo("plant/al/1");
        assertThat(properties(message)).isEmpty();
      }
    }
  }

  private static byte[] subscribe(int packetId, int identifier, String filter) {
    return packet(
        0x82,
        fields ->
            fields
                .putShort(packetId)
                .putCounted(
                    new PacketWriter.Fields().put(Property.SUBSCRIPTION_IDENTIFIER, identifier))
                .putText(filter)
                .putByte(0));
  }

  @Test
  void aMessageOfSeveralSubscriptionsHasTheIdentifiersOfAll() {
    try (RawMqtt client = server.raw().letIn(connect5("several", true, its -> {}))) {
      client.say(subscribe(1, 3, "plant/id/#")).hear(SUBACK);
      client.say(subscribe(2, 300, "plant/id/+")).hear(SUBACK);
      client.say(subscribe(3, 5, "plant/other")).hear(SUBACK);
      client.say(publish5(0, "plant/id/1", 0, its -> {}, "x"));

      assertThat(properties(client.hear(PUBLISH)))
          .hasSize(5)
          .contains(latin(Property.SUBSCRIPTION_IDENTIFIER, 3))
          .contains(latin(Property.SUBSCRIPTION_IDENTIFIER, 300));
      client.say(KeptSessions.PING).hear(PINGRESP);
    }
  }

  @Test
  void aSessionThatIsToLastForEverLastsAsLongAsTheServerKeepsAnyAndSaysSo() {
    try (RawMqtt client = server.raw()) {
      Heard answer =
          client
              .say(
                  connect5(
                      "eternal",
                      true,
                      its -> its.put(Property.SESSION_EXPIRY_INTERVAL, 0xFFFF_FFFFL)))
              .hear(CONNACK);
      assertThat(answer.at(1)).isZero();
      long most = MqttFixture.CONFIG.sessionExpiry().toSeconds();
      assertThat(answer.text()).contains(latin(Property.SESSION_EXPIRY_INTERVAL, most));
      client.say(KeptSessions.GOODBYE).hearTheEnd();
    }
    server.returning(connect5("eternal", false, its -> {})).close();
    // That one wanted none: the session has ended with it.
    try (RawMqtt client = server.raw()) {
      assertThat(client.say(connect5("eternal", false, its -> {})).hear(CONNACK).at(0)).isZero();
      client.say(KeptSessions.PING).hear(PINGRESP);
      assertThat(server.isStored("eternal")).isFalse();
    }
  }

  @Test
  void noMoreAreInFlightThanTheClientsReceiveMaximum() {
    try (RawMqtt client =
        server.raw().letIn(connect5("two", true, its -> its.put(Property.RECEIVE_MAXIMUM, 2)))) {
      client.say(subscribe5(1, 2, "plant/two")).hear(SUBACK);
      server.publish("plant/two", 2, "1", "2", "3");
      int first = client.hear(PUBLISH).packetId();
      client.hear(PUBLISH);
      client.say(KeptSessions.PING).hear(PINGRESP);
      // That it has arrived makes no room yet, only that it is complete.
      client.say(acknowledgement(PUBREC, first)).hear(PUBREL);
      client.say(KeptSessions.PING).hear(PINGRESP);
      client.say(acknowledgement(PUBCOMP, first));
      assertThat(client.hear(PUBLISH).payload5()).isEqualTo("3");
    }
  }

  private double counted(String name, String namespace) {
    return server.fixture.registry.scrape(("millrace_broker_" + name)::equals).stream()
        .flatMap(its -> ((CounterSnapshot) its).getDataPoints().stream())
        .filter(point -> "mqtt".equals(point.getLabels().get("door")))
        .filter(point -> namespace.equals(point.getLabels().get("namespace")))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  @Test
  void whatGoesOverMqttIsCountedAsThatByNamespace() {
    try (RawMqtt client = server.raw().letIn(connect5("counted", true, its -> {}))) {
      client.say(subscribe5(1, 0, "plant/c")).hear(SUBACK);
      client.say(publish5(0, "plant/c", 0, its -> {}, "12345")).hear(PUBLISH);
      client.say(publish5(2, "wire/c", 1, its -> {}, "123")).hear(PUBACK);

      await().until(() -> counted("published_messages", "plant") == 1);
      assertThat(counted("published_bytes", "plant")).isEqualTo(5);
      assertThat(counted("published_messages", "wire")).isEqualTo(1);
      assertThat(counted("published_bytes", "wire")).isEqualTo(3);
      await().until(() -> counted("delivered_messages", "plant") == 1);
      assertThat(counted("delivered_bytes", "plant")).isEqualTo(5);
      assertThat(counted("delivered_messages", "wire")).isZero();
    }
  }
}
