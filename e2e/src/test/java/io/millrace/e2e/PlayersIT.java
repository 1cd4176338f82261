package io.millrace.e2e;

import static io.millrace.e2e.BrowserPlayers.Seen.longest;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.e2e.BrowserPlayers.Seen;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.FrameHashes;
import io.millrace.testkit.Program;
import io.millrace.testkit.UnderValidation;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.testkit.program.Tools;
import io.millrace.testkit.rtmp.FlvClip;
import io.millrace.testkit.rtmp.PacedEncoder;
import io.millrace.validator.hls.MediaPlaylist;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * hls.js, Shaka Player, FFmpeg and GStreamer, all at once, play two streams through what encoders
 * do to them: one changes its resolution in its connection, the other one dies and comes back, once
 * at once and once so late that the playlist has listed gaps. The validator follows both streams.
 */
@Isolated("decodes video four times over, and a stall must be the server's fault")
class PlayersIT {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  /** Listed before anybody plays: as far behind the newest media as players want to be. */
  private static final int SEGMENTS_AHEAD = 4;

  /** How far behind a change every player must come. */
  private static final Duration BEYOND = Duration.ofSeconds(3);

  /** A picture that stands still for longer is a stall that viewers complain about. */
  private static final Duration LONGEST_STALL = Duration.ofSeconds(2);

  /** Media that is missing where the encoder is away for no time at all. */
  private static final Duration SMALL_HOLE = Duration.ofSeconds(1);

  /** What a player may skip around an outage: up to a segment on either side. */
  private static final Duration AROUND_AN_OUTAGE = Duration.ofSeconds(5);

  /** For so long a stream has pictures alone. */
  private static final Duration SILENCE = Duration.ofSeconds(5);

  private static final String SMALL = "426x240";
  private static final String LARGE = "640x360";
  private static final int SMALL_BYTES = 426 * 240 * 3 / 2;
  private static final int LARGE_BYTES = 640 * 360 * 3 / 2;
  private static final int FEW_SECONDS_OF_PICTURES = 3 * 24;

  private static FlvClip small;
  private static FlvClip large;

  @TempDir private Path folder;

