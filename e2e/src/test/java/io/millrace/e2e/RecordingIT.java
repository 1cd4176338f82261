package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.FrameHashes;
import io.millrace.testkit.Program;
import io.millrace.testkit.UnderValidation;
import io.millrace.testkit.program.Answer;
import io.millrace.testkit.program.FfmpegPublisher;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.validator.hls.DateRange;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.walk.DashWalker;
import io.millrace.validator.walk.HlsWalker;
import io.millrace.validator.walk.MediaPlaylistWalk;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What was on air can be played afterwards, also when the server was killed in the middle of it.
 */
class RecordingIT {
  private static final Duration PLAYED = Duration.ofSeconds(60);
  private static final Duration END_GRACE = Duration.ofSeconds(2);

  /** So short that most of a broadcast has left its playlists long before it ends. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "MILLRACE_PACKAGER_WINDOW", "6s",
          "MILLRACE_PACKAGER_TARGET_DURATION", "2s",
          "MILLRACE_PACKAGER_KEEP_ENDED", "1s",
          "MILLRACE_INGEST_END_GRACE", END_GRACE.toSeconds() + "s");

  @TempDir private Path data;
  private final Ports ports = Ports.free();

  @Test
  void aBroadcastIsAnAssetWithEveryFrameAndWithoutALossWhereTheServerWasKilled() throws Exception {
    List<MediaPlaylistWalk.Fetched> before;
    FfmpegPublisher killed;
    try (MillraceProcess first = MillraceProcess.serve(data, ports, SETTINGS)) {
      killed = FfmpegPublisher.reconnecting(first.rtmp("killed"));
      try (HlsWalker walker = Waiting.follow(first, "killed")) {
        Waiting.within(Duration.ofSeconds(40))
            .until(() -> RestartIT.segments(walker).size() >= 9 && firstListed(walker) >= 2);
        told(first, "{\"id\": \"goal-1\", \"kind\": \"mark\"}");
        first.killHard();
        before = RestartIT.segments(walker);
      }
    }
    try (MillraceProcess second = MillraceProcess.serve(data, ports, SETTINGS);
        Program whole = burst(second.rtmp("whole"))) {
      String ofKilled;
      try (HlsWalker walker = Waiting.follow(second, "killed")) {
        Waiting.within(Duration.ofSeconds(40))
            .until(() -> Waiting.hasFetchedBehindABreak(walker.walks().getFirst()));
        told(second, "{\"id\": \"goal-2\", \"kind\": \"mark\"}");
        killed.unpublish();
        ofKilled = awaitAsset(second, "killed");
      }
      try (HlsWalker walker = HlsWalker.follow(playlist(second, ofKilled))) {
        Waiting.within(Duration.ofSeconds(20)).until(walker::sawAll);
        RestartIT.stillThere(walker, before, "killed");
        MediaPlaylist recorded = walker.walks().getFirst().latest();
        assertThat(recorded.firstSequence()).isZero();
        assertThat(recorded.segments().stream().filter(Segment::discontinuity)).hasSize(1);
        assertThat(recorded.dateRanges())
            .extracting(DateRange::id)
            .containsExactly("goal-1", "goal-2");
      }
      isInTheManifest(second, ofKilled);
      asOneFile(second, ofKilled);

      assertThat(whole.await(PLAYED).exitCode()).isZero();
      String ofWhole = awaitAsset(second, "whole");
      URI address = playlist(second, ofWhole);
      UnderValidation.of(address).close();
      List<String> source = List.of("-i", Clips.bigBuckBunny().toString());
      List<String> recorded = List.of("-i", address.toString());
      assertThat(FrameHashes.decodedVideo(PLAYED, recorded).md5s())
          .isEqualTo(FrameHashes.decodedVideo(PLAYED, source).md5s());
      assertThat(FrameHashes.aacFrames(PLAYED, recorded).md5s())
          .isEqualTo(FrameHashes.aacFrames(PLAYED, source).md5s());
      for (String asset : List.of(ofWhole, ofKilled)) {
        URI manifest = second.http("/play/vod/" + asset + "/manifest.mpd");
        try (DashWalker dash = DashWalker.follow(manifest)) {
          Waiting.within(Duration.ofSeconds(20)).until(dash::ended);
          Waiting.keptTheRules(dash);
        }
      }
      asOneFile(second, ofWhole);
      clipped(second, ofWhole);
      playedInTheBrowser(address);
      administered(second, ofWhole, ofKilled);
    } finally {
      killed.close();
    }
  }

  /** A cue point of this moment, and timed metadata, as docs/cues.md has them. */
  private static void told(MillraceProcess server, String cue) throws Exception {
    Administrator admin = new Administrator(server);
    Answer made = admin.send("POST", "/apps/live/streams/killed/cues", cue);
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    String text = "{\"text\": \"Goal!\", \"description\": \"score\"}";
    Answer said = admin.send("POST", "/apps/live/streams/killed/metadata", text);
    assertThat(said.status()).as(said.body()).isEqualTo(201);
  }

