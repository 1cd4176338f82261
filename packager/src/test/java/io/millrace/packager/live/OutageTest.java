package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.EndReason;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.PlaylistRules;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.hls.UpdateRules;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A publisher is killed and comes back, seen by a player that looks four times a second. */
class OutageTest {
  private static final int TARGET = 3;

  @RegisterExtension final LiveFixture fixture = new LiveFixture();
  private LiveNode node;

  @BeforeEach
  void start() {
    node = fixture.node(Duration.ofSeconds(60));
  }

  /** HLS B5, B8, B9, D4, D9. */
  @ParameterizedTest
  @CsvSource({"5, 0.4", "5, 1.9", "12, 0.4", "12, 1.9"})
  void theLostTimeIsGapsBehindWholeSegmentsAndOneDiscontinuity(int outage, double open) {
    node.publish().send(8.04 + open);
    MediaPlaylist before = node.awaitSegments("video", 4);
    node.unpublish(EndReason.CONNECTION_LOST);
    MediaPlaylist last = before;
    // The last segment was listed when its first picture behind it came.
    Instant updated = fixture.clock.instant().minusMillis(Math.round(open * 1000));
    for (int quarter = 0; quarter < outage * 4; quarter++) {
      node.advance(Duration.ofMillis(250)).tick();
      MediaPlaylist now = node.shown("video");
      assertThat(UpdateRules.check("video", last, now)).isEmpty();
      if (now.nextSequence() > last.nextSequence()) {
        updated = fixture.clock.instant();
      }
      assertThat(Duration.between(updated, fixture.clock.instant()).toMillis())
          .isLessThanOrEqualTo(TARGET * 1500L);
      last = now;
    }

    node.publish().send(6.04);
    MediaPlaylist pictures = node.shown("video");
    MediaPlaylist sound = node.shown("audio");

    assertThat(UpdateRules.check("video", last, pictures)).isEmpty();
    for (MediaPlaylist playlist : List.of(pictures, sound)) {
      assertThat(PlaylistRules.live("m", playlist)).isEmpty();
      assertThat(playlist.segments().stream().filter(Segment::discontinuity)).hasSize(1);
    }
    List<Segment> gaps = pictures.segments().stream().filter(Segment::gap).toList();
    double lost = gaps.stream().mapToDouble(gap -> gap.seconds().doubleValue()).sum();
    assertThat(lost).isBetween(outage - TARGET - 0.1, outage + TARGET + 0.1);
    Segment resumed =
        pictures.segments().stream().filter(Segment::discontinuity).findFirst().orElseThrow();
    assertThat(resumed.gap()).isFalse();
    assertThat(resumed.date()).contains(node.clockMap().anchors().getLast().wall());
    assertThat(sound.segments().stream().filter(Segment::discontinuity).findFirst().orElseThrow())
        .extracting(Segment::sequence)
        .isEqualTo(resumed.sequence());
    List<Double> whole =
        pictures.segments().stream()
            .filter(s -> s.sequence() < 4 || s.sequence() >= resumed.sequence())
            .map(s -> s.seconds().doubleValue())
            .toList();
    assertThat(whole).hasSize(7).containsOnly(2.0);
  }

  /** HLS D5, D6, D9: a network that held everything back for seconds, then delivers it at once. */
  @Test
  void whatComesLateStandsBehindTheGapsWithOneDiscontinuityAndDatesThatRise() {
    node.publish().send(9.04);
    node.awaitSegments("video", 4);
    for (int quarter = 0; quarter < 8 * 4; quarter++) {
      node.advance(Duration.ofMillis(250)).tick();
    }
    MediaPlaylist stalled = node.shown("video");
    assertThat(stalled.segments().getLast().gap()).isTrue();

    node.send(8);
    for (int second = 0; second < 6; second++) {
      node.send(1).advance(Duration.ofSeconds(1)).tick();
    }
    MediaPlaylist pictures = node.awaitSegments("video", stalled.nextSequence() + 6);

    assertThat(UpdateRules.check("video", stalled, pictures)).isEmpty();
    assertThat(PlaylistRules.live("video", pictures)).isEmpty();
    assertThat(pictures.segments().stream().filter(Segment::discontinuity)).hasSize(1);
    List<Instant> dates =
        pictures.segments().stream().map(segment -> segment.date().orElseThrow()).toList();
    assertThat(dates).isSorted();
    double shown =
        pictures.segments().stream()
            .filter(segment -> !segment.gap())
            .mapToDouble(segment -> segment.seconds().doubleValue())
            .sum();
    assertThat(shown).as("seconds of media, none dropped or doubled").isBetween(20.0, 23.1);
  }
}
