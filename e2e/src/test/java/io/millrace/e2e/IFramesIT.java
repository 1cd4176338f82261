package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.Program;
import io.millrace.testkit.UnderValidation;
import io.millrace.testkit.program.Answer;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.validator.Rule;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.MultivariantPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.Segment;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each byte range of an I-frame playlist is a picture of its own, which FFmpeg decodes to what it
 * makes of the source's key frame: on air through the edge, and in the recording.
 */
class IFramesIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final int SECONDS = 16;
  private static final String STREAM = "trick";

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"cmaf,false", "cmaf,true", "ts,false"})
  void eachRangeIsThePictureOfTheSource(String container, String lowLatency) throws Exception {
    Path clip = folder.resolve("clip.flv");
    Ffmpeg.run(
            DEADLINE,
            ("-t "
                    + SECONDS
                    + " -i "
                    + Clips.bigBuckBunny()
                    + " -vf scale=426:240"
                    + " -c:v libx264 -preset ultrafast -bf 2 -g 48 -keyint_min 48 -sc_threshold 0"
                    + " -ac 2 -c:a aac "
                    + clip)
                .split(" "))
        .orFail();
    List<String> source =
        hashes("-skip_frame nokey -i " + clip + " -map 0:v -fps_mode passthrough");
    assertThat(source).hasSize(SECONDS / 2).doesNotHaveDuplicates();
    Map<String, String> settings =
        Map.of(
            "MILLRACE_PACKAGER_CONTAINER", container,
            "MILLRACE_PACKAGER_LOW_LATENCY", lowLatency,
            "MILLRACE_INGEST_END_GRACE", "1s");
    try (MillraceProcess server =
            MillraceProcess.serve(folder.resolve("data"), Ports.free(), settings);
        Program publisher =
            Ffmpeg.start(
                ("-re -i " + clip + " -c copy -f flv " + server.rtmp(STREAM)).split(" "))) {
      try (UnderValidation watched = Waiting.watch(server, STREAM)) {
        // Parts are as late as their media.
        watched.excusing(Rule.L6);
        URI live = iFrames(server, server.playlist(STREAM));
        Waiting.within(DEADLINE).until(() -> read(server, live).segments().size() >= 4);
        assertThat(pictures(server, live, 4)).isEqualTo(source.subList(0, 4));
        publisher.await(DEADLINE).orFail();
        Waiting.within(DEADLINE).until(watched.walker()::ended);
      }
      URI asset =
          Waiting.within(DEADLINE).until(() -> asset(server), Optional::isPresent).orElseThrow();
      assertThat(pictures(server, iFrames(server, asset), source.size())).isEqualTo(source);
      UnderValidation.of(asset).close();
    }
  }

  private static Optional<URI> asset(MillraceProcess server) {
    return server
        .fetch(server.http("/api/v1/assets"))
        .map(answer -> (List<?>) Administrator.object(answer.body()).get("items"))
        .orElse(List.of())
        .stream()
        .map(item -> String.valueOf(((Map<?, ?>) item).get("id")))
        .map(id -> server.http("/play/vod/" + id + "/index.m3u8"))
        .filter(uri -> server.fetch(uri).map(answer -> answer.status() == 200).orElse(false))
        .findFirst();
  }

  private static URI iFrames(MillraceProcess server, URI multivariant) {
    String body = server.fetch(multivariant).map(Answer::body).orElseThrow();
    MultivariantPlaylist playlist = (MultivariantPlaylist) PlaylistReader.read(body);
    assertThat(playlist.iFrames()).hasSize(1);
    return multivariant.resolve(playlist.iFrames().getFirst().text("URI").orElseThrow());
  }

  private static MediaPlaylist read(MillraceProcess server, URI playlist) {
    return PlaylistReader.readMedia(server.fetch(playlist).map(Answer::body).orElseThrow());
  }

  /** What FFmpeg makes of the first ranges, each read alone. */
  private List<String> pictures(MillraceProcess server, URI playlist, int count) {
    MediaPlaylist iFrames = read(server, playlist);
    assertThat(iFrames.iFramesOnly()).isTrue();
    return iFrames.segments().stream()
        .limit(count)
        .flatMap(frame -> hashes("-i " + file(playlist, frame) + " -map 0:v").stream())
        .toList();
  }

  private Path file(URI playlist, Segment frame) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      Path file = Files.createTempFile(folder, "frame", ".bin");
      if (!frame.initUri().isEmpty()) {
        Files.write(file, get(http, playlist.resolve(frame.initUri()), "bytes=0-", 206));
      }
      byte[] range =
          get(http, playlist.resolve(frame.uri()), frame.range().orElseThrow().header(), 206);
      assertThat(range).hasSize((int) frame.range().orElseThrow().length());
      return Files.write(file, range, StandardOpenOption.APPEND);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] get(HttpClient http, URI address, String range, int status)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        http.send(
            HttpRequest.newBuilder(address).header("Range", range).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).isEqualTo(status);
    return answer.body();
  }

  private static List<String> hashes(String input) {
    Program.Result decoded =
        Ffmpeg.run(DEADLINE, ("-v error -xerror " + input + " -f framemd5 -").split(" "));
    assertThat(decoded.errors()).isEmpty();
    return decoded
        .orFail()
        .text()
        .lines()
        .filter(line -> line.startsWith("0,"))
        .map(line -> line.substring(line.lastIndexOf(',') + 1).strip())
        .toList();
  }
}
