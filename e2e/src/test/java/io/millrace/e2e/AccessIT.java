package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Program;
import io.millrace.testkit.UnderValidation;
import io.millrace.testkit.program.Answer;
import io.millrace.testkit.program.FfmpegPublisher;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Others than the server's own keys decide who may publish and play. */
@Order(2)
class AccessIT {
  private static final Duration END = Duration.ofSeconds(70);
  private static final String SHARED = "e2e-token-secret-of-32-bytes-or-more";

  @Test
  void tokensThatTheCustomerSignsDecideWhoPublishesAndPlays(@TempDir Path folder) {
    Map<String, String> settings =
        Map.of(
            "MILLRACE_ACCESS_JWT_SECRET", SHARED,
            "MILLRACE_ACCESS_PLAYBACK_LIVE", "token",
            "MILLRACE_INGEST_END_GRACE", "2s");
    Instant later = Instant.now().plusSeconds(600);
    SignedToken signer = new SignedToken(SHARED);
    String camera = signer.token("camera 1", later, "publish", "live/cam1");
    String viewer = signer.token("viewer 7", later, "play", "live/*");
    try (MillraceProcess server =
        MillraceProcess.serve(folder.resolve("data"), Ports.free(), settings)) {
      String notYours = MillraceProcess.rtmp(server.ports().rtmp(), "cam2", camera);
      Waiting.refused(notYours, "token");
      String forged = new SignedToken("x".repeat(40)).token("mallory", later, "publish", "live/*");
      Waiting.refused(MillraceProcess.rtmp(server.ports().rtmp(), "cam1", forged), "token");
      String expired =
          signer.token("camera 1", Instant.now().minusSeconds(600), "publish", "live/cam1");
      Waiting.refused(MillraceProcess.rtmp(server.ports().rtmp(), "cam1", expired), "expired");

      String open = MillraceProcess.rtmp(server.ports().rtmp(), "cam1", camera);
      URI playlist = URI.create(server.playlist("cam1") + "?token=" + viewer);
      try (FfmpegPublisher publisher = FfmpegPublisher.once(open)) {
        Waiting.within(Waiting.FIRST_SEGMENT)
            .until(() -> status(server, playlist) == 200 || !publisher.program().isAlive());
        assertThat(status(server, server.playlist("cam1"))).isEqualTo(401);
        assertThat(status(server, URI.create(server.playlist("cam1") + "?token=" + camera)))
            .as("a publisher's token plays nothing")
            .isEqualTo(403);
        try (UnderValidation watched = UnderValidation.of(playlist);
            Player player = new Player(playlist, folder)) {
          player.awaitEnd(END);
          player.playedTheWholeClip();
          Waiting.within(Duration.ofSeconds(20)).until(watched.walker()::ended);
        }
      }
    }
  }

  @Test
  void theCustomersCallbackDecidesWhoPublishesAndPlays(@TempDir Path folder) throws Exception {
    try (Callback callback =
            new Callback(
                question ->
                    question.get("credential") == null
                        ? "{\"allowed\": false, \"message\": \"who are you?\"}"
                        : question.get("credential").equals("let me in")
                            ? "{\"allowed\": true, \"tenant\": \"acme\"}"
                            : "{\"allowed\": false, \"message\": \"the subscription has ended\"}");
        MillraceProcess server =
            MillraceProcess.serve(
                folder.resolve("data"),
                Ports.free(),
                Map.of("MILLRACE_ACCESS_CALLBACK_URL", callback.address().toString()))) {
      Waiting.refused(server.rtmp("show"), "the subscription has ended");

      int rtmp = server.ports().rtmp();
      String good = MillraceProcess.rtmp(rtmp, "show", "let%20me%20in") + "&camera=2";
      URI playlist = URI.create(server.playlist("show") + "?token=let%20me%20in");
      try (FfmpegPublisher publisher = FfmpegPublisher.looping(good)) {
        Waiting.within(Waiting.FIRST_SEGMENT)
            .untilAsserted(
                () -> assertThat(status(server, playlist)).as(publisher.words()).isEqualTo(200));
        Optional<Answer> refused = server.fetch(server.playlist("show"));
        assertThat(refused).map(Answer::status).hasValue(403);
        assertThat(refused.orElseThrow().body()).contains("who are you?");
      }
      assertThat(callback.questions())
          .anySatisfy(
              question -> {
                assertThat(question.get("action")).isEqualTo("publish");
                assertThat(question.get("app")).isEqualTo("live");
                assertThat(question.get("stream")).isEqualTo("show");
                assertThat(question.get("credential")).isEqualTo("let me in");
                assertThat(question.get("protocol")).isEqualTo("rtmp");
                assertThat(question.get("peer")).isEqualTo("127.0.0.1");
                assertThat(question.get("parameters")).isEqualTo(Map.of("camera", "2"));
              });

      callback.becomeUnreachable();
      // Nobody answers any more: access fails closed, and says that it is not the key.
      Program.Result undecided = Waiting.refused(good, "try again");
      assertThat(undecided.errors()).doesNotContain("subscription");
      assertThat(server.isReady()).isTrue();
    }
  }

  private static int status(MillraceProcess server, URI address) {
    return server.fetch(address).map(Answer::status).orElse(0);
  }
}
