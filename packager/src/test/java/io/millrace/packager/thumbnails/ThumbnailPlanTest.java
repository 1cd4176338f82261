package io.millrace.packager.thumbnails;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.media.StreamKey;
import io.millrace.packager.ThumbnailConfig;
import io.millrace.packager.presentation.BitRate;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.presentation.TestRenditions;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which key frame a cell has, where they are far apart, lost, or of several renditions. */
class ThumbnailPlanTest {
  private static final Instant BEGAN = Instant.parse("2026-11-23T20:00:00Z");
  private static final Broadcast BROADCAST =
      new Broadcast(
          new BroadcastId("01HF0000000000000000000000"),
          "default",
          new StreamKey("live", "one"),
          BEGAN);
  private static final RenditionInfo SOURCE =
      new RenditionInfo("video", "avc1.42c01e", 1280, 720, 0, 25);
  private static final RenditionInfo RUNG =
      new RenditionInfo("video-240p", "avc1.42c01e", 426, 240, 0, 25);
  private static final ThumbnailConfig CONFIG = new ThumbnailConfig(Duration.ofSeconds(10), 160);
  private static final int SEGMENT_SECONDS = 2;

  /** Segments of two seconds from a number on; the others have no key frame. */
  private static Rendition line(
      RenditionInfo info, int first, int end, Set<Integer> keyFrames, Set<Integer> gaps) {
    List<Segment> segments = new ArrayList<>();
    for (int i = first; i < end; i++) {
      boolean key = keyFrames.contains(i) && !gaps.contains(i);
      segments.add(
          new Segment(
              i,
              1,
              "init-1.mp4",
              SEGMENT_SECONDS,
              1,
              0,
              BEGAN.plusSeconds((long) SEGMENT_SECONDS * i),
              false,
              gaps.contains(i),
              key,
              gaps.contains(i) ? 0 : 1000,
              key ? 100 : 0,
              List.of(),
              Optional.empty(),
              true));
    }
    return TestRenditions.of(info, 0, segments, BitRate.NONE);
  }

  /** A recording of so many sheets, whose segments are those of MPEG-TS and in memory. */
  static ThumbnailPlan recordedInMemory(int sheets) {
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < sheets * ThumbnailGrid.TILES; i++) {
      segments.add(
          new Segment(
              i,
              1,
              Segment.NO_INIT,
              10,
              1,
              0,
              BEGAN.plusSeconds(10L * i),
              false,
              false,
              true,
              188,
              188,
              List.of(),
              Optional.of(Buffer.buffer(new byte[188])),
              false));
    }
    Rendition line = TestRenditions.of(SOURCE, 0, segments, BitRate.NONE);
    return ThumbnailPlan.recorded(presentation(true, line), CONFIG).orElseThrow();
  }

  private static Presentation presentation(boolean ended, Rendition... renditions) {
    return Presentation.unwritten(
        BROADCAST,
        3,
        Optional.empty(),
        List.of(renditions),
        ended ? Optional.of(BEGAN.plusSeconds(3600)) : Optional.empty());
  }

  private static ThumbnailPlan live(Rendition... renditions) {
    return ThumbnailPlan.live(presentation(false, renditions), CONFIG, Duration.ofSeconds(60))
        .orElseThrow();
  }

  private static long shown(ThumbnailPlan plan, long cell) {
    return plan.thumbnail(cell)
        .map(found -> found.keyFrames().getFirst().segment().msn())
        .orElse(-1L);
  }

  @Test
  void isTheFirstKeyFrameOfACellElseTheOneThatIsStillShown() {
    // At 0, 6, 8 and 38 seconds.
    ThumbnailPlan plan = live(line(SOURCE, 0, 22, Set.of(0, 3, 4, 19), Set.of()));
    assertThat(shown(plan, 0)).isZero();
    assertThat(shown(plan, 1)).isEqualTo(4);
    assertThat(shown(plan, 2)).isEqualTo(4);
    assertThat(shown(plan, 3)).isEqualTo(19);
  }

  @Test
  void aGapHasNone() {
    ThumbnailPlan plan = live(line(SOURCE, 0, 20, Set.of(0, 3, 17), Set.of(5, 6, 7, 8, 9, 10, 11)));
    assertThat(shown(plan, 1)).isEqualTo(-1);
    assertThat(shown(plan, 2)).as("nothing shows what comes behind a gap").isEqualTo(-1);
    assertThat(shown(plan, 3)).isEqualTo(17);
  }

  @Test
  void aCellOfALiveStreamIsDecidedWhenNothingThatComesChangesIt() {
    assertThat(live(line(SOURCE, 0, 5, Set.of(0, 5), Set.of())).end()).isEqualTo(1);
    assertThat(live(line(SOURCE, 0, 6, Set.of(0, 5), Set.of())).end())
        .as("its first segment has a key frame")
        .isEqualTo(2);
    assertThat(live(line(SOURCE, 0, 7, Set.of(0, 7), Set.of())).end())
        .as("a key frame may come yet")
        .isEqualTo(1);
    assertThat(
            ThumbnailPlan.live(
                    presentation(true, line(SOURCE, 0, 7, Set.of(0), Set.of())),
                    CONFIG,
                    Duration.ofSeconds(60))
                .orElseThrow()
                .end())
        .as("behind the end")
        .isEqualTo(2);
  }

  @Test
  void theSmallestRenditionIsDecodedAndTheOthersWhereItHasNoPicture() {
    ThumbnailPlan plan =
        live(
            line(SOURCE, 0, 12, Set.of(0, 5, 10), Set.of()),
            line(RUNG, 0, 12, Set.of(0, 5, 10), Set.of(5)));
    assertThat(plan.thumbnail(0).orElseThrow().keyFrames())
        .extracting(key -> key.rendition().name())
        .containsExactly("video-240p", "video");
    assertThat(plan.thumbnail(1).orElseThrow().keyFrames())
        .extracting(key -> key.rendition().name())
        .containsExactly("video");
  }

  @Test
  void timesOfALiveStreamAreSinceItBeganAndThoseOfARecordingSinceItsFirstSegment() {
    Rendition later = line(SOURCE, 15, 25, Set.of(15, 20), Set.of());
    assertThat(live(later).first()).isEqualTo(3);
    ThumbnailPlan recorded =
        ThumbnailPlan.recorded(presentation(true, later), CONFIG).orElseThrow();
    assertThat(recorded.first()).isZero();
    assertThat(recorded.end()).isEqualTo(2);
    assertThat(shown(recorded, 1)).isEqualTo(20);
  }

  @Test
  void whatIsLongHasLongerCells() {
    RenditionInfo upright = new RenditionInfo("video", "avc1.42c01e", 1080, 1920, 0, 25);
    assertThat(ThumbnailGrid.of(CONFIG, Duration.ofMinutes(150).toNanos(), SOURCE))
        .isEqualTo(new ThumbnailGrid(10, 160, 90));
    assertThat(ThumbnailGrid.of(CONFIG, Duration.ofSeconds(9_001).toNanos(), upright))
        .isEqualTo(new ThumbnailGrid(20, 160, 284));
    assertThat(ThumbnailGrid.of(CONFIG, Duration.ofHours(24).toNanos(), SOURCE).seconds())
        .isEqualTo(100);
    ThumbnailGrid grid = new ThumbnailGrid(20, 160, 284);
    assertThat(ThumbnailGrid.parse(grid.directory())).contains(grid);
    assertThat(ThumbnailGrid.parse("thumbnails-0s-160x90")).isEmpty();
    assertThat(ThumbnailGrid.parse("video")).isEmpty();
  }
}
