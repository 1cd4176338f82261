package io.millrace.packager.segment;

import static io.millrace.packager.segment.SteadyEncoder.AUDIO;
import static io.millrace.packager.segment.SteadyEncoder.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** What target duration a stream chooses. */
class TargetDurationTest {
  /** HLS B3: chosen once. */
  @Test
  void choosesTheTargetFromTheFirstGroupOfPictures() {
    assertThat(targetFor(2.0)).isEqualTo(3);
    assertThat(targetFor(8.32)).isEqualTo(10);
    assertThat(targetFor(0.48, 0.96, 1.44, 1.92, 2.4)).isEqualTo(3);
    // Two groups a segment, with room for an encoder that rounds.
    assertThat(targetFor(1.0, 2.0)).isEqualTo(3);
    assertThat(targetFor(1.52, 3.04)).isEqualTo(4);
    assertThat(targetFor(30)).isEqualTo(12);
  }

  @Test
  void aShortFirstGroupDoesNotChooseTheTarget() {
    assertThat(targetFor(0.32, 8.32)).isEqualTo(9);
    assertThat(targetFor(1, 9)).isEqualTo(9);
    assertThat(targetFor(1, 31)).isEqualTo(12);
  }

  @Test
  void soundBeforeTheFirstKeyFrameDoesNotChooseTheTarget() {
    CutSegments cut = new CutSegments();
    Segmenter segmenter = cut.segmenter();
    SteadyEncoder encoder = new SteadyEncoder(segmenter);
    encoder.announce(VIDEO, AUDIO);
    encoder.sound(0, 1.4);
    encoder.pictures(1.4, 5.4);
    encoder.sound(1.4, 5.4);
    encoder.pictures(5.4, 9.4);

    assertThat(segmenter.targetSeconds()).isEqualTo(6);
    assertThat(cut.of("video").get(0).independent()).isTrue();
  }

  /** Of a stream with key frames at 0 and at these seconds. */
  private static int targetFor(double... keys) {
    Segmenter segmenter = new CutSegments().segmenter();
    SteadyEncoder encoder = new SteadyEncoder(segmenter);
    encoder.announce(VIDEO);
    encoder.pictures(
        0,
        keys[keys.length - 1] + 0.001,
        at -> at == 0 || DoubleStream.of(keys).anyMatch(key -> Math.abs(at - key) < 0.001));
    return segmenter.targetSeconds();
  }
}
