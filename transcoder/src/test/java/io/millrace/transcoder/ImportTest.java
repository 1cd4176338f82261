package io.millrace.transcoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.media.LanguageTag;
import io.millrace.media.TrackLabel;
import io.millrace.media.TrackLabels;
import io.millrace.packager.Asset;
import io.millrace.packager.ClipMoment;
import io.millrace.packager.ClipReply;
import io.millrace.packager.ClipRequest;
import io.millrace.packager.ExportReply;
import io.millrace.packager.ImportFailure;
import io.millrace.packager.ImportFailure.Reason;
import io.millrace.packager.Importing;
import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.TempFolder;
import io.millrace.transcoding.TranscodingConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files as assets: through the real program, to what players get. */
class ImportTest {
  private static final TempFolder FOLDER = TempFolder.create("millrace-uploads-");
  private static ImportNode node;

  @BeforeAll
  static void start() throws Exception {
    node = new ImportNode();
  }

  @AfterAll
  static void stop() throws IOException {
    node.close();
    FOLDER.close();
  }

  private static Path made(String name, String how) {
    Path file = FOLDER.path().resolve(name);
    Ffmpeg.run(Duration.ofSeconds(60), ("-y " + how + " " + file).trim().split(" +")).orFail();
    return file;
  }

  private static String test(String picture, String sound) {
    return "-f lavfi -i testsrc=s=320x180:r=25:d=6 -f lavfi -i sine=r=48000:d=6"
        + " -pix_fmt yuv420p -g 50 -c:v "
        + picture
        + " -c:a "
        + sound;
  }

  private static int frames(Asset asset, String rendition, String kind) {
    return ImportNode.frames(node.rendition(asset, rendition), kind);
  }

  private static int sounds(Asset asset) {
    return ImportNode.packets(node.rendition(asset, "audio"), "a");
  }

  private static void hasNoGap(Asset asset, String rendition) throws Exception {
    assertThat(ImportNode.text(node.rendition(asset, rendition)))
        .contains("#EXT-X-ENDLIST")
        .contains("#EXT-X-PLAYLIST-TYPE:VOD")
        .doesNotContain("EXT-X-GAP")
        .doesNotContain("EXT-X-DISCONTINUITY\n");
  }

  @Test
  void everyFrameOfTheFileIsInItsCopyAndInEveryRung() throws Exception {
    Path clip = Clips.bigBuckBunny();
    int pictures = ImportNode.frames(clip, "v");
    Importing importing = node.begin(clip, "copy,360p,240p,audio", TrackLabels.NONE);
    Asset asset = importing.done().toCompletionStage().toCompletableFuture().get();
    assertThat(asset.title()).isEqualTo("A title");
    assertThat(asset.width()).isEqualTo(854);
    assertThat(asset.pinned()).isTrue();
    assertThat(asset.duration()).isBetween(Duration.ofMillis(29_900), Duration.ofMillis(30_200));
    assertThat(importing.progress()).isEqualTo(asset.duration());
    assertThat(node.packager.recordings().all()).contains(asset);
    for (String rendition : List.of("video", "video-360p", "video-240p")) {
      assertThat(frames(asset, rendition, "v")).as(rendition).isEqualTo(pictures);
      hasNoGap(asset, rendition);
    }
    assertThat(sounds(asset)).isEqualTo(ImportNode.packets(clip, "a"));
    hasNoGap(asset, "audio");
    hasNoGap(asset, "audio-aac");
    String playlist = ImportNode.text(node.address(asset, "index.m3u8"));
    assertThat(playlist).contains("RESOLUTION=854x480", "FRAME-RATE=24.000");
    assertThat(ImportNode.text(node.address(asset, "manifest.mpd"))).contains("type=\"static\"");
  }

