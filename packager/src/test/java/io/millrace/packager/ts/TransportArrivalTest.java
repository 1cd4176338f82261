package io.millrace.packager.ts;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.packager.segment.Arrivals;
import io.millrace.packager.segment.Arrivals.Telling;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.CutSegments;
import io.millrace.packager.segment.RandomBroadcast;
import io.millrace.packager.segment.SegmentJudge;
import io.millrace.packager.segment.Segmenter;
import io.millrace.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * HLS F1, F5, F6, F7, D1, D6: tracks that come one behind the other, jump or stop one without the
 * other. Whatever happens, the validator finds nothing in what is written.
 */
class TransportArrivalTest {
  private static final int SEEDS = 10;
  private static final double SECONDS = 40;

  /** Seconds of sound, where its delay grows by up to four. */
  private static final double MOST_DROPPED = 2;

  /** How late sound can be used, in seconds. */
  private static final double LATEST = 0.3;

  private static final int PICTURES = 0x100;
  private static final int SOUND = 0x101;

  /** Of a millisecond, which timestamps are whole numbers of, on 90 kHz. */
  private static final double ROUNDING = 100;

  /** What is a pause of sound, on 90 kHz. */
  private static final double PAUSE = 22_500;

  private static final double[] RATES = {10, 24000 / 1001.0, 25, 30, 50, 60};
  private static final double[] GROUPS = {0.5, 1, 2, 4};

  private final CutSegments cut = new CutSegments();
  private Segmenter segmenter = cut.silenceTransportSegmenter();

  @Test
  void soundThatIsAlwaysLateIsWaitedFor() {
    Seeds.forEach(
        SEEDS,
        random -> {
          double lag = 0.5 + random.nextDouble() * 3.5;
          Telling late = Telling.plain().arriving(at -> at + lag + random.nextDouble() * 0.2);
          new TransportArrivalTest().check(random, Telling.plain(), late, 0);
        });
  }

  @Test
  void soundThatGetsLateIsWaitedForFromThenOn() {
    Seeds.forEach(
        SEEDS,
        random -> {
          double lag = 0.5 + random.nextDouble() * 3.5;
          Telling late = Telling.plain().arriving(at -> at < 13.3 ? at : Math.max(at + lag, 13.3));
          new TransportArrivalTest()
              .check(random, Telling.plain(), late, Math.min(lag, MOST_DROPPED));
        });
  }

  @Test
  void aPictureThatJumpsAheadAloneLeavesNothingOut() {
    Seeds.forEach(
        SEEDS,
        random -> {
          double from = 5 + random.nextDouble() * 10;
          double by = 0.5 + random.nextDouble() * 2.5;
          Telling jumping = Telling.plain().stamped(at -> at < from ? at : at + by);
          new TransportArrivalTest().withoutSilence().check(random, jumping, Telling.plain(), 0);
        });
  }

  /**
   * HLS F7: the sound is late then, and its time listed up to where a decoder could still use it.
   */
  @Test
  void aPictureThatJumpsAheadAloneMakesLateSoundSilence() {
    Seeds.forEach(
        SEEDS,
        random -> {
          double from = 5 + random.nextDouble() * 10;
          double by = 0.5 + random.nextDouble() * 2.5;
          Telling jumping = Telling.plain().stamped(at -> at < from ? at : at + by);
          new TransportArrivalTest().check(random, jumping, Telling.plain(), LATEST);
        });
  }

  @Test
  void soundThatJumpsAheadAloneLeavesNothingOut() {
    Seeds.forEach(
        SEEDS,
        random -> {
          double from = 5 + random.nextDouble() * 10;
          double by = 0.5 + random.nextDouble() * 2.5;
          Telling jumping = Telling.plain().stamped(at -> at < from ? at : at + by);
          new TransportArrivalTest().check(random, Telling.plain(), jumping, 0);
        });
  }

  @Test
  void tracksThatStopForLessThanASegmentLeaveNothingOut() {
    Seeds.forEach(
        SEEDS * 2,
        random -> new TransportArrivalTest().check(random, pausing(random), pausing(random), 0));
  }

