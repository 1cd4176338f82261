package io.millrace.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import io.millrace.client.Gap;
import io.millrace.client.Interest;
import io.millrace.client.Message;
import io.millrace.client.MillraceClient;
import io.millrace.client.Publication;
import io.millrace.client.Start;
import io.millrace.client.SubscriptionListener;
import io.millrace.testkit.Program;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients with many messages under way, in a program and in a page, while the server is killed. */
class TopicClientsIT {
  private static final Map<String, String> SETTINGS = Map.of("MILLRACE_ROLES", "broker");
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int KILLS = 3;

  @TempDir private Path data;
  private final Ports ports = Ports.free();

  private static final class Notes implements SubscriptionListener {
    private final List<String> texts = new CopyOnWriteArrayList<>();
    private final List<Gap> gaps = new CopyOnWriteArrayList<>();

    @Override
    public void message(Message message) {
      texts.add(message.text());
    }

    @Override
    public void gap(Gap gap) {
      gaps.add(gap);
    }
  }

  private static MillraceClient client(MillraceProcess server) throws InterruptedException {
    MillraceClient client =
        MillraceClient.to(server.http("/ws").toString().replace("http:", "ws:"))
            .token(MillraceProcess.PUBLISH_KEY)
            .reconnect(Duration.ofMillis(50), Duration.ofMillis(200))
            .open();
    client.awaitConnected(PATIENCE);
    return client;
  }

  /** Keeps its session, and is back as soon as the port is open. */
  private static Mqtt5AsyncClient mqtt(MillraceProcess server) {
    Mqtt5AsyncClient client =
        MqttClient.builder()
            .useMqttVersion5()
            .identifier("once")
            .serverHost("127.0.0.1")
            .serverPort(server.ports().mqtt())
            .automaticReconnect()
            .initialDelay(10, TimeUnit.MILLISECONDS)
            .maxDelay(20, TimeUnit.MILLISECONDS)
            .applyAutomaticReconnect()
            .simpleAuth()
            .username("a")
            .password(MillraceProcess.PUBLISH_KEY.getBytes(UTF_8))
            .applySimpleAuth()
            .buildAsync();
    client.connectWith().sessionExpiryInterval(3600).send().join();
    return client;
  }

  /** Fails where the server refuses it, with PUBREC. */
  private static CompletableFuture<?> publish(Mqtt5AsyncClient client, String text) {
    return client
        .publishWith()
        .topic("public/clients/once")
        .qos(MqttQos.EXACTLY_ONCE)
        .payload(text.getBytes(UTF_8))
        .send();
  }

  @Test
  void everyMessageComesOnceAndInOrderAlthoughTheServerIsKilledAgainAndAgain() throws Exception {
    String chromium = Browser.executable();
    Notes notes = new Notes();
    MillraceProcess server = MillraceProcess.serve(data, ports, SETTINGS);
    Mqtt5AsyncClient mqtt = mqtt(server);
    try (MillraceClient client = client(server);
        Program page =
            Browser.start(
                "topics.mjs",
                List.of(
                    chromium,
                    server.http("").toString(),
                    MillraceProcess.PUBLISH_KEY,
                    "public/clients/page",
                    Integer.toString(KILLS)));
        SteadyPublisher program =
            new SteadyPublisher(
                text -> client.publish(Publication.text("public/clients/program", text)),
                Duration.ofNanos(2_500_000));
        SteadyPublisher once =
            new SteadyPublisher(text -> publish(mqtt, text), Duration.ofMillis(5))) {
      client.subscribe(
          Interest.in("public/clients/program").withStart(Start.since(Instant.EPOCH)), notes);
      await(page, "begun");
      for (int kill = 1; kill <= KILLS; kill++) {
        server.killHard();
        int ofProgram = program.acknowledged();
        int ofOnce = once.acknowledged();
        server = MillraceProcess.serve(data, ports, SETTINGS);
        await(page, "let in " + (kill + 1));
        Waiting.within(PATIENCE)
            .untilAsserted(
                () -> {
                  assertThat(program.acknowledged()).as("program").isGreaterThan(ofProgram + 100);
                  assertThat(once.acknowledged()).as("QoS 2").isGreaterThan(ofOnce + 100);
                });
      }
      List<String> published = program.finish();
      Waiting.within(PATIENCE).until(() -> notes.texts.size() >= published.size());
      assertThat(notes.texts).isEqualTo(published);
      assertThat(notes.gaps).isEmpty();
      try (TopicClient http = new TopicClient(server)) {
        assertThat(http.history("public/clients/program")).isEqualTo(published);
        List<String> exactlyOnce = once.finish();
        assertThat(http.history("public/clients/once")).isEqualTo(exactlyOnce);
      }

      String told = told(page);
      Map<?, ?> seen = Browser.json(told.substring(told.indexOf('{')));
      List<Integer> numbers = IntStream.range(0, (Integer) seen.get("count")).boxed().toList();
      assertThat(seen.get("ours")).isEqualTo(numbers);
      assertThat(seen.get("events")).isEqualTo(numbers);
      assertThat((List<?>) seen.get("gaps")).isEmpty();
      assertThat(((List<?>) seen.get("states")).contains("disconnected")).isTrue();
      assertThat(server.isReady()).isTrue();
    } finally {
      var _ = mqtt.disconnect();
      server.close();
    }
  }

  private static void await(Program page, String words) {
    Waiting.within(PATIENCE).until(() -> !page.isAlive() || page.outputSoFar().contains(words));
    assertThat(page.outputSoFar()).as(page.errorsSoFar()).contains(words);
  }

  private static String told(Program page) throws InterruptedException {
    try {
      return page.await(PATIENCE).orFail().text();
    } catch (AssertionError e) {
      throw new AssertionError(page.outputSoFar() + page.errorsSoFar(), e);
    }
  }
}
