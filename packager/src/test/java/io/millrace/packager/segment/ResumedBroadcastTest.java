package io.millrace.packager.segment;

import static io.millrace.packager.segment.SteadyEncoder.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A broadcast that goes on behind an interruption, or behind a restart of the node. */
class ResumedBroadcastTest {
  private final CutSegments cut = new CutSegments();

  @Test
  void goesOnWithoutAKeyFrameAfterAnInterruption() {
    Segmenter segmenter = cut.segmenter();
    SteadyEncoder encoder = new SteadyEncoder(segmenter);
    encoder.announce(VIDEO);
    encoder.pictures(0, 2);
    encoder.pictures(2, 3);
    segmenter.interrupt();
    segmenter.skip();
    encoder.laterPicture(3);
    encoder.pictures(3.04, 5.04);
    encoder.end();

    assertThat(segmenter.dropped()).isZero();
    assertThat(cut.all().stream().map(CutSegment::msn)).containsExactly(0L, 1L, 3L);
    assertThat(cut.all().get(2).discontinuity()).isTrue();
    assertThat(cut.all().get(2).independent()).isFalse();
  }

  @Test
  void goesOnAfterARestartWithTheNextNumberAndADiscontinuity() {
    Segmenter resumed = cut.resumed(3, 17);
    SteadyEncoder encoder = new SteadyEncoder(resumed);
    encoder.announce(VIDEO);
    encoder.pictures(0, 2);
    encoder.end();

    assertThat(cut.all()).hasSize(1);
    assertThat(cut.all().get(0).msn()).isEqualTo(17);
    assertThat(cut.all().get(0).discontinuity()).isTrue();
    assertThat(resumed.targetSeconds()).isEqualTo(3);
  }
}
