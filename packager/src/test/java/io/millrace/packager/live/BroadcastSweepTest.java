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

  @AfterEach
  void close() {
    LiveNode.await(vertx.close());
  }

  @Test
  void whatCouldNotBeRemovedIsRemovedWhenTheStoreIsWellAgain() {
    FaultyStore store = fixture.store();
    Broadcast broadcast =
        new Broadcast(
            new BroadcastId("01M7YZMHG0B2Y153S441CND7V7"),
            "main",
            new StreamKey("live", "one"),
            Instant.EPOCH);
    String segment = ObjectNames.prefix(broadcast) + "video/0-1.m4s";
    String index = ObjectNames.index(broadcast);
    LiveNode.await(store.put(segment, Buffer.buffer("media")));
    LiveNode.await(store.put(index, Buffer.buffer()));
    store.becomes(FaultyStore.Fault.KEEPS);

    new BroadcastSweep(store, new PackagerMetrics(new PrometheusRegistry()), Duration.ofMillis(20))
        .removeUntilGone(vertx, broadcast);

    await().until(() -> store.refusedDeletes() >= 2);
    assertThat(LiveNode.await(store.head(index))).as("the index goes last").isPresent();
    store.becomes(FaultyStore.Fault.NONE);
    await().until(() -> LiveNode.await(store.head(index)).isEmpty());
    assertThat(LiveNode.await(store.head(segment))).isEmpty();
  }
}
