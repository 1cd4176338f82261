package io.millrace.packager.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.media.MediaEvent;
import io.millrace.testkit.Seeds;
import io.millrace.validator.mp4.Mp4Fragment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RungSegmenterPropertyTest {
  private static final int SEEDS = 150;

  // HLS B2, B3, D4, D7
  @Test
  void allVariantsHaveTheSameNumbersTimesAndDiscontinuities() {
    Seeds.forEach(
        SEEDS,
        random -> {
          RungFixture fixture = withDeaths(random);
          List<CutSegment> source = fixture.source();
          List<CutSegment> rung = fixture.rung();
          if (rung.isEmpty()) {
            return;
          }
          int first = (int) rung.getFirst().msn();
          assertThat(source.get(first).msn()).isEqualTo(first);
          assertThat(rung).hasSize(source.size() - first);
          for (int i = 0; i < rung.size(); i++) {
            CutSegment beside = source.get(first + i);
            assertThat(rung.get(i).msn()).isEqualTo(beside.msn());
            assertThat(rung.get(i).mediaNanos()).isEqualTo(beside.mediaNanos());
            assertThat(CutSegments.seconds(rung.get(i)))
                .isCloseTo(CutSegments.seconds(beside), within(0.001));
            assertThat(rung.get(i).discontinuity()).isEqualTo(beside.discontinuity());
          }
          assertThat(SegmentJudge.judge(rung, fixture.targetSeconds())).isEmpty();
        });
  }

  @Test
  void withoutABreakEverySampleComesOutOnceInTheSegmentOfItsSource() {
    Seeds.forEach(
        SEEDS,
        random -> {
          Duration lag = Duration.ofMillis(random.nextInt(50, 350));
          RungFixture fixture = new RungFixture(lag, nanos -> false);
          fixture.acceptAll(broadcast(random).events());
          fixture.end();

          assertThat(fixture.rung().size()).isEqualTo(fixture.source().size());
          for (int i = 0; i < fixture.rung().size(); i++) {
            CutSegment rung = fixture.rung().get(i);
            CutSegment source = fixture.source().get(i);
            assertThat(rung.independent()).as("segment %d", i).isEqualTo(!source.gap());
            assertThat(decodingTimes(rung)).as("segment %d", i).isEqualTo(decodingTimes(source));
            assertThat(rung.frames()).as("segment %d", i).isEqualTo(source.frames());
          }
          assertThat(fixture.rungs().dropped()).isZero();
        });
  }

  @Test
  void whatIsListedStartsWithAKeyFrameBehindAGapAndLeavesNoHole() {
    Seeds.forEach(
        SEEDS,
        random -> {
          RungFixture fixture = withDeaths(random);
          boolean gap = true;
          for (CutSegment segment : fixture.rung()) {
            if (!segment.gap()) {
              assertThat(segment.independent() || !gap).isTrue();
              long sum = fragments(segment).stream().mapToLong(Mp4Fragment::duration).sum();
              assertThat(sum).isEqualTo(segment.durationTicks());
            }
            gap = segment.gap();
          }
        });
  }

  @Test
  void theSourceIsCutAsIfThereWereNoRung() {
    Seeds.forEach(
        SEEDS,
        random -> {
          List<MediaEvent> events = broadcast(random).events();
          RungFixture alone = RungFixture.alone();
          alone.acceptAll(events);
          alone.end();
          RungFixture fixture = new RungFixture(lag(random), deaths(random));
          fixture.acceptAll(events);
          fixture.end();

          assertThat(fixture.cut().toString()).isEqualTo(alone.cut().toString());
        });
  }

  private static RungFixture withDeaths(RandomGenerator random) {
    RungFixture fixture = new RungFixture(lag(random), deaths(random));
    fixture.acceptAll(broadcast(random).events());
    fixture.end();
    return fixture;
  }

  private static RandomBroadcast broadcast(RandomGenerator random) {
    RandomBroadcast broadcast = new RandomBroadcast(random, 1 + random.nextInt(3), 6, 0.5);
    while (!broadcast.hasVideo()) {
      broadcast = new RandomBroadcast(random, 1 + random.nextInt(3), 6, 0.5);
    }
    return broadcast;
  }

  private static Duration lag(RandomGenerator random) {
    return Duration.ofMillis(random.nextInt(50, random.nextBoolean() ? 800 : 2500));
  }

  private static LongPredicate deaths(RandomGenerator random) {
    List<long[]> deaths = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      long from = (long) (random.nextDouble() * 60e9);
      deaths.add(new long[] {from, from + (long) (random.nextDouble() * 15e9)});
    }
    return nanos -> deaths.stream().anyMatch(death -> nanos >= death[0] && nanos < death[1]);
  }

  private static List<Long> decodingTimes(CutSegment segment) {
    List<Long> times = new ArrayList<>();
    for (Mp4Fragment fragment : fragments(segment)) {
      long time = fragment.baseDecodeTime();
      for (Mp4Fragment.Sample sample : fragment.samples()) {
        times.add(time);
        time += sample.duration();
      }
    }
    return times;
  }

  private static List<Mp4Fragment> fragments(CutSegment segment) {
    return segment.gap() ? List.of() : CutSegments.fragments(segment);
  }
}
