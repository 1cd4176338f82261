package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.media.MediaEvent;
import io.millrace.media.MediaEvent.SampleReady;
import io.millrace.media.MediaEvent.TracksReady;
import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.FrameHashes;
import io.millrace.testkit.Program;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real ffmpeg pushes what only Enhanced RTMP carries (RTMP R31): every access unit arrives as it
 * was, in order and at its time.
 */
class EnhancedPublishTest {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final String ADDRESS = "live/demo" + IngestHarness.QUERY;

  @TempDir Path folder;
  @AutoClose private final IngestHarness ingest = new IngestHarness(Map.of("endGrace", "100ms"));

  @Test
  void hevcAndOpusArriveAsTheyWere() throws Exception {
    Path clip =
        encode(
            "25",
            List.of("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=0"),
            List.of("-c:a", "libopus", "-b:a", "64k"));
    push(clip);
    assertThat(formats()).containsExactly(TrackFormat.H265.class, TrackFormat.Opus.class);
    assertThat(codecs()).containsExactly("hvc1.1.6.L60.90", "Opus");
    assertArrived(clip);
    assertThat(keyFrames()).containsExactly(0, 25);
  }

  @Test
  void av1AndFlacArriveAsTheyWere() throws Exception {
    Path clip =
        encode(
            "30000/1001",
            List.of("-c:v", "libsvtav1", "-preset", "12"),
            List.of("-c:a", "flac", "-ar", "44100"));
    push(clip);
    assertThat(formats()).containsExactly(TrackFormat.Av1.class, TrackFormat.Flac.class);
    assertArrived(clip);
    assertThat(keyFrames()).containsExactly(0, 25, 50);
  }

