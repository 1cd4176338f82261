package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.packager.presentation.BitRate;
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
import org.junit.jupiter.api.Test;

class RenditionLogsTest {
  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");
  private static final RenditionInfo VIDEO =
      new RenditionInfo("video", "avc1.64001E", 854, 480, 0, 25);
  private static final RenditionInfo AUDIO = new RenditionInfo("audio", "mp4a.40.2", 0, 0, 2, 0);

  /** HLS B8, D4: after a restart, sound whose track has not come again. */
  @Test
  void whatIsSeveralSegmentsBehindHasAGapBesideEachOfThem() {
    RenditionLogs logs =
        new RenditionLogs(
            List.of(stored(VIDEO, 0, 1, 2, 3), stored(AUDIO, 0, 1)),
            Optional.empty(),
            (log, segment) -> {});
    logs.describe(List.of(VIDEO), 4);

    logs.append(logs.ofLine("video"), segment(4, true), 3);

    List<Segment> sound = segments(logs, "audio");
    assertThat(sound).extracting(Segment::msn).containsExactly(0L, 1L, 2L, 3L, 4L);
    assertThat(sound).extracting(Segment::gap).containsExactly(false, false, true, true, true);
    assertThat(sound)
        .extracting(Segment::programDateTime)
        .isEqualTo(segments(logs, "video").stream().map(Segment::programDateTime).toList());
    assertThat(sound).filteredOn(Segment::discontinuity).extracting(Segment::msn).containsOnly(4L);
  }

  /** HLS B4: a new rendition begins beyond the end of the one that waits. */
  @Test
  void numbersThatNobodyListsShareTheTimeUpToTheFirstThatIsListed() {
    RenditionLogs logs =
        new RenditionLogs(List.of(stored(AUDIO, 0, 1)), Optional.empty(), (log, segment) -> {});
    logs.describe(List.of(VIDEO), 4);

    logs.append(logs.ofLine("video"), segment(4, false), 3);

    assertThat(segments(logs, "audio"))
        .extracting(Segment::seconds)
        .containsExactly(2.0, 2.0, 2.0, 2.0, 2.0);
  }

  /** Of a publisher whose timestamps stand still everything is recent. */
  @Test
  void whatIsStoredLeavesTheMemoryWhenItIsTooMuchHoweverRecentItIs() {
    RenditionLogs logs = new RenditionLogs(List.of(), Optional.empty(), (log, segment) -> {});
    logs.describe(List.of(VIDEO), 0);
    Buffer content = Buffer.buffer(new byte[20 << 20]);
    for (long msn = 0; msn < 6; msn++) {
      logs.append(logs.ofLine("video"), withContent(segment(msn, false), content), 3);
    }

    logs.spareMemory(Duration.ofMinutes(1));

    assertThat(segments(logs, "video"))
        .extracting(segment -> segment.content().isPresent())
        .containsExactly(false, false, false, true, true, true);
  }

  private static Segment withContent(Segment segment, Buffer content) {
    return new Segment(
        segment.msn(),
        segment.epoch(),
        segment.init(),
        segment.durationTicks(),
        segment.timescale(),
        segment.mediaNanos(),
        segment.programDateTime(),
        segment.discontinuity(),
        segment.gap(),
        segment.independent(),
        content.length(),
        segment.parts(),
        Optional.of(content),
        segment.stored());
  }

  private static List<Segment> segments(RenditionLogs logs, String line) {
    return logs.ofLine(line).snapshot(RenditionLog.FOR_EVER, Duration.ZERO).segments();
  }

  private static RenditionLog stored(RenditionInfo info, long... numbers) {
    List<Segment> segments = new ArrayList<>();
    for (long msn : numbers) {
      segments.add(segment(msn, false));
    }
    Rendition rendition = TestRenditions.of(info, 0, segments, BitRate.NONE);
    return new RenditionLog(rendition);
  }

  /** Of 2 s. */
  private static Segment segment(long msn, boolean discontinuity) {
    return new Segment(
        msn,
        1,
        "init-a.mp4",
        180_000,
        90_000,
        2_000_000_000L * msn,
        START.plusSeconds(2 * msn),
        discontinuity,
        false,
        true,
        1000,
        List.of(),
        Optional.empty(),
        true);
  }
}
