package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.DirectoryObjectStore;
import io.millrace.storage.ObjectInfo;
import io.millrace.testkit.FakeClock;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.Segment;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartTest {
  @TempDir Path directory;
  private final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T12:00:00Z"));
  private final Vertx storeVertx = Vertx.vertx();
  private DirectoryObjectStore store;
  private LiveNode node;

  @BeforeEach
  void start() {
    store = new DirectoryObjectStore(storeVertx, directory, new PrometheusRegistry());
    node = new LiveNode(store, clock);
  }

  @AfterEach
  void stop() {
    node.kill();
    LiveNode.await(storeVertx.close());
  }

  @Test
  void playsABroadcastThatEndedWithItsNodeUntilItsTimeIsOver() {
    node.publish().send(9);
    node.awaitSegments("video", 4);
    String base = node.base().orElseThrow();
    LiveNode.await(node.live.close());
    LiveNode.await(node.packager.close());
    node.kill();

    node = new LiveNode(store, clock);

    for (String rendition : List.of("video", "audio")) {
      MediaPlaylist playlist = node.playlist(rendition).orElseThrow();
      assertThat(playlist.ended()).isTrue();
      assertThat(playlist.seconds().doubleValue()).isBetween(8.9, 9.1);
      for (Segment segment : playlist.segments()) {
        assertThat(segment.gap()).isFalse();
        assertThat(node.get(base + rendition + "/" + segment.uri()).status()).isEqualTo(200);
        assertThat(node.get(base + rendition + "/" + segment.initUri()).status()).isEqualTo(200);
      }
    }
    clock.advance(Duration.ofSeconds(61));
    Awaitility.await().atMost(10, TimeUnit.SECONDS).until(() -> keys().isEmpty());
    assertThat(node.get("/live/one/index.m3u8").status()).isEqualTo(404);
  }

  @Test
  void removesWhatACrashLeftWithoutAState() {
    node.kill();
    String broadcast = "main/live/one/01M7YZMHG0B2Y153S441CND7V7";
    LiveNode.await(store.put("~broadcasts/" + broadcast, Buffer.buffer("{}")));
    LiveNode.await(store.put(broadcast + "/video/0-1.m4s", Buffer.buffer("bytes")));
    LiveNode.await(store.put("~broadcasts/nonsense", Buffer.buffer("{}")));

    node = new LiveNode(store, clock);

    assertThat(keys()).isEmpty();
  }

  @Test
  void removesSegmentsThatWereStoredButNeverListed() {
    node.publish().send(9);
    node.awaitSegments("video", 4);
    node.awaitSegments("audio", 4);
    String prefix = "main" + node.base().orElseThrow().replace("/b/", "/");
    LiveNode.awaitPresent(() -> LiveNode.await(store.head(prefix + "video/3-1.m4s")));
    node.kill();
    LiveNode.await(store.put(prefix + "video/4-1.m4s", Buffer.buffer("bytes")));

    node = new LiveNode(store, clock);

    assertThat(keys()).contains(prefix + "video/3-1.m4s").doesNotContain(prefix + "video/4-1.m4s");
  }

  @Test
  void startsBesideAStateThatItCannotRead() {
    node.kill();
    String broadcast = "main/live/one/01M7YZMHG0B2Y153S441CND7V7";
    LiveNode.await(store.put("~broadcasts/" + broadcast, Buffer.buffer("{}")));
    LiveNode.await(store.put(broadcast + "/state.json", Buffer.buffer("not json")));

    node = new LiveNode(store, clock);

    assertThat(keys()).contains(broadcast + "/state.json");
    node.publish().send(5);
    assertThat(node.awaitSegments("video", 2).segments()).isNotEmpty();
  }

  private List<String> keys() {
    return LiveNode.await(store.list("", "", 1000)).stream().map(ObjectInfo::key).toList();
  }
}
