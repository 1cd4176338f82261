package io.millrace.broker.mqtt;

import static io.millrace.broker.mqtt.RawMqtt.CONNACK;
import static io.millrace.broker.mqtt.RawMqtt.DISCONNECT;
import static io.millrace.broker.mqtt.RawMqtt.PINGRESP;
import static io.millrace.broker.mqtt.RawMqtt.PUBACK;
import static io.millrace.broker.mqtt.RawMqtt.PUBLISH;
import static io.millrace.broker.mqtt.RawMqtt.PUBREC;
import static io.millrace.broker.mqtt.RawMqtt.SUBACK;
import static io.millrace.broker.mqtt.RawMqtt.connect;
import static io.millrace.broker.mqtt.RawMqtt.connect5;
import static io.millrace.broker.mqtt.RawMqtt.packet;
import static io.millrace.broker.mqtt.RawMqtt.publish;
import static io.millrace.broker.mqtt.RawMqtt.publish5;
import static io.millrace.broker.mqtt.RawMqtt.subscribe5;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.access.GrantId;
import io.millrace.broker.mqtt.RawMqtt.Heard;
import io.millrace.testkit.Seeds;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What clients may not do ends their connection with a reason, and nobody else's. */
class HostileMqttTest {
  @RegisterExtension static final OneServer SERVER = new OneServer();

  /** No properties. */
  private static void nothing(PacketWriter.Fields fields) {}

  private static RawMqtt raw() {
    return SERVER.raw();
  }

  private static RawMqtt connected5(String id) {
    return raw().letIn(connect5(id, true, HostileMqttTest::nothing));
  }

  private static void endsWith(ReasonCode reason, byte[] packet) {
    try (RawMqtt client = connected5("")) {
      Heard heard = client.say(packet).hear(DISCONNECT);
      assertThat(heard.at(0)).isEqualTo(reason.code());
      // A sentence for the person at the client.
      assertThat(heard.body().length).isGreaterThan(10);
      client.hearTheEnd();
    }
  }

  @Test
  void aPacketBeforeConnectEndsTheConnection() {
    try (RawMqtt client = raw()) {
      client.say(publish(0, "plant/a", 0, "x")).hearTheEnd();
    }
  }

  @Test
  void aSecondConnectEndsTheConnection() {
    endsWith(ReasonCode.PROTOCOL_ERROR, connect5("again", true, HostileMqttTest::nothing));
    try (RawMqtt client = raw().letIn(connect("twice", true))) {
      client.say(connect("twice", true)).hearTheEnd();
    }
  }

  @Test
  void wrongFlagsAreMalformed() {
    endsWith(ReasonCode.MALFORMED_PACKET, packet(0x80, its -> its.putShort(1).putByte(0)));
    endsWith(ReasonCode.MALFORMED_PACKET, publish5(6, "plant/a", 1, HostileMqttTest::nothing, ""));
    endsWith(ReasonCode.MALFORMED_PACKET, publish5(8, "plant/a", 0, HostileMqttTest::nothing, ""));
    endsWith(ReasonCode.MALFORMED_PACKET, new byte[] {(byte) 0xC1, 0});
    endsWith(ReasonCode.MALFORMED_PACKET, subscribe5(1, 0xC0, "plant/a"));
    endsWith(ReasonCode.PROTOCOL_ERROR, subscribe5(1, 3, "plant/a"));
    endsWith(ReasonCode.PROTOCOL_ERROR, new byte[] {0x00, 0});
  }

  @Test
  void lengthsThatLieAreMalformed() {
    endsWith(ReasonCode.MALFORMED_PACKET, new byte[] {0x30, -1, -1, -1, -1, 1});
    endsWith(ReasonCode.MALFORMED_PACKET, packet(0x30, its -> its.putShort(100).putByte('a')));
    endsWith(ReasonCode.MALFORMED_PACKET, packet(0xC0, its -> its.putByte(0)));
    endsWith(ReasonCode.MALFORMED_PACKET, publish5(2, "plant/a", 0, HostileMqttTest::nothing, "x"));
    endsWith(ReasonCode.PROTOCOL_ERROR, packet(0x82, its -> its.putShort(1).putByte(0)));
  }

  @Test
  void textsHaveToBeUtf8WithoutNul() {
    endsWith(
        ReasonCode.MALFORMED_PACKET,
        packet(0x30, its -> its.putBytes(new byte[] {'a', (byte) 0xC0}).putByte(0)));
    endsWith(
        ReasonCode.MALFORMED_PACKET,
        packet(0x30, its -> its.putBytes(new byte[] {'a', 0}).putByte(0)));
  }

