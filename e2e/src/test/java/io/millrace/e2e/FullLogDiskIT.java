package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk under Kafka is full for a while. */
class FullLogDiskIT {
  private static final Duration DEADLINE = Duration.ofSeconds(90);
  private static final long LITTLE = 48L << 20;
  private static final String TOPIC = "public/disk/a";

  @Test
  void publishersAreToldWhyReadersGoOnAndNothingAcknowledgedIsLost(@TempDir Path folder)
      throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    try (SmallDisk disk = SmallDisk.mount(data, "400m");
        MillraceProcess server =
            MillraceProcess.serve(data, Ports.free(), Map.of("MILLRACE_ROLES", "broker"));
        TopicClient client = new TopicClient(server)) {
      List<String> acknowledged = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        assertThat(client.publish(TOPIC, "m" + i, "id-" + i)).isTrue();
        acknowledged.add("m" + i);
      }
      // Less than what is kept back, yet enough for what is on its way to the disk already.
      Path filler = disk.fillUntil(LITTLE);

      Waiting.within(DEADLINE)
          .untilAsserted(
              () -> {
                HttpResponse<String> refused = post(client, server);
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(refused.headers().firstValue("retry-after")).isPresent();
                assertThat(refused.body()).contains("disk is full");
              });
      // Nothing is written any more, so Kafka lives and readers go on with no byte left at all.
      Path rest = disk.fill();
      assertThat(client.history(TOPIC)).containsAll(acknowledged);

      Files.delete(rest);
      Files.delete(filler);
      Waiting.within(DEADLINE)
          .ignoreExceptions()
          .until(() -> client.publish(TOPIC, "again", "id-again"));
      acknowledged.add("again");
      assertThat(client.history(TOPIC)).containsSubsequence(acknowledged).doesNotHaveDuplicates();
      assertThat(server.isReady()).isTrue();
    }
  }

  /** Another message each time; what was acknowledged until the disk was seen to be full. */
  private static HttpResponse<String> post(TopicClient client, MillraceProcess server)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(server.http("/api/v1/topics/" + TOPIC))
            .header("authorization", "Bearer " + MillraceProcess.PUBLISH_KEY)
            .POST(HttpRequest.BodyPublishers.ofString("try " + System.nanoTime()))
            .build();
    return client.http().send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }
}
