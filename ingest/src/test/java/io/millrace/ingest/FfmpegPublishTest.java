package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.media.EndReason;
import io.millrace.media.MediaEvent;
import io.millrace.media.MediaEvent.SampleReady;
import io.millrace.media.MediaEvent.TracksReady;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.Program;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A real ffmpeg pushes real media over a real socket. */
class FfmpegPublishTest {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final String CLIP = Clips.bigBuckBunny().toString();
  private static final String ADDRESS = "live/demo" + IngestHarness.QUERY;

  @AutoClose private final IngestHarness ingest = new IngestHarness(Map.of("endGrace", "100ms"));

  @Test
  void everyPacketOfTheClipArrivesInOrder() {
    push("-i", CLIP, "-c", "copy").orFail();
    awaitEnd(EndReason.UNPUBLISHED);

    assertThat(ingest.events.getFirst()).isInstanceOf(TracksReady.class);
    List<Track> tracks = ((TracksReady) ingest.events.getFirst()).tracks();
    assertThat(tracks).hasSize(2);
    TrackFormat.H264 video = (TrackFormat.H264) tracks.get(0).format();
    assertThat(video.width()).isEqualTo(854);
    assertThat(video.height()).isEqualTo(480);
    TrackFormat.Aac audio = (TrackFormat.Aac) tracks.get(1).format();
    assertThat(audio.channels()).isEqualTo(6);
    assertThat(checksums(1)).isEqualTo(packets("v"));
    assertThat(checksums(2)).isEqualTo(packets("a"));
    assertThat(ingest.attempts.getFirst().key()).contains(IngestHarness.KEY);
  }

  @Test
  void timesAreThoseOfTheClip() {
    push("-i", CLIP, "-c", "copy").orFail();
    awaitEnd(EndReason.UNPUBLISHED);

    List<SampleReady> audio = ingest.samples(2);
    long first = audio.getFirst().sample().dts();
    for (int i = 0; i < audio.size(); i++) {
      assertThat(audio.get(i).sample().dts()).isEqualTo(first + 1024L * i);
    }
    List<SampleReady> video = ingest.samples(1);
    long start = video.getFirst().sample().dts();
    for (int i = 0; i < video.size(); i++) {
      // 24 fps is 3,750 ticks; RTMP rounds to milliseconds of 90 ticks.
      assertThat(video.get(i).sample().dts() - start).isBetween(3750L * i - 90, 3750L * i + 90);
    }
    assertThat(video.getFirst().sample().sync()).isTrue();
  }

