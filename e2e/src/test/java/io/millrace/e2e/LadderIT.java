package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.Program;
import io.millrace.testkit.program.Answer;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.MultivariantPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.walk.DashWalker;
import io.millrace.validator.walk.HlsWalker;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A live stream with smaller renditions beside it, and one whose transcoder is killed. */
class LadderIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final int SECONDS = 24;
  private static final int FRAMES_A_SECOND = 24;
  private static final String RUNG = "video-240p";

  @TempDir private Path folder;

  @Test
  void rungsAreCutAndPlayedBesideTheSourceAndTheirDeathIsNotIts() throws Exception {
    Path clip = encode(48);
    Map<String, String> settings =
        Map.of(
            "MILLRACE_PACKAGER_LADDER", "copy,240p",
            // However slowly the transcoders start here, they start with the first picture.
            "MILLRACE_TRANSCODER_MAX_BEHIND", "20s",
            "MILLRACE_INGEST_END_GRACE", "1s");
    try (MillraceProcess server =
            MillraceProcess.serve(folder.resolve("data"), Ports.free(), settings);
        Program first = publish(clip, server.rtmp("killed"))) {
      Waiting.within(DEADLINE).until(() -> transcoders(server).size() == 1);
      ProcessHandle victim = transcoders(server).getFirst();
      haveSoundOfItsOwn(server);
      try (Program second = publish(clip, server.rtmp("whole"));
          HlsWalker killed = follow(server, "killed", 2);
          HlsWalker whole = follow(server, "whole", 3);
          DashWalker manifest = Waiting.followManifest(server, "whole")) {
        Waiting.within(DEADLINE).until(() -> hasMedia(killed, RUNG, 2));
        victim.destroyForcibly();
        Waiting.within(DEADLINE)
            .until(() -> body(server, server.management("/health/ready")).contains("live/killed"));

        first.await(DEADLINE).orFail();
        second.await(DEADLINE).orFail();
        Waiting.within(DEADLINE).until(() -> killed.ended() && whole.ended());

        Waiting.within(DEADLINE).until(manifest::ended);
        Waiting.keptTheRules(manifest);
        assertThat(whole.violations()).isEmpty();
        assertThat(killed.violations()).isEmpty();
        assertThat(warnings(killed, Rule.L7_FRAMES, RUNG)).isEmpty();
        assertThat(warnings(killed, Rule.M3_SHOULD, RUNG)).isEmpty();
        isOffered(multivariant(server, "whole"));
        hasTheSourcesPictures(server);
        hasHolesWhereTheSourceHasNone(server);
        playsTheManifest(server);
      }
      Waiting.within(DEADLINE).until(() -> transcoders(server).isEmpty());
    }
  }

  /** The source cannot, and so it is with its I-frame playlist. HLS M3, M5, D7 */
  @Test
  void segmentsOfRungsStartWithKeyFramesThoughTheSourcesGroupsAreLongerThanItsSegments() {
    Path clip = encode(30 * FRAMES_A_SECOND);
    Map<String, String> settings =
        Map.of(
            "MILLRACE_PACKAGER_LADDER", "copy,240p",
            "MILLRACE_PACKAGER_TARGET_DURATION", "4s",
            "MILLRACE_TRANSCODER_MAX_BEHIND", "20s",
            "MILLRACE_INGEST_END_GRACE", "1s");
    try (MillraceProcess server =
            MillraceProcess.serve(folder.resolve("data"), Ports.free(), settings);
        Program publisher = publish(clip, server.rtmp("long"));
        HlsWalker walker = follow(server, "long", 2)) {
      publisher.await(DEADLINE).orFail();
      Waiting.within(DEADLINE).until(walker::ended);

      assertThat(walker.violations()).isEmpty();
      assertThat(warnings(walker, Rule.M3_SHOULD, "video")).hasSizeGreaterThan(3);
      assertThat(warnings(walker, Rule.M3_SHOULD, RUNG)).isEmpty();
      assertThat(segments(server, "long", RUNG))
          .hasSizeGreaterThan(5)
          .hasSameSizeAs(segments(server, "long", "video"));
      assertThat(packets(address(server, "long", RUNG))).hasSize(SECONDS * FRAMES_A_SECOND);
    }
  }

  private static List<Violation> warnings(HlsWalker walker, Rule rule, String rendition) {
    return walker.warnings().stream()
        .filter(found -> found.rule() == rule)
        .filter(found -> found.toString().contains("/" + rendition + "/"))
        .toList();
  }

  /** The tenant's ladder, for what comes on air from now on. */
  private static void haveSoundOfItsOwn(MillraceProcess server) throws Exception {
    Answer said =
        new Administrator(server)
            .send("PATCH", "/tenants/default", "{\"ladder\":[\"copy\",\"240p\",\"audio\"]}");
    assertThat(said.status()).as(said.body()).isEqualTo(200);
  }

  /** From when all variants are offered. */
  private static HlsWalker follow(MillraceProcess server, String stream, int variants) {
    Waiting.untilPlayable(server, stream);
    Waiting.within(DEADLINE)
        .until(() -> multivariant(server, stream).variants().size() == variants);
    return HlsWalker.follow(server.playlist(stream));
  }

  /** Groups of so many pictures. */
  private Path encode(int group) {
    Path file = folder.resolve("source.flv");
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-t", Integer.toString(SECONDS)));
    arguments.addAll(List.of("-i", Clips.bigBuckBunny().toString(), "-vf", "scale=640x360"));
    arguments.addAll(List.of("-c:v", "libx264", "-preset", "veryfast", "-g", "" + group));
    arguments.addAll(List.of("-keyint_min", "" + group, "-sc_threshold", "0"));
    arguments.addAll(List.of("-ac", "2", "-c:a", "aac", "-y", file.toString()));
    Ffmpeg.run(DEADLINE, arguments.toArray(String[]::new)).orFail();
    return file;
  }

  private static Program publish(Path clip, String url) {
    return Ffmpeg.start("-re", "-i", clip.toString(), "-c", "copy", "-f", "flv", url);
  }

  private static List<ProcessHandle> transcoders(MillraceProcess server) {
    return server.processes().stream().filter(LadderIT::isTranscoder).toList();
  }

  /** And not what watches over one, whose command line names it too. */
  static boolean isTranscoder(ProcessHandle process) {
    String[] arguments = process.info().arguments().orElse(new String[0]);
    return process.info().command().filter(command -> command.endsWith("/java")).isPresent()
        && List.of(arguments).contains("io.millrace.transcoder.Main");
  }

  private static boolean hasMedia(HlsWalker walker, String rendition, int segments) {
    return walker.walks().stream()
        .filter(walk -> walk.uri().getPath().contains("/" + rendition + "/"))
        .anyMatch(walk -> walk.segments().size() >= segments);
  }

  private static String body(MillraceProcess server, URI address) {
    return server.fetch(address).map(Answer::body).orElse("");
  }

  private static MultivariantPlaylist multivariant(MillraceProcess server, String stream) {
    return (MultivariantPlaylist) PlaylistReader.read(body(server, server.playlist(stream)));
  }

  private static URI address(MillraceProcess server, String stream, String rendition) {
    return multivariant(server, stream).variants().stream()
        .map(variant -> server.playlist(stream).resolve(variant.uri()))
        .filter(uri -> uri.getPath().contains("/" + rendition + "/"))
        .findFirst()
        .orElseThrow();
  }

  private static List<Segment> segments(MillraceProcess server, String stream, String rendition) {
    String list = body(server, address(server, stream, rendition));
    return ((MediaPlaylist) PlaylistReader.read(list)).segments();
  }

  // HLS M1, M7
  private static void isOffered(MultivariantPlaylist playlist) {
    assertThat(playlist.variants())
        .extracting(variant -> variant.uri().replaceFirst("b/[^/]+/", ""))
        .containsExactly("video/index.m3u8", RUNG + "/index.m3u8", "audio-aac/index.m3u8");
    assertThat(playlist.variants())
        .extracting(variant -> variant.attributes().text("RESOLUTION").orElse("none"))
        .containsExactly("640x360", "428x240", "none");
    assertThat(playlist.variants())
        .extracting(variant -> variant.attributes().text("AUDIO").orElse("none"))
        .containsExactly("audio", "audio", "none");
    assertThat(playlist.variants().get(1).attributes().text("FRAME-RATE")).contains("24.000");
    assertThat(playlist.variants().get(1).attributes().text("CODECS").orElseThrow())
        .matches("avc1\\.[0-9a-f]{6},mp4a\\.40\\.2");
    assertThat(playlist.variants().get(2).attributes().text("CODECS")).contains("mp4a.40.2");
  }

  /** As many, decoded at the same times, with the same key frames. HLS D7 */
  private static void hasTheSourcesPictures(MillraceProcess server) {
    List<String> source = packets(address(server, "whole", "video"));
    assertThat(source).hasSize(SECONDS * FRAMES_A_SECOND);
    assertThat(packets(address(server, "whole", RUNG))).isEqualTo(source);
    assertThat(segments(server, "whole", RUNG))
        .hasSameSizeAs(segments(server, "whole", "video"))
        .noneMatch(Segment::gap);
    Program.Result played =
        Ffmpeg.run(
            DEADLINE,
            ("-v error -live_start_index 0 -i "
                    + address(server, "whole", RUNG)
                    + " -fps_mode passthrough -enc_time_base demux -f framemd5 -")
                .split(" "));
    assertThat(played.errors()).isEmpty();
    assertThat(played.text().lines().filter(line -> line.startsWith("0,")))
        .hasSize(SECONDS * FRAMES_A_SECOND);
  }

  /** When each picture of a playlist is decoded, and whether it is a key frame. */
  private static List<String> packets(URI playlist) {
    return Ffmpeg.probe(
            DEADLINE,
            ("-v error -live_start_index 0 -select_streams v -of csv=p=0"
                    + " -show_entries packet=dts_time,flags "
                    + playlist)
                .split(" "))
        .orFail()
        .text()
        .lines()
        .filter(line -> !line.isBlank())
        .toList();
  }

  /** How much is missing depends on how soon the transcoder is back. HLS B9, D4 */
  private static void hasHolesWhereTheSourceHasNone(MillraceProcess server) {
    List<Segment> source = segments(server, "killed", "video");
    List<Segment> rung = segments(server, "killed", RUNG);
    assertThat(source).noneMatch(Segment::gap);
    assertThat(packets(address(server, "killed", "video"))).hasSize(SECONDS * FRAMES_A_SECOND);
    assertThat(packets(address(server, "killed", RUNG)))
        .hasSizeBetween(SECONDS * FRAMES_A_SECOND / 3, SECONDS * FRAMES_A_SECOND - 1);
    assertThat(rung.getFirst().gap()).isFalse();
    assertThat(rung.getLast().gap()).isFalse();
    assertThat(numbers(rung)).isEqualTo(numbers(source));
    assertThat(rung).noneMatch(Segment::discontinuity);
  }

  private static Set<Long> numbers(List<Segment> segments) {
    return segments.stream().map(Segment::sequence).collect(Collectors.toSet());
  }

  private static void playsTheManifest(MillraceProcess server) {
    URI manifest = server.http("/play/live/whole/manifest.mpd");
    assertThat(body(server, manifest).split("<AdaptationSet id=\"1\"", -1)[1].split("</Ada", -1)[0])
        .contains("<Representation id=\"video\"", "<Representation id=\"" + RUNG + "\"");
    Program.Result played =
        Ffmpeg.run(
            DEADLINE,
            ("-v error -i " + manifest + " -map 0:v:1 -fps_mode passthrough -f framemd5 -")
                .split(" "));
    assertThat(played.errors()).isEmpty();
    // FFmpeg begins with the second picture of what is not the manifest's first representation.
    assertThat(played.text().lines().filter(line -> line.startsWith("0,")))
        .hasSizeBetween(SECONDS * FRAMES_A_SECOND - 1, SECONDS * FRAMES_A_SECOND);
  }
}