  /** HLS F1: players stand still where the sound of a file ends. */
  @Test
  void soundThatStopsBesidePicturesIsSilence() {
    Seeds.forEach(
        SEEDS * 2,
        random -> {
          TransportArrivalTest test = new TransportArrivalTest();
          test.check(random, Telling.plain(), pausing(random), 0);
          test.checkSoundHasNoHoles();
        });
  }

  @Test
  void soundThatStartsLaterOrEndsLaterThanThePictureIsInSegmentsThatSaySo() {
    Seeds.forEach(
        SEEDS,
        random -> {
          double from = random.nextDouble() * 5;
          double until = SECONDS - random.nextDouble() * 5;
          boolean sound = random.nextBoolean();
          Telling whole = sound ? Telling.plain().only(at -> at < until) : Telling.plain();
          Telling some = Telling.plain().only(at -> at >= from && (sound || at < until));
          new TransportArrivalTest().check(random, whole, some, 0);
        });
  }

  @Test
  void whateverIsMissingAndLateAtOnceTheValidatorFindsNothing() {
    Seeds.forEach(
        SEEDS,
        random -> {
          double lag = random.nextDouble() * 2;
          double from = 10 + random.nextDouble() * 10;
          double by = random.nextDouble() * 2.5;
          boolean pictureStops = random.nextBoolean();
          Telling pictures =
              pictureStops
                  ? pausing(random).stamped(at -> at < from ? at : at + by)
                  : Telling.plain();
          Telling sounds =
              (pictureStops ? Telling.plain() : pausing(random)).arriving(at -> at + lag);
          new TransportArrivalTest().check(random, pictures, sounds, MOST_DROPPED);
        });
  }

  @Test
  void soundThatStartsBeforeThePictureIsInSegmentsThatSaySo() {
    Seeds.forEach(
        SEEDS,
        random -> {
          double from = random.nextDouble() * 7;
          Telling late = Telling.plain().arriving(at -> at + from).stamped(at -> at + from);
          new TransportArrivalTest().check(random, late, Telling.plain(), 0);
        });
  }

  /** A rendition of its own is cut by its own frames. */
  @Test
  void soundOfItsOwnThatPausesLastsAsLongAsItsFrames() {
    Seeds.forEach(
        SEEDS * 2,
        random -> {
          Arrivals arrivals = new Arrivals();
          Track picture = RandomBroadcast.video(Timescale.MILLIS);
          Track sound = sound(random);
          Track second = RandomBroadcast.numbered(sound(random), 3);
          if (random.nextInt(4) > 0) {
            arrivals.pictures(picture, 25, 50, 0, SECONDS, Telling.plain());
            arrivals.sound(sound, rate(sound), SECONDS, Telling.plain());
          }
          double longer = random.nextDouble() * 4;
          arrivals.sound(second, rate(second), SECONDS + longer, pausing(random));
          new TransportArrivalTest().check(arrivals, SECONDS);
        });
  }

  /**
   * @param dropped how many seconds of sound may be
   */
  private void check(RandomGenerator random, Telling pictures, Telling sounds, double dropped) {
    Arrivals arrivals = new Arrivals();
    Timescale scale = random.nextBoolean() ? Timescale.MILLIS : Timescale.VIDEO;
    double rate = RATES[random.nextInt(RATES.length)];
    int group = Math.max(1, (int) Math.round(rate * GROUPS[random.nextInt(GROUPS.length)]));
    Track picture = RandomBroadcast.video(scale);
    Track sound = sound(random);
    arrivals.pictures(picture, rate, group, random.nextInt(3), SECONDS, pictures);
    arrivals.sound(sound, rate(sound), SECONDS, sounds);
    check(arrivals, Double.MAX_VALUE);
    List<CutSegment> main = cut.of("video");
    assertThat(nals(main)).containsExactlyElementsOf(arrivals.payloads(picture));
    assertThat(segmenter.dropped() * 1024.0 / rate(sound)).isLessThanOrEqualTo(dropped);
    if (dropped == 0) {
      assertThat(frames(main)).containsExactlyElementsOf(arrivals.payloads(sound));
    } else {
      assertThat(arrivals.payloads(sound)).containsSubsequence(frames(main));
      assertThat(frames(main)).hasSize(arrivals.payloads(sound).size() - (int) segmenter.dropped());
    }
  }

