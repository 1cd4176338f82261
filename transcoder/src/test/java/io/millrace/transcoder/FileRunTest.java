package io.millrace.transcoder;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.TempFolder;
import io.millrace.transcoding.protocol.Codec;
import io.millrace.transcoding.protocol.FileTrack;
import io.millrace.transcoding.protocol.Frame;
import io.millrace.transcoding.protocol.WireSample;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files, whole and broken, as the server gets to know them. */
class FileRunTest {
  private static final TempFolder FOLDER = TempFolder.create("millrace-files-");
  private static final String PICTURE = "-f lavfi -i testsrc=s=320x180:r=25:d=3 ";
  private static final String SOUND = "-f lavfi -i sine=r=48000:d=3 ";
  private static final String X264 = "-c:v libx264 -pix_fmt yuv420p -g 25 ";

  @AfterAll
  static void remove() throws IOException {
    FOLDER.close();
  }

  private static Path made(String name, String how) {
    Path file = FOLDER.path().resolve(name);
    Ffmpeg.run(Duration.ofSeconds(60), ("-y " + how + " " + file).trim().split(" +")).orFail();
    return file;
  }

  private static List<Frame> read(Path file) {
    List<Frame> frames = new ArrayList<>();
    FileRun.read(file, frames::add);
    return frames;
  }

  private static List<FileTrack> tracks(List<Frame> frames) {
    return ((Frame.FileTracks) frames.getFirst()).tracks();
  }

  private static List<WireSample> samples(List<Frame> frames, int track) {
    return frames.stream()
        .filter(Frame.FileSample.class::isInstance)
        .map(frame -> ((Frame.FileSample) frame).sample())
        .filter(sample -> sample.track() == track)
        .toList();
  }

  private static String refusal(Path file) {
    List<Frame> frames = read(file);
    assertThat(frames.getLast()).as("%s", file).isInstanceOf(Frame.Refused.class);
    return ((Frame.Refused) frames.getLast()).reason();
  }

  private static List<Long> differences(List<WireSample> samples) {
    List<Long> steps = new ArrayList<>();
    for (int i = 1; i < samples.size(); i++) {
      steps.add(samples.get(i).dts() - samples.get(i - 1).dts());
    }
    return steps.stream().distinct().toList();
  }

  @Test
  void theClipIsAsItLiesInItsFile() {
    List<Frame> frames = read(Clips.bigBuckBunny());
    List<FileTrack> tracks = tracks(frames);
    assertThat(tracks)
        .extracting(its -> its.track().codec())
        .containsExactly(Codec.H264, Codec.AAC);
    assertThat(tracks.getFirst().track().width()).isEqualTo(854);
    assertThat(tracks.getFirst().track().milliFrames()).isEqualTo(24_000);
    assertThat(tracks.getLast().track().channels()).isEqualTo(6);
    assertThat(((Frame.FileTracks) frames.getFirst()).durationNanos())
        .isBetween(29_900_000_000L, 30_100_000_000L);
    List<WireSample> pictures = samples(frames, 1);
    assertThat(pictures).hasSize(packets(Clips.bigBuckBunny(), "v"));
    assertThat(pictures.getFirst().sync()).isTrue();
    assertThat(pictures).anyMatch(sample -> sample.compositionOffset() > 0);
    assertThat(samples(frames, 2)).hasSize(packets(Clips.bigBuckBunny(), "a"));
    assertThat(frames.getLast()).isInstanceOf(Frame.Ended.class);
  }

  private static int packets(Path file, String kind) {
    String counted =
        Ffmpeg.probe(
                Duration.ofSeconds(60),
                ("-select_streams "
                        + kind
                        + " -count_packets -show_entries stream=nb_read_packets -of csv=p=0 "
                        + file)
                    .split(" "))
            .orFail()
            .text();
    return Integer.parseInt(counted.strip().replaceAll("[^0-9].*", ""));
  }