  @Test
  void propertiesThatRepeatOrHaveNoPlaceAreProtocolErrors() {
    endsWith(
        ReasonCode.PROTOCOL_ERROR,
        publish5(
            0,
            "plant/a",
            0,
            its ->
                its.put(Property.MESSAGE_EXPIRY_INTERVAL, 1)
                    .put(Property.MESSAGE_EXPIRY_INTERVAL, 1),
            ""));
    endsWith(
        ReasonCode.PROTOCOL_ERROR,
        publish5(0, "plant/a", 0, its -> its.put(Property.SUBSCRIPTION_IDENTIFIER, 1), ""));
    endsWith(ReasonCode.MALFORMED_PACKET, publish5(0, "plant/a", 0, its -> its.putByte(0x7E), ""));
    endsWith(
        ReasonCode.PROTOCOL_ERROR,
        packet(
            0x82,
            its ->
                its.putShort(1)
                    .putCounted(new PacketWriter.Fields().put(Property.SUBSCRIPTION_IDENTIFIER, 0))
                    .putText("plant/a")
                    .putByte(0)));
  }

  @Test
  void publishingToWildcardsEndsTheConnection() {
    endsWith(
        ReasonCode.TOPIC_NAME_INVALID, publish5(0, "plant/+", 0, HostileMqttTest::nothing, ""));
    endsWith(
        ReasonCode.TOPIC_NAME_INVALID, publish5(2, "plant/#", 7, HostileMqttTest::nothing, ""));
    endsWith(
        ReasonCode.TOPIC_NAME_INVALID,
        publish5(0, "plant/a", 0, its -> its.put(Property.RESPONSE_TOPIC, "plant/+"), ""));
  }

  @Test
  void topicAliasesThatWereNotGivenEndTheConnection() {
    endsWith(
        ReasonCode.TOPIC_ALIAS_INVALID,
        publish5(0, "plant/a", 0, its -> its.put(Property.TOPIC_ALIAS, 0), ""));
    endsWith(
        ReasonCode.TOPIC_ALIAS_INVALID,
        publish5(0, "plant/a", 0, its -> its.put(Property.TOPIC_ALIAS, 17), ""));
    endsWith(
        ReasonCode.TOPIC_ALIAS_INVALID,
        publish5(0, "", 0, its -> its.put(Property.TOPIC_ALIAS, 1), ""));
    endsWith(ReasonCode.PROTOCOL_ERROR, publish5(0, "", 0, HostileMqttTest::nothing, ""));
  }

  @Test
  void aPacketThatIsTooLargeIsNotWaitedFor() {
    endsWith(ReasonCode.PACKET_TOO_LARGE, new byte[] {0x30, -1, -1, 127});
  }

  @Test
  void authIsRefusedCleanly() {
    endsWith(ReasonCode.PROTOCOL_ERROR, packet(0xF0, its -> its.putByte(0x18).putByte(0)));
    try (RawMqtt client = raw()) {
      Heard heard =
          client
              .say(connect5("auth", true, its -> its.put(Property.AUTHENTICATION_METHOD, "GS2")))
              .hear(CONNACK);
      assertThat(heard.at(1)).isEqualTo(ReasonCode.BAD_AUTHENTICATION_METHOD.code());
      client.hearTheEnd();
    }
  }

  @Test
  void moreUnacknowledgedMessagesThanAllowedEndTheConnection() {
    try (RawMqtt client = connected5("eager")) {
      int most = MqttFixture.CONFIG.receiveMaximum();
      for (int id = 1; id <= most + 1; id++) {
        client.say(publish5(4, "plant/eager", id, HostileMqttTest::nothing, "x"));
      }
      Heard heard = client.hear().orElseThrow();
      while (heard.type() == PUBREC) {
        heard = client.hear().orElseThrow();
      }
      assertThat(heard.type()).isEqualTo(DISCONNECT);
      assertThat(heard.at(0)).isEqualTo(ReasonCode.RECEIVE_MAXIMUM_EXCEEDED.code());
    }
  }

  @Test
  void whatTheCredentialDoesNotAllowIsRefusedWithWords() {
    byte[] reader =
        packet(
            0x10,
            its ->
                its.putText("MQTT")
                    .putByte(5)
                    .putByte(0xC2)
                    .putShort(0)
                    .putByte(0)
                    .putText("reader")
                    .putText("u")
                    .putText("reader"));
    try (RawMqtt client = raw().letIn(reader)) {
      Heard ack =
          client.say(publish5(2, "plant/hall/1", 1, HostileMqttTest::nothing, "x")).hear(PUBACK);
      assertThat(ack.at(2)).isEqualTo(ReasonCode.NOT_AUTHORIZED.code());
      assertThat(ack.text()).contains("does not allow to publish");
      Heard subAck = client.say(subscribe5(2, 0, "plant/#")).hear(SUBACK);
      assertThat(subAck.at(subAck.body().length - 1)).isEqualTo(ReasonCode.NOT_AUTHORIZED.code());
      subAck = client.say(subscribe5(3, 1, "plant/hall/+")).hear(SUBACK);
      assertThat(subAck.at(subAck.body().length - 1)).isEqualTo(1);
    }
  }