  @ParameterizedTest
  @CsvSource({
    "h264.mp4, libx264, aac",
    "h264.mkv, libx264, libopus",
    "h264.ts, libx264, aac",
    "hevc.mp4, libx265 -x265-params log-level=none -tag:v hvc1, ac3",
    "hevc.ts, libx265 -x265-params log-level=none, aac",
    "av1.mp4, libsvtav1, eac3",
    "vp9.webm, libvpx-vp9, libopus",
    "flac.mkv, libx264, flac",
    "h264.flv, libx264, aac"
  })
  void filesOfEveryKindBecomeWhatTheyWere(String name, String picture, String sound)
      throws Exception {
    Path file = made(name, test(picture, sound));
    Asset asset = node.imported(file, "copy");
    assertThat(frames(asset, "video", "v")).isEqualTo(150);
    assertThat(sounds(asset)).isEqualTo(ImportNode.packets(file, "a"));
    hasNoGap(asset, "video");
    assertThat(asset.duration()).isBetween(Duration.ofMillis(5_800), Duration.ofMillis(6_200));
  }

  @Test
  void soundAloneAndPicturesAloneAreAssets() throws Exception {
    Asset sound =
        node.imported(
            made("sound.m4a", "-f lavfi -i sine=r=44100:d=5 -c:a aac"), "copy,360p,audio");
    assertThat(frames(sound, "audio", "a")).isGreaterThan(210);
    assertThat(sound.width()).isZero();
    hasNoGap(sound, "audio-aac");
    Asset picture =
        node.imported(
            made(
                "picture.mp4",
                "-f lavfi -i testsrc=s=320x180:r=25:d=5 -c:v libx264 -pix_fmt yuv420p"),
            "copy");
    assertThat(frames(picture, "video", "v")).isEqualTo(125);
  }

  @Test
  void languagesAreTheFilesUnlessTheRequestSaysOthers() throws Exception {
    Path file =
        made(
            "languages.mp4",
            test("libx264", "aac")
                + " -map 0 -map 1 -map 1 -metadata:s:a:0 language=deu -metadata:s:a:1 language=eng");
    var french = TrackLabel.of(LanguageTag.of("fr"));
    Asset asset =
        node.begin(file, "copy", new TrackLabels(Map.of("audio-2", french)))
            .done()
            .toCompletionStage()
            .toCompletableFuture()
            .get();
    assertThat(ImportNode.text(node.address(asset, "index.m3u8")))
        .contains("LANGUAGE=\"de\"", "LANGUAGE=\"fr\"")
        .doesNotContain("LANGUAGE=\"en\"");
  }

  @Test
  void whatIsBrokenLeavesNothing() throws Exception {
    List<String> before = node.stored();
    byte[] good = Files.readAllBytes(Clips.bigBuckBunny());
    byte[] noisy = good.clone();
    byte[] noise = new byte[200_000];
    new Random(1).nextBytes(noise);
    System.arraycopy(noise, 0, noisy, good.length * 2 / 3, noise.length);
    Path bad = Files.write(FOLDER.path().resolve("noisy.mp4"), noisy);
    ImportFailure failure = node.refused(bad);
    assertThat(failure.reason()).isEqualTo(Reason.FILE);
    assertThat(failure.getMessage()).matches("at \\d+\\.\\d s: its picture is damaged");
    Path cut = FOLDER.path().resolve("cut.mp4");
    Files.write(cut, Arrays.copyOf(good, good.length / 2));
    assertThat(node.refused(cut).reason()).isEqualTo(Reason.FILE);
    Path text = Files.writeString(FOLDER.path().resolve("text.mp4"), "no media\n".repeat(100));
    assertThat(node.refused(text).getMessage()).startsWith("this is no media file");
    assertThat(node.stored()).isEqualTo(before);
  }

  @Test
  void aCancelledImportLeavesNothing() throws Exception {
    List<String> before = node.stored();
    Importing importing = node.begin(Clips.bigBuckBunny(), "copy,360p", TrackLabels.NONE);
    await().until(() -> importing.progress().toSeconds() >= 4 && !node.stored().equals(before));
    assertThat(importing.total().orElseThrow().toSeconds()).isEqualTo(30);
    importing.cancel();
    assertThat(ImportNode.failure(importing).reason()).isEqualTo(Reason.CANCELLED);
    assertThat(node.stored()).isEqualTo(before);
    assertThat(node.packager.recordings().find(importing.id()).await()).isEmpty();
  }

