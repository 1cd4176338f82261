package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Program;
import io.millrace.testkit.UnderValidation;
import io.millrace.testkit.program.FfmpegPublisher;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** A person opens the portal in a browser, clicks the stream and watches. */
@Isolated("decodes video, and a stall must be the server's fault")
class BrowserIT {
  private static final int SECONDS = 20;
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  @Test
  void aViewerClicksTheStreamInThePortalAndWatchesWithoutAStall(@TempDir Path folder)
      throws IOException {
    String chromium = Browser.executable();
    Path screenshots =
        Files.createDirectories(Clips.repositoryRoot().resolve("e2e/target/screenshots"));
    try (MillraceProcess server =
            MillraceProcess.serve(folder.resolve("data"), Ports.free(), Map.of());
        FfmpegPublisher publisher = FfmpegPublisher.looping(server.rtmp("watched"))) {
      Map<?, ?> seen;
      try (UnderValidation watched = Waiting.watch(server, "watched")) {
        seen =
            watch(
                server.http("/").toString(),
                "live/watched",
                Integer.toString(SECONDS),
                screenshots.toString(),
                chromium);
        assertThat(watched.walker().started()).isTrue();
      }

      assertThat(publisher.program().isAlive()).as(publisher.words()).isTrue();
      assertThat(number(seen, "width")).isEqualTo(854);
      assertThat(number(seen, "height")).isEqualTo(480);
      assertThat(number(seen, "advancedSeconds"))
          .as(seen.toString())
          .isGreaterThanOrEqualTo(SECONDS);
      assertThat(number(seen, "longestStandstillMillis")).as(seen.toString()).isLessThan(500);
      assertThat((List<?>) seen.get("waits")).isEmpty();
      assertThat((List<?>) seen.get("problems")).isEmpty();
      assertThat(screenshots).isDirectoryContaining("glob:**watch-phone.png");
      assertThat(screenshots).isDirectoryContaining("glob:**watch-desktop.png");
    }
  }

  private static Map<?, ?> watch(String... arguments) {
    try (Program program = Browser.start("watch.mjs", List.of(arguments))) {
      return Browser.json(program.await(DEADLINE).orFail().text());
    }
  }

  private static double number(Map<?, ?> seen, String name) {
    return ((Number) seen.get(name)).doubleValue();
  }
}
