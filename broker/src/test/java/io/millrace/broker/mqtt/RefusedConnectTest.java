package io.millrace.broker.mqtt;

import static io.millrace.broker.mqtt.RawMqtt.CONNACK;
import static io.millrace.broker.mqtt.RawMqtt.connect;
import static io.millrace.broker.mqtt.RawMqtt.connect5;
import static io.millrace.broker.mqtt.RawMqtt.packet;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.mqtt.RawMqtt.Heard;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who is not let in is told why, in the version that it speaks. */
class RefusedConnectTest {
  @RegisterExtension static final OneServer SERVER = new OneServer();

  private static RawMqtt raw() {
    return SERVER.raw();
  }

  @Test
  void anotherProtocolOrVersionIsRefused() {
    byte[] other =
        packet(0x10, its -> its.putText("hj").putByte(4).putByte(2).putShort(0).putText("a"));
    try (RawMqtt client = raw()) {
      assertThat(client.say(other).hear(CONNACK).at(1)).isEqualTo(1);
      client.hearTheEnd();
    }
    byte[] old =
        packet(0x10, its -> its.putText("MQIsdp").putByte(3).putByte(2).putShort(0).putText("a"));
    try (RawMqtt client = raw()) {
      client.say(old).hear(CONNACK);
      client.hearTheEnd();
    }
  }

  private static void refusedAtConnect(ReasonCode reason, byte[] connect) {
    try (RawMqtt client = raw()) {
      Heard heard = client.say(connect).hear(CONNACK);
      assertThat(heard.at(0)).isZero();
      assertThat(heard.at(1)).isEqualTo(reason.code());
      // A sentence for the person at the client.
      assertThat(heard.body().length).isGreaterThan(10);
      client.hearTheEnd();
    }
  }

  private static byte[] connectWith(int flags, String clientId) {
    return packet(
        0x10,
        its ->
            its.putText("MQTT")
                .putByte(5)
                .putByte(flags)
                .putShort(0)
                .putByte(0)
                .putText(clientId)
                .putText("u")
                .putText("all"));
  }

  @Test
  void aMalformedConnectIsAnsweredInItsVersion() {
    refusedAtConnect(ReasonCode.MALFORMED_PACKET, connectWith(0xC3, "a"));
    refusedAtConnect(ReasonCode.MALFORMED_PACKET, connectWith(0xDE, "a"));
    refusedAtConnect(ReasonCode.MALFORMED_PACKET, connectWith(0xC2, "a\0b"));
    refusedAtConnect(
        ReasonCode.PROTOCOL_ERROR, connect5("a", true, its -> its.putByte(0x21).putShort(0)));
    byte[] flagged = connectWith(0xC2, "a");
    flagged[0] |= 1;
    refusedAtConnect(ReasonCode.MALFORMED_PACKET, flagged);
    // 3.1.1 has no code for that, and asks for the end alone.
    for (int wrong : new int[] {0, 9}) {
      byte[] old = connect("a", true);
      old[wrong] |= 1;
      try (RawMqtt client = raw()) {
        client.say(old).hearTheEnd();
      }
    }
  }

  @Test
  void aWrongPasswordIsRefusedWithWords() {
    byte[] wrong =
        packet(
            0x10,
            its ->
                its.putText("MQTT")
                    .putByte(5)
                    .putByte(0xC2)
                    .putShort(0)
                    .putByte(0)
                    .putText("a")
                    .putText("u")
                    .putText("wrong"));
    try (RawMqtt client = raw()) {
      Heard heard = client.say(wrong).hear(CONNACK);
      assertThat(heard.at(1)).isEqualTo(ReasonCode.BAD_USER_NAME_OR_PASSWORD.code());
      assertThat(heard.text()).contains("the key is not valid");
      client.hearTheEnd();
    }
  }

  @Test
  void anEmptyIdentifierNeedsACleanSessionIn3() {
    try (RawMqtt client = raw()) {
      assertThat(client.say(connect("", false)).hear(CONNACK).at(1)).isEqualTo(2);
      client.hearTheEnd();
    }
    try (RawMqtt client = raw()) {
      client.letIn(connect("", true));
    }
  }
}
