package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.media.StreamKey;
import io.millrace.packager.PackagerMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BroadcastSweepTest {
  @RegisterExtension private final LiveFixture fixture = new LiveFixture();
  private final Vertx vertx = Vertx.vertx();

  private final FaultyStore store = fixture.store();
  private final Broadcast broadcast =
      new Broadcast(
          new BroadcastId("01M7YZMHG0B2Y153S441CND7V7"),
          "main",
          new StreamKey("live", "one"),
          Instant.EPOCH);
  private final String segment = ObjectNames.prefix(broadcast) + "video/0-1.m4s";
  private final String index = ObjectNames.index(broadcast);

  @AfterEach
  void close() {
    LiveNode.await(vertx.close());
  }

  @Test
  void whatCouldNotBeRemovedIsRemovedWhenTheStoreIsWellAgain() {
    sweepWhile(FaultyStore.Fault.KEEPS);

    assertThat(LiveNode.await(store.head(segment))).isPresent();
    becomesWell();
    assertThat(LiveNode.await(store.head(segment))).isEmpty();
  }

  /** Otherwise a loss of power could bring back objects that nobody knows of. */
  @Test
  void theIndexStaysUntilTheObjectsAreGoneForGood() {
    sweepWhile(FaultyStore.Fault.FORGETS_DELETES);

    assertThat(LiveNode.await(store.head(segment))).isEmpty();
    becomesWell();
  }

  private void sweepWhile(FaultyStore.Fault fault) {
    LiveNode.await(store.put(segment, Buffer.buffer("media")));
    LiveNode.await(store.put(index, Buffer.buffer()));
    store.becomes(fault);

    new BroadcastSweep(store, new PackagerMetrics(new PrometheusRegistry()), Duration.ofMillis(20))
        .removeUntilGone(vertx, broadcast);

    await().until(() -> store.refusedDeletes() >= 2);
    assertThat(LiveNode.await(store.head(index))).as("the index goes last").isPresent();
  }

  private void becomesWell() {
    store.becomes(FaultyStore.Fault.NONE);
    await().until(() -> LiveNode.await(store.head(index)).isEmpty());
  }
}
