package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Program;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.testkit.program.Tools;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics with Mosquitto's clients. */
class MqttIT {
  private static final Map<String, String> SETTINGS = Map.of("MILLRACE_ROLES", "broker");
  private static final Duration DEADLINE = Duration.ofSeconds(40);

  @TempDir private Path data;
  private final Ports ports = Ports.free();

  private Program mosquitto(String tool, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Tools.require(tool),
                "-h",
                "127.0.0.1",
                "-p",
                Integer.toString(ports.mqtt()),
                "-u",
                "anybody",
                "-P",
                MillraceProcess.PUBLISH_KEY));
    command.addAll(List.of(arguments));
    return Program.start(command);
  }

  private void publish(String topic, String text, String... more) {
    List<String> arguments = new ArrayList<>(List.of("-t", topic, "-m", text));
    arguments.addAll(List.of(more));
    try (Program program = mosquitto("mosquitto_pub", arguments.toArray(String[]::new))) {
      assertThat(program.await(DEADLINE).orFail().exitCode()).isZero();
    }
  }

  /** Hears so many messages with QoS 2 in the session {@code keeper}, and leaves. */
  private List<String> hear(String version, int count) {
    try (Program program =
        mosquitto(
            "mosquitto_sub",
            "-V",
            version,
            "-c",
            "-i",
            "keeper-" + version,
            "-x",
            "1000",
            "-q",
            "2",
            "-t",
            "public/kept/" + version + "/#",
            "-C",
            Integer.toString(count))) {
      return program.await(DEADLINE).orFail().text().lines().toList();
    }
  }

  @Test
  void sessionsAndRetainedMessagesSurviveTheServer() {
    List<String> versions = List.of("311", "5");
    try (MillraceProcess first = MillraceProcess.serve(data, ports, SETTINGS)) {
      publish("public/state", "on", "-r", "-q", "1");
      for (String version : versions) {
        publish("public/kept/" + version + "/begin", "begin", "-r", "-q", "1");
        assertThat(hear(version, 1)).containsExactly("begin");
        for (int i = 0; i < 10; i++) {
          publish("public/kept/" + version + "/a", "m" + i, "-V", version, "-q", "2");
        }
      }
      first.killHard();
      Waiting.within(Duration.ofSeconds(5))
          .untilAsserted(() -> assertThat(MillraceProcess.processesUsing(data)).isEmpty());
    }
    try (MillraceProcess second = MillraceProcess.serve(data, ports, SETTINGS)) {
      for (String version : versions) {
        publish("public/kept/" + version + "/a", "m10", "-q", "2");
        // mosquitto_sub subscribes again when it comes back, so it is also sent what is retained.
        List<String> heard = new ArrayList<>(hear(version, 12));
        assertThat(heard.remove("begin")).isTrue();
        assertThat(heard).isEqualTo(IntStream.rangeClosed(0, 10).mapToObj(i -> "m" + i).toList());
      }
      try (Program late =
          mosquitto("mosquitto_sub", "-t", "public/state", "-C", "1", "-v", "-q", "1")) {
        assertThat(late.await(DEADLINE).orFail().text().strip()).isEqualTo("public/state on");
      }
      assertThat(second.stop().exitCode()).as(second.log()).isZero();
    }
  }

  /** A producer tries again under the same id until it is acknowledged. */
  private static void publish(TopicClient client, int from, int to) {
    for (int i = from; i < to; i++) {
      int number = i;
      Waiting.within(DEADLINE)
          .ignoreExceptions()
          .until(() -> client.publish("public/steady/a", "m" + number, "steady-" + number));
    }
  }

  @Test
  void everythingAcknowledgedReachesASessionInOrderAlthoughTheLogAndTheServerAreKilled()
      throws Exception {
    Program subscriber;
    try (MillraceProcess first = MillraceProcess.serve(data, ports, SETTINGS);
        TopicClient client = new TopicClient(first)) {
      publish("public/steady/begin", "begin", "-r", "-q", "1");
      subscriber =
          mosquitto(
              "mosquitto_sub",
              "-V",
              "5",
              "-c",
              "-i",
              "steady",
              "-x",
              "1000",
              "-q",
              "1",
              "-t",
              "public/steady/#");
      Waiting.within(DEADLINE).until(() -> subscriber.outputSoFar().contains("begin"));
      publish(client, 0, 50);
      TopicsIT.kafka(first).destroyForcibly();
      publish(client, 50, 100);
      first.killHard();
      Waiting.within(Duration.ofSeconds(5))
          .untilAsserted(() -> assertThat(MillraceProcess.processesUsing(data)).isEmpty());
    }
    try (subscriber;
        MillraceProcess second = MillraceProcess.serve(data, ports, SETTINGS);
        TopicClient client = new TopicClient(second)) {
      publish(client, 100, 150);
      // QoS 1: some may come again, but nothing is missing, and the first time it is in order.
      Waiting.within(DEADLINE)
          .untilAsserted(
              () ->
                  assertThat(
                          subscriber
                              .outputSoFar()
                              .lines()
                              .filter(line -> !line.equals("begin"))
                              .distinct()
                              .toList())
                      .isEqualTo(IntStream.range(0, 150).mapToObj(i -> "m" + i).toList()));
    }
  }

  @Test
  void aWrongKeyAndAForeignNamespaceAreRefused() {
    try (MillraceProcess server = MillraceProcess.serve(data, ports, SETTINGS)) {
      assertThat(server.isReady()).isTrue();
      try (Program stranger =
          Program.start(
              List.of(
                  Tools.require("mosquitto_pub"),
                  "-h",
                  "127.0.0.1",
                  "-p",
                  Integer.toString(ports.mqtt()),
                  "-u",
                  "a",
                  "-P",
                  "wrong",
                  "-t",
                  "public/a",
                  "-m",
                  "x"))) {
        assertThat(stranger.await(DEADLINE).exitCode()).isNotZero();
      }
      try (Program outside =
          mosquitto("mosquitto_sub", "-V", "5", "-t", "elsewhere/#", "-C", "1")) {
        Program.Result result = outside.await(DEADLINE);
        assertThat(result.errors() + result.text()).contains("denied");
      }
    }
  }
}
