package io.millrace.packager.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

/** Pictures of 40 ms, in milliseconds. */
class SegmentStartsTest {
  private static final Track TRACK = RandomBroadcast.video(Timescale.MILLIS);

  private final SegmentStarts starts = new SegmentStarts();

  private boolean isStart(long dts) {
    return starts.isStart(new Sample(TRACK.id(), dts, 0, false, Buffer.buffer()), TRACK);
  }

  private void cutAt(long endTicks) {
    starts.cut(new LeadSegment(0, 0, endTicks, Timescale.MILLIS, 0, false));
  }

  @Test
  void theFirstPictureBehindACutIsOneAndNoOther() {
    assertThat(isStart(0)).isFalse();
    assertThat(isStart(40)).isFalse();
    cutAt(80);

    assertThat(isStart(80)).isTrue();
    assertThat(isStart(120)).isFalse();
  }

  @Test
  void onesThatAreMovedToTheEndOfAGapAreStartsToo() {
    assertThat(isStart(0)).isFalse();
    assertThat(isStart(40)).isFalse();
    assertThat(isStart(80)).isFalse();
    cutAt(134);

    assertThat(isStart(120)).isTrue();
  }

  @Test
  void whatComesBeforeACutThatIsKnownBeforeIsNone() {
    assertThat(isStart(0)).isFalse();
    cutAt(120);

    assertThat(isStart(40)).isFalse();
    assertThat(isStart(80)).isFalse();
    assertThat(isStart(120)).isTrue();
  }

  @Test
  void aCutBeforeAPictureThatHasGoneIsTooLate() {
    assertThat(isStart(0)).isFalse();
    assertThat(isStart(40)).isFalse();
    cutAt(40);

    assertThat(isStart(80)).isFalse();
  }
}
