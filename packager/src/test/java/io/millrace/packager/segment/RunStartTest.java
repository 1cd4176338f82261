package io.millrace.packager.segment;

import static io.millrace.packager.segment.CutSegments.seconds;
import static io.millrace.packager.segment.SteadyEncoder.AUDIO;
import static io.millrace.packager.segment.SteadyEncoder.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.validator.media.SegmentMedia;
import io.millrace.validator.media.TrackMedia;
import io.millrace.validator.ts.TsReader;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A timeline whose sound starts before its picture. */
class RunStartTest {
  private static final byte[] NAL_UNIT = {0, 0, 0, 4, 0x41, (byte) 0x88, 0, 0};

  private final CutSegments cut = new CutSegments();

  /** HLS B9, D4, D6, F1: an encoder holds sound back while its picture is missing. */
  @Test
  void aPictureThatReturnsLongAfterItsSoundLeavesAGap() {
    Segmenter segmenter = cut.segmenter();
    SteadyEncoder encoder = anInterruptedOne(segmenter);
    int before = cut.of("video").size();
    encoder.sound(4, 8);
    encoder.pictures(8, 10);
    encoder.sound(8, 10);
    encoder.end();

    List<CutSegment> pictures = cut.of("video").subList(before, cut.of("video").size());
    assertThat(seconds(pictures)).containsExactly(3.0, 1.0, 2.0);
    assertThat(pictures.stream().map(CutSegment::gap)).containsExactly(true, true, false);
    assertThat(cut.of("audio")).noneMatch(CutSegment::gap).hasSameSizeAs(cut.of("video"));
    for (int i = 0; i < cut.of("video").size(); i++) {
      CutSegment picture = cut.of("video").get(i);
      CutSegment sound = cut.of("audio").get(i);
      assertThat(sound.mediaNanos()).isEqualTo(picture.mediaNanos());
      assertThat(sound.discontinuity()).isEqualTo(picture.discontinuity()).isEqualTo(i == before);
    }
  }

  /** The same in files that hold both: no file is listed as shorter than its sound. */
  @Test
  void soundLongBeforeItsPictureIsInFilesOfItsOwn() {
    Segmenter segmenter = cut.transportSegmenter();
    SteadyEncoder encoder = anInterruptedOne(segmenter);
    encoder.sound(4, 8);
    encoder.pictures(8, 10);
    encoder.sound(8, 10);
    encoder.end();

    assertThat(seconds(cut.all())).containsExactly(2.0, 2.0, 3.0, 1.0, 2.0);
    assertThat(cut.all()).noneMatch(CutSegment::gap);
    assertDurationsCoverAllTracks();
  }

  /** HLS B2, B3, F1: nothing is listed before, and the target duration can still be chosen. */
  @Test
  void theFirstSegmentOfAllStartsWithItsSound() {
    Segmenter segmenter = cut.transportSegmenter();
    SteadyEncoder encoder = new SteadyEncoder(segmenter);
    encoder.announce(VIDEO, AUDIO);
    encoder.sound(0, 3);
    for (int i = 3; i < 9; i += 2) {
      encoder.pictures(i, i + 2);
      encoder.sound(i, i + 2);
    }
    encoder.end();

    assertThat(seconds(cut.all())).containsExactly(5.0, 2.0, 2.0);
    assertThat(segmenter.targetSeconds()).isEqualTo(5);
    assertDurationsCoverAllTracks();
  }

  /** HLS D6: dates are those of presentation, also where pictures are decoded long before. */
  @Test
  void aLatePictureIsDatedByWhenItIsShown() {
    Segmenter segmenter = cut.segmenter();
    SteadyEncoder encoder = anInterruptedOne(segmenter);
    encoder.sound(4, 9.5);
    for (int i = 0; i < 50; i++) {
      long dts = 9_500 + 40L * i;
      encoder.accept(
          new MediaEvent.SampleReady(
              new Sample(VIDEO.id(), dts, 200, i == 0, Buffer.buffer("picture"))));
    }
    encoder.sound(9.5, 11.5);
    encoder.end();

    CutSegment pictures =
        cut.of("video").stream()
            .skip(2)
            .filter(segment -> !segment.gap())
            .findFirst()
            .orElseThrow();
    assertThat(pictures.mediaNanos()).isEqualTo(9_700_000_000L);
    List<CutSegment> all = cut.of("video");
    for (int i = 3; i < all.size(); i++) {
      CutSegment last = all.get(i - 1);
      assertThat(all.get(i).mediaNanos())
          .isEqualTo(last.mediaNanos() + last.timescale().toNanos(last.durationTicks()));
    }
  }

