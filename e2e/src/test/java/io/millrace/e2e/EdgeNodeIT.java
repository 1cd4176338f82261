package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.program.Answer;
import io.millrace.testkit.program.FfmpegPublisher;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.validator.walk.HlsWalker;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An edge on a node of its own, which reads another node's origin. */
@Order(2)
class EdgeNodeIT {
  private static final String SECRET = "e2e-origin-secret-0123456789";
  private static final Duration END = Duration.ofSeconds(70);

  @Test
  void anEdgeOnItsOwnNodePlaysBitExactAndTheOriginServesNobodyElse(@TempDir Path folder) {
    Ports ports = Ports.free();
    Map<String, String> originSettings =
        Map.of("MILLRACE_ORIGIN_SHARED_SECRET", SECRET, "MILLRACE_INGEST_END_GRACE", "2s");
    Map<String, String> edgeSettings =
        Map.of(
            "MILLRACE_ORIGIN_SHARED_SECRET",
            SECRET,
            "MILLRACE_EDGE_ORIGIN",
            "http://127.0.0.1:" + ports.origin());
    try (MillraceProcess origin =
            MillraceProcess.start(
                folder.resolve("origin"),
                ports,
                originSettings,
                List.of("serve", "--role=origin"));
        MillraceProcess edge =
            MillraceProcess.start(
                folder.resolve("edge"),
                Ports.free(),
                edgeSettings,
                List.of("serve", "--role=edge"))) {
      origin.awaitReady();
      edge.awaitReady();
      assertThat(edge.fetch(edge.management("/health/ready")))
          .map(Answer::body)
          .hasValueSatisfying(body -> assertThat(body).contains("edge").doesNotContain("catalog"));

      try (FfmpegPublisher publisher = FfmpegPublisher.once(origin.rtmp("afar"));
          HlsWalker walker = Waiting.follow(edge, "afar");
          Player player = new Player(edge.playlist("afar"), folder)) {
        URI direct =
            URI.create("http://127.0.0.1:" + ports.origin() + "/play/live/afar/index.m3u8");
        Optional<Answer> stranger = origin.fetch(direct);
        assertThat(stranger).map(Answer::status).hasValue(403);

        player.awaitEnd(END);
        Waiting.within(Duration.ofSeconds(20)).until(walker::ended);
        assertThat(publisher.program().isAlive()).isFalse();
        player.playedTheWholeClip();
        assertThat(walker.violations()).isEmpty();
        assertThat(Waiting.warnings(walker)).isEmpty();
      }
    }
  }
}
