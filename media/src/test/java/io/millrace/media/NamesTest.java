package io.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  @Test
  void aStreamKeyPrintsAsItsAddress() {
    assertThat(new StreamKey("live", "Main_Stage.1~b")).hasToString("live/Main_Stage.1~b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Live", "a_b", "vod", "b", "api", "ä", "a/b"})
  void anAppsNameIsRefusedWithWords(String app) {
    assertThatThrownBy(() -> new StreamKey(app, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("app's name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a b", "a/b", "ü", "a\nb"})
  void aStreamsNameIsRefusedWithWords(String stream) {
    assertThatThrownBy(() -> new StreamKey("live", stream))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("stream's name")
        .hasMessageNotContaining("\n");
  }

  @Test
  void broadcastIdsSortByTime() {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    BroadcastId.Sequence ids = new BroadcastId.Sequence(new Random(1));
    BroadcastId early = ids.next(now);
    BroadcastId late = ids.next(now.plusMillis(1));

    assertThat(early).isLessThan(late);
    assertThat(early.value()).hasSize(26).startsWith("01KDVDNA00");
    assertThatThrownBy(() -> new BroadcastId("../etc"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void broadcastIdsOfOneMillisecondSortInTheOrderTheyWereMade() {
    Instant now = Instant.now();
    List<BroadcastId> made = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      made.add(BroadcastId.create(now));
    }
    made.add(BroadcastId.create(now.minusSeconds(60)));

    assertThat(made).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void aBroadcastIdCarriesFromTheRandomBitsIntoTheTime() {
    RandomGenerator ones = () -> -1;
    BroadcastId.Sequence ids = new BroadcastId.Sequence(ones);
    Instant now = Instant.ofEpochMilli(5);

    assertThat(ids.next(now)).hasToString("0000000005ZZZZZZZZZZZZZZZZ");
    assertThat(ids.next(now)).isGreaterThan(new BroadcastId("0000000006" + "0".repeat(16)));
    assertThat(ids.next(now)).asString().startsWith("0000000006");
  }

  @Test
  void rescalingKeepsOrderAndRoundsDown() {
    Timescale third = new Timescale(3);
    assertThat(Timescale.rescale(1, third, Timescale.MILLIS)).isEqualTo(333);
    assertThat(Timescale.rescale(-1, third, Timescale.MILLIS)).isEqualTo(-334);
    long years = 100L * 365 * 86_400 * 90_000;
    assertThat(Timescale.VIDEO.ofNanos(Timescale.VIDEO.toNanos(years))).isEqualTo(years);
  }
}
