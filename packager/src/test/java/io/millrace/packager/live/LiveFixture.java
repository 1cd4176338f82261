package io.millrace.packager.live;

import io.millrace.packager.PackagerConfig;
import io.millrace.packager.RecordingConfig;
import io.millrace.packager.RungMaker;
import io.millrace.storage.DirectoryObjectStore;
import io.millrace.testkit.FakeClock;
import io.millrace.testkit.TempFolder;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A clock, a store in a folder of its own that outlives nodes and can be made to fail, and the
 * nodes on it; registered by a test as an extension. Nodes that still run at the end are killed.
 */
final class LiveFixture implements AfterEachCallback {
  final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T12:00:00Z"));
  private final List<LiveNode> nodes = new ArrayList<>();
  private final Vertx storeVertx = Vertx.vertx();
  private final TempFolder folder = TempFolder.create("millrace-live-");
  private final FaultyStore store =
      new FaultyStore(
          new DirectoryObjectStore(storeVertx, folder.path(), new PrometheusRegistry()));

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    nodes.forEach(LiveNode::kill);
    LiveNode.await(storeVertx.close());
    folder.close();
  }

  FaultyStore store() {
    return store;
  }

  /** A node with a window of 20 s. */
  LiveNode node() {
    return node(Duration.ofSeconds(20), Optional.empty(), 64 << 20);
  }

  LiveNode node(Duration window) {
    return node(window, Optional.empty(), 64 << 20);
  }

  /** A node with a window of 20 s that records. */
  LiveNode recordingNode(RecordingConfig config) {
    LiveNode node = LiveNode.recording(store, clock, config);
    nodes.add(node);
    return node;
  }

  /**
   * A node that lists gaps where sound is away, as it does for sound whose silence is not known.
   */
  LiveNode gapsNode(Duration window) {
    LiveNode node = new LiveNode(store, clock, window, PackagerConfig.MissingSound.GAPS);
    nodes.add(node);
    return node;
  }

  /** A node with a rung of 240 lines. */
  LiveNode nodeWithRung(RungMaker rungs) {
    LiveNode node = LiveNode.withRung(store, clock, rungs);
    nodes.add(node);
    return node;
  }

  /**
   * @param target the target duration, where it is not chosen by the media
   * @param unstoredBytes what may be in memory only
   */
  LiveNode node(Duration window, Optional<Duration> target, long unstoredBytes) {
    LiveNode node = new LiveNode(store, clock, window, target, unstoredBytes);
    nodes.add(node);
    return node;
  }
}
