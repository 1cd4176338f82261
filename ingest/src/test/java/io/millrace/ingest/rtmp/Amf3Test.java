package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.rtmp.AmfValue.AmfArray;
import io.millrace.ingest.rtmp.AmfValue.AmfBoolean;
import io.millrace.media.MalformedMediaException;
import io.millrace.testkit.Seeds;
import io.millrace.testkit.rtmp.Amf;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** AMF3 behind AMF0's avmplus marker (0x11). */
class Amf3Test {
  // RTMP R18
  @Test
  void everyKindOfValueIsRead() {
    assertThat(read("00")).isEqualTo(AmfValue.NULL);
    assertThat(read("01")).isEqualTo(AmfValue.NULL);
    assertThat(read("02")).isEqualTo(new AmfBoolean(false));
    assertThat(read("03")).isEqualTo(new AmfBoolean(true));
    assertThat(read("04 7f")).isEqualTo(AmfValue.of(127));
    assertThat(read("04 8100")).isEqualTo(AmfValue.of(128));
    assertThat(read("04 ffffffff")).isEqualTo(AmfValue.of(-1));
    assertThat(read("04 bfffffff")).isEqualTo(AmfValue.of(0x0FFFFFFF));
    assertThat(read("05 3ff0000000000000")).isEqualTo(AmfValue.of(1));
    assertThat(read("06 05 6869")).isEqualTo(AmfValue.of("hi"));
    assertThat(read("0b 05 6869")).isEqualTo(AmfValue.of("hi"));
    assertThat(read("08 01 4000000000000000")).isEqualTo(AmfValue.of(2));
    assertThat(read("09 05 01 0401 0402"))
        .isEqualTo(new AmfArray(List.of(AmfValue.of(1), AmfValue.of(2))));
    assertThat(read("09 03 0361 0401 01 0402")).isEqualTo(AmfValue.object("a", 1, "0", 2));
    assertThat(read("0a 0b 01 0361 0401 01")).isEqualTo(AmfValue.object("a", 1));
    assertThat(read("0a 23 01 0361 0362 0401 03")).isEqualTo(AmfValue.object("a", 1, "b", true));
  }

  @Test
  void whatIsOfNoUseIsSteppedOver() {
    for (String value :
        List.of(
            "0c 05 aabb",
            "0d 05 00 00000001 00000002",
            "0e 03 00 00000001",
            "0f 03 01 3ff0000000000000",
            "11 03 00 060361 0401")) {
      assertThat(Amf0.read(hex("11" + value + "05 05"))).hasSize(3);
    }
    assertThat(read("10 03 00 01 0401")).isEqualTo(new AmfArray(List.of(AmfValue.of(1))));
  }

  @Test
  void textsAndTraitsAreReferredToWithinOneMessage() {
    List<AmfValue> values =
        Amf0.read(hex("11 0a 13 01 0361 06 0378" + "11 0a 01 06 02" + "11 06 00"));
    assertThat(values)
        .containsExactly(AmfValue.object("a", "x"), AmfValue.object("a", "x"), AmfValue.of("a"));
  }

  @Test
  void aReferenceToAnObjectIsNullSoThereAreNoLoops() {
    assertThat(read("0a 0b 01 0361 0a00 01")).isEqualTo(AmfValue.object("a", AmfValue.NULL));
  }

  @Test
  void anArrayCollectionIsItsArrayAndOtherExternalObjectsEndTheMessage() {
    String name = "666c65782e6d6573736167696e672e696f2e4172726179436f6c6c656374696f6e";
    assertThat(read("0a 07 43" + name + "09 03 01 0401"))
        .isEqualTo(new AmfArray(List.of(AmfValue.of(1))));
    assertThat(Amf0.read(hex("05 11 0a 07 0378 ffffffff"))).containsExactly(AmfValue.NULL);
  }

  // RTMP R24
  @Test
  void anUnknownTypeEndsTheMessageWithoutHarm() {
    assertThat(Amf0.read(hex("05 11 12 00"))).containsExactly(AmfValue.NULL);
  }

  @Test
  void whatIsCutOrRefersToNothingIsRefused() {
    for (String broken :
        List.of("04 ff", "06 7f", "06 02", "0a 05", "09 ffffffff 01 04", "0c ffffffff 00")) {
      assertThatThrownBy(() -> read(broken)).as(broken).isInstanceOf(MalformedMediaException.class);
    }
  }

  // RTMP R32
  @Test
  void nestingHasALimit() {
    assertThatThrownBy(() -> read("0903 01".repeat(10_000))).hasMessageContaining("nested deeper");
    assertThatThrownBy(() -> read("0a0b 01 0361".repeat(10_000)))
        .hasMessageContaining("nested deeper");
  }

  // RTMP R18
  @Test
  void aFlashCommandIsRead() {
    byte[] payload =
        Amf.flashCommand("connect", 1, Amf.object("app", "live", "objectEncoding", 3), "x", null);
    RtmpCommand command =
        RtmpCommand.read(new RtmpMessage(RtmpMessage.COMMAND_AMF3, 0, 0, Buffer.buffer(payload)))
            .orElseThrow();
    assertThat(command.name()).isEqualTo("connect");
    assertThat(command.object()).isEqualTo(AmfValue.object("app", "live", "objectEncoding", 3));
    assertThat(command.arguments()).containsExactly(AmfValue.of("x"), AmfValue.NULL);
  }

  // RTMP R32
  @Test
  void brokenBytesGiveValuesOrOneException() {
    Buffer good =
        Buffer.buffer(
            Amf.flashCommand(
                "connect", 1, Amf.object("a", List.of(1, "b", 2.5), "c", Amf.object("d", true))));
    Seeds.forEach(
        5000,
        random -> {
          Buffer bytes = good.getBuffer(1, good.length());
          for (int i = 0; i < 1 + random.nextInt(6); i++) {
            bytes.setByte(random.nextInt(bytes.length()), (byte) random.nextInt(256));
          }
          try {
            assertThat(Amf0.read(bytes).size()).isLessThanOrEqualTo(bytes.length());
          } catch (MalformedMediaException e) {
            assertThat(e.getMessage()).startsWith("AMF at byte ");
          }
        });
  }

  private static AmfValue read(String amf3) {
    List<AmfValue> values = Amf0.read(hex("11" + amf3));
    assertThat(values).hasSize(1);
    return values.getFirst();
  }

  private static Buffer hex(String text) {
    return SampleMedia.hex(text);
  }
}
