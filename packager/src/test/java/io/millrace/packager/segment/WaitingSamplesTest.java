package io.millrace.packager.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Sample;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

/**
 * HLS B9, F1: how long the last picture before an outage lasts at least. Times are milliseconds.
 */
class WaitingSamplesTest {
  private final WaitingSamples waiting = new WaitingSamples(SteadyEncoder.VIDEO);

  @Test
  void theShortestOfIrregularStepsIsRemembered() {
    add(0, 125, 250, 292, 417, 542);

    assertThat(waiting.step()).isEqualTo(125);
    assertThat(waiting.shortestStep()).isEqualTo(42);
  }

  @Test
  void aBurstBeforeSlidesSaysNothingOfThem() {
    add(0, 40, 80, 120, 160, 3_160, 6_160);

    assertThat(waiting.shortestStep()).isEqualTo(3_000);
  }

  @Test
  void aPictureThatIsMovedBehindTheOneBeforeItMakesNoStep() {
    add(0, 40, 80, 60, 120, 160);

    assertThat(waiting.shortestStep()).isEqualTo(39);
    assertThat(waiting.last()).extracting(Sample::dts).isEqualTo(160L);
  }

  @Test
  void aPictureThatIsMovedIsPresentedWhenItWas() {
    add(0, 40, 30);

    assertThat(waiting.last())
        .satisfies(
            moved -> {
              assertThat(moved.dts()).isEqualTo(41);
              assertThat(moved.pts()).isEqualTo(30);
            });
  }

  private void add(long... times) {
    for (long dts : times) {
      waiting.addInOrder(new Sample(SteadyEncoder.VIDEO.id(), dts, 0, true, Buffer.buffer("x")));
    }
  }
}
