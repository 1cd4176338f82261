package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.app.IngestFixture;
import io.millrace.app.clip.ClipPublisher;
import io.millrace.media.LiveState;
import io.millrace.media.StreamKey;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class KeyWatchTest {
  private static final StreamKey STREAM = new StreamKey("live", "cam1");

  @TempDir Path folder;

  @Test
  void takesAPublisherOffTheAirWhenItsKeyHasEndedAndNobodyWhileThatIsNotKnown() throws Exception {
    AtomicReference<Future<Set<String>>> good = new AtomicReference<>();
    good.set(Future.failedFuture("the database is away"));
    AtomicInteger asked = new AtomicInteger();
    try (IngestFixture ingest = new IngestFixture();
        KeyWatch watch =
            new KeyWatch(
                ingest.vertx,
                ingest.streams,
                keys -> {
                  asked.incrementAndGet();
                  assertThat(keys).containsExactly("key_right");
                  return good.get();
                },
                Duration.ofMillis(50))) {
      assertThat(watch).isNotNull();
      CompletableFuture<ClipPublisher.Outcome> outcome =
          ingest.publish(folder, "live/cam1", "right");
      await().until(() -> state(ingest) == LiveState.ON_AIR);
      int before = asked.get();
      await().until(() -> asked.get() >= before + 2);
      good.set(Future.succeededFuture(Set.of("key_right", "key_other")));
      await().until(() -> asked.get() >= before + 4);
      assertThat(state(ingest)).isEqualTo(LiveState.ON_AIR);

      good.set(Future.succeededFuture(Set.of("key_other")));

      assertThat(outcome.get(30, TimeUnit.SECONDS).failure()).isPresent();
      await().until(() -> state(ingest) == LiveState.INTERRUPTED);
      assertThat(ingest.streams.keysOnAir()).isEmpty();
    }
  }

  private static LiveState state(IngestFixture ingest) {
    return ingest.streams.find(STREAM).map(live -> live.status().state()).orElse(LiveState.ENDED);
  }
}
