package io.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.codec.AacConfiguration;
import io.millrace.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** RTMP R13, R14, R27, R28: an encoder that makes mistakes, and what readers get of it. */
class SourceTimelinePropertyTest {
  private static final TrackId VIDEO = new TrackId(1);
  private static final TrackId AUDIO = new TrackId(2);
  private static final Timescale SOUND = new Timescale(48_000);
  private static final long SECOND = 1_000_000_000L;
  private static final TrackFormat ANY =
      new TrackFormat.Aac(AacConfiguration.parse(Buffer.buffer(new byte[] {0x11, (byte) 0x90})));

  /** A sample as it really was, and as the encoder says it was. */
  private static final class Told {
    final TrackId track;
    final long truth;
    final Timescale scale;
    long arrivesNanos;
    long dts;
    boolean wrong;

    Told(TrackId track, Timescale scale, long truth) {
      this.track = track;
      this.scale = scale;
      this.truth = truth;
      this.dts = truth;
    }

    long truthNanos() {
      return scale.toNanos(truth);
    }
  }

  private record Came(int index, Sample sample, int run) {}

  @Test
  void mistakesAreRepairedAndOnlyRealBreaksAreDiscontinuities() {
    Seeds.forEach(300, SourceTimelinePropertyTest::check);
  }

  private static void check(RandomGenerator random) {
    List<Told> all = encode(random, 60 + random.nextInt(60));
    int breaks = 0;
    StringBuilder story = new StringBuilder();
    for (int at = 8; at < 55; at += 6 + random.nextInt(6)) {
      breaks += mistake(random, all, at * SECOND, story);
    }
    List<Came> came = new ArrayList<>();
    int[] run = {0};
    SourceTimeline timeline =
        new SourceTimeline(
            (repair, count) -> {},
            new SourceTimeline.Outlet() {
              @Override
              public void broken(long arrivedNanos) {
                run[0]++;
              }

              @Override
              public void sample(Sample sample, long arrivedNanos) {
                came.add(new Came(sample.payload().getInt(0), sample, run[0]));
              }
            });
    timeline.tracks(List.of(new Track(VIDEO, ANY, Timescale.VIDEO), new Track(AUDIO, ANY, SOUND)));
    for (int i = 0; i < all.size(); i++) {
      Told told = all.get(i);
      timeline.accept(
          new Sample(told.track, told.dts, 0, true, Buffer.buffer().appendInt(i)),
          told.arrivesNanos);
    }
    timeline.flush();

    assertThat(run[0]).as("breaks after %s", story).isEqualTo(breaks);
    for (TrackId track : List.of(VIDEO, AUDIO)) {
      List<Came> its = came.stream().filter(c -> c.sample().track().equals(track)).toList();
      assertThat(its.stream().map(Came::index))
          .as("%s after %s", track, story)
          .isSorted()
          .hasSize((int) all.stream().filter(told -> told.track.equals(track)).count());
      for (int i = 1; i < its.size(); i++) {
        if (its.get(i).run() == its.get(i - 1).run()) {
          assertThat(its.get(i).sample().dts())
              .as("%s after %s", track, story)
              .isGreaterThan(its.get(i - 1).sample().dts());
        }
      }
    }
    checkOffsets(all, came, story);
  }

  /** RTMP R14: either track is silent, and goes on with the times at which it stopped. */
  @Test
  void noTrackStaysFarBehindForLong() {
    Seeds.forEach(200, SourceTimelinePropertyTest::standStill);
  }

