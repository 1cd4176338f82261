package io.millrace.packager.segment;

import static io.millrace.packager.segment.SteadyEncoder.AUDIO;
import static io.millrace.packager.segment.SteadyEncoder.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.packager.cmaf.CmafFormat;
import io.millrace.packager.ts.TransportFormat;
import io.millrace.validator.media.SegmentMedia;
import io.millrace.validator.media.TrackMedia;
import io.millrace.validator.ts.TsReader;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A timeline whose sound starts before its picture. */
class RunStartTest {
  private static final CutRules RULES =
      new CutRules(Duration.ofSeconds(2), Optional.empty(), Duration.ofMillis(334));

  private final List<CutSegment> cut = new ArrayList<>();

  /** HLS B9, D4, D6, F1: an encoder holds sound back while its picture is missing. */
  @Test
  void aPictureThatReturnsLongAfterItsSoundLeavesAGap() {
    Segmenter segmenter = new Segmenter(RULES, new CmafFormat(RULES, cut::add));
    SteadyEncoder encoder = anInterruptedOne(segmenter);
    int before = of("video").size();
    encoder.sound(AUDIO, 4, 8);
    encoder.pictures(8, 10);
    encoder.sound(AUDIO, 8, 10);
    encoder.end();

    List<CutSegment> pictures = of("video").subList(before, of("video").size());
    assertThat(pictures.stream().map(RunStartTest::seconds)).containsExactly(3.0, 1.0, 2.0);
    assertThat(pictures.stream().map(CutSegment::gap)).containsExactly(true, true, false);
    assertThat(of("audio")).noneMatch(CutSegment::gap).hasSameSizeAs(of("video"));
    for (int i = 0; i < of("video").size(); i++) {
      CutSegment picture = of("video").get(i);
      CutSegment sound = of("audio").get(i);
      assertThat(sound.mediaNanos()).isEqualTo(picture.mediaNanos());
      assertThat(sound.discontinuity()).isEqualTo(picture.discontinuity()).isEqualTo(i == before);
    }
  }

  /** The same in files that hold both: no file is listed as shorter than its sound. */
  @Test
  void soundLongBeforeItsPictureIsInFilesOfItsOwn() {
    Segmenter segmenter = new Segmenter(RULES, new TransportFormat(Set.of(), cut::add));
    SteadyEncoder encoder = anInterruptedOne(segmenter);
    encoder.sound(AUDIO, 4, 8);
    encoder.pictures(8, 10);
    encoder.sound(AUDIO, 8, 10);
    encoder.end();

    assertThat(cut.stream().map(RunStartTest::seconds)).containsExactly(2.0, 2.0, 3.0, 1.0, 2.0);
    assertThat(cut).noneMatch(CutSegment::gap);
    assertDurationsCoverAllTracks();
  }

  /** HLS B2, B3, F1: nothing is listed before, and the target duration can still be chosen. */
  @Test
  void theFirstSegmentOfAllStartsWithItsSound() {
    Segmenter segmenter = new Segmenter(RULES, new TransportFormat(Set.of(), cut::add));
    SteadyEncoder encoder = new SteadyEncoder(segmenter);
    encoder.announce(VIDEO, AUDIO);
    encoder.sound(AUDIO, 0, 3);
    for (int i = 3; i < 9; i += 2) {
      encoder.pictures(i, i + 2);
      encoder.sound(AUDIO, i, i + 2);
    }
    encoder.end();

    assertThat(cut.stream().map(RunStartTest::seconds)).containsExactly(5.0, 2.0, 2.0);
    assertThat(segmenter.targetSeconds()).isEqualTo(5);
    assertDurationsCoverAllTracks();
  }

  /** HLS D6: dates are those of presentation, also where pictures are decoded long before. */
  @Test
  void aLatePictureIsDatedByWhenItIsShown() {
    Segmenter segmenter = new Segmenter(RULES, new CmafFormat(RULES, cut::add));
    SteadyEncoder encoder = anInterruptedOne(segmenter);
    encoder.sound(AUDIO, 4, 9.5);
    for (int i = 0; i < 50; i++) {
      long dts = 9_500 + 40L * i;
      segmenter.accept(
          new MediaEvent.SampleReady(
              new Sample(VIDEO.id(), dts, 200, i == 0, Buffer.buffer("picture"))));
    }
    encoder.sound(AUDIO, 9.5, 11.5);
    encoder.end();

    CutSegment pictures =
        of("video").stream().skip(2).filter(segment -> !segment.gap()).findFirst().orElseThrow();
    assertThat(pictures.mediaNanos()).isEqualTo(9_700_000_000L);
    List<CutSegment> all = of("video");
    for (int i = 3; i < all.size(); i++) {
      CutSegment last = all.get(i - 1);
      assertThat(all.get(i).mediaNanos())
          .isEqualTo(last.mediaNanos() + last.timescale().toNanos(last.durationTicks()));
    }
  }

  private static SteadyEncoder anInterruptedOne(Segmenter segmenter) {
    SteadyEncoder encoder = new SteadyEncoder(segmenter);
    encoder.announce(VIDEO, AUDIO);
    for (int i = 0; i < 4; i += 2) {
      encoder.pictures(i, i + 2);
      encoder.sound(AUDIO, i, i + 2);
    }
    segmenter.interrupt();
    return encoder;
  }

  private void assertDurationsCoverAllTracks() {
    TsReader reader = new TsReader();
    for (CutSegment segment : cut) {
      SegmentMedia media = reader.read(segment.bytes().getBytes(), !segment.discontinuity());
      double start =
          media.tracks().stream().mapToDouble(TrackMedia::presentationSeconds).min().orElseThrow();
      double end = media.tracks().stream().mapToDouble(TrackMedia::endSeconds).max().orElseThrow();
      // Two frames of sound: what a segment ends with may reach into the next one.
      assertThat(seconds(segment)).isCloseTo(end - start, within(0.04));
    }
  }

  private List<CutSegment> of(String rendition) {
    return cut.stream().filter(segment -> segment.rendition().equals(rendition)).toList();
  }

  private static double seconds(CutSegment segment) {
    return segment.timescale().toSeconds(segment.durationTicks());
  }
}