  @Test
  void aWrongKeyIsRefusedWithWordsThatFfmpegShows() {
    Program.Result result =
        Ffmpeg.run(
            DEADLINE, "-i", CLIP, "-c", "copy", "-f", "flv", ingest.url("live/demo?key=wrong"));
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.errors()).contains("the publish key of live/demo is not right");
    awaitClosed("refused");
    assertThat(ingest.streams.statuses()).isEmpty();
  }

  @Test
  void anUnsupportedCodecIsRefusedWithWordsThatFfmpegShows() {
    Program.Result result =
        push("-re", "-i", CLIP, "-map", "0:v", "-map", "0:a", "-c:v", "flv", "-c:a", "copy");
    assertThat(result.errors()).contains("Sorenson H.263 is not supported").contains("H.264");
    awaitClosed("unsupported");
  }

  @Test
  void mediaThatAReaderOfTheStreamCannotCarryIsRefusedWithItsWords() {
    ingest.streams.onBroadcast(
        stream ->
            stream.objectTo(
                track ->
                    track.isVideo()
                        ? Optional.of("this server has no pictures")
                        : Optional.empty()));

    Program.Result result = push("-re", "-i", CLIP, "-c", "copy");

    assertThat(result.errors()).contains("this server has no pictures");
    awaitClosed("unsupported");
    await().atMost(DEADLINE).until(() -> ingest.streams.statuses().isEmpty());
  }

  @Test
  void aSecondPublisherOfALiveStreamIsRefusedWithWords() {
    try (Program first =
        Ffmpeg.start("-re", "-i", CLIP, "-c", "copy", "-f", "flv", ingest.url(ADDRESS))) {
      await().atMost(DEADLINE).until(() -> ingest.samples(1).size() > 10);
      Program.Result second = push("-i", CLIP, "-c", "copy");
      assertThat(second.exitCode()).isNotZero();
      assertThat(second.errors()).contains("Server error:");
      assertThat(first.isAlive()).isTrue();
    }
  }

  @Test
  void aKilledPublisherIsALostConnection() {
    try (Program first =
        Ffmpeg.start("-re", "-i", CLIP, "-c", "copy", "-f", "flv", ingest.url(ADDRESS))) {
      await().atMost(DEADLINE).until(() -> ingest.samples(1).size() > 10);
      first.kill();
      await()
          .atMost(DEADLINE)
          .until(() -> ingest.metrics.connections.labelValues("rtmp").get() == 0);
    }
    push("-t", "1", "-i", CLIP, "-c", "copy").orFail();
    awaitEnd(EndReason.UNPUBLISHED);
    assertThat(ingest.events()).anyMatch(MediaEvent.Discontinuity.class::isInstance);
  }

  @Test
  void aPublisherWithOneTrackIsTaken() {
    push("-t", "4", "-i", CLIP, "-c", "copy", "-an").orFail();
    awaitEnd(EndReason.UNPUBLISHED);
    assertThat(((TracksReady) ingest.events.getFirst()).tracks()).hasSize(1);
    assertThat(ingest.samples(1)).hasSizeGreaterThan(90);
  }

  @Test
  void anEndedBroadcastClosesItsPublisher() {
    try (Program first =
        Ffmpeg.start("-re", "-i", CLIP, "-c", "copy", "-f", "flv", ingest.url(ADDRESS))) {
      await().atMost(DEADLINE).until(() -> ingest.samples(1).size() > 10);
      IngestHarness.await(
          ingest.streams.end(ingest.attempts.getFirst().stream(), EndReason.ENDED_BY_API));
      assertThat(first.await(DEADLINE).errors()).contains("this broadcast was ended");
    }
  }

  private Program.Result push(String... input) {
    List<String> arguments = new ArrayList<>(List.of(input));
    arguments.addAll(List.of("-f", "flv", ingest.url(ADDRESS)));
    return Ffmpeg.run(DEADLINE, arguments.toArray(String[]::new));
  }

  private void awaitEnd(EndReason reason) {
    await()
        .atMost(DEADLINE)
        .until(() -> !ingest.events.isEmpty() && isEnded(ingest.events.getLast()));
    assertThat(((MediaEvent.Ended) ingest.events.getLast()).reason()).isEqualTo(reason);
  }

  private static boolean isEnded(MediaEvent event) {
    return event instanceof MediaEvent.Ended;
  }

  private List<String> checksums(int track) {
    return ingest.samples(track).stream()
        .map(ready -> ready.sample().payload())
        .map(payload -> payload.length() + " " + adler(payload))
        .toList();
  }

  /** FFmpeg's {@code framecrc} is Adler-32 that starts at 0. */
  private static String adler(Buffer payload) {
    int a = 0;
    int b = 0;
    for (byte value : payload.getBytes()) {
      a = (a + (value & 0xFF)) % 65521;
      b = (b + a) % 65521;
    }
    return String.format("0x%08x", ((long) b << 16) | a);
  }

  /** Size and checksum of each packet of the clip. */
  private static List<String> packets(String kind) {
    Program.Result result =
        Ffmpeg.run(DEADLINE, "-i", CLIP, "-map", "0:" + kind, "-c", "copy", "-f", "framecrc", "-");
    return result
        .orFail()
        .text()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split(",\\s*", -1))
        .map(fields -> fields[4].strip() + " " + fields[5].strip())
        .toList();
  }

  /** The encoder may have read the words before the server has counted them. */
  private void awaitClosed(String reason) {
    await()
        .atMost(DEADLINE)
        .until(() -> ingest.metrics.closed.labelValues("rtmp", reason).get() == 1);
  }
}
