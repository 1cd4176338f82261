package io.millrace.testkit.validator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.Program;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.walk.HlsWalker;
import io.millrace.validator.walk.MediaPlaylistWalk;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Walks what another packager, FFmpeg's, made of the real clip. */
class HlsWalkerTest {
  @TempDir private Path folder;
  private HttpServer server;
  private URI multivariant;

  @BeforeEach
  void packageTheClipAndServeIt() throws IOException {
    try (Program packager = Ffmpeg.start(packaging("media.m3u8"))) {
      packager.await(Duration.ofSeconds(30)).orFail();
    }
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::serve);
    server.start();
    multivariant = URI.create("http://localhost:" + server.getAddress().getPort() + "/main.m3u8");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void walksEverySegmentToTheEnd() {
    try (HlsWalker walker = HlsWalker.follow(multivariant)) {
      await().atMost(Duration.ofSeconds(10)).until(walker::ended);
      MediaPlaylistWalk walk = walker.walks().getFirst();
      assertThat(walk.segments()).hasSameSizeAs(walk.latest().segments());
      assertThat(walk.latest().seconds().doubleValue()).isBetween(29.9, 30.1);
      assertThat(walker.violations())
          .extracting(Violation::rule)
          .doesNotContain(Rule.B1, Rule.B4, Rule.B5, Rule.B13, Rule.B14, Rule.B16, Rule.D1);
    }
  }

  @Test
  void followsAListThatGrowsAndSeesItsVersions() throws IOException {
    for (String name : List.of("main.m3u8", "media.m3u8")) {
      Files.delete(folder.resolve(name));
    }
    List<String> command = packaging("live.m3u8");
    command.addAll(0, List.of("-readrate", "4"));
    try (Program packager = Ffmpeg.start(command)) {
      await().atMost(Duration.ofSeconds(10)).until(() -> Files.exists(folder.resolve("live.m3u8")));
      try (HlsWalker walker = HlsWalker.follow(multivariant)) {
        await().atMost(Duration.ofSeconds(40)).until(walker::ended);
        MediaPlaylistWalk walk = walker.walks().getFirst();
        assertThat(walk.versions()).hasSizeGreaterThan(2);
        assertThat(walk.latest().seconds().doubleValue()).isBetween(29.9, 30.1);
        assertThat(walk.segments()).hasSameSizeAs(walk.latest().segments());
        assertThat(walker.violations())
            .extracting(Violation::rule)
            .doesNotContain(Rule.B1, Rule.B3, Rule.B4, Rule.B5, Rule.B13, Rule.B14);
      }
      packager.await(Duration.ofSeconds(10)).orFail();
    }
  }

  @Test
  void noticesAListedSegmentThatIsMissing() throws IOException {
    Files.delete(folder.resolve("media1.m4s"));
    try (HlsWalker walker = HlsWalker.follow(multivariant)) {
      await().atMost(Duration.ofSeconds(10)).until(walker::ended);
      assertThat(walker.violations()).extracting(Violation::rule).contains(Rule.B13);
    }
  }

  @Test
  void noticesASegmentThatIsNotTheNextOne() throws IOException {
    Files.copy(
        folder.resolve("media3.m4s"),
        folder.resolve("media1.m4s"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    try (HlsWalker walker = HlsWalker.follow(multivariant)) {
      await().atMost(Duration.ofSeconds(10)).until(walker::ended);
      assertThat(walker.violations()).extracting(Violation::rule).contains(Rule.D1);
    }
  }

  private List<String> packaging(String playlist) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("-i", Clips.bigBuckBunny().toString(), "-c", "copy"));
    command.addAll(List.of("-hls_time", "4", "-hls_list_size", "0"));
    command.addAll(List.of("-hls_segment_type", "fmp4", "-master_pl_name", "main.m3u8"));
    command.add(folder.resolve(playlist).toString());
    return command;
  }

  private void serve(HttpExchange exchange) throws IOException {
    Path file = folder.resolve(exchange.getRequestURI().getPath().substring(1));
    if (file.toString().endsWith(".m3u8")) {
      exchange.getResponseHeaders().add("Content-Type", "application/vnd.apple.mpegurl");
    }
    try (exchange) {
      if (Files.exists(file)) {
        byte[] bytes = Files.readAllBytes(file);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
      } else {
        exchange.sendResponseHeaders(404, -1);
      }
    }
  }
}
