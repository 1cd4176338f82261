package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Program;
import io.millrace.testkit.UnderValidation;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first thing anyone does: {@code millrace demo}. */
@Order(2)
class DemoIT {
  @Test
  void demoPutsAChannelOnAirAndSaysWhereItIs(@TempDir Path data) {
    try (MillraceProcess demo =
        MillraceProcess.start(
            data, Ports.free(), Map.of(MillraceProcess.ROLES, ""), List.of("demo"))) {
      demo.awaitReady();
      // Topics too, without a key on this machine.
      Program.Result published =
          MillraceProcess.run(
              Duration.ofSeconds(30),
              Map.of("MILLRACE_HTTP_PORT", Integer.toString(demo.ports().http())),
              List.of("pub", "public/demo", "--data", "hello", "--data-dir", "no-such-folder"));
      assertThat(published.exitCode()).as(published.errors()).isZero();
      try (UnderValidation watched = Waiting.watch(demo, "demo")) {
        Waiting.within(Duration.ofSeconds(40))
            .untilAsserted(
                () ->
                    assertThat(demo.log())
                        .contains("/play/live/demo/index.m3u8")
                        .contains(":" + demo.ports().http() + "/")
                        .contains("mqtt://")
                        .contains("rtmp://"));
        Waiting.within(Duration.ofSeconds(40)).until(watched.walker()::sawAll);
      }
      // 0, or what a JVM says after a stop by SIGTERM: 128 + 15.
      assertThat(demo.stop().exitCode()).as(demo.log()).isZero();
    }
    Waiting.within(Duration.ofSeconds(2))
        .untilAsserted(() -> assertThat(MillraceProcess.processesUsing(data)).isEmpty());
  }
}
