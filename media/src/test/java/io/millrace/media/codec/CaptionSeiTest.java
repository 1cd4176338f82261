package io.millrace.media.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.captions.CaptionNal;
import io.millrace.testkit.captions.CcData;
import io.millrace.testkit.fuzz.Fuzz;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class CaptionSeiTest {
  private static final byte[] AVC = {6};
  private static final byte[] PICTURE = {0x65, 1, 2, 3};
  private static final CcData ONE = new CcData(true, 0, 0x94, 0x20);
  private static final CcData TWO = new CcData(false, 3, 0, 0);
  private static final CcData THREE = new CcData(true, 2, 0x41, 0x42);

  private final CaptionSei avc = CaptionSei.avc();
  private final CaptionSei hevc = CaptionSei.hevc();

  /** ATSC A/53 part 4, table 6.9, as bytes; nothing here comes from the encoder of tests. */
  @Test
  void readsAUnitThatIsWrittenByHand() {
    byte[] unit =
        CaptionNal.accessUnit(
            HexFormat.of().parseHex("060411b500314741393403c2fffc9420fc9420ff80"), PICTURE);
    assertThat(avc.read(Buffer.buffer(unit))).isEqualTo(bytes("fc9420fc9420"));
    assertThat(avc.malformed()).isZero();
  }

  @Test
  void findsCaptionsInAvcAndHevc() {
    assertThat(avc.read(unit(CaptionNal.avc(List.of(ONE, TWO)), PICTURE)))
        .isEqualTo(data(ONE, TWO));
    assertThat(hevc.read(unit(CaptionNal.hevc(List.of(ONE)), new byte[] {0x26, 1, 5})))
        .isEqualTo(data(ONE));
    byte[] suffix = CaptionNal.hevc(List.of(THREE));
    suffix[0] = 80;
    assertThat(hevc.read(unit(new byte[] {0x26, 1, 5}, suffix))).isEqualTo(data(THREE));
    assertThat(avc.read(unit(PICTURE)).length()).isZero();
  }

  /** The two fields of a picture have a message each, around the slices of the first. */
  @Test
  void keepsTheOrderOfMessagesAndUnits() {
    byte[] both = CaptionNal.unit(AVC, 4, CaptionNal.userData(CcData.bytes(List.of(ONE))));
    both = Arrays.copyOf(both, both.length - 1);
    byte[] second = CaptionNal.unit(new byte[0], 4, CaptionNal.userData(THREE.bytes()));
    byte[] joined = Arrays.copyOf(both, both.length + second.length);
    System.arraycopy(second, 0, joined, both.length, second.length);

    Buffer found = avc.read(unit(joined, PICTURE, CaptionNal.avc(List.of(TWO)), PICTURE));

    assertThat(found).isEqualTo(data(ONE, THREE, TWO));
    assertThat(avc.malformed()).isZero();
  }

  @Test
  void takesOutWhatPreventsTheEmulationOfStartCodes() {
    CcData zeros = new CcData(true, 2, 0, 0);
    byte[] packets = CcData.bytes(List.of(zeros, zeros));
    packets[3] = 1;
    byte[] unit = CaptionNal.unit(AVC, 4, CaptionNal.userData(packets));
    assertThat(new String(unit, StandardCharsets.ISO_8859_1)).contains("\0\0\3\1");
    assertThat(avc.read(unit(unit))).isEqualTo(Buffer.buffer(packets));
  }

  @Test
  void leavesOtherMessagesAlone() {
    byte[] other = CaptionNal.userData(ONE.bytes());
    other[2] = 0x2F;
    byte[] bars = CaptionNal.userData(ONE.bytes());
    bars[7] = 6;
    byte[] notToBeProcessed = CaptionNal.userData(ONE.bytes());
    notToBeProcessed[8] &= ~0x40;
    for (byte[] message : List.of(other, bars, notToBeProcessed, new byte[] {(byte) 0xB5})) {
      assertThat(avc.read(unit(CaptionNal.unit(AVC, 4, message))).length()).isZero();
    }
    byte[] unregistered = CaptionNal.unit(AVC, 5, CaptionNal.userData(ONE.bytes()));
    assertThat(avc.read(unit(unregistered)).length()).isZero();
    byte[] large = CaptionNal.unit(AVC, 260, new byte[700]);
    assertThat(avc.read(unit(large, CaptionNal.avc(List.of(ONE))))).isEqualTo(data(ONE));
    assertThat(avc.malformed()).isZero();
  }

  @Test
  void countsWhatDoesNotFit() {
    byte[] cutOff = CaptionNal.avc(List.of(ONE, ONE));
    assertThat(avc.read(unit(Arrays.copyOf(cutOff, cutOff.length - 5))).length()).isZero();
    assertThat(avc.malformed()).isEqualTo(1);
    byte[] message = CaptionNal.userData(ONE.bytes());
    message[8] |= 0x1F;
    assertThat(avc.read(unit(CaptionNal.unit(AVC, 4, message))).length()).isZero();
    assertThat(avc.malformed()).isEqualTo(2);
    assertThat(avc.read(unit(new byte[] {6, -1, -1})).length()).isZero();
    assertThat(avc.malformed()).isEqualTo(3);
    assertThat(avc.read(unit(new byte[] {6})).length()).isZero();
    assertThat(avc.malformed()).isEqualTo(3);
  }

  @Test
  void isBounded() {
    byte[] full = CaptionNal.avc(Collections.nCopies(31, ONE));
    byte[][] units = new byte[50][];
    Arrays.fill(units, full);
    assertThat(avc.read(unit(units)).length()).isEqualTo(4 * 31 * CaptionSei.PACKET);
    assertThat(avc.malformed()).isEqualTo(46);
    byte[] longest = CaptionNal.unit(AVC, 5, new byte[300 << 10]);
    assertThat(avc.read(unit(longest, full)).length()).isEqualTo(31 * CaptionSei.PACKET);
  }

  @Test
  void damagedUnitsGiveWholePacketsOrNone() {
    byte[] avcUnit = CaptionNal.accessUnit(CaptionNal.avc(List.of(ONE, TWO, THREE)), PICTURE);
    byte[] hevcUnit = CaptionNal.accessUnit(CaptionNal.hevc(List.of(ONE, TWO, THREE)), PICTURE);
    Fuzz.Outcome outcome =
        Fuzz.of(avcUnit, hevcUnit)
            .run(
                bytes -> {
                  Buffer unit = Buffer.buffer(bytes);
                  assertThat(avc.read(unit).length() % CaptionSei.PACKET).isZero();
                  assertThat(hevc.read(unit).length() % CaptionSei.PACKET).isZero();
                });
    assertThat(outcome.accepted()).isPositive();
    assertThat(avc.malformed()).isPositive();
    assertThat(hevc.malformed()).isPositive();
  }

  private static Buffer unit(byte[]... units) {
    return Buffer.buffer(CaptionNal.accessUnit(units));
  }

  private static Buffer data(CcData... packets) {
    return Buffer.buffer(CcData.bytes(List.of(packets)));
  }

  private static Buffer bytes(String hex) {
    return Buffer.buffer(HexFormat.of().parseHex(hex));
  }
}