  @Test
  void aTranscoderThatDiesIsTheNodesMatter() throws Exception {
    List<String> before = node.stored();
    Importing importing = node.begin(Clips.bigBuckBunny(), "copy,360p", TrackLabels.NONE);
    await().until(() -> importing.progress().toSeconds() >= 4);
    await().until(() -> node.transcoding.orElseThrow().pid() > 0);
    ProcessHandle.of(node.transcoding.orElseThrow().pid()).orElseThrow().destroyForcibly();
    ImportFailure failure = ImportNode.failure(importing);
    assertThat(failure.reason()).isEqualTo(Reason.NODE);
    assertThat(failure.getMessage()).startsWith("its rungs cannot be made:");
    assertThat(node.stored()).isEqualTo(before);
  }

  @Test
  void aReaderThatDiesIsTheNodesMatter() throws Exception {
    List<String> before = node.stored();
    Importing importing = node.begin(Clips.bigBuckBunny(), "copy,360p", TrackLabels.NONE);
    await().until(() -> importing.progress().toSeconds() >= 4);
    ProcessHandle.of(node.reading.orElseThrow().pid()).orElseThrow().destroyForcibly();
    assertThat(ImportNode.failure(importing).reason()).isEqualTo(Reason.NODE);
    assertThat(node.stored()).isEqualTo(before);
  }

  @Test
  void aThirdFileIsToldToComeAgain() throws Exception {
    Importing one = node.begin(Clips.bigBuckBunny(), "copy,360p", TrackLabels.NONE);
    Importing two = node.begin(Clips.bigBuckBunny(), "copy,360p", TrackLabels.NONE);
    assertThat(node.refused(Clips.bigBuckBunny()).reason()).isEqualTo(Reason.BUSY);
    one.cancel();
    two.cancel();
    ImportNode.failure(one);
    ImportNode.failure(two);
  }

  @Test
  void anUnknownRungIsNamed() throws Exception {
    ImportFailure failure =
        ImportNode.failure(node.begin(Clips.bigBuckBunny(), "copy,359p", TrackLabels.NONE));
    assertThat(failure.reason()).isEqualTo(Reason.REQUEST);
    assertThat(failure.getMessage()).startsWith("there is no rung '359p'");
  }

  /** Its first pictures are cut off by an edit list, and decoders need them. */
  @Test
  void aFileThatWasTrimmedWithoutEncodingIsWhole() throws Exception {
    Path file = made("trimmed.mp4", "-ss 3 -i " + Clips.bigBuckBunny() + " -t 8 -c copy");
    Asset asset = node.imported(file, "copy");
    assertThat(ImportNode.packets(node.rendition(asset, "video"), "v"))
        .isEqualTo(ImportNode.packets(file, "v"));
    hasNoGap(asset, "video");
    Path group =
        made(
            "long-group.mp4",
            "-f lavfi -i testsrc=s=320x180:r=25:d=14 -c:v libx264 -pix_fmt yuv420p -g 1000"
                + " -keyint_min 1000");
    Path late = made("late.mp4", "-ss 12 -i " + group + " -c copy");
    assertThat(ImportNode.packets(late, "v")).isEqualTo(350);
    assertThat(frames(node.imported(late, "copy"), "video", "v"))
        .isEqualTo(ImportNode.packets(late, "v"));
  }

  @Test
  void picturesAtAnyDistanceAreKept() throws Exception {
    Path file =
        made(
            "variable.mkv",
            "-f lavfi -i testsrc=s=320x180:r=25:d=12 -vf select='gt(random(0)\\,0.7)' -fps_mode vfr"
                + " -c:v libx264 -pix_fmt yuv420p -g 50");
    Asset asset = node.imported(file, "copy,audio");
    assertThat(frames(asset, "video", "v")).isEqualTo(ImportNode.frames(file, "v"));
    hasNoGap(asset, "video");
  }

