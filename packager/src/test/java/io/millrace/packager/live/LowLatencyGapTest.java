package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.media.EndReason;
import io.millrace.packager.OriginResponse;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.PlaylistRules;
import io.millrace.validator.hls.UpdateRules;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lost time in low-latency playlists: gaps that grow part by part (HLS B9, L6, L7). */
class LowLatencyGapTest {
  private static final Duration TICK = Duration.ofMillis(250);
  private static final int PART_MILLIS = 334;
  private static final int TARGET = 3;

  @RegisterExtension final LiveFixture fixture = new LiveFixture();
  private LiveNode node;
  private String base = "";

  @BeforeEach
  void start() {
    node = fixture.node(Duration.ofSeconds(60)).publish().send(8.9);
    node.awaitSegments("video", 4);
    node.awaitSegments("audio", 4);
    base = node.base().orElseThrow();
  }

  private String text(String rendition) {
    return node.get(base + rendition + "/index.m3u8").body().toString();
  }

  private MediaPlaylist read(String rendition) {
    node.shown(rendition);
    return PlaylistReader.readMedia(text(rendition));
  }

  private LowLatencyLines lines(String rendition) {
    node.shown(rendition);
    return LowLatencyLines.of(text(rendition));
  }

  private static double listed(LowLatencyLines playlist) {
    return playlist.segments().stream()
        .mapToDouble(
            segment ->
                segment.uri().isEmpty()
                    ? segment.parts().stream().mapToDouble(LowLatencyLines.Part::seconds).sum()
                    : segment.seconds())
        .sum();
  }

