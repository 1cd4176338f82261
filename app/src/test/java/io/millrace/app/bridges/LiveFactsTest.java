package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.app.IngestFixture;
import io.millrace.app.clip.ClipPublisher;
import io.millrace.catalog.CatalogApi;
import io.millrace.catalog.LiveEntry;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveFactsTest {
  @TempDir Path folder;

  @Test
  void tellsWhoIsOnAirAndEndsBroadcasts() throws Exception {
    try (IngestFixture ingest = new IngestFixture()) {
      LiveFacts facts =
          new LiveFacts(
              ingest.streams,
              key -> key.stream().equals("cam1") ? 7 : 0,
              key -> Optional.empty(),
              "still.jpg");
      assertThat(facts.live().result()).isEmpty();
      assertThat(facts.find("live", "cam1").result()).isEmpty();
      assertThat(facts.end("live", "cam1").await(20, TimeUnit.SECONDS)).isFalse();
      CompletableFuture<ClipPublisher.Outcome> outcome =
          ingest.publish(folder, "live/cam1", "right");

      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  facts.live().result().stream()
                      .anyMatch(entry -> entry.state() == LiveEntry.State.LIVE));

      LiveEntry entry = facts.find("live", "cam1").result().orElseThrow();
      assertThat(facts.live().result()).containsExactly(entry);
      assertThat(entry.app() + "/" + entry.stream()).isEqualTo("live/cam1");
      assertThat(entry.viewers()).isEqualTo(7);
      assertThat(entry.width()).isEqualTo(854);
      assertThat(entry.height()).isEqualTo(480);
      assertThat(entry.codecs()).hasSize(2).anyMatch(codec -> codec.startsWith("avc1."));
      assertThat(entry.playlist()).isEqualTo("/play/live/cam1/index.m3u8");
      assertThat(entry.still()).isEqualTo(Optional.of("/play/live/cam1/still.jpg"));

      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> !health(facts).getJsonArray("tracks").isEmpty());
      JsonObject health = health(facts);
      assertThat(health.getString("state")).isEqualTo("live");
      assertThat(health.getJsonArray("tracks").getJsonObject(0).getString("kind"))
          .isEqualTo("video");
      assertThat(health.getJsonArray("tracks").getJsonObject(0).getString("name"))
          .isEqualTo("Picture");
      assertThat(health.getJsonObject("repairs").getLong("order")).isZero();
      assertThat(health.encode()).doesNotContain("127.0.0.1");
      assertMatchesTheDocument("StreamHealth", health);
      assertMatchesTheDocument("TrackHealth", health.getJsonArray("tracks").getJsonObject(0));

      assertThat(facts.end("live", "cam1").await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(outcome.get(30, TimeUnit.SECONDS).failure()).isPresent();
      await().atMost(Duration.ofSeconds(20)).until(() -> facts.live().result().isEmpty());

      JsonObject ended = health(facts);
      assertThat(ended.getString("state")).isEqualTo("ended");
      assertThat(ended.getInstant("endedAt")).isAfterOrEqualTo(ended.getInstant("measuredAt"));
      assertThat(ended.getJsonArray("tracks")).hasSize(2);
      assertMatchesTheDocument("StreamHealth", ended);
      assertThat(facts.health("live", "never").result()).isEmpty();
    }
  }

  private static JsonObject health(LiveFacts facts) {
    return facts.health("live", "cam1").result().orElseThrow();
  }

  private static void assertMatchesTheDocument(String schema, JsonObject answer) {
    JsonObject described =
        CatalogApi.description()
            .getJsonObject("components")
            .getJsonObject("schemas")
            .getJsonObject(schema);
    assertThat(described.getJsonObject("properties").fieldNames()).containsAll(answer.fieldNames());
    described
        .getJsonArray("required")
        .forEach(field -> assertThat(answer.containsKey((String) field)).isTrue());
  }
}
