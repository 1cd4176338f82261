package io.millrace.broker.mqtt;

import static io.millrace.broker.mqtt.KeptSessions.GOODBYE;
import static io.millrace.broker.mqtt.KeptSessions.PING;
import static io.millrace.broker.mqtt.RawMqtt.PINGRESP;
import static io.millrace.broker.mqtt.RawMqtt.PUBACK;
import static io.millrace.broker.mqtt.RawMqtt.PUBLISH;
import static io.millrace.broker.mqtt.RawMqtt.SUBACK;
import static io.millrace.broker.mqtt.RawMqtt.acknowledgement;
import static io.millrace.broker.mqtt.RawMqtt.connect;
import static io.millrace.broker.mqtt.RawMqtt.connect5;
import static io.millrace.broker.mqtt.RawMqtt.subscribe5;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.mqtt.RawMqtt.Heard;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Retained messages for clients with a session. */
class SessionRetainedTest {
  private final KeptSessions server = new KeptSessions();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aFilterThatIsSubscribedToTwiceInOnePacketGetsWhatIsRetainedOnce() {
    server.retain("plant/retained", "r");
    try (RawMqtt client = server.raw().letIn(connect("repeating", true))) {
      client
          .say(
              RawMqtt.packet(
                  0x82,
                  fields -> {
                    fields.putShort(1);
                    for (int i = 0; i < 10; i++) {
                      fields.putText("plant/retained").putByte(0);
                    }
                  }))
          .hear(SUBACK);
      assertThat(client.hear(PUBLISH).payload()).isEqualTo("r");
      client.say(PING).hear(PINGRESP);
    }
  }

  @Test
  void whatIsRetainedAndWasCutOffGoesOnWhereItWas() {
    int count = 30;
    for (int i = 0; i < count; i++) {
      server.retain("plant/many/" + (100 + i), Integer.toString(i));
    }
    byte[] connect =
        connect5(
            "cut-off",
            false,
            its -> its.put(Property.SESSION_EXPIRY_INTERVAL, 60).put(Property.RECEIVE_MAXIMUM, 4));
    List<String> heard = new ArrayList<>();
    try (RawMqtt client = server.raw().letIn(connect)) {
      client.say(subscribe5(1, 1, "plant/many/+")).hear(SUBACK);
      for (int i = 0; i < 10; i++) {
        Heard one = client.hear(PUBLISH);
        heard.add(one.payload5());
        client.say(acknowledgement(PUBACK, one.packetId()));
      }
      // All of these have been taken in when this is answered.
      client.say(PING);
      while (true) {
        Heard one = client.hear().orElseThrow();
        if (one.type() == PINGRESP) {
          break;
        }
      }
      client.say(GOODBYE);
    }
    server.restart();
    try (RawMqtt client = server.returning(connect)) {
      while (heard.size() < count) {
        Heard one = client.hear(PUBLISH);
        assertThat(one.isRetained()).isTrue();
        heard.add(one.payload5());
        client.say(acknowledgement(PUBACK, one.packetId()));
      }
      client.say(PING).hear(PINGRESP);
    }
    assertThat(heard).doesNotHaveDuplicates().hasSize(count);
  }

  /**
   * A SUBSCRIBE of MQTT 5 with QoS 1 that asks for positions.
   *
   * @param retainHandling 0 for all that is retained, 1 where it is new, 2 for none
   */
  private static byte[] withPositions(int packetId, int retainHandling, String filter) {
    PacketWriter.Fields wishes =
        new PacketWriter.Fields().putPair("mr-positions", "true".getBytes(StandardCharsets.UTF_8));
    return RawMqtt.packet(
        0x82,
        its ->
            its.putShort(packetId)
                .putCounted(wishes)
                .putText(filter)
                .putByte(retainHandling << 4 | 1));
  }

  // MQTT-3.8.4-4: no message is lost by replacing a subscription.
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void whatIsRetainedGoesOnWhenTheFilterIsSubscribedToAgainWithOtherWishes(int retainHandling) {
    int count = 12;
    for (int i = 0; i < count; i++) {
      server.retain("plant/many/" + (100 + i), Integer.toString(i));
    }
    byte[] connect = connect5("changing", true, its -> its.put(Property.RECEIVE_MAXIMUM, 4));
    List<String> heard = new ArrayList<>();
    try (RawMqtt client = server.raw().letIn(connect)) {
      client.say(subscribe5(1, 1, "plant/many/+")).hear(SUBACK);
      List<Integer> unacknowledged = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Heard one = client.hear(PUBLISH);
        heard.add(one.payload5());
        unacknowledged.add(one.packetId());
      }
      client.say(withPositions(2, retainHandling, "plant/many/+")).hear(SUBACK);
      unacknowledged.forEach(id -> client.say(acknowledgement(PUBACK, id)));
      while (heard.size() < count) {
        Heard one = client.hear(PUBLISH);
        assertThat(one.isRetained()).isTrue();
        heard.add(one.payload5());
        client.say(acknowledgement(PUBACK, one.packetId()));
      }
      client.say(PING).hear(PINGRESP);
    }
    assertThat(heard).doesNotHaveDuplicates();
  }

  @Test
  void allThatIsRetainedComesAgainWhenTheFilterIsSubscribedToAgainAndAsksForIt() {
    server.retain("plant/many/1", "a");
    server.retain("plant/many/2", "b");
    byte[] connect = connect5("asking", true, its -> its.put(Property.RECEIVE_MAXIMUM, 1));
    try (RawMqtt client = server.raw().letIn(connect)) {
      client.say(subscribe5(1, 1, "plant/many/+")).hear(SUBACK);
      Heard first = client.hear(PUBLISH);
      client.say(withPositions(2, 0, "plant/many/+")).hear(SUBACK);
      client.say(acknowledgement(PUBACK, first.packetId()));
      List<String> heard = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        Heard one = client.hear(PUBLISH);
        heard.add(one.payload5());
        client.say(acknowledgement(PUBACK, one.packetId()));
      }
      client.say(PING).hear(PINGRESP);
      assertThat(heard).containsExactly("a", "b");
    }
  }
}
