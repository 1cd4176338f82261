package io.millrace.broker.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Eclipse Paho's interoperability suites, all of their cases, through a mount point. They are no
 * part of this repository: the property names the directory {@code interoperability} of a copy of
 * {@code paho.mqtt.testing}. Takes four minutes, for the suites sleep.
 */
@EnabledIfSystemProperty(
    named = PahoSuiteTest.FOLDER,
    matches = ".+",
    disabledReason = "the suites are run by hand: broker/README.md")
class PahoSuiteTest {
  static final String FOLDER = "paho.interoperability";

  /** Runs a suite with arguments that the suite itself would take for its own. */
  private static final String RUN =
      """
      import runpy, sys, unittest
      script, port, cases = sys.argv[1], sys.argv[2], sys.argv[3:]
      run = unittest.main
      unittest.main = lambda *a, **k: run(module='__main__', argv=[script, *cases])
      sys.argv = [script, '-p', port]
      sys.path.insert(0, '.')
      runpy.run_path(script, run_name='__main__')
      """;

  @Test
  void version3() throws Exception {
    assertThat(ran("client_test.py")).isGreaterThanOrEqualTo(10);
    // Its name hides it from the run above.
    assertThat(ran("client_test.py", "Test.will_message_test")).isEqualTo(1);
  }

  @Test
  void version5() throws Exception {
    assertThat(ran("client_test5.py")).isGreaterThanOrEqualTo(27);
  }

  /** How many cases have passed; all of them did. */
  private static int ran(String script, String... cases) throws IOException, InterruptedException {
    try (MqttFixture fixture = new MqttFixture(MqttFixture.mounted())) {
      warmUp(fixture.server.port());
      List<String> command =
          Stream.concat(
                  Stream.of("python3", "-c", RUN, script, Integer.toString(fixture.server.port())),
                  Stream.of(cases))
              .toList();
      Process process =
          new ProcessBuilder(command)
              .directory(Path.of(System.getProperty(FOLDER)).toFile())
              .redirectErrorStream(true)
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(output).isZero();
      Matcher count = Pattern.compile("Ran (\\d+) tests?").matcher(output);
      assertThat(count.find()).as(output).isTrue();
      System.out.println(script + ": " + count.group());
      return Integer.parseInt(count.group(1));
    }
  }

  /** The suites wait for half a second, which the first connection of a cold JVM may take. */
  private static void warmUp(int port) {
    for (int i = 0; i < 50; i++) {
      try (RawMqtt client = new RawMqtt(port).letIn(RawMqtt.connect("warm", true))) {
        client.say(RawMqtt.subscribe(1, 2, "warm")).hear(RawMqtt.SUBACK);
        client.say(RawMqtt.publish(0, "warm", 0, "x")).hear(RawMqtt.PUBLISH);
      }
    }
  }
}