  private TransportArrivalTest withoutSilence() {
    segmenter = cut.transportSegmenter();
    return this;
  }

  /** Frames follow each other but for what is no pause, and none lie across. */
  private void checkSoundHasNoHoles() {
    double frame = 1024.0 * 90_000 / 44_100;
    double end = Double.NaN;
    TransportReader reader = new TransportReader();
    for (CutSegment segment : cut.of("video")) {
      for (TransportReader.Pes packet : reader.read(segment.bytes()).of(SOUND)) {
        List<Buffer> frames = TransportReader.adtsFrames(packet.data());
        if ((frames.getFirst().getByte(2) >> 2 & 15) == 3) {
          frame = 1920;
        }
        if (!Double.isNaN(end)) {
          assertThat(packet.pts() - end).isBetween(-ROUNDING, PAUSE);
        }
        end = packet.pts() + frames.size() * frame;
      }
      long until = segment.mediaNanos() + segment.timescale().toNanos(segment.durationTicks());
      assertThat(Timescale.VIDEO.ofNanos(until) + 900_000 - end).isLessThan(PAUSE);
    }
  }

  /**
   * @param until while all tracks are sent, updates are in time
   */
  private void check(Arrivals arrivals, double until) {
    List<Double> times = arrivals.feed(segmenter, cut.all());
    for (String rendition : cut.all().stream().map(CutSegment::rendition).distinct().toList()) {
      assertThat(SegmentJudge.judge(cut.of(rendition), segmenter.targetSeconds()))
          .as(rendition)
          .isEmpty();
      checkUpdates(rendition, times, until);
    }
  }

  /** HLS B8: the next segment comes within one and a half target durations. */
  private void checkUpdates(String rendition, List<Double> times, double until) {
    double before = Double.POSITIVE_INFINITY;
    for (int i = 0; i < times.size(); i++) {
      CutSegment segment = cut.all().get(i);
      if (segment.rendition().equals(rendition) && times.get(i) <= until) {
        assertThat(times.get(i) - before)
            .as("to the cut of %s %d", rendition, segment.msn())
            .isLessThanOrEqualTo(1.5 * segmenter.targetSeconds());
        before = times.get(i);
      }
    }
  }

  private static List<Buffer> nals(List<CutSegment> segments) {
    TransportReader reader = new TransportReader();
    List<Buffer> nals = new ArrayList<>();
    for (CutSegment segment : segments) {
      if (segment.gap()) {
        reader.skip();
      } else {
        reader
            .read(segment.bytes())
            .of(PICTURES)
            .forEach(packet -> nals.add(TransportReader.nals(packet.data()).getLast()));
      }
    }
    return nals;
  }

  private static List<Buffer> frames(List<CutSegment> segments) {
    TransportReader reader = new TransportReader();
    List<Buffer> frames = new ArrayList<>();
    for (CutSegment segment : segments) {
      if (segment.gap()) {
        reader.skip();
      } else {
        reader.read(segment.bytes()).of(SOUND).stream()
            .flatMap(packet -> TransportReader.adtsFrames(packet.data()).stream())
            .filter(frame -> !TransportReader.isSilent(frame))
            .map(frame -> frame.getBuffer(7, frame.length()))
            .forEach(frames::add);
      }
    }
    return frames;
  }

  private static Track sound(RandomGenerator random) {
    int rate = random.nextBoolean() ? 44_100 : 48_000;
    return RandomBroadcast.audio(
        random.nextBoolean() ? Timescale.MILLIS : new Timescale(rate), rate);
  }

  private static int rate(Track sound) {
    return sound.format() instanceof io.millrace.media.TrackFormat.Audio audio
        ? audio.clockRate()
        : 0;
  }

  /** Stops three times for up to two and a half seconds. */
  private static Telling pausing(RandomGenerator random) {
    double[] from = {5, 15, 25};
    double[] until = new double[3];
    for (int i = 0; i < 3; i++) {
      from[i] += random.nextDouble() * 5;
      until[i] = from[i] + random.nextDouble() * 2.5;
    }
    return Telling.plain()
        .only(
            at -> {
              for (int i = 0; i < 3; i++) {
                if (at >= from[i] && at < until[i]) {
                  return false;
                }
              }
              return true;
            });
  }
}