  private static void isInTheManifest(MillraceProcess server, String asset) {
    URI manifest = server.http("/play/vod/" + asset + "/manifest.mpd");
    assertThat(server.fetch(manifest).orElseThrow().body())
        .contains("<EventStream schemeIdUri=\"urn:millrace:cue:2026\"", "goal-1", "goal-2")
        .contains("<InbandEventStream schemeIdUri=\"https://aomedia.org/emsg/ID3\"");
  }

  /** As fast as it is taken, nearly: the clip lasts for half a minute. */
  private static Program burst(String url) {
    return Ffmpeg.start(
        "-re",
        "-readrate_initial_burst",
        "20",
        "-readrate_catchup",
        "1000",
        "-i",
        Clips.bigBuckBunny().toString(),
        "-map",
        "0:v:0",
        "-map",
        "0:a:0",
        "-c",
        "copy",
        "-f",
        "flv",
        url);
  }

  private static long firstListed(HlsWalker walker) {
    return walker.walks().getFirst().latest().firstSequence();
  }

  private static URI playlist(MillraceProcess server, String asset) {
    return server.http("/play/vod/" + asset + "/index.m3u8");
  }

  /** An asset can be played within ten seconds behind the end, which comes behind the grace. */
  private static String awaitAsset(MillraceProcess server, String stream) {
    return Waiting.within(END_GRACE.plusSeconds(10))
        .until(() -> asset(server, stream), Optional::isPresent)
        .orElseThrow();
  }

  private static Optional<String> asset(MillraceProcess server, String stream) {
    List<?> items =
        server
            .fetch(server.http("/api/v1/assets"))
            .map(answer -> (List<?>) Administrator.object(answer.body()).get("items"))
            .orElse(List.of());
    return items.stream()
        .map(item -> (Map<?, ?>) item)
        .filter(item -> stream.equals(item.get("stream")) && !item.containsKey("clip"))
        .map(item -> String.valueOf(item.get("id")))
        .filter(
            id ->
                server
                    .fetch(playlist(server, id))
                    .map(answer -> answer.status() == 200)
                    .orElse(false))
        .findFirst();
  }

