package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.Program;
import io.millrace.testkit.UnderValidation;
import io.millrace.testkit.program.Answer;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * FFmpeg sends two tracks of sound, and says of which language the first is; the stream's profile
 * says so of the second. FFmpeg, hls.js and Shaka Player offer both, and play the second.
 */
class LanguagesIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String STREAM = "duo";
  private static final String HLS_JS = "catalog/portal/node_modules/hls.js/dist/hls.min.js";

  @TempDir private Path folder;

  @Test
  void playersOfferEachSoundInItsLanguage() throws Exception {
    Path clip = clip();
    try (MillraceProcess server =
        MillraceProcess.serve(
            folder.resolve("data"), Ports.free(), Map.of("MILLRACE_INGEST_END_GRACE", "1s"))) {
      Answer made =
          new Administrator(server)
              .send(
                  "POST",
                  "/apps/live/streams",
                  "{\"name\": \"duo\", \"languages\":"
                      + " {\"audio-2\": {\"language\": \"de-AT\", \"name\": \"Kommentar\"}}}");
      assertThat(made.status()).as(made.body()).isEqualTo(201);
      try (Program publisher = publish(server, clip)) {
        try (UnderValidation watched = Waiting.watch(server, STREAM)) {
          assertThat(probed(server.playlist(STREAM))).contains("en", "de-AT");
          inTheBrowser(server);
          assertThat(watched.walker().looked().segments()).isPositive();
        }
        publisher.stop(DEADLINE);
      }
      URI asset = Waiting.within(DEADLINE).until(() -> asset(server), Optional::isPresent).get();
      assertThat(probed(asset)).contains("en", "de-AT");
      URI file = server.http("/download/" + asset.getPath().split("/", -1)[3] + ".mp4");
      assertThat(probed(file)).containsExactly("", "eng", "deu");
    }
  }

  private Path clip() {
    Path clip = folder.resolve("clip.mkv");
    Ffmpeg.run(
            DEADLINE,
            ("-i "
                    + Clips.bigBuckBunny()
                    + " -filter_complex [0:v]scale=426:240[v];[0:a]pan=stereo|c0=c0|c1=c1[a];"
                    + "sine=f=300:r=48000:d=30[b]"
                    + " -map [v] -map [a] -map [b] -c:v libx264 -preset veryfast -g 48"
                    + " -keyint_min 48 -sc_threshold 0 -c:a aac "
                    + clip)
                .split(" "))
        .orFail();
    return clip;
  }

  /** Enhanced RTMP's multitrack for the second sound; {@code language} of the whole in metadata. */
  private static Program publish(MillraceProcess server, Path clip) {
    return Ffmpeg.start(
        ("-re -stream_loop -1 -i "
                + clip
                + " -map 0 -c copy -metadata language=en -f flv "
                + server.rtmp(STREAM))
            .split(" "));
  }

  /**
   * The languages of the streams that FFmpeg finds, in their order; empty where it knows none. Of a
   * playlist there may be those of its programmes, too.
   */
  private static List<String> probed(URI address) {
    List<String> languages = new ArrayList<>();
    Ffmpeg.probe(
            DEADLINE,
            "-show_entries",
            "stream=codec_type:stream_tags=language",
            "-of",
            "default=nw=1",
            address.toString())
        .orFail()
        .text()
        .lines()
        .forEach(
            line -> {
              if (line.startsWith("codec_type=")) {
                languages.add("");
              } else if (line.startsWith("TAG:language=") && !line.endsWith("=und")) {
                languages.set(languages.size() - 1, line.replace("TAG:language=", ""));
              }
            });
    return languages;
  }

  private static void inTheBrowser(MillraceProcess server) {
    List<String> arguments =
        List.of(
            Browser.executable(),
            Clips.repositoryRoot().resolve(HLS_JS).toString(),
            server.playlist(STREAM).toString(),
            Waiting.manifest(server, STREAM).toString(),
            "de-AT");
    Map<?, ?> told;
    try (Program shown = Browser.start("languages.mjs", arguments)) {
      told = Browser.json(shown.await(DEADLINE).orFail().text());
    }
    assertThat((List<?>) told.get("problems")).as(told.toString()).isEmpty();
    Map<?, ?> seen = (Map<?, ?>) Objects.requireNonNull(told.get("seen"));
    for (String player : List.of("hls.js", "shaka-hls", "shaka-dash")) {
      Map<?, ?> offered = (Map<?, ?>) Objects.requireNonNull(seen.get(player));
      assertThat((List<?>) offered.get("sounds"))
          .as(player)
          .isEqualTo(
              List.of(
                  Map.of("language", "en", "label", "English", "main", true),
                  Map.of("language", "de-AT", "label", "Kommentar", "main", false)));
      assertThat(offered.get("plays")).as(player).isEqualTo("de-AT");
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
}
