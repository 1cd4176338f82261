package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.media.StreamKey;
import io.millrace.packager.PackagerMetrics;
import io.millrace.packager.presentation.Presentation;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeldRequestsTest {
  private static final int MANY = 50_000;
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Wish WISH = new Wish.Listed("video", 5);

  private final Vertx vertx = Vertx.vertx();
  private final HeldRequests held =
      new HeldRequests(new HeldCount(MANY, new PackagerMetrics(new PrometheusRegistry())));

  @AfterEach
  void close() {
    LiveNode.await(vertx.close());
  }

  /** HLS L26: each on the event loop that it came on, and none forgotten. */
  @Test
  void fiftyThousandAreWokenByOneEvent() {
    AtomicInteger elsewhere = new AtomicInteger();
    List<Future<Void>> entered = new ArrayList<>();
    List<Promise<Void>> woken = new ArrayList<>();
    int loops = 4;
    for (int loop = 0; loop < loops; loop++) {
      Context context = vertx.getOrCreateContext();
      Promise<Void> all = Promise.promise();
      Promise<Void> in = Promise.promise();
      woken.add(all);
      entered.add(in.future());
      context.runOnContext(
          v -> {
            AtomicInteger left = new AtomicInteger(MANY / loops);
            for (int i = 0; i < MANY / loops; i++) {
              held.hold(WISH, NOW.plusSeconds(9))
                  .onSuccess(
                      outcome -> {
                        if (!context.equals(Vertx.currentContext()) || outcome != Held.CHANGED) {
                          elsewhere.incrementAndGet();
                        }
                        if (left.decrementAndGet() == 0) {
                          all.complete();
                        }
                      });
            }
            in.complete();
          });
    }
    LiveNode.await(Future.all(entered));
    assertThat(held.hold(WISH, NOW).result()).isEqualTo(Held.REFUSED);

    held.expire(NOW.plusSeconds(8));
    held.changed(listing());
    LiveNode.await(Future.all(woken.stream().map(Promise::future).toList()));
    assertThat(elsewhere).hasValue(0);
    assertThat(held.hold(WISH, NOW).isComplete()).isFalse();
  }

  /** Whoever comes while the event happens is woken by it, or finds that it has. */
  @Test
  void nobodyIsForgottenWhoComesWhileItHappens() throws Exception {
    for (int round = 0; round < 300; round++) {
      PresentationSlot slot =
          new PresentationSlot(
              listing().broadcast(),
              Duration.ofSeconds(60),
              new HeldCount(MANY, new PackagerMetrics(new PrometheusRegistry())));
      slot.swap(live());
      List<Future<Held>> asked = new ArrayList<>();
      Thread viewer =
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int i = 0; i < 20; i++) {
                      asked.add(slot.hold(new Wish.Listed("none", i), NOW));
                    }
                  });
      slot.swap(listing());
      viewer.join();
      assertThat(asked).allMatch(Future::isComplete);
    }
  }

  private static Presentation listing() {
    return presentation(Optional.of(NOW));
  }

  private static Presentation live() {
    return presentation(Optional.empty());
  }

  private static Presentation presentation(Optional<Instant> endedAt) {
    return Presentation.unwritten(
        new Broadcast(
            new BroadcastId("01M7YZMHG0B2Y153S441CND7V7"),
            "main",
            new StreamKey("live", "one"),
            NOW),
        3,
        Optional.empty(),
        List.of(),
        endedAt);
  }
}
