package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.media.StreamKey;
import io.millrace.packager.PackagerMetrics;
import io.millrace.testkit.LogLines;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Turns turns = new Turns(new PackagerMetrics(registry));
  private final List<String> had = new ArrayList<>();
  private final List<String> removed = new ArrayList<>();

  @Test
  void eachFailureIsLoggedWithItsBroadcastAndCountedAndTheOthersHaveTheirTurns() {
    IllegalStateException broken = new IllegalStateException("broken");
    StackOverflowError deep = new StackOverflowError("deep");
    List<FakeBroadcast> all =
        List.of(
            new FakeBroadcast("goes-on", () -> true),
            new FakeBroadcast("fails", thrower(broken)),
            new FakeBroadcast("is-over", () -> false),
            new FakeBroadcast("errs", thrower(deep)),
            new FakeBroadcast("is-last", () -> true));
    try (LogLines said = new LogLines(Turns.class)) {
      assertThat(give(all)).isSameAs(broken).hasSuppressedException(deep);

      assertThat(had).containsExactly("goes-on", "fails", "is-over", "errs", "is-last");
      assertThat(removed).containsExactly("is-over");
      assertThat(said.keyValues())
          .containsExactly(
              Map.of("stream", "live/fails", "broadcast", "01JD0000000000000000000000"),
              Map.of("stream", "live/errs", "broadcast", "01JD0000000000000000000000"));
      assertThat(counted()).isEqualTo(2);
    }
  }

  @Test
  void twoThatFailWithTheSameObjectAreTwoFailures() {
    OutOfMemoryError full = new OutOfMemoryError("full");
    List<FakeBroadcast> all =
        List.of(new FakeBroadcast("a", thrower(full)), new FakeBroadcast("b", thrower(full)));
    try (LogLines said = new LogLines(Turns.class)) {
      assertThat(give(all)).isSameAs(full);
      assertThat(said.messages()).hasSize(2);
      assertThat(counted()).isEqualTo(2);
    }
  }

  @Test
  void whereNothingFailsThereIsNothingToTell() {
    assertThat(give(List.of(new FakeBroadcast("goes-on", () -> true)))).isNull();
    assertThat(counted()).isZero();
  }

  private @Nullable Throwable give(List<FakeBroadcast> all) {
    return turns.give(all, NOON, broadcast -> removed.add(broadcast.name));
  }

  private double counted() {
    return registry.scrape("millrace_packager_turns_failed"::equals).stream()
        .map(CounterSnapshot.class::cast)
        .flatMap(counter -> counter.getDataPoints().stream())
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  private static Supplier<Boolean> thrower(Throwable failure) {
    return () -> {
      switch (failure) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new AssertionError(failure);
      }
    };
  }

  private final class FakeBroadcast implements TakesTurns {
    private final String name;
    private final Supplier<Boolean> work;

    FakeBroadcast(String name, Supplier<Boolean> work) {
      this.name = name;
      this.work = work;
    }

    @Override
    public Broadcast broadcast() {
      return new Broadcast(
          new BroadcastId("01JD0000000000000000000000"), "main", new StreamKey("live", name), NOON);
    }

    @Override
    public boolean tick(Instant now) {
      had.add(name);
      return work.get();
    }
  }
}
