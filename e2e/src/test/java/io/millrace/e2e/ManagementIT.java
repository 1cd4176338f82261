package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Program;
import io.millrace.testkit.UnderValidation;
import io.millrace.testkit.program.Answer;
import io.millrace.testkit.program.FfmpegPublisher;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.validator.hls.MediaPlaylist;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams and keys are managed through the API, and a server is stopped as operators stop it. */
@Order(2)
class ManagementIT {
  private static final Duration SHORTLY = Duration.ofSeconds(40);

  @Test
  void anAdministratorMakesAStreamRotatesItsKeySeesItLiveAndEndsItsBroadcast(@TempDir Path data)
      throws Exception {
    try (MillraceProcess server = MillraceProcess.serve(data, Ports.free(), Map.of())) {
      Administrator admin = new Administrator(server);
      int rtmp = server.ports().rtmp();
      Answer made =
          admin.send(
              "POST", "/apps/live/streams", "{\"name\": \"studio\", \"title\": \"The studio\"}");
      assertThat(made.status()).as(made.body()).isEqualTo(201);

      Map<?, ?> first = created(admin.send("POST", "/apps/live/keys", "{\"stream\": \"studio\"}"));
      String rotate = "/apps/live/keys/" + first.get("id") + "/rotate";
      Map<?, ?> second = created(admin.send("POST", rotate, "{}"));
      String old = MillraceProcess.rtmp(rtmp, "studio", (String) first.get("key"));
      String current = MillraceProcess.rtmp(rtmp, "studio", (String) second.get("key"));
      Waiting.refused(old, "the publish key has expired");
      Waiting.refused(
          MillraceProcess.rtmp(rtmp, "another", (String) second.get("key")),
          "the publish key is not valid for this stream");

      try (FfmpegPublisher publisher = FfmpegPublisher.looping(current);
          UnderValidation watched = Waiting.watch(server, "studio")) {
        Map<?, ?> listed = onlyStream(server);
        assertThat(listed.get("stream")).isEqualTo("studio");
        assertThat(listed.get("title")).isEqualTo("The studio");
        assertThat(listed.get("state")).isEqualTo("live");
        assertThat(listed.get("width")).isEqualTo(854);
        assertThat(listed.get("playlist")).isEqualTo("/play/live/studio/index.m3u8");

        Answer ended = admin.send("DELETE", "/live/live/studio", "");
        assertThat(ended.status()).as(ended.body()).isEqualTo(204);
        Program.Result encoder = publisher.program().await(SHORTLY);
        assertThat(encoder.exitCode()).as(encoder.errors()).isNotZero();
        Waiting.within(SHORTLY)
            .until(() -> Waiting.media(server, "studio").map(MediaPlaylist::ended).orElse(false));
        Waiting.within(SHORTLY).until(() -> live(server).isEmpty());
        Waiting.within(SHORTLY).until(watched.walker()::ended);
      }
      assertThat(admin.send("DELETE", "/live/live/studio", "").status()).isEqualTo(404);
    }
  }

  @Test
  void aGracefulStopEndsEveryBroadcastAndLeavesNothingBehind(@TempDir Path data) {
    Ports ports = Ports.free();
    try (MillraceProcess server = MillraceProcess.serve(data, ports, Map.of());
        FfmpegPublisher publisher = FfmpegPublisher.looping(server.rtmp("news"))) {
      Waiting.untilPlayable(server, "news");
      assertThat(server.processes()).as("with its database").hasSizeGreaterThan(1);

      assertThat(server.stop().exitCode()).as(server.log()).isZero();
      assertThat(publisher.program().await(SHORTLY).exitCode()).as(publisher.words()).isNotZero();
      assertThat(MillraceProcess.processesUsing(data)).isEmpty();
    }
    try (MillraceProcess server = MillraceProcess.serve(data, ports, Map.of())) {
      assertThat(Waiting.media(server, "news"))
          .hasValueSatisfying(
              list -> {
                assertThat(list.ended()).isTrue();
                assertThat(list.segments()).isNotEmpty().noneMatch(segment -> segment.gap());
              });
    }
  }

  private static Map<?, ?> created(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return Administrator.object(answer.body());
  }

  private static Map<?, ?> onlyStream(MillraceProcess server) {
    assertThat(live(server)).hasSize(1);
    return (Map<?, ?>) live(server).getFirst();
  }

  private static List<?> live(MillraceProcess server) {
    Answer answer = server.fetch(server.http("/api/v1/live")).orElseThrow();
    return (List<?>) Administrator.object(answer.body()).get("streams");
  }
}
