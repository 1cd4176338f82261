package io.millrace.broker.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Seeds;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class PacketReaderPropertyTest {
  private static byte[] conversation(RandomGenerator random) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(RawMqtt.connect5("client", true, its -> its.put(Property.RECEIVE_MAXIMUM, 7)));
    for (int i = 0; i < 20; i++) {
      int id = 1 + random.nextInt(0xFFFF);
      bytes.writeBytes(
          switch (random.nextInt(5)) {
            case 0 ->
                RawMqtt.publish5(
                    2,
                    "a/ü/𝄞",
                    id,
                    its -> its.putPair("name", new byte[] {'v'}),
                    "x".repeat(random.nextInt(300)));
            case 1 -> RawMqtt.subscribe5(id, 0x2E, "a/#");
            case 2 -> RawMqtt.acknowledgement(RawMqtt.PUBREL, id);
            case 3 -> new byte[] {(byte) 0xC0, 0};
            default -> RawMqtt.publish5(0, "a", 0, its -> {}, "");
          });
    }
    return bytes.toByteArray();
  }

  private static List<String> read(PacketReader reader) throws MqttException {
    List<String> packets = new ArrayList<>();
    for (Packet packet = reader.next(); packet != null; packet = reader.next()) {
      packets.add(
          switch (packet) {
            case Packet.Publish it ->
                it.topic() + it.packetId() + Arrays.hashCode(it.payload()) + it.properties().user();
            case Packet.Connect it ->
                it.clientId() + it.properties().number(Property.RECEIVE_MAXIMUM, 0);
            case Packet.Subscribe it -> it.packetId() + it.filters().toString();
            default -> packet.toString();
          });
    }
    return packets;
  }

  @Test
  void anySplitOfTheBytesGivesTheSamePackets() {
    Seeds.forEach(
        200,
        random -> {
          byte[] bytes = conversation(random);
          try {
            PacketReader whole = new PacketReader(1000);
            whole.feed(bytes);
            List<String> expected = read(whole);
            assertThat(expected).hasSize(21);
            PacketReader reader = new PacketReader(1000);
            List<String> packets = new ArrayList<>();
            for (int at = 0; at < bytes.length; ) {
              int to = Math.min(bytes.length, at + 1 + random.nextInt(60));
              reader.feed(Arrays.copyOfRange(bytes, at, to));
              packets.addAll(read(reader));
              at = to;
            }
            assertThat(packets).isEqualTo(expected);
            assertThat(reader.waiting()).isEmpty();
          } catch (MqttException e) {
            throw new AssertionError(e.words(), e);
          }
        });
  }

  @Test
  void damagedBytesAreRefusedAndNeverAnythingElse() {
    Seeds.forEach(
        2000,
        random -> {
          byte[] bytes = conversation(random);
          for (int flips = 1 + random.nextInt(5); flips > 0; flips--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
          }
          PacketReader reader = new PacketReader(1000);
          reader.feed(bytes);
          try {
            read(reader);
          } catch (MqttException e) {
            assertThat(e.words()).isNotEmpty();
            assertThat(e.reason().code()).isGreaterThanOrEqualTo(Packet.FIRST_ERROR);
          }
        });
  }
}
