package io.millrace.packager.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.packager.cmaf.CmafFormat;
import io.millrace.packager.presentation.Part;
import io.millrace.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** HLS L3 to L7 for what encoders send: rates, orders of decoding, clocks in milliseconds. */
class PartsPropertyTest {
  private static final Duration PART = Duration.ofMillis(334);
  private static final double[] RATES = {
    24000 / 1001.0, 24, 25, 30000 / 1001.0, 50, 60000 / 1001.0
  };

  /** A part as it was heard of, when, and what was to come next by then. */
  private record Heard(long msn, Part part, Buffer bytes, double at) {}

  private static final class Told implements PartOutput {
    final Map<String, List<Heard>> parts = new HashMap<>();
    final Map<String, SegmentStart> open = new HashMap<>();
    final List<CutSegment> cut = new ArrayList<>();
    final Map<CutSegment, SegmentStart> starts = new HashMap<>();
    double now;

    @Override
    public void opened(String line, Header header) {}

    @Override
    public void begun(String line, SegmentStart start, Header header, Timescale timescale) {
      assertThat(open.put(line, start)).as("the segment before is cut").isNull();
    }

    @Override
    public void closed(String line, Part part, Buffer bytes) {
      parts
          .computeIfAbsent(line, first -> new ArrayList<>())
          .add(new Heard(open.get(line).msn(), part, bytes, now));
    }

    void cut(CutSegment segment) {
      cut.add(segment);
      SegmentStart start = open.remove(segment.rendition());
      if (start != null) {
        starts.put(segment, start);
      }
    }

    List<Heard> of(CutSegment segment) {
      return parts.getOrDefault(segment.rendition(), List.of()).stream()
          .filter(heard -> heard.msn == segment.msn())
          .toList();
    }
  }

  @Test
  void partsAreOfTheirLengthWhateverTheFrameRate() {
    Seeds.forEach(
        40,
        random -> {
          for (double rate : RATES) {
            int sound = random.nextBoolean() ? 44_100 : 48_000;
            Told told = send(random, frames(random, rate, false), sound);
            for (CutSegment segment : told.cut) {
              judge(told, segment, true);
            }
            judgeTimes(told.parts.get("video"));
          }
        });
  }

  @Test
  void partsOfPicturesAtAnyTimeAreNeverTooLong() {
    Seeds.forEach(
        60,
        random -> {
          Told told = send(random, frames(random, 30, true), 48_000);
          for (CutSegment segment : told.cut) {
            judge(told, segment, false);
          }
        });
  }

  /** What was heard is what was cut. */
  private static void judge(Told told, CutSegment segment, boolean isRegular) {
    if (segment.gap()) {
      return;
    }
    SegmentStart start = told.starts.get(segment);
    // HLS L8
    assertThat(start)
        .isEqualTo(new SegmentStart(segment.msn(), segment.mediaNanos(), segment.discontinuity()));
    List<Heard> heard = told.of(segment);
    assertThat(heard.stream().map(Heard::part)).isEqualTo(segment.parts());
    Buffer bytes = Buffer.buffer();
    long sum = 0;
    for (int i = 0; i < heard.size(); i++) {
      Part part = heard.get(i).part;
      long nanos = segment.timescale().toNanos(part.durationTicks());
      // HLS L3
      assertThat(nanos).isLessThanOrEqualTo(PART.toNanos());
      if (isRegular && i < heard.size() - 1 && !part.independent()) {
        assertThat(nanos).isGreaterThanOrEqualTo(PART.toNanos() * 85 / 100);
      }
      sum += part.durationTicks();
      bytes.appendBuffer(heard.get(i).bytes);
    }
    // HLS L7
    assertThat(bytes).isEqualTo(segment.bytes());
    if (isRegular) {
      assertThat(sum).isEqualTo(segment.durationTicks());
    } else {
      assertThat(sum).isLessThanOrEqualTo(segment.durationTicks());
    }
  }

  /** HLS L6: pictures come when they are decoded, and parts as fast as they last. */
  private static void judgeTimes(List<Heard> heard) {
    for (int i = 1; i < heard.size(); i++) {
      assertThat(heard.get(i).at - heard.get(i - 1).at).isLessThanOrEqualTo(0.334 + 0.002);
    }
  }

  /** When pictures are decoded, in seconds. */
  private static List<Double> frames(RandomGenerator random, double rate, boolean isVariable) {
    List<Double> times = new ArrayList<>();
    double at = random.nextDouble() * 0.1;
    while (at < 15) {
      times.add(at);
      at += isVariable ? 0.005 + Math.pow(random.nextDouble(), 3) : 1 / rate;
    }
    return times;
  }

  private static Told send(RandomGenerator random, List<Double> frames, int soundRate) {
    Told told = new Told();
    CutRules rules = new CutRules(Duration.ofSeconds(2), Optional.empty(), PART);
    Segmenter segmenter =
        new Segmenter(
            rules,
            new CmafFormat(
                rules,
                false,
                Set.of(),
                new io.millrace.packager.metadata.MetadataQueue(),
                told::cut,
                told));
    Timescale clock = random.nextBoolean() ? Timescale.MILLIS : Timescale.VIDEO;
    Timescale soundClock = random.nextBoolean() ? Timescale.MILLIS : new Timescale(soundRate);
    Track video = RandomBroadcast.video(clock);
    Track audio = RandomBroadcast.audio(soundClock, soundRate);
    Instant epoch = Instant.parse("2026-11-21T12:00:00Z");
    segmenter.accept(new MediaEvent.TracksReady(List.of(video, audio)), epoch);
    int reorder = random.nextInt(3);
    int group = random.nextInt(10, 130);
    double soundAhead = random.nextDouble() * 0.2 - 0.1;
    int sounds = 0;
    for (int i = 0; i < frames.size(); i++) {
      double at = frames.get(i);
      told.now = at;
      Instant now = epoch.plusNanos((long) (at * 1e9));
      while (1024.0 * sounds / soundRate + soundAhead < at) {
        long ticks = Math.round(1024.0 * sounds / soundRate * soundClock.ticksPerSecond());
        segmenter.accept(sample(random, audio, ticks, 0, true), now);
        sounds++;
      }
      double step = i == 0 ? 0.04 : at - frames.get(i - 1);
      int shift =
          reorder == 0
              ? 0
              : (int) Math.round(random.nextInt(reorder * 2 + 1) * step * clock.ticksPerSecond());
      long ticks = Math.round(at * clock.ticksPerSecond());
      segmenter.accept(
          sample(random, video, ticks, i % group == 0 ? reorder : shift, i % group == 0), now);
    }
    segmenter.accept(
        new MediaEvent.Ended(io.millrace.media.EndReason.UNPUBLISHED), epoch.plusSeconds(15));
    return told;
  }

  private static MediaEvent sample(
      RandomGenerator random, Track track, long dts, int shift, boolean sync) {
    Buffer payload = Buffer.buffer(new byte[1 + random.nextInt(60)]);
    return new MediaEvent.SampleReady(new Sample(track.id(), dts, shift, sync, payload));
  }
}