  @Test
  void aPublishOfVersion3ThatIsRefusedIsNotAcknowledged() {
    byte[] reader =
        packet(
            0x10,
            its ->
                its.putText("MQTT")
                    .putByte(4)
                    .putByte(0xC2)
                    .putShort(0)
                    .putText("reader3")
                    .putText("u")
                    .putText("reader"));
    try (RawMqtt client = raw().letIn(reader)) {
      client.say(RawMqtt.publish(2, "plant/hall/1", 1, "x")).hearTheEnd();
    }
  }

  @Test
  void aMillionSubscriptionsEndAtTheQuota() {
    try (RawMqtt client = connected5("many")) {
      int refused = 0;
      for (int i = 0; i < 1000; i++) {
        int from = i * 10;
        client.say(
            packet(
                0x82,
                its -> {
                  its.putShort(1).putByte(0);
                  for (int each = from; each < from + 10; each++) {
                    its.putText("plant/many/" + each).putByte(0);
                  }
                }));
        Heard heard = client.hear(SUBACK);
        refused += heard.at(heard.body().length - 1) == ReasonCode.QUOTA_EXCEEDED.code() ? 1 : 0;
      }
      assertThat(refused).isEqualTo(995);
      client.say(new byte[] {(byte) 0xC0, 0}).hear(PINGRESP);
    }
  }

  @Test
  void aCredentialThatEndsInMidConnectionEndsItWithAReason() {
    try (RawMqtt client = connected5("revoked")) {
      SERVER.fixture().grants.revoke(GrantId.key("all"));
      Heard heard = client.hear(DISCONNECT);
      assertThat(heard.at(0)).isEqualTo(ReasonCode.NOT_AUTHORIZED.code());
      client.hearTheEnd();
    }
  }

  @Test
  void twoClientsWithOneIdentifierDoNotLiveTogether() {
    try (RawMqtt first = connected5("one");
        RawMqtt second = connected5("one")) {
      assertThat(first.hear(DISCONNECT).at(0)).isEqualTo(ReasonCode.SESSION_TAKEN_OVER.code());
      first.hearTheEnd();
      second.say(new byte[] {(byte) 0xC0, 0}).hear(PINGRESP);
    }
  }

  @Test
  void damagedPacketsNeverHarmOthers() {
    byte[][] corpus = {
      connect("fuzz", true),
      connect5("fuzz", true, its -> its.put(Property.RECEIVE_MAXIMUM, 3)),
      publish5(2, "plant/f", 3, its -> its.put(Property.CONTENT_TYPE, "a/b"), "payload"),
      publish(4, "plant/f", 9, "payload"),
      subscribe5(5, 1, "plant/f/+"),
      packet(0xA2, its -> its.putShort(6).putByte(0).putText("plant/f")),
      packet(0xE0, its -> its.putByte(4).putByte(0)),
    };
    try (RawMqtt healthy = connected5("healthy")) {
      healthy.say(subscribe5(1, 1, "plant/healthy")).hear(SUBACK);
      Seeds.forEach(
          60,
          random -> {
            try (RawMqtt client = raw()) {
              if (random.nextBoolean()) {
                client.letIn(connect5("fuzz" + random.nextInt(), true, HostileMqttTest::nothing));
              }
              for (int i = 0; i < 5; i++) {
                byte[] packet = corpus[random.nextInt(corpus.length)].clone();
                for (int flips = random.nextInt(4); flips > 0; flips--) {
                  packet[random.nextInt(packet.length)] = (byte) random.nextInt(256);
                }
                client.say(packet);
              }
            } catch (UncheckedIOException closed) {
              // By the server, in the middle.
            }
          });
      healthy.say(publish5(2, "plant/healthy", 2, HostileMqttTest::nothing, "well"));
      Heard one = healthy.hear().orElseThrow();
      Heard other = healthy.hear().orElseThrow();
      Heard message = one.type() == PUBLISH ? one : other;
      assertThat(message.payload5()).isEqualTo("well");
      assertThat((one.type() == PUBLISH ? other : one).type()).isEqualTo(PUBACK);
    }
  }
}