  @Test
  void vp9AndAc3ArriveAsTheyWere() throws Exception {
    Path clip =
        encode(
            "24000/1001",
            List.of(
                "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "200k"),
            List.of("-c:a", "ac3", "-b:a", "128k"));
    push(clip);
    assertThat(formats()).containsExactly(TrackFormat.Vp9.class, TrackFormat.Ac3.class);
    assertThat(((TrackFormat.Video) tracks().getFirst().format()).width()).isEqualTo(320);
    assertArrived(clip);
    assertThat(keyFrames()).containsExactly(0, 25);
  }

  @Test
  void h264AndEac3ArriveAsTheyWere() throws Exception {
    Path clip =
        encode(
            "60000/1001",
            List.of("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2"),
            List.of("-c:a", "eac3", "-b:a", "128k"));
    push(clip);
    assertThat(formats()).containsExactly(TrackFormat.H264.class, TrackFormat.Eac3.class);
    assertArrived(clip);
  }

  @Test
  void twoAudioTracksArriveAsTracksOfTheirOwn() throws Exception {
    Path clip =
        encode(
            "25",
            List.of("-c:v", "libx264", "-preset", "ultrafast"),
            List.of("-map", "1:a", "-c:a:0", "aac", "-c:a:1", "libopus"));
    push(clip);
    assertThat(formats())
        .containsExactly(TrackFormat.H264.class, TrackFormat.Aac.class, TrackFormat.Opus.class);
    assertThat(announcements()).isEqualTo(1);
    assertArrived(clip);
  }

  @Test
  void aSecondVideoTrackIsRefusedWithWordsThatFfmpegShows() throws Exception {
    Path clip =
        encode(
            "25",
            List.of("-map", "0:v", "-c:v", "libx264", "-preset", "ultrafast"),
            List.of("-c:a", "aac"));
    Program.Result result =
        Ffmpeg.run(
            DEADLINE,
            "-re",
            "-i",
            clip.toString(),
            "-map",
            "0",
            "-c",
            "copy",
            "-f",
            "flv",
            ingest.url(ADDRESS));
    assertThat(result.errors()).contains("send one video track");
  }

  private Path encode(String rate, List<String> video, List<String> audio) {
    Path clip = folder.resolve("clip.mp4");
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-f", "lavfi", "-i", "testsrc2=s=320x180:d=2:r=" + rate));
    arguments.addAll(List.of("-f", "lavfi", "-i", "sine=f=440:r=48000:d=2", "-g", "25"));
    arguments.addAll(List.of("-pix_fmt", "yuv420p", "-map", "0:v", "-map", "1:a"));
    arguments.addAll(video);
    arguments.addAll(audio);
    arguments.add(clip.toString());
    Ffmpeg.run(DEADLINE, arguments.toArray(String[]::new)).orFail();
    return clip;
  }

  private void push(Path clip) {
    Ffmpeg.run(
            DEADLINE,
            "-i",
            clip.toString(),
            "-map",
            "0",
            "-c",
            "copy",
            "-f",
            "flv",
            ingest.url(ADDRESS))
        .orFail();
    await()
        .atMost(DEADLINE)
        .until(() -> ingest.events().stream().anyMatch(MediaEvent.Ended.class::isInstance));
  }

  /** Every access unit is there, bit-exact; all tracks are moved by the same time. */
  private void assertArrived(Path clip) throws Exception {
    List<Double> shifts = new ArrayList<>();
    for (int i = 0; i < tracks().size(); i++) {
      Track track = tracks().get(i);
      FrameHashes sent = sent(clip, i);
      List<Sample> arrived =
          ingest.samples(track.id().value()).stream().map(SampleReady::sample).toList();
      List<String> hashes = new ArrayList<>();
      for (Sample sample : arrived) {
        hashes.add(md5(sample));
      }
      assertThat(hashes).isEqualTo(sent.md5s());
      double tick = 1.0 / Double.parseDouble(sent.timebase().substring(2));
      for (int n = 0; n < arrived.size(); n++) {
        FrameHashes.Entry entry = sent.entries().get(n);
        Sample sample = arrived.get(n);
        shifts.add(track.timescale().toSeconds(sample.dts()) - entry.dts() * tick);
        assertThat(track.timescale().toSeconds(sample.compositionOffset()))
            .isBetween(
                (entry.pts() - entry.dts()) * tick - 0.0011,
                (entry.pts() - entry.dts()) * tick + 0.0011);
      }
      if (!track.isVideo()) {
        assertIsContinuous(arrived, (TrackFormat.Audio) track.format());
      }
    }
    double first = shifts.getFirst();
    assertThat(shifts)
        .allSatisfy(shift -> assertThat(shift).isBetween(first - 0.001, first + 0.001));
  }

  private static void assertIsContinuous(List<Sample> samples, TrackFormat.Audio format) {
    long expected = samples.getFirst().dts();
    for (Sample sample : samples) {
      assertThat(sample.dts()).isEqualTo(expected);
      expected += format.samplesIn(sample.payload());
    }
  }

  private static FrameHashes sent(Path clip, int stream) {
    return FrameHashes.parse(
        Ffmpeg.run(
                DEADLINE,
                "-i",
                clip.toString(),
                "-map",
                "0:" + stream,
                "-c",
                "copy",
                "-f",
                "framemd5",
                "-")
            .orFail()
            .text());
  }

  private static String md5(Sample sample) throws Exception {
    byte[] digest = MessageDigest.getInstance("MD5").digest(sample.payload().getBytes());
    return HexFormat.of().formatHex(digest);
  }

  private List<Track> tracks() {
    return ((TracksReady) ingest.events().getFirst()).tracks();
  }

  private List<Object> formats() {
    return tracks().stream().<Object>map(track -> track.format().getClass()).toList();
  }

  private List<String> codecs() {
    return tracks().stream().map(track -> track.format().codecs()).toList();
  }

  private long announcements() {
    return ingest.events().stream().filter(TracksReady.class::isInstance).count();
  }

  private List<Integer> keyFrames() {
    List<SampleReady> video = ingest.samples(1);
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < video.size(); i++) {
      if (video.get(i).sample().sync()) {
        places.add(i);
      }
    }
    return places;
  }
}
