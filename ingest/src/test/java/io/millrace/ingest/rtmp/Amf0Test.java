package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.MalformedMediaException;
import io.millrace.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class Amf0Test {
  @Test
  void whatIsWrittenIsRead() {
    Seeds.forEach(
        500,
        random -> {
          AmfValue[] values = {value(random, 0), value(random, 0)};
          assertThat(Amf0.read(Amf0.write(values))).containsExactly(values);
        });
  }

  // RTMP R25
  @Test
  void anEcmaArrayMayCountWronglyAndLackItsEnd() {
    List<AmfValue> values = Amf0.read(hex("08 000000ff 0001 61 00 3ff0000000000000 0001 62 01 01"));
    assertThat(values).containsExactly(AmfValue.object("a", 1, "b", true));
  }

  // RTMP R24
  @Test
  void anUnknownTypeEndsTheMessageWithoutHarm() {
    assertThat(Amf0.read(hex("02 0001 61 12 0401"))).containsExactly(AmfValue.of("a"));
  }

  @Test
  void aTextLongerThanTheMessageIsRefused() {
    assertThatThrownBy(() -> Amf0.read(hex("0c 7fffffff 61")))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("2147483647");
  }

  @Test
  void aStrictArrayIsNotAllocatedByItsCount() {
    assertThatThrownBy(() -> Amf0.read(hex("0a ffffffff 05 05")))
        .isInstanceOf(MalformedMediaException.class);
  }

  @Test
  void nestingHasALimit() {
    assertThatThrownBy(() -> Amf0.read(hex("03 0001 61".repeat(50))))
        .hasMessageContaining("nested deeper");
  }

  // RTMP R32
  @Test
  void brokenBytesGiveValuesOrOneException() {
    Seeds.forEach(
        5000,
        random -> {
          Buffer bytes = Amf0.write(value(random, 0), value(random, 0));
          for (int i = 0; i < 1 + random.nextInt(6); i++) {
            bytes.setByte(random.nextInt(bytes.length()), (byte) random.nextInt(20));
          }
          try {
            assertThat(Amf0.read(bytes).size()).isLessThanOrEqualTo(bytes.length());
          } catch (MalformedMediaException e) {
            assertThat(e.getMessage()).startsWith("AMF at byte ");
          }
        });
  }

  private static AmfValue value(RandomGenerator random, int depth) {
    return switch (random.nextInt(depth > 4 ? 4 : 6)) {
      case 0 -> AmfValue.of(random.nextDouble());
      case 1 -> new AmfValue.AmfBoolean(random.nextBoolean());
      case 2 -> AmfValue.of("ä".repeat(random.nextInt(40_000 >> (3 * depth))));
      case 3 -> AmfValue.NULL;
      case 4 -> {
        Map<String, AmfValue> properties = new LinkedHashMap<>();
        for (int i = 0; i < random.nextInt(4); i++) {
          properties.put("p" + i, value(random, depth + 1));
        }
        yield new AmfValue.AmfObject(properties);
      }
      default -> {
        List<AmfValue> items = new ArrayList<>();
        for (int i = 0; i < random.nextInt(4); i++) {
          items.add(value(random, depth + 1));
        }
        yield new AmfValue.AmfArray(items);
      }
    };
  }

  private static Buffer hex(String text) {
    return Buffer.buffer(HexFormat.of().parseHex(text.replace(" ", "")));
  }
}
