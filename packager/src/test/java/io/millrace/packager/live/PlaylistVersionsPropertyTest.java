package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.media.StreamKey;
import io.millrace.packager.hls.MediaPlaylistWriter;
import io.millrace.packager.presentation.BitRate;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.presentation.TestRenditions;
import io.millrace.testkit.Seeds;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.PlaylistRules;
import io.millrace.validator.hls.UpdateRules;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What players see of one rendition, version after version, whatever is listed and removed. */
class PlaylistVersionsPropertyTest {
  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");
  private static final int TARGET = 3;
  private static final int TIMESCALE = 90_000;
  private static final RenditionInfo INFO =
      new RenditionInfo("video", "avc1.64001E", 854, 480, 0, 0);

  /** HLS B2, B3, B4, B5, B7, B10, B16, D3, D5, D6. */
  @Test
  void everyVersionFollowsFromTheOneBefore() {
    Seeds.forEach(
        25,
        random -> {
          RenditionLog log = new RenditionLog(INFO, random.nextInt(3), random.nextInt(3));
          Duration window = Duration.ofSeconds(1 + random.nextInt(40));
          MediaPlaylist before = null;
          Instant now = START;
          for (int i = 0; i < 120; i++) {
            Segment segment = next(random, log, now);
            now = now.plusNanos(segment.durationNanos());
            log.append(segment, TARGET);
            log.trim(random.nextInt(20) == 0 ? Duration.ZERO : window, TARGET, now);
            log.expire(now);
            MediaPlaylist version = read(log.snapshot(RenditionLog.FOR_EVER, Duration.ZERO), false);
            assertThat(PlaylistRules.live("video", version)).isEmpty();
            if (before != null) {
              assertThat(UpdateRules.check("video", before, version)).isEmpty();
            }
            before = version;
          }
          // HLS B14: ENDLIST is all that is added at the end.
          MediaPlaylist ended = read(log.snapshot(RenditionLog.FOR_EVER, Duration.ZERO), true);
          assertThat(ended.ended()).isTrue();
          assertThat(ended.segments()).isEqualTo(before.segments());
        });
  }

  /** The text that grows is what would be written anew. */
  @Test
  void aVersionIsWhatWouldBeWrittenFromItsSegments() {
    Seeds.forEach(
        25,
        random -> {
          RenditionLog log = new RenditionLog(INFO, 0, 0);
          Instant now = START;
          for (int i = 0; i < 150; i++) {
            Segment segment = next(random, log, now);
            now = now.plusNanos(segment.durationNanos());
            log.append(segment, TARGET);
            log.trim(Duration.ofSeconds(30), TARGET, now);
            Rendition snapshot = log.snapshot(RenditionLog.FOR_EVER, Duration.ZERO);
            Rendition anew =
                TestRenditions.of(
                    INFO, snapshot.discontinuitySequence(), snapshot.segments(), BitRate.NONE);
            assertThat(write(snapshot, false)).isEqualTo(write(anew, false));
          }
        });
  }

  /** HLS B11: its own duration and that of the longest playlist that held it. */
  @Test
  void aRemovedSegmentIsHeldForAsLongAsSomebodyMayWantIt() {
    RenditionLog log = new RenditionLog(INFO, 0, 0);
    for (int i = 0; i < 11; i++) {
      log.append(segment(i, 2, false, false, "init-a.mp4", START.plusSeconds(2L * i)), TARGET);
    }
    Instant removed = START.plusSeconds(22);
    log.trim(Duration.ofSeconds(20), TARGET, removed);

    assertThat(log.snapshot(RenditionLog.FOR_EVER, Duration.ZERO).mediaSequence()).isEqualTo(1);
    assertThat(log.expire(removed.plusMillis(23_999))).isEmpty();
    assertThat(log.snapshot(RenditionLog.FOR_EVER, Duration.ZERO).segment(0, "0-1.m4s"))
        .isPresent();
    assertThat(log.expire(removed.plusSeconds(24))).extracting(Segment::msn).containsExactly(0L);
    assertThat(log.snapshot(RenditionLog.FOR_EVER, Duration.ZERO).segment(0, "0-1.m4s")).isEmpty();
  }

