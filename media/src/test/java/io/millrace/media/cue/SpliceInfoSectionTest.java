package io.millrace.media.cue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.MalformedMediaException;
import io.millrace.media.UnsupportedMediaException;
import io.millrace.media.cue.SpliceCommand.BreakDuration;
import io.millrace.media.cue.SpliceDescriptor.DeliveryRestrictions;
import io.millrace.media.cue.SpliceDescriptor.Segmentation;
import io.millrace.media.cue.SpliceDescriptor.SubSegments;
import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SpliceInfoSectionTest {
  private static final OptionalLong UNTOLD = OptionalLong.empty();

  @Test
  void readsWhatTheStandardsSampleOfAPlacementOpportunitySays() {
    SpliceInfoSection section = SpliceInfoSection.parse(SpliceSamples.PLACEMENT_START);

    assertThat(section)
        .isEqualTo(
            new SpliceInfoSection(
                3,
                0,
                0xFF,
                0xFFF,
                new SpliceCommand.TimeSignal(OptionalLong.of(0x72BD0050L)),
                List.of(
                    new Segmentation(
                        0x4800008EL,
                        Optional.of(new DeliveryRestrictions(false, true, true, 3)),
                        List.of(),
                        OptionalLong.of(27_630_000),
                        8,
                        bytes("000000002ca0a18a"),
                        SegmentationTypes.PROVIDER_PLACEMENT_START,
                        2,
                        0,
                        Optional.empty()))));
  }

  @Test
  void readsWhatTheStandardsSampleOfASpliceInsertSays() {
    SpliceInfoSection section = SpliceInfoSection.parse(SpliceSamples.INSERT);

    assertThat(section.command())
        .isEqualTo(
            new SpliceCommand.Insert(
                0x4800008FL,
                true,
                false,
                OptionalLong.of(0x07369C02EL),
                List.of(),
                Optional.of(new BreakDuration(true, 0x00052CCF5L)),
                0,
                0,
                0));
    assertThat(section.descriptors()).containsExactly(new SpliceDescriptor.Avail(0x135));
  }

  @Test
  void readsEachOfSeveralDescriptorsAndThoseOfOthers() {
    assertThat(SpliceInfoSection.parse(SpliceSamples.THREE).descriptors())
        .extracting(each -> ((Segmentation) each).typeId())
        .containsExactly(0x35, 0x11, 0x10);
    assertThat(SpliceInfoSection.parse(SpliceSamples.INSERT_WITH_TONES).descriptors())
        .containsExactly(new SpliceDescriptor.Dtmf(80, "519*"));
    List<SpliceDescriptor> foreign =
        SpliceInfoSection.parse(SpliceSamples.FOREIGN_DESCRIPTOR).descriptors();
    assertThat(foreign.getFirst())
        .isEqualTo(new SpliceDescriptor.Other(0, 0x53415053L, bytes("0b")));
    assertThat(((Segmentation) foreign.getLast()).restrictions()).isEmpty();
    assertThat(SpliceInfoSection.parse(SpliceSamples.SUB_SEGMENTS).descriptors())
        .extracting(each -> ((Segmentation) each).subSegments())
        .containsExactly(Optional.empty(), Optional.of(new SubSegments(0, 0)));
  }

  @Test
  void readsTimesOf33BitsAndAddsTheAdjustmentRoundTheWrap() {
    SpliceInfoSection late = SpliceInfoSection.parse(SpliceSamples.LATE_TIME);
    assertThat(late.command())
        .isEqualTo(new SpliceCommand.TimeSignal(OptionalLong.of(7_316_880_262L)));

    SpliceInfoSection adjusted =
        new SpliceInfoSection(3, (1L << 33) - 90_000, 0, 0, late.command(), List.of());

    assertThat(SpliceInfoSection.parse(adjusted.write())).isEqualTo(adjusted);
    assertThat(adjusted.adjusted(180_000)).isEqualTo(90_000);
    assertThat(adjusted.adjusted(0)).isEqualTo((1L << 33) - 90_000);
    assertThat(SpliceInfoSection.parse(SpliceSamples.IMMEDIATE).ptsAdjustment()).isEqualTo(67_521);
  }

  @Test
  void readsCommandsWithoutLengthAndStuffing() {
    assertThat(SpliceInfoSection.parse(SpliceSamples.UNTOLD_LENGTH).descriptors()).hasSize(1);
    assertThat(SpliceInfoSection.parse(SpliceSamples.STUFFED).command())
        .isEqualTo(
            new SpliceCommand.Insert(
                0x62000FE7L, false, true, UNTOLD, List.of(), Optional.empty(), 9, 0, 0));
    assertThat(SpliceInfoSection.parse(SpliceSamples.HEARTBEAT).command())
        .isEqualTo(new SpliceCommand.Null());
  }

  @Test
  void writesTheSamplesAsTheyAre() {
    for (Buffer sample :
        List.of(
            SpliceSamples.PLACEMENT_START,
            SpliceSamples.INSERT,
            SpliceSamples.PLACEMENT_END,
            SpliceSamples.THREE,
            SpliceSamples.INSERT_WITH_TONES,
            SpliceSamples.LATE_TIME,
            SpliceSamples.FOREIGN_DESCRIPTOR,
            SpliceSamples.HEARTBEAT)) {
      assertThat(SpliceInfoSection.parse(sample).write()).isEqualTo(sample);
    }
  }

  @Test
  void keepsWhatIsEncryptedAsItCame() {
    SpliceInfoSection secret =
        new SpliceInfoSection(
            3,
            1L << 32,
            7,
            0xABC,
            new SpliceCommand.Encrypted(2, 20, bytes("0011223344556677aabbccdd")),
            List.of());

    Buffer written = secret.write();

    assertThat(written.getUnsignedByte(4)).isEqualTo((short) 0x85);
    assertThat(SpliceInfoSection.parse(written)).isEqualTo(secret);
  }

  @Test
  void refusesWhatIsNoSection() {
    assertRefused(SpliceSamples.WRONG_CRC, "CRC");
    assertRefused(Buffer.buffer(), "ends too early");
    assertRefused(SpliceSamples.INSERT.copy().appendByte((byte) 0), "bytes");
    assertRefused(SpliceSamples.INSERT.getBuffer(0, 40), "bytes");
    assertRefused(SpliceSamples.INSERT.copy().setByte(0, (byte) 0xFE), "table_id");
    Buffer longest = Buffer.buffer(new byte[4097]).setByte(0, (byte) 0xFC);
    assertRefused(longest.setUnsignedShort(1, 0x3000 | 4094), "longer");
    Buffer newer = SpliceSamples.INSERT.getBuffer(0, SpliceSamples.INSERT.length() - 4);
    newer.setByte(3, (byte) 1);
    newer.appendInt(SectionCrc.of(newer, 0, newer.length()));
    assertThatThrownBy(() -> SpliceInfoSection.parse(newer))
        .isInstanceOf(UnsupportedMediaException.class)
        .hasMessageContaining("version 1");
  }

  /** What the clock showed where the section came decides which moment a time of 33 bits is. */
  @Test
  void findsTheNearestMomentAcrossTheWrapOfTheClock() {
    long wrap = 1L << 33;
    SpliceInfoSection section =
        SpliceInfoSection.of(new SpliceCommand.TimeSignal(OptionalLong.of(90_000)), List.of());

    CueSignal before = new CueSignal(section, section.write(), 50_000_000_000L, wrap - 90_000);
    assertThat(before.nanosAt(90_000)).isEqualTo(52_000_000_000L);

    CueSignal behind = new CueSignal(section, section.write(), 50_000_000_000L, 180_000);
    assertThat(behind.nanosAt(90_000)).isEqualTo(49_000_000_000L);
    assertThat(behind.nanosAt(wrap - 90_000)).isEqualTo(47_000_000_000L);
  }

  private static void assertRefused(Buffer section, String words) {
    assertThatThrownBy(() -> SpliceInfoSection.parse(section))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining(words);
  }

  private static Buffer bytes(String hex) {
    return Buffer.buffer(HexFormat.of().parseHex(hex));
  }
}
