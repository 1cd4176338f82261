package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.packager.RecordingConfig;
import io.vertx.core.Promise;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FencedRecordingTest {
  private static final RecordingConfig CONFIG =
      new RecordingConfig(true, 1L << 30, Duration.ofDays(7));

  @RegisterExtension final LiveFixture fixture = new LiveFixture();

  /** Or its bytes would be taken from the room of all others until the node stops. */
  @Test
  void whatAnotherNodeRecordsNowIsNotCountedHere() {
    LiveNode node = fixture.recordingNode(CONFIG);
    node.publish();
    Promise<Void> chunk = fixture.store().holdPutsOf("/recording/");
    for (int i = 0; i < 140; i++) {
      node.send(2).tick();
    }
    LiveNode.await(node.writers.shown());
    assertThat(bytes(node)).isPositive();

    fixture.recordingNode(CONFIG);
    Awaitility.await()
        .until(
            () -> {
              node.send(2).tick();
              return node.live.find(LiveNode.STREAM).isEmpty();
            });
    chunk.complete();
    Awaitility.await()
        .until(
            () ->
                LiveNode.await(fixture.store().list("", "", 1000)).stream()
                    .anyMatch(info -> info.key().contains("/recording/")));
    LiveNode.await(node.writers.tick(fixture.clock.instant()));

    assertThat(bytes(node)).isZero();
  }

  /** After a look at what there is. */
  private double bytes(LiveNode node) {
    double before = node.metric("millrace_recording_stopped");
    node.advance(Duration.ofSeconds(6)).tick();
    Awaitility.await().until(() -> node.metric("millrace_recording_stopped") == before);
    return node.metric("millrace_recording_bytes");
  }
}
