package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.program.Answer;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log behind the topics is not there when the server starts. */
class LateBrokerIT {
  private static final Duration DEADLINE = Duration.ofSeconds(40);

  @Test
  void viewersAreAnsweredMeanwhileAndTheReadinessSaysWhatIsMissing(@TempDir Path data) {
    Ports ports = Ports.free();
    try (MillraceProcess server =
        MillraceProcess.start(
            data,
            ports,
            Map.of(
                MillraceProcess.ROLES,
                "origin,edge,broker",
                "MILLRACE_BROKER_KAFKA_BOOTSTRAP_SERVERS",
                "127.0.0.1:1"),
            List.of("serve"))) {
      // Until the start gives up, which is when Kafka has not answered for a while.
      Waiting.within(DEADLINE)
          .until(() -> server.fetch(server.playlist("nobody")).map(Answer::status).isPresent());
      Answer health = server.fetch(server.management("/health/ready")).orElseThrow();
      assertThat(health.status()).isEqualTo(503);
      Map<?, ?> roles = (Map<?, ?>) Administrator.object(health.body()).get("roles");
      assertThat(((Map<?, ?>) roles.get("origin")).get("ready")).isEqualTo(true);
      assertThat(String.valueOf(roles.get("broker")))
          .contains("ready=false")
          .contains("connecting to 127.0.0.1:1");
      server.killHard();
    }
  }
}