  /** One MP4 has what its playlists have: every picture and sound, in order, where they were. */
  private static void asOneFile(MillraceProcess server, String asset) throws Exception {
    Path saved = server.data().resolveSibling(asset + ".mp4");
    Program.Result command =
        MillraceProcess.run(
            PLAYED,
            Map.of("MILLRACE_SERVER", server.http("/").toString()),
            List.of("vod", "export", asset, saved.toString()));
    assertThat(command.exitCode()).as(command.text()).isZero();
    URI address = server.http("/download/" + asset + ".mp4");
    for (String file : List.of(saved.toString(), address.toString())) {
      // With the times of the files: FFmpeg shifts each input by what it takes for its start.
      List<String> exported = List.of("-copyts", "-i", file);
      List<String> played = List.of("-copyts", "-i", playlist(server, asset).toString());
      FrameHashes pictures = FrameHashes.decodedVideo(PLAYED, exported);
      FrameHashes sound = FrameHashes.aacFrames(PLAYED, exported);
      FrameHashes playedPictures = FrameHashes.decodedVideo(PLAYED, played);
      FrameHashes playedSound = FrameHashes.aacFrames(PLAYED, played);
      assertThat(playedPictures.differenceTo(pictures)).isEmpty();
      assertThat(playedSound.differenceTo(sound)).isEmpty();
      double later = pictures.seconds(0) - playedPictures.seconds(0);
      assertThat(playedPictures.timeDifferenceTo(pictures, later, 0.002)).isEmpty();
      assertThat(playedSound.timeDifferenceTo(sound, later, 0.002)).isEmpty();
    }
  }

  /** A part of it shows the pictures of its range, and is played where it is played at all. */
  private static void clipped(MillraceProcess server, String whole) throws Exception {
    Answer made =
        new Administrator(server)
            .send(
                "POST",
                "/assets/" + whole + "/clips",
                "{\"from\": 7, \"to\": 13.5, \"title\": \"A part\"}");
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    Map<?, ?> clip = Administrator.object(made.body());
    Map<?, ?> cut = (Map<?, ?>) clip.get("clip");
    double begins = ((Number) cut.get("begins")).doubleValue();
    double ends = ((Number) cut.get("ends")).doubleValue();
    assertThat(begins).isBetween(0.0, 7.0);
    assertThat(ends).isBetween(13.5, 20.0);
    URI address = playlist(server, String.valueOf(clip.get("id")));
    UnderValidation.of(address).close();
    List<String> source =
        FrameHashes.decodedVideo(PLAYED, List.of("-i", Clips.bigBuckBunny().toString())).md5s();
    // From its first segment on, wherever it says that players are to start.
    List<String> pictures =
        FrameHashes.decodedVideo(PLAYED, List.of("-prefer_x_start", "0", "-i", address.toString()))
            .md5s();
    int first = (int) Math.round(begins * 24);
    assertThat(pictures).isEqualTo(source.subList(first, first + pictures.size()));
    assertThat(pictures).hasSize((int) Math.round((ends - begins) * 24));
  }

  private static void playedInTheBrowser(URI address) {
    try (BrowserPlayers players = BrowserPlayers.play(Map.of("whole", address))) {
      Waiting.within(Duration.ofSeconds(30))
          .untilAsserted(
              () -> {
                players.mustLive();
                assertThat(players.of("whole").values())
                    .allSatisfy(
                        seen -> {
                          assertThat(seen.problems()).isEmpty();
                          assertThat(seen.seconds()).isGreaterThan(3);
                        });
              });
    }
  }

  private static void administered(MillraceProcess server, String pinned, String removed)
      throws Exception {
    Administrator admin = new Administrator(server);
    assertThat(admin.send("PATCH", "/assets/" + pinned, "{\"pinned\": true}").body())
        .contains("\"pinned\":true");
    assertThat(admin.send("DELETE", "/assets/" + removed, "").status()).isEqualTo(204);
    assertThat(asset(server, "killed")).isEmpty();
    // Who has been let in is remembered for some seconds.
    Waiting.within(Duration.ofSeconds(70))
        .until(
            () ->
                server
                    .fetch(playlist(server, removed))
                    .map(answer -> answer.status() == 404)
                    .orElse(false));
    Waiting.within(Duration.ofSeconds(10))
        .until(
            () -> {
              try (var files = java.nio.file.Files.walk(server.data())) {
                return files.noneMatch(file -> file.toString().contains(removed));
              }
            });
    assertThat(asset(server, "whole")).contains(pinned);
  }
}