  private static void standStill(RandomGenerator random) {
    List<Told> all = encode(random, 60);
    TrackId one = random.nextBoolean() ? VIDEO : AUDIO;
    StringBuilder story = new StringBuilder("track ").append(one.value()).append(" stands still");
    for (long at = 8 * SECOND; at < 45 * SECOND; ) {
      long from = at;
      long until = at + random.nextLong(SECOND, random.nextBoolean() ? 3 * SECOND : 20 * SECOND);
      all.removeIf(t -> t.track.equals(one) && t.truthNanos() >= from && t.truthNanos() < until);
      shift(all, until, one, from - until);
      story.append("; ").append(from / 1_000_000).append(" to ").append(until / 1_000_000);
      at = until + random.nextLong(SECOND / 2, 8 * SECOND);
    }
    Map<TrackId, Long> reached = new HashMap<>();
    long[] cameNanos = {0};
    long[] farSinceNanos = {0};
    int[] sent = {0};
    SourceTimeline timeline =
        new SourceTimeline(
            (repair, count) -> {},
            new SourceTimeline.Outlet() {
              @Override
              public void broken(long arrivedNanos) {
                throw new AssertionError("a break after " + story);
              }

              @Override
              public void sample(Sample sample, long arrivedNanos) {
                sent[0]++;
                Timescale scale = sample.track().equals(AUDIO) ? SOUND : Timescale.VIDEO;
                long nanos = scale.toNanos(sample.dts());
                Long before = reached.put(sample.track(), nanos);
                assertThat(before == null || nanos > before).as(story.toString()).isTrue();
                TrackId other = sample.track().equals(AUDIO) ? VIDEO : AUDIO;
                if (sample.track().equals(one)) {
                  boolean far = reached.getOrDefault(other, nanos) - nanos > 8.2 * SECOND;
                  boolean goesOn = arrivedNanos - cameNanos[0] < SECOND / 2;
                  farSinceNanos[0] = far && goesOn ? farSinceNanos[0] : arrivedNanos;
                  cameNanos[0] = arrivedNanos;
                  assertThat(arrivedNanos - farSinceNanos[0])
                      .as(story.toString())
                      .isLessThan(7 * SECOND);
                }
              }
            });
    timeline.tracks(List.of(new Track(VIDEO, ANY, Timescale.VIDEO), new Track(AUDIO, ANY, SOUND)));
    for (Told told : all) {
      timeline.accept(
          new Sample(told.track, told.dts, 0, true, Buffer.buffer()), told.arrivesNanos);
    }
    timeline.flush();
    assertThat(sent[0]).as(story.toString()).isEqualTo(all.size());
  }

  @Test
  void clocksThatAlternateBreakAtMostOncePerSecondOfMedia() {
    Seeds.forEach(200, SourceTimelinePropertyTest::alternate);
  }

  private static void alternate(RandomGenerator random) {
    int clocks = 2 + random.nextInt(3);
    int frames = 2 + random.nextInt(60);
    boolean withPicture = random.nextBoolean();
    long[] bases = new long[clocks];
    for (int i = 0; i < clocks; i++) {
      bases[i] = random.nextLong(2_000_000) * SECOND;
    }
    List<Long> emitted = new ArrayList<>();
    List<Integer> samplesBeforeBreaks = new ArrayList<>();
    int[] repaired = {0};
    SourceTimeline timeline =
        new SourceTimeline(
            (repair, count) -> repaired[0] += count,
            new SourceTimeline.Outlet() {
              @Override
              public void broken(long arrivedNanos) {
                samplesBeforeBreaks.add(emitted.size());
              }

              @Override
              public void sample(Sample sample, long arrivedNanos) {
                Timescale scale = sample.track().equals(AUDIO) ? SOUND : Timescale.VIDEO;
                emitted.add(scale.toNanos(sample.dts()));
              }
            });
    Track sound = new Track(AUDIO, ANY, SOUND);
    Track picture = new Track(VIDEO, ANY, Timescale.VIDEO);
    timeline.tracks(withPicture ? List.of(picture, sound) : List.of(sound));
    int sent = 0;
    int seconds = 20;
    for (int i = 0; i < seconds * 48_000 / 1024; i++) {
      long at = SOUND.toNanos(i * 1024L);
      long base = bases[i / frames % clocks];
      timeline.accept(sampleAt(AUDIO, SOUND, base + at), at);
      sent++;
      if (withPicture && i % 2 == 0) {
        timeline.accept(sampleAt(VIDEO, Timescale.VIDEO, base + at), at);
        sent++;
      }
    }
    timeline.flush();

    String story = clocks + " clocks, every " + frames + " frames, picture " + withPicture;
    assertThat(emitted).as(story).hasSize(sent);
    assertThat(samplesBeforeBreaks.size()).as(story).isLessThanOrEqualTo(seconds + 1);
    for (int i = 1; i < samplesBeforeBreaks.size(); i++) {
      List<Long> run = emitted.subList(samplesBeforeBreaks.get(i - 1), samplesBeforeBreaks.get(i));
      long media = run.stream().mapToLong(t -> t).max().orElseThrow() - run.getFirst();
      assertThat(media).as(story).isGreaterThanOrEqualTo(SECOND);
    }
    if (frames < 40) {
      assertThat(repaired[0]).as(story).isPositive();
    }
  }

