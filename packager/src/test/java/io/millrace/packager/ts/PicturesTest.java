package io.millrace.packager.ts;

import static io.millrace.packager.ts.TransportSamples.PICTURES;
import static io.millrace.packager.ts.TransportSamples.VIDEO;
import static io.millrace.packager.ts.TransportSamples.cutAt;
import static io.millrace.packager.ts.TransportSamples.picture;
import static io.millrace.packager.ts.TransportSamples.second;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Sample;
import io.millrace.packager.segment.Cut;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.TrackWriter;
import io.millrace.validator.media.TrackMedia;
import io.millrace.validator.ts.TsReader;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Pictures in PES packets. */
class PicturesTest {
  private static final String SPS = "6764001eacd940d83de6f011000003000100000300300f162d96";
  private static final String PPS = "68ebe3cb22c0";

  private final List<CutSegment> cut = new ArrayList<>();
  private final TransportFormat format = new TransportFormat(Set.of(), cut::add);
  private final TransportReader reader = new TransportReader();

  /** HLS F7. */
  @Test
  void noPictureIsPresentedBeforeItIsDecoded() {
    TrackWriter pictures = format.open("video", VIDEO);
    Sample picture = picture(0, true, "65aa");
    pictures.add(new Sample(picture.track(), 0, -58, true, picture.payload()), 3600);
    pictures.cut(cutAt(0, 3600));

    assertThat(reader.read(cut.getFirst().bytes()).of(PICTURES))
        .singleElement()
        .matches(packet -> packet.pts() == 900_000 && packet.dts() == 900_000);
  }

  /** HLS F1: how long it lasts is known by the segment before it. */
  @Test
  void aSegmentWithASinglePictureLastsAsLongAsAPictureDoes() {
    TrackWriter pictures = format.open("video", VIDEO);
    second(pictures, 0);
    pictures.cut(cutAt(0, 90_000));
    pictures.add(picture(90_000, true, "65aa"), 3600);
    pictures.cut(new Cut(1, 90_000, 3600, 0, false));

    TsReader validator = new TsReader();
    validator.read(cut.get(0).bytes().getBytes(), false);
    assertThat(validator.read(cut.get(1).bytes().getBytes(), true).leading().orElseThrow())
        .extracting(TrackMedia::seconds)
        .isEqualTo(0.04);
  }

  @Test
  void beginsEachPictureWithADelimiterAndKeyFramesWithParameterSets() {
    TrackWriter pictures = format.open("video", VIDEO);
    pictures.add(picture(0, true, "65aa", "65bb"), 3600);
    pictures.add(picture(3600, false, "0605", "41cc"), 3600);
    pictures.add(picture(7200, true, "09f0", SPS, PPS, "65dd"), 3600);
    pictures.add(picture(10_800, true, "09f0", "65dd"), 3600);
    pictures.cut(cutAt(0, 14_400));

    List<TransportReader.Pes> packets = reader.read(cut.getFirst().bytes()).of(PICTURES);
    assertThat(hex(packets.get(0))).containsExactly("09f0", SPS, PPS, "65aa", "65bb");
    assertThat(hex(packets.get(1))).containsExactly("09f0", "0605", "41cc");
    assertThat(hex(packets.get(2))).containsExactly("09f0", SPS, PPS, "65dd");
    assertThat(hex(packets.get(3))).containsExactly("09f0", SPS, PPS, "65dd");
  }

  @Test
  void unitsTooShortToBeOneDoNotEndTheSearchForWhatAPictureBrings() {
    TrackWriter pictures = format.open("video", VIDEO);
    pictures.add(picture(0, true, "", "09f0", "0c", SPS, PPS, "65dd"), 3600);
    pictures.add(picture(3600, true, "", "09f0", "65dd", "", "65ee"), 3600);
    pictures.add(picture(7200, false, "0c", "41bb"), 3600);
    Sample broken = picture(10_800, false, "41cc");
    broken.payload().appendInt(3).appendByte((byte) 0x41);
    pictures.add(broken, 3600);
    pictures.cut(cutAt(0, 14_400));

    List<TransportReader.Pes> packets = reader.read(cut.getFirst().bytes()).of(PICTURES);
    assertThat(units(packets.get(0))).containsExactly("09f0", "0c", SPS, PPS, "65dd");
    assertThat(units(packets.get(1))).containsExactly("09f0", SPS, PPS, "65dd", "65ee");
    assertThat(units(packets.get(2))).containsExactly("09f0", "0c", "41bb");
    assertThat(units(packets.get(3))).as("without what is cut off").containsExactly("09f0", "41cc");
  }

  @Test
  void largePicturesHaveNoLength() {
    TrackWriter pictures = format.open("video", VIDEO);
    pictures.add(picture(0, true, "65" + "5a".repeat(200_000)), 3600);
    pictures.cut(cutAt(0, 3600));

    TransportReader.Pes packet = reader.read(cut.getFirst().bytes()).packets().getFirst();
    assertThat(TransportReader.nals(packet.data()).getLast().length()).isEqualTo(200_001);
  }

  /** Without the zeros that may stand behind a NAL unit. */
  private static List<String> units(TransportReader.Pes packet) {
    return hex(packet).stream()
        .map(nal -> nal.replaceAll("(00)+$", ""))
        .filter(nal -> !nal.isEmpty())
        .toList();
  }

  private static List<String> hex(TransportReader.Pes packet) {
    return TransportReader.nals(packet.data()).stream()
        .map(nal -> HexFormat.of().formatHex(nal.getBytes()))
        .toList();
  }
}
