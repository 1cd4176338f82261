package io.millrace.packager.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.packager.segment.Arrivals.Telling;
import io.millrace.testkit.Seeds;
import io.millrace.validator.media.SegmentMedia;
import io.millrace.validator.media.TrackFormat;
import io.millrace.validator.mp4.Mp4Reader;
import io.millrace.validator.ts.TsReader;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * HLS B2, B8, B9, D1, D4, D6, D9, F1, M3: one track comes in time, but for pauses, the other as it
 * likes; pictures may be at irregular steps, and in between the publisher may lose its connection.
 * Whatever happens, updates are in time, numbers and dates have no holes and never go back, and
 * nothing is lost that came in time.
 */
class ArrivalPropertyTest {
  private static final int SEEDS = 200;
  private static final double SECONDS = 40;

  private static final int RATE = 25;

  /** Groups of so many pictures. */
  private static final int[] GROUPS = {10, 25, 50, 60, 100};

  private final CutSegments cut = new CutSegments();

  @Test
  void cmafKeepsItsRulesHoweverTracksCome() {
    Seeds.forEach(SEEDS, ArrivalPropertyTest::checkCmaf);
  }

  /**
   * HLS B8: sound a number ahead beside a picture that is held up (840, 1956, 3513). F1, D1: the
   * picture's segment had to end before its last picture was over (781, 2844). F2: a frame was
   * written before the next one told how long it lasts (1425, 2518).
   */
  @ParameterizedTest
  @ValueSource(longs = {781, 840, 1425, 1956, 2518, 2844, 3513})
  void cmafKeepsItsRulesWhereItOnceBrokeThem(long seed) {
    checkCmaf(Seeds.random(seed));
  }

  private static void checkCmaf(RandomGenerator random) {
    ArrivalPropertyTest one = new ArrivalPropertyTest();
    one.check(random, random.nextBoolean() ? one.cut.segmenter() : one.cut.silenceSegmenter());
  }

  @Test
  void transportStreamsKeepTheirRulesHoweverTracksCome() {
    Seeds.forEach(
        SEEDS,
        random -> {
          ArrivalPropertyTest one = new ArrivalPropertyTest();
          one.check(random, one.cut.transportSegmenter());
        });
  }

  /**
   * The sound's clock runs at half the speed: it falls behind by a second every two seconds, in the
   * end by more than anybody waits for.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void soundAtHalfTheSpeedHoldsNothingUp(boolean transport) {
    Segmenter segmenter = transport ? cut.transportSegmenter() : cut.segmenter();
    Arrivals arrivals = new Arrivals();
    arrivals.pictures(
        RandomBroadcast.video(Timescale.MILLIS), RATE, 50, 0, SECONDS, Telling.plain());
    arrivals.sound(
        RandomBroadcast.audio(Timescale.MILLIS, 48_000),
        48_000,
        SECONDS / 2,
        Telling.plain().arriving(at -> 2 * at));
    List<Double> times = arrivals.feed(segmenter, cut.all());

    checkRenditions(arrivals, times, Double.POSITIVE_INFINITY, segmenter.targetSeconds());
    checkEntries();
    assertThat(CutSegments.seconds(cut.of("video"))).hasSize(20).containsOnly(2.0);
    assertThat(cut.of("video")).noneMatch(CutSegment::gap);
  }

  private void check(RandomGenerator random, Segmenter segmenter) {
    Timescale scale = random.nextBoolean() ? Timescale.MILLIS : Timescale.VIDEO;
    int group = GROUPS[random.nextInt(GROUPS.length)];
    Track picture = RandomBroadcast.video(scale);
    Track sound = RandomBroadcast.audio(Timescale.MILLIS, 48_000);
    boolean pictureInTime = random.nextInt(3) > 0;
    double breakAt =
        random.nextBoolean()
            ? Double.POSITIVE_INFINITY
            : justBeforeAKeyFrame(5 + random.nextDouble() * 20, group);
    Arrivals arrivals = new Arrivals();
    arrivals.breakAt(breakAt);
    Telling pictures = pictureInTime ? inTime(random, breakAt) : anyhow(random);
    Telling sounds = pictureInTime ? anyhow(random) : inTime(random, breakAt);
    int delay = random.nextInt(3);
    arrivals.pictures(picture, RATE, group, delay, SECONDS, thinned(random, pictures, group));
    arrivals.sound(sound, 48_000, SECONDS, sounds);
    List<Double> times = arrivals.feed(segmenter, cut.all());

    checkRenditions(arrivals, times, breakAt, segmenter.targetSeconds());
    checkEntries();
    if (pictureInTime) {
      assertThat(cut.of("video").stream().mapToInt(CutSegment::frames).sum())
          .isEqualTo(arrivals.payloads(picture).size());
    } else {
      checkSound(arrivals.payloads(sound).size());
    }
  }

  private void checkRenditions(
      Arrivals arrivals, List<Double> times, double breakAt, int targetSeconds) {
    for (String rendition : cut.all().stream().map(CutSegment::rendition).distinct().toList()) {
      List<CutSegment> segments = cut.of(rendition);
      assertThat(SegmentJudge.judge(segments, targetSeconds)).as(rendition).isEmpty();
      checkNumbersAndDates(segments);
      checkBreaks(segments);
      checkUpdates(rendition, arrivals, times, breakAt, targetSeconds);
    }
  }

  private static double justBeforeAKeyFrame(double seconds, int group) {
    return Math.ceil(seconds * RATE / group) * group / RATE - 0.001;
  }

  /** What is listed says where the next segment starts; it never starts anywhere else. */
  private static void checkNumbersAndDates(List<CutSegment> segments) {
    for (int i = 0; i < segments.size(); i++) {
      CutSegment segment = segments.get(i);
      assertThat(segment.msn()).isEqualTo(i);
      assertThat(segment.durationTicks()).isPositive();
      if (i > 0 && !segment.discontinuity()) {
        assertThat(segment.mediaNanos() - ArrivingMedia.end(segments.get(i - 1)))
            .as("from the end of %d", i - 1)
            .isBetween(-100_000L, 100_000L);
      }
    }
  }