  private static Sample sampleAt(TrackId track, Timescale scale, long nanos) {
    return new Sample(track, scale.ofNanos(nanos), 0, true, Buffer.buffer(new byte[4]));
  }

  /** What was right beside each other in the source is right beside each other in each run. */
  private static void checkOffsets(List<Told> all, List<Came> came, StringBuilder story) {
    long videoMoved = Long.MIN_VALUE;
    int videoRun = -1;
    for (Came one : came) {
      Told told = all.get(one.index());
      if (told.wrong) {
        continue;
      }
      long moved = told.scale.toNanos(one.sample().dts()) - told.truthNanos();
      if (told.track.equals(VIDEO)) {
        videoMoved = moved;
        videoRun = one.run();
      } else if (videoRun == one.run()) {
        assertThat(Math.abs(moved - videoMoved))
            .as("sound against picture at %d ms, after %s", told.truthNanos() / 1_000_000, story)
            .isLessThanOrEqualTo(1_000_000);
      }
    }
  }

  private static List<Told> encode(RandomGenerator random, int seconds) {
    int[] frames = {3_600, 3_000, 3_003, 3_754, 1_800};
    int frame = frames[random.nextInt(frames.length)];
    long apart = random.nextLong(300_000_000);
    long audioLate = random.nextInt(3) == 0 ? random.nextLong(3 * SECOND) : 0;
    List<Told> all = new ArrayList<>();
    for (long dts = 0; dts < seconds * 90_000L; dts += frame) {
      all.add(new Told(VIDEO, Timescale.VIDEO, dts));
    }
    for (long dts = SOUND.ofNanos(audioLate); dts < seconds * 48_000L; dts += 1024) {
      all.add(new Told(AUDIO, SOUND, dts));
    }
    all.sort(
        Comparator.comparingLong(
            told -> told.truthNanos() + (told.track.equals(AUDIO) ? apart : 0)));
    long arrived = 0;
    for (Told told : all) {
      arrived = Math.max(arrived, told.truthNanos() + apart + random.nextLong(80_000_000));
      told.arrivesNanos = arrived;
    }
    long[] bases = {0, 7, 1L << 31, 1L << 32, 1_790_000_000_000L};
    long base = bases[random.nextInt(bases.length)] * 1_000_000;
    all.forEach(told -> told.dts += told.scale.ofNanos(base));
    return all;
  }

  /** Makes one mistake, from a moment of the source on; says how many real breaks it is. */
  private static int mistake(RandomGenerator random, List<Told> all, long at, StringBuilder story) {
    TrackId one = random.nextBoolean() ? VIDEO : AUDIO;
    long far = random.nextLong(4 * SECOND, 4_000_000 * SECOND) * (random.nextBoolean() ? 1 : -1);
    int kind = random.nextInt(7);
    String[] names = {"jump", "step back", "track jump", "outlier", "repeat", "disorder", "stop"};
    story.append(names[kind]).append(' ').append(one.value()).append(" at ").append(at / SECOND);
    story.append("s by ").append(far / 1_000_000).append(" ms; ");
    switch (kind) {
      case 0 -> {
        shift(all, at, null, far);
        return 1;
      }
      case 1 -> shift(all, at, null, -random.nextLong(250_000_000, 900_000_000));
      case 2 -> shift(all, at, one, far);
      case 3 -> {
        Told told = firstOf(all, at, one);
        told.dts += told.scale.ofNanos(far);
        told.wrong = true;
      }
      case 4 -> {
        Told told = firstOf(all, at, one);
        told.dts -= told.scale.ofNanos(20_000_000);
        told.wrong = true;
      }
      case 5 -> {
        Told told = firstOf(all, at, one);
        told.dts -= told.scale.ofNanos(random.nextLong(40_000_000, 90_000_000));
        told.wrong = true;
      }
      default ->
          all.removeIf(
              told ->
                  told.track.equals(one)
                      && told.truthNanos() >= at
                      && told.truthNanos() < at + 4 * SECOND);
    }
    return 0;
  }

  private static void shift(
      List<Told> all, long from, @org.jspecify.annotations.Nullable TrackId only, long nanos) {
    for (Told told : all) {
      if (told.truthNanos() >= from && (only == null || told.track.equals(only))) {
        told.dts += told.scale.ofNanos(nanos);
      }
    }
  }

  private static Told firstOf(List<Told> all, long from, TrackId track) {
    return all.stream()
        .filter(told -> told.track.equals(track) && told.truthNanos() >= from)
        .findFirst()
        .orElseThrow();
  }
}
