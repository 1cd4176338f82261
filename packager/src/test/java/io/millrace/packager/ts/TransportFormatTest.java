package io.millrace.packager.ts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.UnsupportedMediaException;
import io.millrace.media.codec.AacConfiguration;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.segment.Cut;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.RandomBroadcast;
import io.millrace.packager.segment.TrackWriter;
import io.millrace.validator.media.TrackMedia;
import io.millrace.validator.ts.TsReader;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TransportFormatTest {
  private static final Track VIDEO = RandomBroadcast.video(Timescale.VIDEO);
  private static final Track AUDIO = RandomBroadcast.audio(new Timescale(48_000), 48_000);
  private static final int PICTURES = 0x100;
  private static final int SOUND = 0x101;
  private static final String SPS = "6764001eacd940d83de6f011000003000100000300300f162d96";
  private static final String PPS = "68ebe3cb22c0";

  private final List<CutSegment> cut = new ArrayList<>();
  private final TransportFormat format = new TransportFormat(Set.of(), cut::add);
  private final TransportReader reader = new TransportReader();

  @Test
  void putsThePictureAndItsSoundIntoOneRendition() {
    TrackWriter pictures = format.open("video", VIDEO);
    TrackWriter sound = format.open("audio", AUDIO);
    second(pictures, 0);
    pictures.cut(cutAt(0, 90_000));
    assertThat(cut).isEmpty();
    frames(sound, 0, 47);
    sound.cut(cutAt(0, 48_000));

    CutSegment segment = cut.getFirst();
    assertThat(segment.rendition()).isEqualTo("video");
    assertThat(segment.header()).isEmpty();
    assertThat(segment.independent()).isTrue();
    assertThat(segment.frames()).isEqualTo(25);
    assertThat(segment.parts()).isEmpty();
    assertThat(segment.keyFrame()).isPresent();
    TransportReader.Segment read = reader.read(segment.bytes());
    assertThat(read.clockPid()).isEqualTo(PICTURES);
    assertThat(read.streams().get(PICTURES)).isEqualTo(0x1B);
    assertThat(read.streams().get(SOUND)).isEqualTo(0x0F);
    assertThat(read.of(PICTURES)).hasSize(25);
    TransportReader.Pes first = read.packets().getFirst();
    assertThat(first.pid()).as("the key frame comes first").isEqualTo(PICTURES);
    assertThat(first.randomAccess()).isTrue();
    assertThat(read.of(PICTURES).stream().skip(1)).noneMatch(TransportReader.Pes::randomAccess);
    assertThat(first.dts()).isEqualTo(900_000);
    assertThat(read.of(SOUND).getFirst().pts()).isEqualTo(900_000);
  }

  @Test
  void listsOneRenditionForPictureAndSoundAndOneForEachFurtherSound() {
    format.open("video", VIDEO);
    format.open("audio", AUDIO);
    format.open("audio-2", AUDIO);

    assertThat(
            format.renditions(
                List.of(
                    new RenditionInfo("video", "avc1.64001E", 854, 480, 0, 0),
                    new RenditionInfo("audio", "mp4a.40.2", 0, 0, 2, 0),
                    new RenditionInfo("audio-2", "mp4a.40.2", 0, 0, 2, 0))))
        .containsExactly(
            new RenditionInfo("video", "avc1.64001E,mp4a.40.2", 854, 480, 2, 0),
            new RenditionInfo("audio-2", "mp4a.40.2", 0, 0, 2, 0));
  }

  /** HLS F6: its pictures are half a second late, as those behind a pause are. */
  @Test
  void theClockGoesOnThroughTheStartOfASegmentWhoseMediaComesLater() {
    TrackWriter pictures = format.open("video", VIDEO);
    second(pictures, 0);
    pictures.cut(cutAt(0, 90_000));
    pictures.add(picture(135_000, true, "65aa"), 3600);
    pictures.cut(new Cut(1, 90_000, 48_600, 0, false));

    reader.read(cut.get(0).bytes());
    assertThat(reader.read(cut.get(1).bytes()).clocks()).hasSizeGreaterThan(5);
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

  /** HLS F7: the programme clock is half a second behind decoding. */
  @Test
  void soundThatComesWhenTheClockIsPastItIsDroppedAndCounted() {
    TrackWriter pictures = format.open("video", VIDEO);
    TrackWriter sound = format.open("audio", AUDIO);
    second(pictures, 0);
    pictures.cut(cutAt(0, 90_000));
    sound.cut(cutAt(0, 48_000));
    second(pictures, 1);
    pictures.cut(new Cut(1, 90_000, 90_000, 0, false));
    frames(sound, 0, 94);
    sound.cut(new Cut(1, 48_000, 48_000, 0, false));

    reader.read(cut.get(0).bytes());
    TransportReader.Segment read = reader.read(cut.get(1).bytes());
    assertThat(format.dropped()).isEqualTo(33);
    assertThat(read.of(SOUND).getFirst().pts()).isEqualTo(900_000 + 33 * 1920);
  }

  @Test
  void soundAloneHasTheClock() {
    TrackWriter sound = format.open("audio", AUDIO);
    for (int i = 0; i < 3; i++) {
      frames(sound, i * 94, 94);
      sound.cut(new Cut(i, i * 96_256L, 96_256, 0, false));
    }

    for (CutSegment segment : cut) {
      assertThat(segment.rendition()).isEqualTo("audio");
      assertThat(segment.independent()).isTrue();
      TransportReader.Segment read = reader.read(segment.bytes());
      assertThat(read.clockPid()).isEqualTo(SOUND);
      assertThat(read.packets().getFirst().randomAccess()).isTrue();
      // A PES packet holds at most 70 ms.
      assertThat(read.packets()).hasSizeBetween(32, 34);
    }
  }

  @Test
  void soundThatWasARenditionBeforeThePictureStaysOne() {
    TrackWriter sound = format.open("audio", AUDIO);
    frames(sound, 0, 47);
    sound.cut(cutAt(0, 48_000));
    TrackWriter pictures = format.open("video", VIDEO);
    second(pictures, 1);
    pictures.cut(new Cut(1, 90_000, 90_000, 0, true));
    frames(sound, 47, 47);
    sound.cut(new Cut(1, 48_000, 48_000, 0, true));

    assertThat(cut.stream().map(CutSegment::rendition)).containsExactly("audio", "video", "audio");
  }

  @Test
  void goesOnWithTheRenditionsOfAnEarlierStart() {
    TransportFormat resumed = new TransportFormat(Set.of("video"), cut::add);
    TrackWriter sound = resumed.open("audio", AUDIO);
    frames(sound, 0, 47);
    sound.cut(new Cut(7, 0, 48_000, 0, true));

    assertThat(cut.getFirst().rendition()).isEqualTo("video");
    assertThat(resumed.renditions(List.of(new RenditionInfo("audio", "mp4a.40.2", 0, 0, 2, 0))))
        .isEmpty();
    assertThat(reader.read(cut.getFirst().bytes()).clockPid()).isEqualTo(SOUND);
  }

  @Test
  void aSegmentHoldsWhatThereIs() {
    TrackWriter pictures = format.open("video", VIDEO);
    TrackWriter sound = format.open("audio", AUDIO);
    second(pictures, 0);
    pictures.cut(cutAt(0, 90_000));
    sound.cut(cutAt(0, 48_000));
    pictures.cut(new Cut(1, 90_000, 90_000, 0, false));
    frames(sound, 47, 47);
    sound.cut(new Cut(1, 48_000, 48_000, 0, false));
    pictures.cut(new Cut(2, 180_000, 90_000, 0, false));
    sound.cut(new Cut(2, 96_000, 48_000, 0, false));

    assertThat(cut.stream().map(CutSegment::gap)).containsExactly(false, false, true);
    assertThat(reader.read(cut.get(0).bytes()).of(SOUND)).isEmpty();
    assertThat(reader.read(cut.get(1).bytes()).of(PICTURES)).isEmpty();
    assertThat(cut.get(1).independent()).isFalse();
  }

  @Test
  void countersAndTheClockGoOnAndABreakIsSaid() {
    // HLS D1
    TrackWriter pictures = format.open("video", VIDEO);
    second(pictures, 0);
    pictures.cut(cutAt(0, 90_000));
    second(pictures, 1);
    pictures.cut(new Cut(1, 90_000, 90_000, 0, false));
    second(pictures, 9);
    pictures.cut(new Cut(2, 810_000, 90_000, 0, true));

    reader.read(cut.get(0).bytes());
    assertThat(reader.read(cut.get(1).bytes()).packets()).noneMatch(TransportReader.Pes::broken);
    TransportReader.Segment last = reader.read(cut.get(2).bytes());
    assertThat(last.packets().getFirst().broken()).isTrue();
    assertThat(last.packets().stream().skip(1)).noneMatch(TransportReader.Pes::broken);
  }

  @Test
  void theProgrammeMapGetsANewVersionWhenTracksChange() {
    TrackWriter pictures = format.open("video", VIDEO);
    TrackWriter sound = format.open("audio", AUDIO);
    second(pictures, 0);
    pictures.cut(cutAt(0, 90_000));
    sound.cut(cutAt(0, 48_000));
    assertThat(reader.read(cut.get(0).bytes()).version()).isZero();

    format.close("audio");
    second(pictures, 1);
    pictures.cut(new Cut(1, 90_000, 90_000, 0, true));
    sound.cut(new Cut(1, 48_000, 48_000, 0, true));
    TransportReader.Segment alone = reader.read(cut.get(1).bytes());
    assertThat(alone.version()).isEqualTo(1);
    assertThat(alone.streams()).containsOnlyKeys(PICTURES);
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
  void soundThatCannotBeCarriedIsCounted() {
    TrackWriter sound = format.open("audio", AUDIO);
    sound.add(frame(0), 1024);
    sound.add(new Sample(RandomBroadcast.AUDIO, 1024, 0, true, Buffer.buffer()), 1024);
    // The length in an ADTS header has 13 bits.
    sound.add(
        new Sample(RandomBroadcast.AUDIO, 2048, 0, true, Buffer.buffer(new byte[8185])), 1024);
    sound.add(frame(3072), 1024);
    sound.cut(cutAt(0, 4096));

    List<TransportReader.Pes> packets = reader.read(cut.getFirst().bytes()).packets();
    assertThat(packets).hasSize(2);
    assertThat(cut.getFirst().frames()).isEqualTo(2);
    assertThat(format.dropped()).isEqualTo(2);
  }

  @Test
  void largePicturesHaveNoLength() {
    TrackWriter pictures = format.open("video", VIDEO);
    pictures.add(picture(0, true, "65" + "5a".repeat(200_000)), 3600);
    pictures.cut(cutAt(0, 3600));

    TransportReader.Pes packet = reader.read(cut.getFirst().bytes()).packets().getFirst();
    assertThat(TransportReader.nals(packet.data()).getLast().length()).isEqualTo(200_001);
  }

  @Test
  void aSlowPictureKeepsTheClockGoing() {
    TrackWriter pictures = format.open("video", VIDEO);
    for (int segment = 0; segment < 2; segment++) {
      long start = 180_000L * segment;
      pictures.add(picture(start, true, "65aa"), 90_000);
      pictures.add(picture(start + 90_000, false, "41bb"), 90_000);
      pictures.cut(new Cut(segment, start, 180_000, 0, false));
    }

    // The reader fails where it stands for more than 100 ms, also between segments.
    assertThat(reader.read(cut.get(0).bytes()).clocks()).hasSizeGreaterThanOrEqualTo(24);
    assertThat(reader.read(cut.get(1).bytes()).packets()).hasSize(2);
  }

  @Test
  void framesOfSoundThatDoNotFollowEachOtherHaveTimesOfTheirOwn() {
    TrackWriter sound = format.open("audio", AUDIO);
    sound.add(frame(0), 1024);
    sound.add(frame(1024), 1024);
    sound.add(frame(2148), 1024);
    sound.cut(cutAt(0, 4096));

    List<TransportReader.Pes> packets = reader.read(cut.getFirst().bytes()).packets();
    assertThat(packets).hasSize(2);
    assertThat(packets.get(1).pts()).isEqualTo(900_000 + 2148 * 90_000 / 48_000);
    assertThat(TransportReader.adtsFrames(packets.get(0).data())).hasSize(2);
  }

  @Test
  void writesAdtsHeadersOfTheCoreCoder() {
    // HE-AAC: 24 kHz core, 48 kHz output, LC; and HE-AAC v2 with a mono core.
    assertThat(header("2b098800")).isEqualTo("fff158801101fc".substring(0, 6));
    // AAC-LC, 48 kHz, 6 channels.
    assertThat(header("11b0")).isEqualTo("fff14d");
    assertThat(header("131056e598")).as("SBR behind the configuration").isEqualTo("fff158");
    assertThat(header("130856e59d4880")).as("PS behind it").isEqualTo("fff158");
  }

  /** ISO/IEC 14496-3 4.4.2.1: channels that the header has no number for. */
  @Test
  void putsAProgramConfigElementBeforeEachFrame() {
    AdtsFraming framing = framing("118004c8050001088000");
    PacketWriter out = new PacketWriter(1);
    out.startPes(new Pid(SOUND), framing.size() + 2, Adaptation.NONE);
    framing.write(2, out);
    out.put(Buffer.buffer("me"));

    Buffer packet = out.finish();
    Buffer frame = packet.getBuffer(188 - framing.size() - 2, 188);
    assertThat(HexFormat.of().formatHex(frame.getBytes()))
        .isEqualTo("fff14c00023ffc" + "a09900a000211000" + "6d65");
    assertThat(TransportReader.adtsFrames(frame)).containsExactly(frame);
  }

  @Test
  void refusesAacThatAdtsHasNoWordsFor() {
    AacConfiguration shortFrames =
        AacConfiguration.parse(Buffer.buffer(HexFormat.of().parseHex("1194")));
    assertThatThrownBy(() -> new AdtsFraming(shortFrames))
        .isInstanceOf(UnsupportedMediaException.class)
        .hasMessageContaining("960 samples a frame");
    assertThat(
            format.objection(
                new Track(new TrackId(2), new TrackFormat.Aac(shortFrames), new Timescale(48_000))))
        .isPresent();
    assertThat(format.objection(AUDIO)).isEmpty();
    assertThat(format.objection(VIDEO)).isEmpty();
  }

  /** The first three bytes, which tell the format. */
  private static String header(String configuration) {
    AdtsFraming framing = framing(configuration);
    PacketWriter out = new PacketWriter(1);
    out.startPes(new Pid(SOUND), 7, Adaptation.NONE);
    framing.write(0, out);
    Buffer packet = out.finish();
    return HexFormat.of().formatHex(packet.getBytes(181, 184));
  }

  private static AdtsFraming framing(String configuration) {
    return new AdtsFraming(
        AacConfiguration.parse(Buffer.buffer(HexFormat.of().parseHex(configuration))));
  }

  private static void second(TrackWriter pictures, int from) {
    for (int i = 0; i < 25; i++) {
      pictures.add(picture(90_000L * from + 3600L * i, i == 0, i == 0 ? "65aa" : "41bb"), 3600);
    }
  }

  private static void frames(TrackWriter sound, int from, int count) {
    for (int i = from; i < from + count; i++) {
      sound.add(frame(1024L * i), 1024);
    }
  }

  private static Sample frame(long dts) {
    return new Sample(RandomBroadcast.AUDIO, dts, 0, true, Buffer.buffer(new byte[300]));
  }

  private static Sample picture(long dts, boolean sync, String... nals) {
    Buffer payload = Buffer.buffer();
    for (String nal : nals) {
      byte[] bytes = HexFormat.of().parseHex(nal);
      payload.appendInt(bytes.length).appendBytes(bytes);
    }
    return new Sample(RandomBroadcast.VIDEO, dts, 0, sync, payload);
  }

  private static Cut cutAt(long startTicks, long durationTicks) {
    return new Cut(0, startTicks, durationTicks, 0, false);
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
