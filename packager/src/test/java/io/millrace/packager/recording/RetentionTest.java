package io.millrace.packager.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.BroadcastId;
import io.millrace.media.StreamKey;
import io.millrace.packager.Asset;
import io.millrace.packager.RecordingConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetentionTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final RecordingConfig CONFIG =
      new RecordingConfig(true, 100, Duration.ofHours(10));

  /**
   * @param hours how long ago it ended
   */
  private static Asset asset(int hours, long bytes, boolean pinned) {
    Instant ended = NOW.minus(Duration.ofHours(hours));
    return new Asset(
        BroadcastId.create(ended),
        "main",
        new StreamKey("live", "one"),
        ended,
        ended,
        Duration.ofHours(1),
        bytes,
        640,
        360,
        pinned);
  }

  private static Retention.Plan plan(long onAir, Set<Asset> served, Asset... assets) {
    return Retention.plan(CONFIG, List.of(assets), onAir, served::contains, NOW);
  }

  private static List<Asset> removed(Retention.Plan plan) {
    return plan.removals().stream().map(Retention.Removal::asset).toList();
  }

  @Test
  void removesTheOldestUntilTheRestFitsBesideWhatIsOnAir() {
    Asset first = asset(5, 40, false);
    Asset second = asset(4, 40, false);
    Asset third = asset(3, 40, false);

    Retention.Plan plan = plan(30, Set.of(), first, second, third);

    assertThat(removed(plan)).containsExactly(first, second);
    assertThat(plan.left()).isEqualTo(70);
  }

  @Test
  void whatFitsStays() {
    assertThat(removed(plan(20, Set.of(), asset(5, 40, false), asset(4, 40, false)))).isEmpty();
  }

  @Test
  void removesWhatIsTooOldThoughThereIsRoom() {
    Asset old = asset(11, 1, false);

    Retention.Plan plan = plan(0, Set.of(), old, asset(9, 1, false));

    assertThat(removed(plan)).containsExactly(old);
    assertThat(plan.removals().getFirst().reason()).isEqualTo(Retention.Reason.AGE);
  }

  @Test
  void aPinnedOneStaysHoweverOldAndLarge() {
    Asset pinned = asset(100, 90, true);
    Asset young = asset(1, 20, false);

    Retention.Plan plan = plan(0, Set.of(), pinned, young);

    assertThat(removed(plan)).containsExactly(young);
    assertThat(plan.left()).isEqualTo(90);
  }

  @Test
  void whatIsPlayedAsItWasLiveStays() {
    Asset served = asset(0, 200, false);

    Retention.Plan plan = plan(0, Set.of(served), served);

    assertThat(removed(plan)).isEmpty();
    assertThat(plan.left()).isEqualTo(200);
  }

  /** A clip of what was on air long ago. */
  @Test
  void isKeptFromWhenItWasMade() {
    Asset old = asset(11, 1, false);
    Asset clip =
        new Asset(
            old.id(),
            old.tenant(),
            old.stream(),
            old.startedAt(),
            old.endedAt(),
            old.duration(),
            1,
            640,
            360,
            false,
            NOW.minus(Duration.ofHours(9)),
            "",
            old.source());

    assertThat(removed(plan(0, Set.of(), clip))).isEmpty();
  }
}
