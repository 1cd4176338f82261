package io.millrace.packager.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.TrackId;
import io.millrace.packager.cmaf.CmafFormat;
import io.millrace.packager.presentation.Part;
import io.millrace.testkit.Seeds;
import io.millrace.validator.mp4.Mp4Boxes;
import io.millrace.validator.mp4.Mp4Fragment;
import io.millrace.validator.mp4.Mp4Track;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SegmenterPropertyTest {
  private static final int SEEDS = 60;
  private static final Duration PART = Duration.ofMillis(334);

  @Test
  void everySampleComesOutOnceAndInOrder() {
    Seeds.forEach(
        SEEDS,
        random -> {
          RandomBroadcast broadcast = new RandomBroadcast(random, 1 + random.nextInt(3), 14, 4);
          List<CutSegment> cut = cut(random, broadcast);

          assertThat(payloads(cut, "video")).isEqualTo(expected(broadcast, RandomBroadcast.VIDEO));
          assertThat(payloads(cut, "audio")).isEqualTo(expected(broadcast, RandomBroadcast.AUDIO));
        });
  }

  @Test
  void durationsNeverExceedTheTargetAndNumbersHaveNoHoles() {
    Seeds.forEach(
        SEEDS,
        random -> {
          RandomBroadcast broadcast = new RandomBroadcast(random, 1 + random.nextInt(3), 14, 4);
          Segmenter[] segmenter = new Segmenter[1];
          List<CutSegment> cut = cut(random, broadcast, segmenter);

          for (String rendition : List.of("video", "audio")) {
            long msn = 0;
            for (CutSegment segment : of(cut, rendition)) {
              assertThat(segment.msn()).isEqualTo(msn++);
              // HLS B2
              assertThat(Math.round(seconds(segment)))
                  .isLessThanOrEqualTo(segmenter[0].targetSeconds());
            }
          }
          if (broadcast.hasAudio() && broadcast.hasVideo()) {
            assertThat(of(cut, "audio")).hasSameSizeAs(of(cut, "video"));
          }
        });
  }

  @Test
  void durationsAreWhatTheSamplesLastAndTimeIsContinuous() {
    Seeds.forEach(
        SEEDS,
        random -> {
          RandomBroadcast broadcast = new RandomBroadcast(random, 2, 9, 1);
          for (String rendition : List.of("video", "audio")) {
            List<CutSegment> cut = of(cut(random, broadcast), rendition);
            for (int i = 0; i < cut.size(); i++) {
              CutSegment segment = cut.get(i);
              if (segment.gap()) {
                // A run may end with a few pictures behind the last sound, or the reverse.
                assertThat(seconds(segment)).isLessThan(0.3);
                continue;
              }
              List<Mp4Fragment> fragments = fragments(segment);
              long sum = fragments.stream().mapToLong(Mp4Fragment::duration).sum();
              assertThat(sum).isEqualTo(segment.durationTicks());
              if (i > 0 && !segment.discontinuity() && !cut.get(i - 1).gap()) {
                assertThat(fragments.get(0).baseDecodeTime())
                    .isEqualTo(fragments(cut.get(i - 1)).getLast().end());
                // HLS D6, D7: where a segment starts is where the one before it ended.
                assertThat(segment.mediaNanos())
                    .isBetween(end(cut.get(i - 1)) - 2, end(cut.get(i - 1)) + 2);
              }
            }
          }
        });
  }

  @Test
  void renditionsAreCutAtTheSameTimesAndBreakTogether() {
    Seeds.forEach(
        SEEDS,
        random -> {
          // Three tenths of the shortest target duration are waited for a track that is behind.
          RandomBroadcast broadcast = new RandomBroadcast(random, 3, 9, 0.85);
          List<CutSegment> cut = cut(random, broadcast);
          List<CutSegment> video = of(cut, "video");
          List<CutSegment> audio = of(cut, "audio");
          for (int i = 0; i < Math.min(video.size(), audio.size()); i++) {
            // HLS D4
            assertThat(audio.get(i).discontinuity()).isEqualTo(video.get(i).discontinuity());
            assertThat(Math.abs(audio.get(i).mediaNanos() - video.get(i).mediaNanos()))
                .isLessThan(150_000_000L);
          }
          assertThat(video.stream().filter(CutSegment::discontinuity).count())
              .isEqualTo(video.isEmpty() ? 0 : 2);
        });
  }

  /** HLS B2, B9, D6, D7, F1: tracks that stop and come back, alone or together, at any time. */
  @Test
  void whateverIsMissingDatesAndDurationsAreThoseOfTheSamples() {
    Seeds.forEach(
        SEEDS * 3,
        random -> {
          RandomBroadcast broadcast = new RandomBroadcast(random, 2, 9, 0.5);
          List<MediaEvent> events = DropOuts.of(random, broadcast.events());
          Segmenter[] segmenter = new Segmenter[1];
          List<CutSegment> cut = cut(random, events, segmenter);
          for (String rendition : List.of("video", "audio")) {
            TrackId track =
                rendition.equals("video") ? RandomBroadcast.VIDEO : RandomBroadcast.AUDIO;
            long dropped = rendition.equals("video") ? segmenter[0].dropped() : 0;
            List<Buffer> expected =
                events.stream()
                    .filter(MediaEvent.SampleReady.class::isInstance)
                    .map(event -> ((MediaEvent.SampleReady) event).sample())
                    .filter(sample -> sample.track().equals(track))
                    .map(Sample::payload)
                    .toList();
            List<CutSegment> segments = of(cut, rendition);
            List<Buffer> payloads = payloads(segments, rendition);
            assertThat(payloads).hasSize(expected.size() - (int) dropped);
            assertThat(expected).containsSubsequence(payloads);
            for (int i = 0; i < segments.size(); i++) {
              CutSegment segment = segments.get(i);
              assertThat(segment.msn()).isEqualTo(i);
              assertThat(Math.round(seconds(segment)))
                  .isLessThanOrEqualTo(segmenter[0].targetSeconds());
              if (i > 0 && !segment.discontinuity()) {
                assertThat(segment.mediaNanos() - end(segments.get(i - 1)))
                    .isBetween(-20_000_000L, 20_000_000L);
              }
              if (!segment.gap()) {
                List<Mp4Fragment> fragments = fragments(segment);
                assertThat(fragments.stream().mapToLong(Mp4Fragment::duration).sum())
                    .isEqualTo(segment.durationTicks());
              }
            }
          }
          if (broadcast.hasAudio() && broadcast.hasVideo()) {
            assertThat(of(cut, "audio")).hasSameSizeAs(of(cut, "video"));
          }
        });
  }

  @Test
  void partsMakeUpTheirSegment() {
    Seeds.forEach(
        SEEDS,
        random -> {
          RandomBroadcast broadcast = new RandomBroadcast(random, 1, 9, 1);
          for (CutSegment segment : cut(random, broadcast)) {
            int offset = 0;
            long ticks = 0;
            for (Part part : segment.parts()) {
              assertThat(part.offset()).isEqualTo(offset);
              // HLS L3
              assertThat(segment.timescale().toNanos(part.durationTicks()))
                  .isLessThanOrEqualTo(PART.toNanos());
              byte[] bytes = segment.bytes().getBytes(part.offset(), part.offset() + part.length());
              List<Mp4Fragment> chunks =
                  Mp4Fragment.read(
                      Mp4Track.read(segment.header().orElseThrow().bytes().getBytes()), bytes);
              // A key frame that a segment starts with is a chunk of its own.
              boolean hasKeyFrame = offset == 0 && segment.keyFrame().isPresent();
              int samples = chunks.stream().mapToInt(chunk -> chunk.samples().size()).sum();
              assertThat(chunks).hasSize(hasKeyFrame && samples > 1 ? 2 : 1);
              if (hasKeyFrame) {
                assertThat(chunks.getFirst().samples()).hasSize(1);
              }
              offset += part.length();
              ticks += part.durationTicks();
            }
            // HLS L7
            assertThat(offset).isEqualTo(segment.bytes().length());
            assertThat(ticks).isEqualTo(segment.durationTicks());
          }
        });
  }

  private static List<CutSegment> cut(RandomGenerator random, RandomBroadcast broadcast) {
    return cut(random, broadcast, new Segmenter[1]);
  }

  private static List<CutSegment> cut(
      RandomGenerator random, RandomBroadcast broadcast, Segmenter[] used) {
    List<CutSegment> cut = cut(random, broadcast.events(), used);
    assertThat(used[0].dropped()).isZero();
    return cut;
  }

  private static List<CutSegment> cut(
      RandomGenerator random, List<MediaEvent> events, Segmenter[] used) {
    List<CutSegment> cut = new ArrayList<>();
    Optional<Duration> target =
        random.nextBoolean() ? Optional.empty() : Optional.of(Duration.ofSeconds(6));
    CutRules rules = new CutRules(Duration.ofSeconds(2), target, PART);
    Segmenter segmenter = new Segmenter(rules, new CmafFormat(rules, cut::add));
    used[0] = segmenter;
    MediaPace pace = new MediaPace(segmenter);
    events.forEach(pace::accept);
    pace.end();
    return cut;
  }

  private static List<CutSegment> of(List<CutSegment> cut, String rendition) {
    return cut.stream().filter(segment -> segment.rendition().equals(rendition)).toList();
  }

  private static List<Buffer> expected(RandomBroadcast broadcast, TrackId track) {
    return broadcast.samples(track).stream().map(Sample::payload).toList();
  }

  private static List<Buffer> payloads(List<CutSegment> cut, String rendition) {
    List<Buffer> payloads = new ArrayList<>();
    for (CutSegment segment : of(cut, rendition)) {
      if (segment.gap()) {
        continue;
      }
      List<Mp4Boxes.Box> data = Mp4Boxes.read(segment.bytes().getBytes()).all("mdat").toList();
      List<Mp4Fragment> fragments = fragments(segment);
      for (int i = 0; i < fragments.size(); i++) {
        var reader = data.get(i).reader();
        for (Mp4Fragment.Sample sample : fragments.get(i).samples()) {
          byte[] bytes = new byte[(int) sample.size()];
          reader.get(bytes);
          payloads.add(Buffer.buffer(bytes));
        }
      }
    }
    return payloads;
  }

  private static List<Mp4Fragment> fragments(CutSegment segment) {
    return Mp4Fragment.read(
        Mp4Track.read(segment.header().orElseThrow().bytes().getBytes()),
        segment.bytes().getBytes());
  }

  private static double seconds(CutSegment segment) {
    return segment.timescale().toSeconds(segment.durationTicks());
  }

  private static long end(CutSegment segment) {
    return segment.mediaNanos() + segment.timescale().toNanos(segment.durationTicks());
  }
}
