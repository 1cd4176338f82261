package io.millrace.app.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.app.IngestFixture;
import io.millrace.app.Nodes;
import io.millrace.app.bridges.OwnPublisher;
import io.millrace.app.clip.ClipPublisher;
import io.millrace.media.StreamKey;
import io.millrace.testkit.LogLines;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a node does for those who publish and watch while it runs and when it stops. */
@Timeout(120)
class NodeOnAirTest {
  private static final String PLAYLIST = "/play/live/cam1/index.m3u8";

  @TempDir Path folder;

  private final OwnPublisher own = OwnPublisher.of(new StreamKey("live", "cam1"));

  @Test
  void aViewerCanReadTheEndWhileANodeStops() throws Exception {
    Node node =
        Node.start(settings("a", Map.of("roles", "origin,edge", "stopLinger", "6s")), own());
    var _ = publish(node);
    String media = mediaPlaylist(node);
    assertThat(Nodes.get(media).body()).doesNotContain("#EXT-X-ENDLIST");

    CompletableFuture<Void> stopped = CompletableFuture.runAsync(node::close);

    await()
        .atMost(Duration.ofSeconds(15))
        .until(() -> Nodes.get(media).body().contains("#EXT-X-ENDLIST"));
    assertThat(stopped).isNotDone();
    stopped.get(60, TimeUnit.SECONDS);
  }

  @Test
  void nobodyIsWaitedForWhereNobodyWatches() {
    Node node =
        Node.start(settings("a", Map.of("roles", "origin,edge", "stopLinger", "10m")), own());
    var _ = publish(node);

    assertThat(CompletableFuture.runAsync(node::close)).succeedsWithin(Duration.ofSeconds(60));
  }

  @Test
  void saysWhichStreamsAreNotStoredAndStaysReady() throws Exception {
    try (Node node = Node.start(settings("a", Map.of("roles", "origin")), own())) {
      // A file where the streams' folder would be: nothing can be stored.
      Files.createDirectories(folder.resolve("a/objects"));
      Files.writeString(folder.resolve("a/objects/default"), "");
      var _ = publish(node);

      String health = "http://127.0.0.1:" + node.managementPort() + "/health/ready";
      await()
          .atMost(Duration.ofSeconds(40))
          .untilAsserted(
              () ->
                  assertThat(
                          new JsonObject(Nodes.get(health).body())
                              .getJsonObject("roles")
                              .getJsonObject("origin")
                              .getString("detail"))
                      .isEqualTo("not stored, only in memory: live/cam1"));
      assertThat(Nodes.get(health).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void warnsWhenNobodyCanPublish() {
    assertThat(warnings(settings("a", Map.of("roles", "origin"))))
        .anyMatch(line -> line.startsWith("nobody can publish: set access.publishKey"));
    assertThat(
            warnings(
                settings("b", Map.of("roles", "origin", "access.publishKey", "chosen-for-it"))))
        .isEmpty();
  }

  @Test
  void aCatalogueOnAnotherNodeTellsWhatItsOriginHasOnAirAndEndsIt() throws Exception {
    Map<String, String> secret = Map.of("roles", "origin", "origin.sharedSecret", "between-us");
    try (Node origin = Node.start(settings("a", secret), own());
        Node front = front(origin, "between-us", "b");
        Node stranger = front(origin, "guessed", "c")) {
      var outcome = publish(origin);
      String live = "http://127.0.0.1:" + front.httpPort().orElseThrow() + "/api/v1/live";
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> Nodes.get(live).body().contains("\"state\":\"live\""));
      assertThat(Nodes.get(live + "/live/cam1").body()).contains(PLAYLIST, "\"width\":854");
      assertThat(Nodes.get(live + "/live/nobody").body()).contains("\"state\":\"offline\"");
      String refused = "http://127.0.0.1:" + stranger.httpPort().orElseThrow() + "/api/v1/live";
      assertThat(Nodes.get(refused).statusCode()).isEqualTo(503);
      String direct = "http://127.0.0.1:" + origin.originPort().orElseThrow() + "/live";
      assertThat(Nodes.get(direct).statusCode()).isEqualTo(403);

      assertThat(Nodes.delete(live + "/live/cam1", folder.resolve("b")).statusCode())
          .isEqualTo(204);
      assertThat(outcome.get(20, TimeUnit.SECONDS).failure()).isPresent();
    }
  }

  private Node front(Node origin, String secret, String name) {
    return Node.start(
        settings(
            name,
            Map.of(
                "roles",
                "edge,catalog",
                "edge.origin",
                "http://127.0.0.1:" + origin.originPort().orElseThrow(),
                "origin.sharedSecret",
                secret)));
  }

  private NodeSettings settings(String name, Map<String, String> more) {
    return Nodes.settings(folder.resolve(name), more);
  }

  private Optional<OwnPublisher> own() {
    return Optional.of(own);
  }

  private CompletableFuture<ClipPublisher.Outcome> publish(Node node) {
    URI address =
        URI.create(
            "rtmp://127.0.0.1:%d/%s?key=%s"
                .formatted(node.rtmpPort().orElseThrow(), own.stream(), own.key().reveal()));
    return IngestFixture.publish(node.vertx(), IngestFixture.shortClip(folder), address);
  }

  /** Waits for it as a player does, so that there is a viewer. */
  private static String mediaPlaylist(Node node) {
    String master = "http://127.0.0.1:" + node.httpPort().orElseThrow() + PLAYLIST;
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> Nodes.get(master).body().startsWith("#EXTM3U"));
    HttpResponse<String> answer = Nodes.get(master);
    String media =
        Stream.of(answer.body().split("\n"))
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .reduce((one, other) -> other)
            .orElseThrow();
    return URI.create(master).resolve(media).toString();
  }

  private static List<String> warnings(NodeSettings settings) {
    try (LogLines log = new LogLines(Node.class)) {
      Node.start(settings).close();
      return log.messages();
    }
  }
}
