package io.millrace.packager.segment;

import static io.millrace.packager.segment.SteadyEncoder.AUDIO;
import static io.millrace.packager.segment.SteadyEncoder.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.packager.cmaf.CmafFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An encoder that dies just after a cut. */
class RunEndTest {
  private static final CutRules RULES =
      new CutRules(Duration.ofSeconds(2), Optional.empty(), Duration.ofMillis(334));

  private final List<CutSegment> cut = new ArrayList<>();
  private final Segmenter segmenter = new Segmenter(RULES, new CmafFormat(RULES, cut::add));
  private final SteadyEncoder encoder = new SteadyEncoder(segmenter);

  @BeforeEach
  void play() {
    encoder.announce(VIDEO, AUDIO);
    encoder.pictures(0, 2);
    encoder.sound(AUDIO, 0, 2);
    encoder.pictures(2, 4);
  }

  /** HLS B9, F1: nothing of the sound is missing for long enough to say so. */
  @Test
  void aFewPicturesBehindTheLastSoundMakeNoGap() {
    encoder.sound(AUDIO, 2, 3.98);
    encoder.pictures(4, 4.12);
    segmenter.interrupt();

    assertThat(cut).noneMatch(CutSegment::gap);
    assertThat(secondsOf("video")).containsExactly(2.0, 2.0, 0.12);
    assertThat(secondsOf("audio")).containsExactly(2.0, 1.96, 0.02);
    assertThat(framesOf("audio")).isEqualTo(199);
  }

  @Test
  void manyAreBesideAGap() {
    encoder.sound(AUDIO, 2, 3.98);
    encoder.pictures(4, 5);
    segmenter.interrupt();

    assertThat(cut.stream().filter(CutSegment::gap)).hasSize(1);
    assertThat(secondsOf("video")).containsExactly(2.0, 2.0, 1.0);
    assertThat(secondsOf("audio")).containsExactly(2.0, 1.98, 1.02);
    assertThat(framesOf("audio")).isEqualTo(199);
  }

  @Test
  void theOnlyFrameBehindAGapIsInTheLastSegment() {
    encoder.sound(AUDIO, 3.98, 4);
    encoder.pictures(4, 4.04);
    segmenter.interrupt();

    assertThat(of("audio").stream().map(CutSegment::gap)).containsExactly(false, true, false);
    assertThat(secondsOf("audio")).containsExactly(2.0, 1.98, 0.02);
    assertThat(framesOf("audio")).isEqualTo(101);
  }

  private List<Double> secondsOf(String rendition) {
    return of(rendition).stream()
        .map(segment -> segment.timescale().toSeconds(segment.durationTicks()))
        .toList();
  }

  private int framesOf(String rendition) {
    return of(rendition).stream().mapToInt(CutSegment::frames).sum();
  }

  private List<CutSegment> of(String rendition) {
    return cut.stream().filter(segment -> segment.rendition().equals(rendition)).toList();
  }
}