  /** HLS B10: also a very short window leaves three target durations, and six segments. */
  @Test
  void neverGetsShorterThanThreeTargetDurations() {
    RenditionLog log = new RenditionLog(INFO, 0, 0);
    for (int i = 0; i < 40; i++) {
      log.append(segment(i, 1, false, false, "init-a.mp4", START.plusSeconds(i)), TARGET);
      log.trim(Duration.ofSeconds(1), TARGET, START);
    }

    assertThat(log.snapshot(RenditionLog.FOR_EVER, Duration.ZERO).segments()).hasSize(9);
  }

  /** HLS M1: the formats are those of everything that is listed. */
  @Test
  void knowsEveryFormatThatIsListed() {
    RenditionInfo small = new RenditionInfo("video", "avc1.64000D", 320, 240, 0, 0);
    RenditionLog log = new RenditionLog(INFO, 0, 0);
    for (int i = 0; i < 3; i++) {
      log.append(segment(i, 2, false, false, "init-a.mp4", START.plusSeconds(2L * i)), TARGET);
    }
    log.describe(small);
    log.append(segment(3, 2, true, false, "init-b.mp4", START.plusSeconds(6)), TARGET);
    assertThat(log.snapshot(RenditionLog.FOR_EVER, Duration.ZERO).formats().values())
        .containsExactlyInAnyOrder(INFO, small);

    for (int i = 4; i < 20; i++) {
      log.append(segment(i, 2, false, false, "init-b.mp4", START.plusSeconds(2L * i)), TARGET);
      log.trim(Duration.ofSeconds(10), TARGET, START);
    }
    assertThat(log.snapshot(RenditionLog.FOR_EVER, Duration.ZERO).formats().values())
        .containsExactly(small);
  }

  private static Segment next(RandomGenerator random, RenditionLog log, Instant now) {
    Optional<Segment> last =
        log.isEmpty()
            ? Optional.empty()
            : Optional.of(log.snapshot(RenditionLog.FOR_EVER, Duration.ZERO).segments().getLast());
    boolean gap = last.isPresent() && random.nextInt(8) == 0;
    boolean discontinuity = last.isPresent() && random.nextInt(8) == 0;
    String init =
        discontinuity && random.nextBoolean()
            ? "init-" + random.nextInt(3) + ".mp4"
            : last.map(Segment::init).orElse("init-0.mp4");
    double seconds = 0.04 + random.nextDouble() * 3.4;
    return segment(log.nextMsn(), seconds, discontinuity, gap, init, now);
  }

  private static Segment segment(
      long msn, double seconds, boolean discontinuity, boolean gap, String init, Instant date) {
    return new Segment(
        msn,
        1,
        init,
        Math.round(seconds * TIMESCALE),
        TIMESCALE,
        0,
        date,
        discontinuity,
        gap,
        true,
        gap ? 0 : 1000,
        List.of(),
        Optional.empty(),
        true);
  }

  private static MediaPlaylist read(Rendition rendition, boolean ended) {
    return PlaylistReader.readMedia(write(rendition, ended).toString());
  }

  private static Buffer write(Rendition rendition, boolean ended) {
    Broadcast broadcast =
        new Broadcast(
            new BroadcastId("01M7YZMHG0B2Y153S441CND7V7"),
            "main",
            new StreamKey("live", "one"),
            START);
    Presentation presentation =
        Presentation.unwritten(
            broadcast,
            TARGET,
            Optional.empty(),
            List.of(rendition),
            ended ? Optional.of(START) : Optional.empty());
    return MediaPlaylistWriter.write(presentation, rendition);
  }
}