  /** Every kind of file, every codec: what comes of it, and how many. */
  @ParameterizedTest
  @CsvSource({
    "h264.mp4, -c:a aac, H264, AAC",
    "h264.mkv, -c:a libopus, H264, OPUS",
    "h264.ts, -c:a aac, H264, AAC",
    "h264.flv, -c:a aac, H264, AAC",
    "ac3.ts, -c:a ac3, H264, AC3",
    "eac3.mp4, -c:a eac3, H264, EAC3",
    "flac.mkv, -c:a flac, H264, FLAC",
    "hevc.mp4, -c:v libx265 -x265-params log-level=none -tag:v hvc1 -c:a aac, HEVC, AAC",
    "hevc.ts, -c:v libx265 -x265-params log-level=none -c:a aac, HEVC, AAC",
    "av1.mp4, -c:v libsvtav1 -c:a aac, AV1, AAC",
    "av1.webm, -c:v libsvtav1 -c:a libopus, AV1, OPUS",
    "vp9.webm, -c:v libvpx-vp9 -c:a libopus, VP9, OPUS",
    "vp9.mp4, -c:v libvpx-vp9 -c:a aac, VP9, AAC"
  })
  void takesFilesOfEveryKind(String name, String how, Codec picture, Codec sound) {
    Path file = made(name, PICTURE + SOUND + X264 + how);
    List<Frame> frames = read(file);
    assertThat(frames.getLast()).isInstanceOf(Frame.Ended.class);
    assertThat(tracks(frames))
        .extracting(its -> its.track().codec())
        .containsExactly(picture, sound);
    assertThat(tracks(frames))
        .filteredOn(its -> its.track().codec() != Codec.AV1)
        .allMatch(its -> its.track().record().hasRemaining());
    List<WireSample> pictures = samples(frames, 1);
    assertThat(pictures).hasSize(75);
    assertThat(pictures.stream().filter(WireSample::sync)).hasSizeGreaterThanOrEqualTo(1);
    assertThat(samples(frames, 2)).hasSize(packets(file, "a"));
    // Sound is timed to the sample, whatever clock the file has.
    assertThat(differences(samples(frames, 2).subList(0, 30))).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void languagesAndSeveralSoundsAreTold() {
    Path file =
        made(
            "languages.mp4",
            PICTURE
                + SOUND
                + SOUND
                + X264
                + "-map 0 -map 1 -map 2 -c:a aac -metadata:s:a:0 language=deu"
                + " -metadata:s:a:1 language=eng");
    assertThat(tracks(read(file))).extracting(FileTrack::language).endsWith("deu", "eng");
  }

  @Test
  void lengthsOfOneToFourBytesBecomeFour() {
    byte[] record = new byte[] {1, 100, 0, 30, (byte) 0xFC | 1, (byte) 0xE0, 0};
    var payload = new FilePayload.LengthPrefixed(record, 4, 1);
    assertThat(payload.record().get(4) & 3).isEqualTo(3);
    assertThat(payload.of(new byte[] {0, 2, 0x65, 1, 0, 1, 0x41}))
        .isEqualTo(ByteBuffer.wrap(new byte[] {0, 0, 0, 2, 0x65, 1, 0, 0, 0, 1, 0x41}));
  }

  @Test
  void soundAloneAndPicturesAloneAreFiles() {
    assertThat(tracks(read(made("sound.m4a", SOUND + "-c:a aac")))).hasSize(1);
    assertThat(tracks(read(made("picture.mp4", PICTURE + X264)))).hasSize(1);
  }

  @Test
  void whatCannotBePackagedIsRefusedWithWhatToDo() {
    assertThat(refusal(made("old.mp4", PICTURE + "-c:v mpeg4")))
        .isEqualTo(
            "its picture is coded as mpeg4, which cannot be packaged; encode it as H.264, HEVC, AV1"
                + " or VP9: ffmpeg -i FILE -map 0 -c:v libx264 -c:a copy OUT.mp4");
    assertThat(refusal(made("mp3.mp4", PICTURE + SOUND + X264 + "-c:a libmp3lame")))
        .startsWith("its sound is coded as mp3, which cannot be packaged; encode it as AAC");
    assertThat(refusal(made("other.avi", PICTURE + X264)))
        .startsWith("this is no media file of a known kind; MP4,");
  }

  @Test
  void brokenFilesAreRefusedInWords() throws IOException {
    Path nothing = Files.createFile(FOLDER.path().resolve("nothing.mp4"));
    assertThat(refusal(nothing)).isEqualTo("the file is empty");
    Path text = Files.writeString(FOLDER.path().resolve("text.mp4"), "Dear Sir,\n".repeat(1000));
    assertThat(refusal(text)).startsWith("this is no media file");
    byte[] random = new byte[100_000];
    new Random(1).nextBytes(random);
    Path noise = Files.write(FOLDER.path().resolve("noise.mp4"), random);
    assertThat(refusal(noise)).startsWith("this is no media file");
    assertThat(refusal(FOLDER.path().resolve("away.mp4")))
        .isEqualTo("the file cannot be read: it is not there");
  }

  @Test
  void aFileThatWasCutOffIsRefused() throws IOException {
    byte[] indexBehind = Files.readAllBytes(made("behind.mp4", PICTURE + SOUND + X264));
    Path headless =
        Files.write(
            FOLDER.path().resolve("headless.mp4"),
            Arrays.copyOf(indexBehind, indexBehind.length / 2));
    assertThat(refusal(headless)).startsWith("the file has no index that can be read (moov)");
    for (String kind :
        List.of("front.mp4 -movflags +faststart", "cut.mkv", "parts.mp4 -movflags frag_keyframe")) {
      String name = (kind + " ").substring(0, (kind + " ").indexOf(' '));
      byte[] all =
          Files.readAllBytes(made(name, PICTURE + SOUND + X264 + kind.substring(name.length())));
      Path cut =
          Files.write(FOLDER.path().resolve("cut-" + name), Arrays.copyOf(all, all.length * 2 / 3));
      assertThat(refusal(cut)).as(kind).contains("was cut off");
    }
  }

  @Test
  void garbageInTheMiddleIsNoticed() throws IOException {
    for (String kind : List.of("good.mp4 -movflags +faststart", "good.mkv")) {
      String name = (kind + " ").substring(0, (kind + " ").indexOf(' '));
      byte[] bytes =
          Files.readAllBytes(made(name, PICTURE + SOUND + X264 + kind.substring(name.length())));
      byte[] noise = new byte[bytes.length / 5];
      new Random(2).nextBytes(noise);
      System.arraycopy(noise, 0, bytes, bytes.length / 2, noise.length);
      Path file = Files.write(FOLDER.path().resolve("bad-" + name), bytes);
      assertThat(refusal(file)).as(kind).contains("damaged");
    }
  }

  @Test
  void aClockThatJumpsIsRefused() throws IOException {
    byte[] one = Files.readAllBytes(made("one.ts", PICTURE + X264));
    byte[] later = Files.readAllBytes(made("later.ts", PICTURE + X264 + "-output_ts_offset 5000"));
    Path both = FOLDER.path().resolve("both.ts");
    Files.write(both, one);
    Files.write(both, later, java.nio.file.StandardOpenOption.APPEND);
    assertThat(refusal(both)).startsWith("its clock jumps from 2.9 s to 4999.9 s; remux it");
    Path back = FOLDER.path().resolve("back.ts");
    Files.write(back, later);
    Files.write(back, one, java.nio.file.StandardOpenOption.APPEND);
    assertThat(refusal(back)).contains("its clock jumps");
  }

  @Test
  void noOtherFileIsOpened() throws IOException {
    Path list = FOLDER.path().resolve("list.mp4");
    Files.writeString(
        list,
        "ffconcat version 1.0\nfile '" + Clips.bigBuckBunny() + "'\n",
        StandardCharsets.US_ASCII);
    assertThat(refusal(list)).startsWith("this is no media file");
    Path playlist = FOLDER.path().resolve("list.m3u8");
    Files.writeString(
        playlist,
        "#EXTM3U\n#EXT-X-TARGETDURATION:30\n#EXTINF:30,\n"
            + Clips.bigBuckBunny()
            + "\n#EXT-X-ENDLIST\n");
    assertThat(refusal(playlist)).startsWith("this is no media file");
  }
}
