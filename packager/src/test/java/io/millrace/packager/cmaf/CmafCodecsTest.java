package io.millrace.packager.cmaf;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.TrackFormat;
import io.millrace.packager.cmaf.EncodedClip.Codec;
import io.millrace.packager.segment.SegmentFormat;
import io.millrace.packager.segment.TimedSample;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.FrameHashes;
import io.millrace.testkit.Program;
import io.millrace.testkit.mp4.Mp4Box;
import io.millrace.validator.mp4.Mp4Boxes;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every codec's real encoder gives, packaged by us and read by FFmpeg and by mp4box. */
class CmafCodecsTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String FACTS =
      "stream=codec_name,codec_tag_string,profile,width,height,sample_aspect_ratio,pix_fmt,"
          + "color_range,color_space,color_transfer,color_primaries,sample_rate,channels";

  @TempDir static Path folder;
  private static final Map<Codec, EncodedClip> CLIPS = new EnumMap<>(Codec.class);

  @BeforeAll
  static void encode() throws IOException {
    for (Codec codec : Codec.values()) {
      EncodedClip clip = EncodedClip.of(codec, folder);
      CLIPS.put(codec, clip);
      Files.write(ours(codec), clip.packaged().getBytes());
    }
  }

  @ParameterizedTest
  @EnumSource
  void theConfigurationBoxIsTheOneThatFfmpegWrites(Codec codec) {
    if (!codec.comparableBox().isEmpty()) {
      Buffer header = InitSegment.of(CLIPS.get(codec).track()).bytes();

      assertThat(
              EncodedClip.inside(EncodedClip.description(header.getBytes()), codec.comparableBox()))
          .isEqualTo(CLIPS.get(codec).box(codec.comparableBox()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void ffmpegSeesTheSameStream(Codec codec) {
    assertThat(facts(ours(codec))).isEqualTo(facts(CLIPS.get(codec).file()));
  }

  @ParameterizedTest
  @EnumSource
  void ffmpegDecodesEveryFrameAsFromItsOwnFile(Codec codec) {
    List<String> own = List.of("-i", CLIPS.get(codec).file().toString());
    List<String> packaged = List.of("-i", ours(codec).toString());
    if (codec.isPicture()) {
      assertThat(hashes(FrameHashes.decodedVideo(DEADLINE, packaged)))
          .hasSize(15)
          .isEqualTo(hashes(FrameHashes.decodedVideo(DEADLINE, own)));
    } else {
      assertThat(hashes(FrameHashes.audioPackets(DEADLINE, packaged)))
          .hasSizeGreaterThan(3)
          .isEqualTo(hashes(FrameHashes.audioPackets(DEADLINE, own)));
      Program.Result decoded =
          Ffmpeg.run(DEADLINE, "-xerror", "-i", ours(codec).toString(), "-f", "null", "-");
      decoded.orFail();
      assertThat(decoded.text()).isEmpty();
    }
  }

  /** A second parser agrees on boxes, sample times, sizes and flags, and on HLS M2's codecs. */
  @ParameterizedTest
  @EnumSource
  void mp4boxAgrees(Codec codec) {
    EncodedClip clip = CLIPS.get(codec);
    JsonObject seen = new JsonObject(Mp4Box.read(ours(codec)));

    assertThat(seen.getJsonArray("problems")).isEmpty();
    assertThat(seen.getJsonArray("tracks")).hasSize(1);
    JsonObject track = seen.getJsonArray("tracks").getJsonObject(0);
    assertThat(track.getInteger("timescale")).isEqualTo(clip.track().timescale().ticksPerSecond());
    switch (clip.track().format()) {
      case TrackFormat.Video video -> {
        assertThat(track.getInteger("width")).isEqualTo(video.width());
        assertThat(track.getInteger("height")).isEqualTo(video.height());
        assertThat(video.codecs()).startsWithIgnoringCase(track.getString("codec"));
      }
      case TrackFormat.Audio audio -> {
        assertThat(track.getInteger("channels")).isEqualTo(audio.channels());
        assertThat(track.getString("codec")).isEqualTo(audio.codecs());
      }
    }
    JsonArray samples = track.getJsonArray("samples");
    assertThat(samples).hasSameSizeAs(clip.samples());
    long shift =
        (long) SegmentFormat.TIME_OFFSET_SECONDS * clip.track().timescale().ticksPerSecond();
    for (int i = 0; i < samples.size(); i++) {
      TimedSample expected = clip.samples().get(i);
      JsonObject sample = samples.getJsonObject(i);
      assertThat(sample.getLong("dts")).isEqualTo(expected.sample().dts() + shift);
      assertThat(sample.getLong("cts")).isEqualTo(expected.sample().pts() + shift);
      assertThat(sample.getLong("duration")).isEqualTo(expected.duration());
      assertThat(sample.getInteger("size")).isEqualTo(expected.sample().payload().length());
      assertThat(sample.getBoolean("sync")).isEqualTo(expected.sample().sync());
    }
  }

  /** A second parser agrees on what a decoder is told. */
  @ParameterizedTest
  @EnumSource
  void mp4boxReadsTheSameConfiguration(Codec codec) {
    TrackFormat format = CLIPS.get(codec).track().format();

    assertThat(firstTrack(ours(codec)).getJsonObject("configuration").getMap())
        .containsAllEntriesOf(plain(Mp4BoxFields.of(format)));
  }

  /** A second parser reads each rendition of a broadcast: a picture and two sounds. */
  @ParameterizedTest
  @MethodSource("pictures")
  void mp4boxReadsEveryRenditionOfSeveralTracks(Codec codec) throws IOException {
    List<Codec> sounds = Stream.of(Codec.values()).filter(other -> !other.isPicture()).toList();
    // Two sounds a picture, so that each has its turn.
    int first = 2 * pictures().toList().indexOf(codec) % sounds.size();
    List<EncodedClip> clips =
        List.of(
            CLIPS.get(codec),
            CLIPS.get(sounds.get(first)),
            CLIPS.get(sounds.get((first + 1) % sounds.size())));
    Map<String, Buffer> renditions = CodecBroadcast.packaged(clips);

    assertThat(renditions.keySet()).containsExactlyInAnyOrder("video", "audio", "audio-2");
    for (int i = 0; i < clips.size(); i++) {
      String name = List.of("video", "audio", "audio-2").get(i);
      Path file = Files.write(folder.resolve(codec + name), renditions.get(name).getBytes());
      JsonObject seen = new JsonObject(Mp4Box.read(file));
      assertThat(seen.getJsonArray("problems")).isEmpty();
      assertThat(seen.getJsonArray("types").stream().filter("moof"::equals)).hasSizeGreaterThan(1);
      assertThat(sizesAndTimes(firstTrack(seen))).isEqualTo(sizesAndTimes(clips.get(i)));
    }
  }

  static Stream<Codec> pictures() {
    return Stream.of(Codec.values()).filter(Codec::isPicture);
  }

  private static JsonObject firstTrack(Path file) {
    return firstTrack(new JsonObject(Mp4Box.read(file)));
  }

  private static JsonObject firstTrack(JsonObject seen) {
    return seen.getJsonArray("tracks").getJsonObject(0);
  }

  private static Map<String, Object> plain(Map<String, Object> fields) {
    return new JsonObject(new JsonObject(fields).encode()).getMap();
  }

  private static List<String> sizesAndTimes(JsonObject track) {
    return track.getJsonArray("samples").stream()
        .map(JsonObject.class::cast)
        .map(s -> s.getLong("dts") + " " + s.getLong("cts") + " " + s.getInteger("size"))
        .toList();
  }

  private static List<String> sizesAndTimes(EncodedClip clip) {
    long shift =
        (long) SegmentFormat.TIME_OFFSET_SECONDS * clip.track().timescale().ticksPerSecond();
    return clip.samples().stream()
        .map(TimedSample::sample)
        .map(s -> s.dts() + shift + " " + (s.pts() + shift) + " " + s.payload().length())
        .toList();
  }

  /** An encoder with open groups: what is shown before a CRA picture needs what came before it. */
  @Test
  void leadingPicturesOfAnOpenGroupAreMarked() {
    List<JsonObject> samples =
        new JsonObject(Mp4Box.read(ours(Codec.HEVC)))
            .getJsonArray("tracks").getJsonObject(0).getJsonArray("samples").stream()
                .map(JsonObject.class::cast)
                .toList();

    assertThat(samples).anySatisfy(CmafCodecsTest::isUndecodableLeading);
    assertThat(samples.get(0).getInteger("leading")).isEqualTo(2);
    assertThat(samples.get(0).getInteger("dependsOn")).isEqualTo(2);
    assertThat(samples).anyMatch(sample -> sample.getInteger("dependedOn") == 2);
  }

  private static void isUndecodableLeading(JsonObject sample) {
    assertThat(sample.getInteger("leading")).isEqualTo(1);
    assertThat(sample.getBoolean("sync")).isFalse();
  }

  @Test
  void pictureShapeAndColoursAreTold() {
    EncodedClip clip = CLIPS.get(Codec.H264_ANAMORPHIC);
    byte[] header = InitSegment.of(clip.track()).bytes().getBytes();
    Buffer description = EncodedClip.description(header);

    assertThat(hex(EncodedClip.inside(description, "colr"))).isEqualTo("6e636c7800010001000100");
    assertThat(hex(EncodedClip.inside(description, "pasp"))).isEqualTo("0000000400000003");
    ByteBuffer tkhd = Mp4Boxes.read(header).first("moov").orElseThrow().at("trak", "tkhd").reader();
    assertThat(tkhd.getInt(76) >> 16).as("width of square pixels").isEqualTo(64 * 4 / 3);
  }

  @Test
  void opusTellsHowMuchHasToBeDecodedBefore() {
    JsonArray types = new JsonObject(Mp4Box.read(ours(Codec.OPUS))).getJsonArray("types");

    assertThat(types).contains("moov/trak/mdia/minf/stbl/sgpd", "moof/traf/sbgp");
  }

  @Test
  void av1NamesItsBrand() {
    Buffer header = InitSegment.of(CLIPS.get(Codec.AV1).track()).bytes();

    assertThat(hex(EncodedClip.inside(header, "ftyp")))
        .isEqualTo("69736f36" + "00000000" + "69736f36" + "636d6663" + "6d703431" + "61763031");
  }

  /** What all samples have in common is said once: durations and flags would triple it. */
  @Test
  void soundNeedsFourBytesOfHeaderForEachFrame() {
    EncodedClip clip = CLIPS.get(Codec.AAC);
    List<TimedSample> even = clip.samples().subList(0, 8);
    Buffer one = Buffer.buffer();
    Fragment.append(one, 1, clip.track(), even.subList(0, 1));
    Buffer eight = Buffer.buffer();
    Fragment.append(eight, 1, clip.track(), even);
    int payloads = even.stream().skip(1).mapToInt(t -> t.sample().payload().length()).sum();

    assertThat(eight.length() - one.length() - payloads).isEqualTo(7 * 4);
  }

  private static String hex(Buffer bytes) {
    return HexFormat.of().formatHex(bytes.getBytes());
  }

  /** The duration of each access unit is told by its own bytes. */
  @ParameterizedTest
  @EnumSource
  void soundCountsItsSamples(Codec codec) {
    EncodedClip clip = CLIPS.get(codec);
    if (clip.track().format() instanceof TrackFormat.Audio audio) {
      assertThat(audio.clockRate()).isEqualTo(clip.track().timescale().ticksPerSecond());
      // The last one's duration is what FFmpeg was fed, not what the frame holds.
      for (TimedSample timed : clip.samples().subList(0, clip.samples().size() - 1)) {
        assertThat((long) audio.samplesIn(timed.sample().payload())).isEqualTo(timed.duration());
      }
    }
  }

  private static List<String> hashes(FrameHashes hashes) {
    return hashes.entries().stream().map(FrameHashes.Entry::md5).toList();
  }

  /** Square, told or not told, is the same. */
  private static String facts(Path file) {
    return Ffmpeg.probe(DEADLINE, "-show_entries", FACTS, "-of", "default", file.toString())
        .orFail()
        .text()
        .replace("sample_aspect_ratio=N/A", "sample_aspect_ratio=1:1");
  }

  private static Path ours(Codec codec) {
    return folder.resolve(codec + "-ours.mp4");
  }
}