  /** Until the first parts of a gap are listed. */
  private void untilInGap() {
    for (int tick = 0; tick < 4 * 2 * TARGET; tick++) {
      node.advance(TICK).tick();
      if (lines("video").open().filter(open -> open.parts().getFirst().gap()).isPresent()) {
        return;
      }
    }
    throw new AssertionError("no part of a gap:\n" + text("video"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"video", "audio"})
  void partsOfAGapFollowEachOtherAtThePaceOfParts(String rendition) {
    untilInGap();
    MediaPlaylist last = read(rendition);
    double before = listed(lines(rendition));
    Instant since = fixture.clock.instant();
    for (int tick = 0; tick < 40; tick++) {
      node.advance(TICK).tick();
      MediaPlaylist now = read(rendition);
      assertThat(UpdateRules.check(rendition, last, now)).isEmpty();
      assertThat(PlaylistRules.live(rendition, now)).isEmpty();
      // HLS L6: as soon as its time is over.
      double passed = Duration.between(since, fixture.clock.instant()).toMillis() / 1000.0;
      assertThat(listed(lines(rendition)) - before).isCloseTo(passed, within(0.34));
      last = now;
    }
    // HLS L3, L7
    int gaps = 0;
    for (LowLatencyLines.Segment segment : lines(rendition).segments()) {
      if (segment.lateTags().contains("#EXT-X-GAP")) {
        gaps++;
        assertThat(segment.parts()).hasSize(9).allMatch(LowLatencyLines.Part::gap);
        assertThat(segment.parts()).noneMatch(LowLatencyLines.Part::independent);
        assertThat(segment.parts()).allMatch(part -> part.seconds() <= 0.334);
        assertThat(segment.parts().stream().mapToDouble(LowLatencyLines.Part::seconds).sum())
            .isCloseTo(segment.seconds(), within(0.00001));
      }
    }
    // HLS L9
    assertThat(gaps).isGreaterThanOrEqualTo(3);
  }

  @Test
  void aGapsPartsAreThoseThatWereHintedAtAndNobodyGetsThem() {
    untilInGap();
    String hinted = lines("video").hint();
    Future<OriginResponse> part = node.ask(base + "video/" + hinted, "");
    String asked = hinted.replaceAll("(\\d+)-1\\.(\\d+)\\.m4s", "_HLS_msn=$1&_HLS_part=$2");
    Future<OriginResponse> playlist = node.ask(base + "video/index.m3u8", asked);
    assertThat(part.isComplete()).isFalse();
    assertThat(playlist.isComplete()).isFalse();

    node.advance(Duration.ofMillis(2 * PART_MILLIS)).tick();

    // HLS L10, L14, B9
    assertThat(LiveNode.await(playlist).body().toString())
        .contains("URI=\"" + hinted + "\",GAP=YES");
    assertThat(LiveNode.await(part).status()).isEqualTo(404);
    for (int second = 0; second < 4; second++) {
      node.advance(Duration.ofSeconds(1)).tick();
    }
    assertThat(lines("video").segments().getLast().uri()).isEmpty();
    assertThat(text("video")).contains(hinted);
    assertThat(node.get(base + "video/" + hinted).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void mediaEndsAGapThatIsOpen(boolean reconnects) {
    if (reconnects) {
      node.unpublish(EndReason.CONNECTION_LOST);
    }
    untilInGap();
    MediaPlaylist last = read("video");
    long open = last.nextSequence();
    node.advance(Duration.ofMillis(700));
    if (reconnects) {
      node.publish();
    }
    node.send(0.6);

    for (String rendition : List.of("video", "audio")) {
      MediaPlaylist now = read(rendition);
      assertThat(PlaylistRules.live(rendition, now)).isEmpty();
      String name = open + "-1.m4s";
      LowLatencyLines.Segment gap =
          lines(rendition).segments().stream()
              .filter(segment -> segment.uri().equals(name))
              .findFirst()
              .orElseThrow();
      assertThat(gap.lateTags()).containsExactly("#EXT-X-GAP");
      assertThat(gap.parts()).allMatch(LowLatencyLines.Part::gap);
      // HLS L7
      assertThat(gap.parts().stream().mapToDouble(LowLatencyLines.Part::seconds).sum())
          .isCloseTo(gap.seconds(), within(0.00001));
      LowLatencyLines.Segment first = lines(rendition).open().orElseThrow();
      assertThat(first.tags()).contains("#EXT-X-DISCONTINUITY");
      assertThat(first.parts()).isNotEmpty().noneMatch(LowLatencyLines.Part::gap);
    }
    assertThat(UpdateRules.check("video", last, read("video"))).isEmpty();
    node.send(8);
    assertThat(PlaylistRules.live("video", read("video"))).isEmpty();
  }

  @Test
  void theEndClosesAGapThatIsOpen() {
    untilInGap();
    int parts = lines("video").open().orElseThrow().parts().size();
    node.end();

    String ended =
        LiveNode.awaitPresent(
            () -> Optional.of(text("video")).filter(text -> text.endsWith("#EXT-X-ENDLIST\n")));
    LowLatencyLines lines = LowLatencyLines.of(ended);
    assertThat(lines.open()).isEmpty();
    assertThat(lines.segments().getLast().parts()).hasSizeGreaterThanOrEqualTo(parts);
  }

  @Test
  void aCleanStopListsWhatHasComeAtOnce() {
    int parts = lines("video").open().orElseThrow().parts().size();
    node.unpublish(EndReason.UNPUBLISHED);
    node.advance(TICK).tick();

    // HLS L6: 0.9 s of a segment have come.
    for (String rendition : List.of("video", "audio")) {
      LowLatencyLines last = lines(rendition);
      assertThat(last.open()).isEmpty();
      assertThat(last.segments().getLast().seconds()).isCloseTo(0.9, within(0.05));
    }
    assertThat(lines("video").segments().getLast().parts()).hasSize(parts + 1);
    MediaPlaylist stopped = read("video");
    for (int second = 0; second < 14; second++) {
      node.advance(Duration.ofSeconds(1)).tick();
      assertThat(read("video").segments()).isEqualTo(stopped.segments());
    }
  }

  /** Players of parts have the sound of a second or two. */
  @Test
  void soundThatIsAwayIsSilencePartByPart() {
    MediaPlaylist last = read("audio");
    double paused = listed(lines("video"));
    for (int step = 0; step < 50; step++) {
      node.send(0.1, List.of(LiveNode.VIDEO)).tick();
      double ahead = listed(lines("video")) - listed(lines("audio"));
      assertThat(ahead).as("seconds that pictures are ahead by").isLessThan(0.8);
      MediaPlaylist now = read("audio");
      assertThat(UpdateRules.check("audio", last, now)).isEmpty();
      assertThat(PlaylistRules.live("audio", now)).isEmpty();
      last = now;
    }
    assertThat(listed(lines("audio"))).isGreaterThan(paused + 3.5);

    for (int step = 0; step < 30; step++) {
      node.send(0.2).tick();
      MediaPlaylist now = read("audio");
      assertThat(UpdateRules.check("audio", last, now)).isEmpty();
      assertThat(PlaylistRules.live("audio", now)).isEmpty();
      last = now;
    }
    assertThat(last.segments()).noneMatch(segment -> segment.gap() || segment.discontinuity());
    assertThat(listed(lines("audio"))).isCloseTo(listed(lines("video")), within(0.5));
  }
}
