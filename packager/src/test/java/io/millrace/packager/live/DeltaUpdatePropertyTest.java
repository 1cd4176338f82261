package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.media.StreamKey;
import io.millrace.packager.presentation.Part;
import io.millrace.packager.presentation.PartialSegment;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import io.millrace.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class DeltaUpdatePropertyTest {
  private static final int TARGET = 3;
  private static final int TIMESCALE = 90_000;
  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");
  private static final RenditionInfo INFO =
      new RenditionInfo("video", "avc1.64001E", 854, 480, 0, 25);
  private static final Broadcast BROADCAST =
      new Broadcast(
          new BroadcastId("01M7YZMHG0B2Y153S441CND7V7"),
          "main",
          new StreamKey("live", "one"),
          START);

  /** One version. */
  private record Version(String full, String delta, double end) {}

  /** HLS L20, L22: what a player knows and a delta update are the whole playlist. */
  @Test
  void theVersionBeforeAndADeltaAreThePlaylist() {
    Seeds.forEach(
        60,
        random -> {
          RenditionLog log = new RenditionLog(INFO, random.nextInt(3), random.nextInt(3));
          Duration window = Duration.ofSeconds(random.nextInt(18, 90));
          List<Version> versions = new ArrayList<>();
          double end = 0;
          int skips = 0;
          for (int i = 0; i < 120; i++) {
            Segment next = segment(random, log);
            versions.add(version(random, log, next, end));
            log.append(next, TARGET);
            log.trim(window, TARGET, START);
            end += next.seconds();
            versions.add(version(random, log, segment(random, log), end));

            Version now = versions.getLast();
            // RFC 8216bis 6.2.5.1: who has read it longer ago asks for the whole.
            Version before = versions.get(random.nextInt(versions.size()));
            if (!before.full.isEmpty() && now.end - before.end < 3 * TARGET) {
              skips += merge(before.full, now.delta, now.full);
            }
          }
          if (window.toSeconds() > 40) {
            assertThat(skips).isPositive();
          }
        });
  }

  /** Returns how many segments were left out. */
  private static int merge(String before, String delta, String full) {
    LowLatencyLines known = LowLatencyLines.of(before);
    LowLatencyLines news = LowLatencyLines.of(delta);
    LowLatencyLines whole = LowLatencyLines.of(full);
    if (news.skipped() == 0) {
      assertThat(delta).isEqualTo(full);
      return 0;
    }
    int gone = Math.toIntExact(news.mediaSequence() - known.mediaSequence());
    List<LowLatencyLines.Segment> merged = new ArrayList<>();
    for (LowLatencyLines.Segment segment : known.segments().subList(gone, gone + news.skipped())) {
      assertThat(segment.uri()).isNotEmpty();
      merged.add(segment.withoutParts());
    }
    merged.addAll(news.segments());

    assertThat(merged.stream().map(DeltaUpdatePropertyTest::withoutMap))
        .isEqualTo(whole.segments().stream().map(DeltaUpdatePropertyTest::withoutMap).toList());
    assertThat(news.head()).isEqualTo(whole.head());
    assertThat(news.hints()).isEqualTo(whole.hints());
    double kept = news.segments().stream().mapToDouble(LowLatencyLines.Segment::seconds).sum();
    assertThat(kept).isGreaterThanOrEqualTo(6 * TARGET);
    return news.skipped();
  }

  /** Which one is in force is compared; where it is named may be before the first segment. */
  private static LowLatencyLines.Segment withoutMap(LowLatencyLines.Segment segment) {
    return new LowLatencyLines.Segment(
        segment.tags().stream().filter(tag -> !tag.startsWith("#EXT-X-MAP")).toList(),
        segment.lateTags(),
        segment.map(),
        segment.parts(),
        segment.seconds(),
        segment.uri());
  }

  /** What is shown while parts of a segment have come. */
  private static Version version(
      RandomGenerator random, RenditionLog log, Segment next, double end) {
    if (log.isEmpty()) {
      return new Version("", "", end);
    }
    PartialSegment open = PartialSegment.expected(next.msn(), 1);
    if (!next.gap()) {
      open =
          PartialSegment.opened(
              next.msn(),
              1,
              new PartialSegment.Opening(
                  next.init(), TIMESCALE, next.programDateTime(), next.discontinuity()));
      for (Part part : next.parts().subList(0, random.nextInt(next.parts().size() + 1))) {
        open = open.with(part, Buffer.buffer("x"));
      }
    }
    Rendition rendition =
        log.snapshot(RenditionLog.FOR_EVER, Duration.ofSeconds(3 * TARGET)).with(open, Map.of());
    Presentation presentation =
        Presentation.unwritten(
            BROADCAST,
            TARGET,
            Optional.of(Duration.ofMillis(334)),
            List.of(rendition),
            Optional.empty());
    WrittenPlaylists playlists = WrittenPlaylists.INSTANCE;
    return new Version(
        playlists.media(presentation, rendition).toString(),
        playlists.delta(presentation, rendition).toString(),
        end);
  }

  private static Segment segment(RandomGenerator random, RenditionLog log) {
    Optional<Segment> last =
        log.isEmpty()
            ? Optional.empty()
            : Optional.of(log.snapshot(RenditionLog.FOR_EVER, Duration.ZERO).segments().getLast());
    boolean gap = last.isPresent() && random.nextInt(8) == 0;
    boolean discontinuity = last.isPresent() && random.nextInt(8) == 0;
    String init =
        random.nextInt(6) == 0
            ? "init-" + random.nextInt(3) + ".mp4"
            : last.map(Segment::init).orElse("init-0.mp4");
    List<Part> parts = new ArrayList<>();
    long ticks = 0;
    for (int i = 0; i < random.nextInt(1, 10); i++) {
      parts.add(new Part(100 * i, 100, 28_800, i == 0));
      ticks += 28_800;
    }
    return new Segment(
        log.nextMsn(),
        1,
        gap ? last.orElseThrow().init() : init,
        ticks,
        TIMESCALE,
        2_000_000_000L * log.nextMsn(),
        START.plusSeconds(2 * log.nextMsn()),
        discontinuity,
        gap,
        true,
        gap ? 0 : 1000,
        gap ? List.of() : parts,
        Optional.empty(),
        true);
  }
}
