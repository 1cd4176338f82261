package io.millrace.packager.cue;

import static io.millrace.packager.cue.CueFixture.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** HLS S3. */
class SpliceTimesTest {
  private static final long FRAME = nanos(0.04);

  private final SpliceTimes splices = new SpliceTimes();

  @Test
  void cutsAtTheFirstKeyFrameAtOrBehindASplice() {
    splices.set(List.of(nanos(10)));

    assertThat(splices.isDue(nanos(8), FRAME)).isFalse();
    assertThat(splices.isDue(nanos(9.96), FRAME)).isFalse();
    assertThat(splices.isDue(nanos(10), FRAME)).isTrue();
    assertThat(splices.isDue(nanos(11.5), FRAME)).isTrue();
    splices.cut(nanos(11.5), FRAME);
    assertThat(splices.isDue(nanos(12), FRAME)).isFalse();
  }

  /** Times of SCTE 35 are seldom those of a frame to the tick. */
  @Test
  void theNearestFrameMayBeHalfOfOneBefore() {
    splices.set(List.of(nanos(10)));
    assertThat(splices.isDue(nanos(9.985), FRAME)).isTrue();
    splices.cut(nanos(9.985), FRAME);

    assertThat(splices.isDue(nanos(10.025), FRAME)).isFalse();
  }

  @Test
  void oneCutIsEnoughForSplicesThatNoKeyFrameCameBetween() {
    splices.set(List.of(nanos(10), nanos(11), nanos(13)));
    assertThat(splices.isDue(nanos(12), FRAME)).isTrue();
    splices.cut(nanos(12), FRAME);

    assertThat(splices.isDue(nanos(12.5), FRAME)).isFalse();
    assertThat(splices.isDue(nanos(13), FRAME)).isTrue();
  }

  /** An early return comes as a splice of now; a cancelled one is gone. */
  @Test
  void followsSplicesThatMove() {
    splices.set(List.of(nanos(10), nanos(40)));
    splices.cut(nanos(10), FRAME);
    splices.set(List.of(nanos(10), nanos(20.3)));
    assertThat(splices.isDue(nanos(22), FRAME)).isTrue();
    splices.set(List.of(nanos(10)));

    assertThat(splices.isDue(nanos(22), FRAME)).isFalse();
  }

  @Test
  void tellsForWhichTimesKeyFramesAreToBeAskedFor() {
    splices.set(List.of(nanos(10), nanos(40)));

    assertThat(splices.toCome(nanos(5))).containsExactly(nanos(10), nanos(40));
    assertThat(splices.toCome(nanos(10))).containsExactly(nanos(40));
  }
}