  @BeforeAll
  static void encode() {
    small = FlvClip.encoded(SMALL, Duration.ofSeconds(24));
    large = FlvClip.encoded(LARGE, Duration.ofSeconds(24));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cmaf", "ts"})
  void everyPlayerGoesOnThroughAChangeOfResolutionAndAReconnect(String container) {
    Tools.require("gst-launch-1.0");
    Browser.executable();
    try (MillraceProcess server = server(container);
        PacedEncoder resized = publish(server, "resized");
        PacedEncoder first = publish(server, "reconnected")) {
      untilAhead(server, "resized");
      untilAhead(server, "reconnected");
      try (UnderValidation changes = UnderValidation.of(server.playlist("resized"));
          UnderValidation losses = UnderValidation.of(server.playlist("reconnected"));
          Program changesInFfmpeg = ffmpeg(server.playlist("resized"));
          Program lossesInFfmpeg = ffmpeg(server.playlist("reconnected"));
          Program changesInGStreamer = GStreamer.play(server.playlist("resized"));
          BrowserPlayers players = BrowserPlayers.play(server, "resized", "reconnected")) {
        Duration outage;
        Instant silent;
        try (Program lossesInGStreamer = GStreamer.play(server.playlist("reconnected"))) {
          until(players, "resized", seen -> seen.seconds() > 1);
          until(players, "reconnected", seen -> seen.seconds() > 1);

          resized.changeTo(large);
          untilJustCut(server, "reconnected");
          Instant changed = Instant.now();
          first.kill();
          try (PacedEncoder second = publish(server, "reconnected")) {
            until(players, "resized", beyond(changed));
            until(players, "reconnected", beyond(changed));
            followedAcrossTheChange(players);
            wentOnBehindTheReconnect(players);
            goesOnIn(lossesInGStreamer, server);

            // Played while the other stream is away.
            resized.pauseSound(SILENCE);
            silent = Instant.now();
            // GStreamer 1.22.0 aborts in an assertion of its own where the newest segment is a gap.
            lossesInGStreamer.kill();
            second.kill();
          }
        }
        outage = untilAGap(server, "reconnected");
        Instant back = Instant.now();
        try (PacedEncoder third = publish(server, "reconnected")) {
          until(players, "reconnected", beyond(back));
          skippedOnlyTheOutage(players, outage);
          until(players, "resized", beyond(silent.plus(SILENCE)));
          followedAcrossTheChange(players);
          wasWithoutSound(resized, SILENCE);
          resized.unpublish();
          third.unpublish();
        }
        followedAcrossTheChange(container, pictures(changesInFfmpeg));
        assertThat(pictures(lossesInFfmpeg).entries())
            .hasSizeGreaterThan(3 * FEW_SECONDS_OF_PICTURES);
        followedAcrossTheChange(changesInGStreamer);
        assertThat(changes.walker().violations()).isEmpty();
        assertThat(losses.walker().violations()).isEmpty();
      }
    }
  }

  /** AAC has 43 frames a second or more. */
  private static void wasWithoutSound(PacedEncoder encoder, Duration silence) {
    assertThat((long) encoder.soundLeftOut())
        .isBetween(40 * silence.toSeconds(), 50 * silence.toSeconds());
  }

  private static void followedAcrossTheChange(BrowserPlayers players) {
    players
        .of("resized")
        .forEach(
            (player, seen) -> {
              String words = player + ": " + seen.everything();
              assertThat(seen.problems()).as(words).isEmpty();
              assertThat(seen.widths()).as(words).containsExactly(426, 640);
              assertThat(longest(seen.standstills())).as(words).isLessThan(LONGEST_STALL);
              assertThat(longest(seen.holes())).as(words).isLessThan(SMALL_HOLE);
              assertThat(longest(seen.jumps())).as(words).isLessThan(SMALL_HOLE);
            });
  }

  private static void wentOnBehindTheReconnect(BrowserPlayers players) {
    players
        .of("reconnected")
        .forEach(
            (player, seen) -> {
              String words = player + ": " + seen.everything();
              assertThat(seen.problems()).as(words).isEmpty();
              assertThat(longest(seen.standstills())).as(words).isLessThan(LONGEST_STALL);
              assertThat(longest(seen.holes())).as(words).isLessThan(SMALL_HOLE);
              assertThat(longest(seen.jumps())).as(words).isLessThan(SMALL_HOLE);
            });
  }

  private static void skippedOnlyTheOutage(BrowserPlayers players, Duration outage) {
    players
        .of("reconnected")
        .forEach(
            (player, seen) -> {
              String words = player + ": " + seen.everything();
              Duration most = outage.plus(AROUND_AN_OUTAGE);
              assertThat(seen.problems()).as(words).isEmpty();
              assertThat(longest(seen.standstills())).as(words).isLessThan(most);
              assertThat(longest(seen.holes())).as(words).isLessThan(most);
              assertThat(longest(seen.jumps())).as(words).isLessThan(most);
            });
  }

  /** In fMP4 FFmpeg reads one EXT-X-MAP only and shows what comes later in the first size. */
  private static void followedAcrossTheChange(String container, FrameHashes pictures) {
    List<Integer> sizes = pictures.entries().stream().map(FrameHashes.Entry::size).toList();
    assertThat(sizes.stream().filter(size -> size == SMALL_BYTES))
        .hasSizeGreaterThan(FEW_SECONDS_OF_PICTURES);
    if (container.equals("ts")) {
      assertThat(sizes.stream().filter(size -> size == LARGE_BYTES))
          .hasSizeGreaterThan(FEW_SECONDS_OF_PICTURES);
    } else {
      assertThat(sizes).hasSizeGreaterThan(3 * FEW_SECONDS_OF_PICTURES);
    }
  }

  private static void followedAcrossTheChange(Program gstreamer) {
    Program.Result played = gstreamer.await(PATIENCE);
    assertThat(played.errors()).doesNotContain("ERROR");
    assertThat(GStreamer.sizes(played.text())).containsExactly(SMALL, LARGE);
    assertThat(GStreamer.pictures(played.text())).hasSizeGreaterThan(3 * FEW_SECONDS_OF_PICTURES);
  }

  /** It plays what is listed as soon as it is, so a few seconds more are behind the reconnect. */
  private static void goesOnIn(Program gstreamer, MillraceProcess server) {
    Duration before = GStreamer.pictures(gstreamer.outputSoFar()).getLast();
    Waiting.within(PATIENCE)
        .failFast(() -> assertThat(gstreamer.isAlive()).as(gstreamer.errorsSoFar()).isTrue())
        .untilAsserted(
            () ->
                assertThat(GStreamer.pictures(gstreamer.outputSoFar()).getLast())
                    .as("%s%n%s", gstreamer.errorsSoFar(), media(server, "reconnected"))
                    .isGreaterThan(before.plus(BEYOND)));
  }

  private static FrameHashes pictures(Program ffmpeg) {
    return FrameHashes.parse(ffmpeg.await(PATIENCE).orFail().text());
  }

  private static Predicate<Seen> beyond(Instant change) {
    return seen -> seen.date().isAfter(change.plus(BEYOND));
  }

  private static void until(BrowserPlayers players, String stream, Predicate<Seen> wanted) {
    Waiting.within(PATIENCE)
        .failFast(players::mustLive)
        .untilAsserted(
            () ->
                assertThat(players.of(stream))
                    .allSatisfy(
                        (player, seen) ->
                            assertThat(wanted.test(seen)).as(seen.everything()).isTrue()));
  }

  private static void untilAhead(MillraceProcess server, String stream) {
    Waiting.untilPlayable(server, stream);
    Waiting.within(PATIENCE).until(() -> media(server, stream).segments().size() >= SEGMENTS_AHEAD);
  }

  /**
   * Waits for the next segment. With what has come of the one behind it something can be listed
   * when media comes back, and it needs no gap.
   */
  private static void untilJustCut(MillraceProcess server, String stream) {
    long next = media(server, stream).nextSequence();
    Waiting.within(PATIENCE).until(() -> media(server, stream).nextSequence() > next);
  }

  /** Waits until the newest segment is a gap, and says for how long. */
  private static Duration untilAGap(MillraceProcess server, String stream) {
    long began = System.nanoTime();
    Waiting.within(PATIENCE).until(() -> media(server, stream).segments().getLast().gap());
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private static MediaPlaylist media(MillraceProcess server, String stream) {
    return Waiting.media(server, stream).orElseThrow();
  }

  private static Program ffmpeg(URI playlist) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-live_start_index", "0", "-i", playlist.toString()));
    arguments.addAll(List.of("-map", "0:v:0", "-fps_mode", "passthrough", "-noautoscale"));
    arguments.addAll(List.of("-enc_time_base", "demux", "-f", "framemd5", "-"));
    return Ffmpeg.start(arguments);
  }

  private static PacedEncoder publish(MillraceProcess server, String stream) {
    String name = stream + "?key=" + MillraceProcess.PUBLISH_KEY;
    return PacedEncoder.publish(server.ports().rtmp(), name, small);
  }

  private MillraceProcess server(String container) {
    MillraceProcess server =
        MillraceProcess.start(
            folder.resolve("data"),
            Ports.free(),
            Map.of("MILLRACE_PACKAGER_CONTAINER", container, "MILLRACE_INGEST_END_GRACE", "1s"),
            List.of("serve", "--role", "origin,edge"));
    server.awaitReady();
    return server;
  }
}