  @Test
  void rungsOfLongGroupsCanBeStartedInEverySegment() throws Exception {
    Path file =
        made(
            "groups.mp4",
            "-f lavfi -i testsrc=s=640x480:r=25:d=31 -c:v libx264 -pix_fmt yuv420p -g 700"
                + " -keyint_min 700");
    Asset asset = node.imported(file, "copy,360p");
    String media = ImportNode.text(node.rendition(asset, "video-360p"));
    assertThat(frames(asset, "video-360p", "v")).isEqualTo(775);
    URI pictures = node.address(asset, "b/" + asset.id() + "/video-360p/iframes.m3u8");
    assertThat(ImportNode.text(pictures).lines().filter(line -> line.startsWith("#EXTINF")))
        .hasSameSizeAs(media.lines().filter(line -> line.startsWith("#EXTINF")).toList());
    assertThat(ImportNode.text(pictures)).doesNotContain("EXT-X-GAP");
  }

  @Test
  void clipsAndFilesAreMadeOfImports() throws Exception {
    Asset asset = node.imported(Clips.bigBuckBunny(), "copy");
    var clip =
        new ClipRequest(
            asset.id(),
            Optional.of(new ClipMoment.Offset(Duration.ofSeconds(10))),
            Optional.of(new ClipMoment.Offset(Duration.ofSeconds(15))),
            "",
            Optional.empty());
    assertThat(node.packager.clip(clip).toCompletionStage().toCompletableFuture().get())
        .isInstanceOf(ClipReply.Made.class);
    assertThat(
            node.packager
                .export(asset.id(), Optional.empty())
                .toCompletionStage()
                .toCompletableFuture()
                .get())
        .isInstanceOf(ExportReply.Ready.class);
  }

  @Test
  void aFileThatMakesItsReaderStandStillIsGivenUp() throws Exception {
    Path pipe = FOLDER.path().resolve("pipe.mp4");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    TranscodingConfig usual = TranscodingNode.CONFIG;
    var hasty =
        new TranscodingConfig(
            usual.encoders(),
            usual.latency(),
            usual.loudness(),
            usual.maxBehind(),
            Duration.ofSeconds(1),
            true);
    try (ImportNode other = new ImportNode(hasty, Optional.empty(), (vertx, store) -> store)) {
      assertThat(other.refused(pipe).getMessage())
          .isEqualTo("the file makes its reader stand still; it may be damaged");
    }
  }

  @Test
  void whatACrashLeftTheNextStartRemoves() throws Exception {
    try (ImportNode first = new ImportNode()) {
      Importing importing = first.begin(Clips.bigBuckBunny(), "copy,360p", TrackLabels.NONE);
      await().until(() -> first.stored().size() > 3);
      try (ImportNode next =
          new ImportNode(
              TranscodingNode.CONFIG, Optional.of(first.objects()), (vertx, store) -> store)) {
        await()
            .until(
                () ->
                    next.stored().stream().noneMatch(name -> name.contains("~assets"))
                        || importing.done().isComplete());
        assertThat(ImportNode.failure(importing).reason()).isEqualTo(Reason.NODE);
        assertThat(next.stored()).isEmpty();
      }
    }
  }

  /** The file waits for the store, and what fails at first is tried again. */
  @Test
  void aSlowStoreIsWaitedFor() throws Exception {
    Path file =
        made(
            "many.mp4",
            "-f lavfi -i testsrc=s=64x48:r=5:d=400 -c:v libx264 -pix_fmt yuv420p -g 10");
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger puts = new AtomicInteger();
    try (ImportNode slow =
        new ImportNode(
            TranscodingNode.CONFIG,
            Optional.empty(),
            (vertx, store) -> SlowStore.of(vertx, store, underWay, most, puts))) {
      Asset asset = slow.imported(file, "copy");
      assertThat(asset.duration()).isEqualTo(Duration.ofSeconds(400));
      assertThat(ImportNode.packets(slow.rendition(asset, "video"), "v")).isEqualTo(2_000);
      assertThat(puts.get()).isGreaterThan(200);
      assertThat(most.get()).isBetween(10, 120);
    }
  }

  @Test
  void aFileOfMoreThanADayIsRefused() throws Exception {
    Path file =
        made(
            "days.mp4",
            "-f lavfi -i testsrc=s=64x48:r=1/50:d=100000 -c:v libx264 -pix_fmt yuv420p -g 1");
    assertThat(node.refused(file).getMessage())
        .isEqualTo("the file is longer than 24 hours; split it");
  }
}
