package io.millrace.packager.segment;

import static io.millrace.packager.segment.CutSegments.seconds;
import static io.millrace.packager.segment.SteadyEncoder.AUDIO;
import static io.millrace.packager.segment.SteadyEncoder.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An encoder that dies just after a cut. */
class RunEndTest {
  private final CutSegments cut = new CutSegments();
  private final Segmenter segmenter = cut.segmenter();
  private final SteadyEncoder encoder = new SteadyEncoder(segmenter);

  @BeforeEach
  void play() {
    encoder.announce(VIDEO, AUDIO);
    encoder.pictures(0, 2);
    encoder.sound(0, 2);
    encoder.pictures(2, 4);
  }

  /** HLS B9, F1: nothing of the sound is missing for long enough to say so. */
  @Test
  void aFewPicturesBehindTheLastSoundMakeNoGap() {
    encoder.sound(2, 3.98);
    encoder.pictures(4, 4.12);
    segmenter.interrupt();

    assertThat(cut.all()).noneMatch(CutSegment::gap);
    assertThat(seconds(cut.of("video"))).containsExactly(2.0, 2.0, 0.12);
    assertThat(seconds(cut.of("audio"))).containsExactly(2.0, 1.96, 0.02);
    assertThat(framesOf("audio")).isEqualTo(199);
  }

  @Test
  void manyAreBesideAGap() {
    encoder.sound(2, 3.98);
    encoder.pictures(4, 5);
    segmenter.interrupt();

    assertThat(cut.all().stream().filter(CutSegment::gap)).hasSize(1);
    assertThat(seconds(cut.of("video"))).containsExactly(2.0, 2.0, 1.0);
    assertThat(seconds(cut.of("audio"))).containsExactly(2.0, 1.98, 1.02);
    assertThat(framesOf("audio")).isEqualTo(199);
  }

  @Test
  void theOnlyFrameBehindAGapIsInTheLastSegment() {
    encoder.sound(3.98, 4);
    encoder.pictures(4, 4.04);
    segmenter.interrupt();

    assertThat(cut.of("audio").stream().map(CutSegment::gap)).containsExactly(false, true, false);
    assertThat(seconds(cut.of("audio"))).containsExactly(2.0, 1.98, 0.02);
    assertThat(framesOf("audio")).isEqualTo(101);
  }

  private int framesOf(String rendition) {
    return cut.of(rendition).stream().mapToInt(CutSegment::frames).sum();
  }
}