  private void checkBreaks(List<CutSegment> segments) {
    assertThat(segments.stream().map(CutSegment::discontinuity))
        .containsExactlyElementsOf(
            cut.of("video").stream().map(CutSegment::discontinuity).toList());
  }

  /** While nothing comes at all, somebody else sees to updates. */
  private void checkUpdates(
      String rendition, Arrivals arrivals, List<Double> times, double breakAt, int target) {
    double before = Double.POSITIVE_INFINITY;
    for (int i = 0; i < times.size(); i++) {
      double now = times.get(i);
      CutSegment segment = cut.all().get(i);
      if (segment.rendition().equals(rendition) && now <= SECONDS) {
        double since = before < breakAt && now >= breakAt ? breakAt : before;
        assertThat(now - since)
            .as("to the cut of %s %d at %s", rendition, segment.msn(), now)
            .isLessThanOrEqualTo(1.5 * target + arrivals.longestSilence(since, now));
        before = now;
      }
    }
    assertThat(before).as("the last cut of %s", rendition).isLessThanOrEqualTo(SECONDS);
    assertThat(SECONDS - before)
        .as("from the last cut of %s at %s", rendition, before)
        .isLessThanOrEqualTo(1.5 * target + arrivals.longestSilence(before, SECONDS));
  }

  /** Silence in between counts too. */
  private void checkSound(int sent) {
    TsReader reader = new TsReader();
    int frames = 0;
    for (CutSegment segment : cut.all()) {
      if (!segment.gap()) {
        frames +=
            read(segment, reader).tracks().stream()
                .filter(track -> track.format().kind() == TrackFormat.Kind.AUDIO)
                .mapToInt(track -> track.samples().size())
                .sum();
      }
    }
    assertThat(frames).as("frames of sound").isGreaterThanOrEqualTo(sent);
  }

  /** By the pictures themselves; sound alone is called dependent beside pictures that are away. */
  private void checkEntries() {
    TsReader reader = new TsReader();
    for (CutSegment segment : cut.of("video")) {
      if (segment.frames() > 0) {
        SegmentMedia media = read(segment, reader);
        boolean starts =
            media.tracks().stream().allMatch(track -> track.samples().getFirst().isEntry());
        assertThat(starts).isEqualTo(segment.independent());
      }
    }
  }

  private static SegmentMedia read(CutSegment segment, TsReader reader) {
    byte[] bytes = segment.bytes().getBytes();
    return segment
        .header()
        .map(header -> Mp4Reader.read(header.bytes().getBytes(), bytes))
        .orElseGet(() -> reader.read(bytes, true));
  }

  /**
   * Each half second has all its pictures, or only every second or third one; or all have all. A
   * group ends with even steps: MPEG-TS does not say how long the last picture of a file lasts.
   */
  private static Telling thinned(RandomGenerator random, Telling telling, int group) {
    if (random.nextBoolean()) {
      return telling;
    }
    int[] every = random.ints((long) (2 * SECONDS), 1, 4).toArray();
    return telling.only(
        at -> {
          long index = Math.round(at * RATE);
          long place = index % group;
          boolean kept = place == 0 || place >= group - 2 || index % every[(int) (2 * at)] == 0;
          return kept && telling.isSent().test(at);
        });
  }

  /** In time, but for one pause, behind which a publisher that comes again starts anew. */
  private static Telling inTime(RandomGenerator random, double breakAt) {
    double from = 10 + random.nextDouble() * 20;
    double until = random.nextBoolean() ? from : from + random.nextDouble() * 2;
    return Telling.plain()
        .only(at -> at < from || at >= until || (from < breakAt && at >= breakAt));
  }

  private static Telling anyhow(RandomGenerator random) {
    double from = random.nextBoolean() ? 0 : 5 + random.nextDouble() * 20;
    double by = 0.2 + random.nextDouble() * 6;
    return switch (random.nextInt(5)) {
      case 0 -> Telling.plain();
      case 1 -> Telling.plain().arriving(at -> at < from ? at : at + Math.min(by, 4));
      case 2 ->
          Telling.plain()
              .arriving(at -> at < from ? at : from + (Math.floor((at - from) / by) + 1) * by);
      case 3 -> Telling.plain().only(at -> at < from || at >= from + 2 * by);
      default -> Telling.plain().arriving(at -> at < from ? at : Math.max(at, from + by));
    };
  }
}