  /** HLS B5, D6: it is decoded before the gap's end, and shown behind it. */
  @Test
  void aPictureThatIsShownBehindTheListedGapIsTaken() {
    Segmenter segmenter = cut.segmenter();
    SteadyEncoder encoder = anInterruptedOne(segmenter);
    encoder.sound(4, 8.5);
    CutSegment gap = cut.of("video").getLast();
    assertThat(gap.gap()).isTrue();
    assertThat(ArrivingMedia.end(gap)).isEqualTo(7_000_000_000L);
    for (int i = 0; i < 50; i++) {
      long dts = 6_900 + 40L * i;
      encoder.accept(
          new MediaEvent.SampleReady(
              new Sample(VIDEO.id(), dts, 200, i == 0, Buffer.buffer("picture"))));
    }
    encoder.end();

    assertThat(segmenter.dropped()).isZero();
    assertThat(cut.of("video").stream().skip(2).filter(segment -> !segment.gap()))
        .first()
        .matches(segment -> segment.mediaNanos() == 7_100_000_000L);
  }

  /** HLS D6, D7: the picture that is decoded first is presented behind those that follow it. */
  @Test
  void aRunInsideAGroupIsDatedByTheDelayOfItsKeyFrame() {
    Segmenter segmenter = cut.segmenter();
    SteadyEncoder encoder = new SteadyEncoder(segmenter);
    encoder.announce(VIDEO, AUDIO);
    encoder.sound(0, 3);
    reordered(encoder, 0, 75);
    encoder.announce(VIDEO, RandomBroadcast.audio(Timescale.MILLIS, 44_100));
    reordered(encoder, 75, 125);
    encoder.end();

    CutSegment first =
        cut.of("video").stream().filter(CutSegment::discontinuity).findFirst().orElseThrow();
    assertThat(first.mediaNanos()).isEqualTo((75 * 40 + 80) * 1_000_000L);
  }

  /** HLS D6, D7: the same in a file with sound, whatever the picture is that comes first. */
  @Test
  void aRunInsideAGroupIsDatedAsItsSoundAndItsPicturesAre() {
    for (int change = 70; change < 80; change++) {
      for (int ahead = -60; ahead <= 120; ahead += 20) {
        CutSegments segments = new CutSegments();
        Segmenter segmenter = segments.transportSegmenter();
        SteadyEncoder encoder = new SteadyEncoder(segmenter);
        encoder.announce(VIDEO, AUDIO);
        pyramid(encoder, AUDIO, ahead, 0, change);
        Track other = RandomBroadcast.audio(Timescale.MILLIS, 44_100);
        encoder.announce(VIDEO, other);
        pyramid(encoder, other, ahead, change, 303);
        encoder.end();

        assertThat(SegmentJudge.judge(segments.all(), segmenter.targetSeconds()))
            .as("a change at picture %d, sound ahead by %d ms", change, ahead)
            .isEmpty();
      }
    }
  }

  /** Groups of 101 pictures, of which each fourth is decoded before the three before it. */
  private static void pyramid(SteadyEncoder encoder, Track sound, int ahead, int from, int to) {
    int[] delays = {200, 80, 0, 40};
    for (int i = from; i < to; i++) {
      int inGroup = i % 101;
      int delay = inGroup == 0 ? 80 : delays[(inGroup - 1) % 4];
      double at = (40 * i + ahead) / 1000.0;
      encoder.sound(sound, at, at + 0.04);
      encoder.accept(
          new MediaEvent.SampleReady(
              new Sample(VIDEO.id(), 40L * i, delay, inGroup == 0, Buffer.buffer(NAL_UNIT))));
    }
  }

  /** Each third picture is decoded before the two that are shown before it; a key frame in 100. */
  private static void reordered(SteadyEncoder encoder, int from, int to) {
    for (int i = from; i < to; i++) {
      boolean key = i % 100 == 0;
      int delay = key ? 80 : i % 3 == 0 ? 160 : 40;
      encoder.accept(
          new MediaEvent.SampleReady(
              new Sample(VIDEO.id(), 40L * i, delay, key, Buffer.buffer("picture"))));
    }
  }

  private static SteadyEncoder anInterruptedOne(Segmenter segmenter) {
    SteadyEncoder encoder = new SteadyEncoder(segmenter);
    encoder.announce(VIDEO, AUDIO);
    for (int i = 0; i < 4; i += 2) {
      encoder.pictures(i, i + 2);
      encoder.sound(i, i + 2);
    }
    segmenter.interrupt();
    return encoder;
  }

  private void assertDurationsCoverAllTracks() {
    TsReader reader = new TsReader();
    for (CutSegment segment : cut.all()) {
      SegmentMedia media = reader.read(segment.bytes().getBytes(), !segment.discontinuity());
      double start =
          media.tracks().stream().mapToDouble(TrackMedia::presentationSeconds).min().orElseThrow();
      double end = media.tracks().stream().mapToDouble(TrackMedia::endSeconds).max().orElseThrow();
      // Two frames of sound: what a segment ends with may reach into the next one.
      assertThat(seconds(segment)).isCloseTo(end - start, within(0.04));
    }
  }
}
