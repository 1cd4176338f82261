package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.Interest;
import io.millrace.client.Message;
import io.millrace.client.MessageStream;
import io.millrace.client.MillraceClient;
import io.millrace.testkit.Clips;
import io.millrace.testkit.Program;
import io.millrace.testkit.program.FfmpegPublisher;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All of it on one machine, as it starts when nothing is said of roles; used as its owner does. */
class EverythingEmbeddedIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @TempDir private static Path data;
  private static MillraceProcess server;

  @BeforeAll
  static void start() {
    server =
        MillraceProcess.serve(
            data,
            Ports.free(),
            Map.of(MillraceProcess.ROLES, "", "MILLRACE_INGEST_END_GRACE", "1s"));
  }

  @AfterAll
  static void stop() {
    try (MillraceProcess running = server) {
      assertThat(running.stop().exitCode()).as(running.log()).isZero();
    }
  }

  private static Program.Result run(String... words) {
    return MillraceProcess.run(
        DEADLINE,
        Map.of(
            "MILLRACE_HTTP_PORT", Integer.toString(server.ports().http()),
            "MILLRACE_DATA_DIR", data.toString()),
        List.of(words));
  }

  private static Map<Object, Object> json(Program.Result result) {
    assertThat(result.exitCode()).as(result.errors()).isZero();
    return new HashMap<>(Administrator.object(result.text()));
  }

  @Test
  void everyRoleIsThereAndSaysThatItIsReady() {
    Map<?, ?> health =
        Administrator.object(server.fetch(server.management("/health/ready")).orElseThrow().body());

    assertThat(((Map<?, ?>) health.get("roles")).keySet().stream().map(String::valueOf))
        .containsExactlyInAnyOrder("broker", "catalog", "edge", "origin");
  }

  @Test
  void topicsAreUsedFromTheCommandLine() {
    assertThat(run("topic", "create", "Bad Name").errors()).contains("not 'Bad Name'");
    assertThat(json(run("topic", "create", "orders", "--partitions", "2", "--json")))
        .containsEntry("partitions", 2);
    assertThat(run("topic", "list").text()).contains("orders").contains("public").contains("sys");

    assertThat(json(run("pub", "orders/a", "--data", "one", "--message-id", "1", "--json")))
        .containsEntry("published", 1);
    json(run("pub", "orders/a", "--data", "one", "--message-id", "1", "--json"));
    json(run("pub", "orders/b", "--data", "two\u001b[2J", "-H", "ce_type=sold", "--json"));
    Program.Result heard = run("sub", "orders/#", "--last", "10", "--timeout", "2s");
    assertThat(heard.text().lines())
        .containsExactlyInAnyOrder("orders/a\tone", "orders/b\ttwo\u001b[2J");
    assertThat(json(run("sub", "orders/b", "--last", "1", "--count", "1", "--json")))
        .containsEntry("topic", "orders/b");

    Map<?, ?> report =
        json(
            run(
                "bench",
                "fanout",
                "orders/load",
                "--subscribers",
                "20",
                "--rate",
                "50",
                "--duration",
                "1s",
                "--json"));
    assertThat(report.get("received")).isEqualTo(1000);
    assertThat(report.get("missing")).isEqualTo(0);

    String expiry = "2100-01-01T00:00:00Z";
    assertThat(run("token", "revoke", "--jti", "t-1", "--expires", expiry).exitCode()).isZero();
    assertThat(run("token", "list").text()).contains("t-1").contains(expiry);
    assertThat(run("topic", "delete", "orders", "--yes").exitCode()).isZero();
    assertThat(run("pub", "orders/a", "--data", "late").errors()).contains("(no-such-namespace)");
  }

  @Test
  void anAdministratorLooksIntoTheTopicsOnThePortalsPageAndNobodyElseDoes() throws IOException {
    String chromium = Browser.executable();
    Path screenshots =
        Files.createDirectories(Clips.repositoryRoot().resolve("e2e/target/screenshots"));
    Map<?, ?> seen;
    try (Program program =
        Browser.start(
            "topics-page.mjs",
            List.of(
                chromium,
                server.http("/").toString(),
                MillraceProcess.ADMIN_PASSWORD,
                MillraceProcess.PUBLISH_KEY,
                screenshots.toString()))) {
      seen = Browser.json(program.await(DEADLINE).orFail().text());
    }

    assertThat(seen.get("tablesForStrangers")).isEqualTo(0);
    assertThat(((List<?>) seen.get("namespaces")).stream().map(String::valueOf))
        .contains("public", "sys");
    assertThat(String.valueOf(seen.get("payload"))).contains("\"celsius\": 21.5");
    assertThat(seen.get("overflow")).isEqualTo(0);
    assertThat(String.valueOf(seen.get("refusal"))).startsWith("Ended: ");
    assertThat(seen.get("stopsAfterTheEnd")).isEqualTo(0);
    assertThat(words(seen.get("turned")))
        .containsExactly("public/portal/left⟨U+202E⟩right", "a⟨U+200B⟩b");
    assertThat(String.valueOf(seen.get("binary")))
        .contains("Base64", "The payload is no text.", "//4A");
    assertThat(((Number) seen.get("shownBehind")).doubleValue())
        .as("room for a payload behind a long topic")
        .isGreaterThan(200);
    assertThat(String.valueOf(seen.get("wholeTopic"))).hasSize("public/portal/".length() + 900);
    assertThat(seen.get("tableOverflow")).isEqualTo(0);
    assertThat(words(seen.get("columns"))).contains("Subscriptions", "Slow");
    // Its own.
    assertThat(String.valueOf(seen.get("subscriptions"))).isEqualTo("1");
    assertThat(String.valueOf(seen.get("slowBefore"))).isEqualTo("0");
    assertThat(seen.get("stopped"))
        .isEqualTo(
            Map.of("words", "Stopped. What has come by then stays here.", "seen", 5, "stops", 0));
    assertThat((List<?>) seen.get("problems")).isEmpty();
  }

  private static List<String> words(Object list) {
    return ((List<?>) list).stream().map(String::valueOf).toList();
  }

  @Test
  void whatHappensToAStreamIsToldToSubscribers() throws Exception {
    String credential = Files.readString(data.resolve("local-credential")).strip();
    try (MillraceClient client =
        MillraceClient.to(server.http("/ws").toString().replace("http:", "ws:"))
            .token(credential)
            .open()) {
      client.awaitConnected(DEADLINE);
      List<Map<?, ?>> told = new ArrayList<>();
      try (MessageStream events = client.stream(Interest.in("sys/streams/live/told/#"));
          FfmpegPublisher publisher = FfmpegPublisher.looping(server.rtmp("told"))) {
        until(events, told, event -> is(event, "broadcast.started"));
        Map<?, ?> stored = until(events, told, event -> is(event, "segment.stored"));
        assertThat(((Number) stored.get("bytes")).longValue()).isPositive();
        Waiting.within(DEADLINE).until(() -> Waiting.media(server, "told").isPresent());
        Map<?, ?> watched = until(events, told, event -> is(event, "viewers.changed"));
        assertThat(watched.get("viewers")).isEqualTo(1);
        // The clip's groups of pictures are longer than live viewers like.
        if (told.stream().noneMatch(event -> is(event, "health.changed"))) {
          until(events, told, event -> is(event, "health.changed"));
        }
        assertThat(told.stream().filter(event -> is(event, "health.changed")))
            .anyMatch(event -> event.get("findings").toString().contains("key-frames-far-apart"));
        publisher.unpublish();
        Map<?, ?> ended = until(events, told, event -> is(event, "broadcast.ended"));
        assertThat(ended.get("broadcast")).isEqualTo(stored.get("broadcast"));
        assertThat(ended.get("reason")).isEqualTo("unpublished");
      }
      assertThat(is(told.getFirst(), "broadcast.started")).isTrue();
      assertThat(told.stream().filter(event -> is(event, "broadcast.started"))).hasSize(1);
    }
  }

  /** Takes events until one is right, which is returned; the type is added to the data. */
  private static Map<?, ?> until(
      MessageStream events, List<Map<?, ?>> told, Predicate<Map<?, ?>> right)
      throws InterruptedException {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (System.nanoTime() < deadline) {
      var event = events.next(Duration.ofSeconds(1));
      if (event.isPresent() && event.get() instanceof Message message) {
        Map<Object, Object> data = new HashMap<>(Administrator.object(message.text()));
        data.put("type", message.headers().get("ce_type"));
        told.add(data);
        if (right.test(data)) {
          return data;
        }
      }
    }
    throw new AssertionError("not told; " + told + "\n" + server.log());
  }

  private static boolean is(Map<?, ?> event, String type) {
    return ("io.millrace." + type).equals(event.get("type"));
  }
}
