package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Clips;
import io.millrace.testkit.FrameHashes;
import io.millrace.testkit.Program;
import io.millrace.testkit.UnderValidation;
import io.millrace.testkit.program.Answer;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.testkit.program.TcpProxy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file becomes a recording with every picture and sound of it, or nothing of it stays. */
class VodImportIT {
  private static final Duration PLAYED = Duration.ofSeconds(90);

  @TempDir private Path data;

  @Test
  void aFileIsARecordingWithItsLadderAndWhatIsBrokenIsToldOf() throws Exception {
    try (MillraceProcess server = MillraceProcess.serve(data, Ports.free(), Map.of())) {
      Program.Result made =
          run(
              server.http("/"),
              Clips.bigBuckBunny(),
              "--title",
              "The film",
              "--stream",
              "film",
              "--ladder",
              "copy,240p");
      assertThat(made.exitCode()).as(made.text()).isZero();
      URI address = addressIn(server, made);
      UnderValidation.of(address).close();
      hasEveryPictureAndSound(server, address, "copy", "rung");

      Path broken = data.resolveSibling("broken.mp4");
      byte[] bytes = Files.readAllBytes(Clips.bigBuckBunny());
      Files.write(broken, Arrays.copyOf(bytes, bytes.length / 2));
      Program.Result refused = run(server.http("/"), broken);
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.errors()).contains("broken.mp4 is not imported: ");

      Answer assets = server.fetch(server.http("/api/v1/assets")).orElseThrow();
      List<?> items = (List<?>) Administrator.object(assets.body()).get("items");
      assertThat(items)
          .singleElement()
          .satisfies(
              item -> {
                assertThat(((Map<?, ?>) item).get("stream")).isEqualTo("film");
                assertThat(((Map<?, ?>) item).get("title")).isEqualTo("The film");
              });
      Waiting.within(Duration.ofSeconds(10)).until(() -> uploads().isEmpty());
    }
  }

  @Test
  void aWayThatBreaksIsTriedAgainAndTheFileIsWhole() throws Exception {
    try (MillraceProcess server = MillraceProcess.serve(data, Ports.free(), Map.of());
        TcpProxy way = new TcpProxy(server.http("/").getPort())) {
      CompletableFuture<Program.Result> made =
          CompletableFuture.supplyAsync(
              () ->
                  run(
                      URI.create("http://127.0.0.1:" + way.port()),
                      Clips.bigBuckBunny(),
                      "--stream",
                      "film"));
      Waiting.within(Duration.ofSeconds(20))
          .until(() -> uploads().stream().anyMatch(file -> file.toFile().length() > 100_000));
      way.cut();
      Program.Result ended = made.get(PLAYED.toSeconds(), TimeUnit.SECONDS);
      assertThat(ended.exitCode()).as(ended.errors()).isZero();
      hasEveryPictureAndSound(server, addressIn(server, ended), "copy");
    }
  }

  /** Where the command says that the recording is played. */
  private static URI addressIn(MillraceProcess server, Program.Result made) {
    assertThat(made.text()).contains("/play/vod/");
    return server.http(made.text().substring(made.text().indexOf("/play/vod/")).strip());
  }

  private static void hasEveryPictureAndSound(
      MillraceProcess server, URI address, String... kinds) {
    List<String> source = List.of("-i", Clips.bigBuckBunny().toString());
    FrameHashes pictures = FrameHashes.decodedVideo(PLAYED, source);
    FrameHashes sound = FrameHashes.aacFrames(PLAYED, source);
    List<String> video = new ArrayList<>();
    for (URI rendition : renditions(server, address)) {
      List<String> played = List.of("-i", rendition.toString());
      FrameHashes shown = FrameHashes.decodedVideo(PLAYED, played);
      if (shown.md5s().equals(pictures.md5s())) {
        video.add("copy");
      } else if (shown.md5s().size() == pictures.md5s().size()) {
        video.add("rung");
      }
    }
    assertThat(video).containsExactlyInAnyOrder(kinds);
    assertThat(FrameHashes.aacFrames(PLAYED, List.of("-i", address.toString())).md5s())
        .isEqualTo(sound.md5s());
  }

  /** The playlists with pictures that the multivariant one names. */
  private static List<URI> renditions(MillraceProcess server, URI address) {
    return server
        .fetch(address)
        .orElseThrow()
        .body()
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(address::resolve)
        .distinct()
        .toList();
  }

  private List<Path> uploads() throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("uploads"))) {
      return files.toList();
    }
  }

  private Program.Result run(URI server, Path file, String... more) {
    List<String> words = new ArrayList<>(List.of("vod", "import", file.toString()));
    words.addAll(List.of(more));
    return MillraceProcess.run(
        PLAYED,
        Map.of("MILLRACE_SERVER", server.toString(), "MILLRACE_DATA_DIR", data.toString()),
        words);
  }
}
