package io.millrace.app.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.access.TopicCapabilities;
import io.millrace.access.TopicCredential;
import io.millrace.access.TopicDecision;
import io.millrace.access.TopicGrant;
import io.millrace.access.TopicRules;
import io.millrace.app.Nodes;
import io.millrace.app.bridges.OwnPublisher;
import io.millrace.app.clip.ClipPublisher;
import io.millrace.catalog.FirstStart;
import io.millrace.media.StreamKey;
import io.millrace.testkit.Clips;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeTest {
  @TempDir Path folder;

  @Test
  void rolesStartTellTheirCredentialsOnceAndLeaveNothingBehind() {
    NodeSettings settings = Nodes.settings(folder.resolve("data"), Map.of());
    List<ProcessHandle> children;
    List<FirstStart> made = new ArrayList<>();
    try (Node node = Node.start(settings, Optional.empty(), StopSignal.never(), made::add)) {
      HttpResponse<String> ready =
          Nodes.get("http://127.0.0.1:" + node.managementPort() + "/health/ready");
      assertThat(ready.statusCode()).isEqualTo(200);
      assertThat(new JsonObject(ready.body()).getJsonObject("roles").fieldNames())
          .containsExactly("catalog", "edge", "origin");
      assertThat(made).hasSize(1);
      assertThat(made.getFirst().publishKey()).isPresent();
      assertThat(made.getFirst().password()).isPresent();
      assertThat(Nodes.get("http://127.0.0.1:" + node.httpPort().orElseThrow() + "/").body())
          .containsIgnoringCase("<!doctype html");
      children = ProcessHandle.current().descendants().toList();
      assertThat(children).isNotEmpty();

      assertThatThrownBy(() -> Node.start(Nodes.settings(folder.resolve("data"), Map.of())))
          .isInstanceOf(StartException.class)
          .hasMessageContaining(folder.resolve("data").toString());
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(children).noneMatch(ProcessHandle::isAlive));

    try (Node again = Node.start(settings, Optional.empty(), StopSignal.never(), made::add)) {
      assertThat(made).hasSize(1);
      assertThat(again.health().isReady()).isTrue();
    }
  }

  @Test
  void aBrokerWhoseLogIsNotThereFailsTheStartAndLeavesNothingBehind() {
    NodeSettings settings =
        Nodes.settings(folder.resolve("data"), Map.of("roles", "origin,broker"));

    assertThatThrownBy(() -> Node.start(settings))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("broker: ")
        .hasMessageContaining("class-path");
    Map<String, String> media = Map.of("roles", "origin");
    Node.start(Nodes.settings(folder.resolve("data"), media)).close();
  }

  @Test
  void aStoreThatCannotBeMadeFailsTheStartInPlainWords() {
    Map<String, String> nowhere = Map.of("roles", "origin", "storage.directory", "/proc/x");

    assertThatThrownBy(() -> Node.start(Nodes.settings(folder.resolve("data"), nowhere)))
        .isInstanceOf(StartException.class)
        .hasMessage(
            "storage.directory: /proc/x cannot be made: its file system takes no directories");
  }

  @Test
  void aBucketThatCannotBeReachedFailsTheStartInPlainWords() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Map<String, String> away =
        Map.of(
            "roles", "origin",
            "storage.kind", "s3",
            "storage.s3.endpoint", "http://127.0.0.1:" + port,
            "storage.s3.bucket", "media",
            "storage.s3.accessKey", "us",
            "storage.s3.secretKey", "only-we-know",
            "storage.s3.retryFor", "0s");

    assertThatThrownBy(() -> Node.start(Nodes.settings(folder.resolve("data"), away)))
        .isInstanceOf(StartException.class)
        .hasMessage(
            "storage.s3: bucket media: http://127.0.0.1:"
                + port
                + " cannot be reached; check storage.s3.endpoint, and that the store runs");
  }

  @Test
  void aKafkaClusterThatIsAwayKeepsNobodyFromTheAirAndReadinessSaysWhy() throws IOException {
    // It takes connections and says nothing.
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String cluster = "127.0.0.1:" + silent.getLocalPort();
      Map<String, String> away =
          Map.of("roles", "origin,broker", "broker.kafka.bootstrapServers", cluster);

      try (Node node = Node.start(Nodes.settings(folder.resolve("data"), away))) {
        assertThat(node.rtmpPort()).isPresent();
        assertThat(node.mqttPort()).isEmpty();
        HttpResponse<String> ready =
            Nodes.get("http://127.0.0.1:" + node.managementPort() + "/health/ready");
        assertThat(ready.statusCode()).isEqualTo(503);
        JsonObject roles = new JsonObject(ready.body()).getJsonObject("roles");
        assertThat(roles.getJsonObject("origin").getBoolean("ready")).isTrue();
        assertThat(roles.getJsonObject("broker").getString("detail")).contains(cluster);
      }
    }
  }

  /** The rate of a count that begins with its first event does not show that event. */
  @Test
  void countsBeginAtZero() {
    NodeSettings settings =
        Nodes.settings(folder.resolve("data"), Map.of("http.tls.mode", "self-signed"));
    List<String> metrics;
    try (Node node = Node.start(settings)) {
      String text = Nodes.get("http://127.0.0.1:" + node.managementPort() + "/metrics").body();
      metrics = text.lines().toList();
    }
    assertThat(metrics)
        .contains(
            "millrace_ingest_publications_total{protocol=\"rtmp\"} 0.0",
            "millrace_ingest_closed_connections_total{protocol=\"rtmps\",reason=\"busy\"} 0.0",
            "millrace_http_requests_total{mount=\"/play\",status=\"5xx\"} 0.0",
            "millrace_edge_upstream_requests_total{status=\"failed\"} 0.0",
            "millrace_catalog_authentications_total{outcome=\"refused\"} 0.0",
            "millrace_media_broadcasts_ended_total{reason=\"malformed\"} 0.0",
            "millrace_media_broadcasts_ended_total{reason=\"connection-lost\"} 0.0");
    // A reason is spelt as clients are told it.
    assertThat(metrics).noneMatch(line -> line.matches("millrace_\\w+\\{.*\"[a-z]+_[a-z_]+\".*"));
  }

  @Test
  void allPortsInUseAreNamedBeforeAnythingElseStarts() throws IOException {
    Path data = folder.resolve("data");
    try (ServerSocket mqtt = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket rtmp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket http = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Map<String, String> busy =
          Map.of(
              "roles", "origin,edge,catalog,broker",
              "http.port", String.valueOf(http.getLocalPort()),
              "broker.mqtt.port", String.valueOf(mqtt.getLocalPort()),
              "ingest.rtmp.port", String.valueOf(rtmp.getLocalPort()));

      assertThatThrownBy(() -> Node.start(Nodes.settings(data, busy)))
          .isInstanceOf(StartException.class)
          .hasMessage(
              inUse("http.port", http)
                  + "\n"
                  + inUse("ingest.rtmp.port", rtmp)
                  + "\n"
                  + inUse("broker.mqtt.port", mqtt)
                  + " (a node whose roles are without broker needs none)");
    }
    assertThat(data.resolve("postgres")).doesNotExist();
    assertThat(data.resolve("kafka")).doesNotExist();
  }

  @Test
  void thePortOfKafkasListenerIsLookedAtToo() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Map<String, String> busy =
          Map.of(
              "roles", "broker",
              "http.tls.mode", "self-signed",
              "http.tls.port", "0",
              "broker.kafka.listener.enabled", "true",
              "broker.kafka.listener.host", "127.0.0.1",
              "broker.kafka.listener.advertised", "localhost",
              "broker.kafka.listener.password", "its-password",
              "broker.kafka.listener.port", String.valueOf(taken.getLocalPort()));

      assertThatThrownBy(() -> Node.start(Nodes.settings(folder.resolve("data"), busy)))
          .isInstanceOf(StartException.class)
          .hasMessage(inUse("broker.kafka.listener.port", taken));
    }
  }

  private static String inUse(String key, ServerSocket taken) {
    return key
        + ": port "
        + taken.getLocalPort()
        + " on 127.0.0.1 is in use; stop the program that has it or choose another";
  }

  @Test
  void aStartThatFailsClosesWhatItHadOpened() {
    Path data = folder.resolve("data");
    List<FirstStart> made = new ArrayList<>();
    for (String roles : List.of("origin,edge,catalog", "edge,catalog")) {
      // Listeners open late, and these have nothing to open with.
      Map<String, String> broken =
          Map.of(
              "roles", roles,
              "edge.origin", "http://127.0.0.1:9",
              "http.tls.certificate", "/none.crt",
              "http.tls.key", "/none.key",
              "http.tls.port", "0");
      assertThatThrownBy(
              () ->
                  Node.start(
                      Nodes.settings(data, broken),
                      Optional.empty(),
                      StopSignal.never(),
                      made::add))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("http.tls.certificate")
          .hasMessageContaining("/none.crt");
      assertThat(ProcessHandle.current().descendants().filter(NodeTest::isOfPostgres)).isEmpty();
    }
    assertThat(data.resolve("postgres")).exists();
    // Nobody will be told of them again.
    assertThat(made).hasSize(1);
    assertThat(made.getFirst().password()).isPresent();
    try (Node node = Node.start(Nodes.settings(data, Map.of()))) {
      assertThat(node.health().isReady()).isTrue();
    }
  }

  @Test
  void theListenersCertificateOpensRtmpsToo() throws IOException {
    Map<String, String> tls = Map.of("roles", "origin", "http.tls.mode", "self-signed");
    try (Node node = Node.start(Nodes.settings(folder.resolve("data"), tls));
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(node.rtmpsPort()).isPresent();
      Map<String, String> busy = new TreeMap<>(tls);
      busy.put("ingest.rtmps.port", String.valueOf(taken.getLocalPort()));
      assertThatThrownBy(() -> Node.start(Nodes.settings(folder.resolve("other"), busy)))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("ingest.rtmps.port")
          .hasMessageContaining("in use");
    }
    try (Node node =
        Node.start(Nodes.settings(folder.resolve("data"), Map.of("roles", "origin")))) {
      assertThat(node.rtmpsPort()).isEmpty();
    }
  }

  @Test
  @SuppressWarnings("try") // closing twice is what is tested
  void closesOnce() {
    NodeSettings settings = Nodes.settings(folder.resolve("data"), Map.of("roles", "origin"));
    try (Node node = Node.start(settings)) {
      node.close();
      assertThat(node.health().isReady()).isFalse();
      Node.start(settings).close();
    }
  }

  @Test
  void aManagementPortInUseIsNamedBeforeAnythingElseStarts() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      NodeSettings settings =
          Nodes.settings(
              folder.resolve("data"),
              Map.of("management.port", String.valueOf(taken.getLocalPort())));

      assertThatThrownBy(() -> Node.start(settings))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("management.port")
          .hasMessageContaining("in use");
    }
    assertThat(folder.resolve("data/postgres")).doesNotExist();
  }

  @Test
  void aDatabaseThatIsNotThereIsSaidInTime() {
    NodeSettings settings =
        Nodes.settings(
            folder.resolve("data"),
            Map.of(
                "roles", "catalog",
                "database.url", "postgresql://127.0.0.1:1/millrace",
                "database.startTimeout", "1s"));

    assertThatThrownBy(() -> Node.start(settings))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("database");
  }

  @Test
  void withoutACatalogueThePublishKeyAndThisMachineOpenPublicTopics() throws Exception {
    Map<String, String> given =
        Map.of(
            "roles", "origin",
            "access.publishKey", "chosen-key",
            "access.anonymousLoopback", "true");
    try (Node node = Node.start(Nodes.settings(folder, given))) {
      TopicRules rules = node.topicAccess().orElseThrow().rules();
      for (Optional<String> secret : List.of(Optional.of("chosen-key"), Optional.<String>empty())) {
        TopicDecision decision =
            rules
                .authenticate(
                    new TopicCredential(
                        Optional.empty(), secret, Optional.empty(), "127.0.0.1", true, "http"))
                .await(10, TimeUnit.SECONDS);
        assertThat(decision).isInstanceOf(TopicDecision.Granted.class);
        TopicGrant grant = ((TopicDecision.Granted) decision).grant();
        assertThat(grant.topics()).isEqualTo(TopicCapabilities.PUBLIC);
        assertThat(
                node.topicAccess().orElseThrow().rates().of(grant, "public", 0).take(1_000_000, 0))
            .isZero();
      }
    }
  }

  @Test
  void tokensThatCannotBeReadAreNamed() {
    NodeSettings settings =
        Nodes.settings(
            folder.resolve("data"),
            Map.of("roles", "origin", "access.jwt.publicKeyFile", "/no/such/key.pem"));

    assertThatThrownBy(() -> Node.start(settings))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("/no/such/key.pem");
  }

  @Test
  void anEdgeServesTheSamePlaylistFromAnotherNodesOrigin() throws Exception {
    OwnPublisher own = OwnPublisher.of(new StreamKey("live", "cam1"));
    Map<String, String> secret = Map.of("roles", "origin", "origin.sharedSecret", "between-us");
    try (Node origin = Node.start(Nodes.settings(folder.resolve("a"), secret), Optional.of(own));
        Node edge = edgeOf(origin, "between-us", "b");
        Node stranger = edgeOf(origin, "guessed", "c")) {
      Thread publisher = publish(origin, own);
      try {
        String path = "/play/live/cam1/index.m3u8";
        String base = "http://127.0.0.1:" + edge.httpPort().orElseThrow();
        await()
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(
                () ->
                    assertThat(Nodes.get(base + path))
                        .satisfies(answer -> assertThat(answer.body()).startsWith("#EXTM3U")));
        HttpResponse<String> playlist = Nodes.get(base + path);

        assertThat(playlist.body()).startsWith("#EXTM3U").contains("CODECS=");
        assertThat(origin.httpPort()).isEmpty();
        assertThat(edge.rtmpPort()).isEmpty();
        String media = lastLine(playlist.body());
        HttpResponse<String> segments =
            Nodes.get(URI.create(base + path).resolve(media).toString());
        assertThat(segments.statusCode()).isEqualTo(200);
        assertThat(segments.body()).contains("#EXT-X-MAP").contains("#EXTINF");
        String direct = "http://127.0.0.1:" + origin.originPort().orElseThrow() + path;
        assertThat(Nodes.get(direct).statusCode()).isIn(401, 403);
        String refused = "http://127.0.0.1:" + stranger.httpPort().orElseThrow() + path;
        assertThat(Nodes.get(refused).statusCode()).isEqualTo(502);
        await().untilAsserted(() -> assertThat(edge.health().isReady()).isTrue());
        await()
            .untilAsserted(
                () ->
                    assertThat(stranger.health().report().getJsonObject("roles").encode())
                        .isEqualTo(
                            "{\"edge\":{\"ready\":false,\"detail\":\"the origin refuses this edge:"
                                + " it has another origin.sharedSecret\"}}"));
        assertThat(stranger.health().isReady()).isFalse();
      } finally {
        publisher.interrupt();
        publisher.join();
      }
    }
  }

  private Node edgeOf(Node origin, String secret, String name) {
    return Node.start(
        Nodes.settings(
            folder.resolve(name),
            Map.of(
                "roles",
                "edge",
                "edge.origin",
                "http://127.0.0.1:" + origin.originPort().orElseThrow(),
                "origin.sharedSecret",
                secret)));
  }

  private static Thread publish(Node node, OwnPublisher own) {
    URI address =
        URI.create(
            "rtmp://127.0.0.1:%d/%s?key=%s"
                .formatted(node.rtmpPort().orElseThrow(), own.stream(), own.key().reveal()));
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                ClipPublisher.publish(
                    node.vertx(), Clips.bigBuckBunny(), address, true, position -> {});
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private static String lastLine(String playlist) {
    return Stream.of(playlist.split("\n"))
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .reduce((a, b) -> b)
        .orElseThrow();
  }

  private static boolean isOfPostgres(ProcessHandle process) {
    return process.info().commandLine().orElse("").contains("postgres");
  }
}
