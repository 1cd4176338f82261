package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.DirectoryObjectStore;
import io.millrace.testkit.FakeClock;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.hls.UpdateRules;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultyStoreTest {
  @TempDir Path directory;
  private final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T12:00:00Z"));
  private final Vertx storeVertx = Vertx.vertx();
  private FaultyStore store;
  private LiveNode node;

  @BeforeEach
  void start() {
    store =
        new FaultyStore(new DirectoryObjectStore(storeVertx, directory, new PrometheusRegistry()));
    node = new LiveNode(store, clock);
  }

  @AfterEach
  void stop() {
    node.kill();
    LiveNode.await(storeVertx.close());
  }

  @Test
  void goesOnFromMemoryWhileTheStoreIsFullAndCatchesUpAfterwards() {
    node.publish().send(5);
    MediaPlaylist before = node.awaitSegments("video", 2);
    assertThat(node.packager.isStoring(LiveNode.STREAM)).isTrue();

    store.becomes(FaultyStore.Fault.FULL);
    node.send(20);
    MediaPlaylist during = node.awaitSegments("video", 12);

    assertThat(UpdateRules.check("video", before, during)).isEmpty();
    String base = node.base().orElseThrow() + "video/";
    for (Segment segment : during.segments()) {
      assertThat(node.get(base + segment.uri()).status()).isEqualTo(200);
    }
    assertThat(node.packager.isStoring(LiveNode.STREAM)).isFalse();

    store.becomes(FaultyStore.Fault.NONE);
    String key = "main" + node.base().orElseThrow().replace("/b/", "/") + "video/11-1.m4s";
    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .until(
            () ->
                LiveNode.await(store.head(key)).isPresent()
                    && node.packager.isStoring(LiveNode.STREAM));
  }

  @Test
  void neverGoesBackToAnOlderPlaylistWhenALateStateIsStored() {
    node.publish().send(5);
    node.awaitSegments("video", 2);
    store.becomes(FaultyStore.Fault.FULL);
    node.send(4);
    node.awaitSegments("video", 4);
    store.becomes(FaultyStore.Fault.HOLDS);
    Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> store.held() == 1);
    node.send(4);
    MediaPlaylist newest = node.awaitSegments("video", 6);

    store.releaseOne();

    // The next state follows as soon as the one before it has been stored.
    Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> store.held() == 1);
    assertThat(node.playlist("video")).contains(newest);
  }

  @Test
  void showsThePlaylistHalfASecondLaterWhenTheStoreHangs() {
    store.becomes(FaultyStore.Fault.HANGS);
    node.publish().send(9);

    MediaPlaylist playlist = node.awaitSegments("video", 4);

    String base = node.base().orElseThrow() + "video/";
    for (Segment segment : playlist.segments()) {
      assertThat(node.get(base + segment.uri()).status()).isEqualTo(200);
    }
    assertThat(node.packager.isStoring(LiveNode.STREAM)).isFalse();
  }
}
