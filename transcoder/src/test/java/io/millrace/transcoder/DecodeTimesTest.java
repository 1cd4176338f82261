package io.millrace.transcoder;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.transcoding.protocol.WireSample;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class DecodeTimesTest {
  private final DecodeTimes times = new DecodeTimes();

  private void sent(long dts, long pts, boolean sync) {
    sent(dts, pts, sync, false);
  }

  private void sent(long dts, long pts, boolean sync, boolean startsSegment) {
    ByteBuffer nothing = ByteBuffer.allocate(0);
    times.sent(new WireSample(1, dts, (int) (pts - dts), sync, nothing), startsSegment);
  }

  private long next(long pts) {
    return times.next(pts).dts();
  }

  /** Two groups of I P b: shown I b P. */
  private void twoGroups() {
    sent(0, 80, true);
    sent(40, 160, false);
    sent(80, 120, false);
    sent(120, 200, true);
    sent(160, 280, false);
    sent(200, 240, false);
  }

  @Test
  void picturesInTheOrderOfPresentationGetTheTimesOfDecodingInTheirs() {
    twoGroups();

    assertThat(next(80)).isZero();
    assertThat(next(120)).isEqualTo(40);
    assertThat(next(160)).isEqualTo(80);
    assertThat(times.next(200)).isEqualTo(new DecodeTimes.Place(120, true, false));
    assertThat(next(240)).isEqualTo(160);
  }

  @Test
  void aKeyFrameHasItsOwnThoughPicturesBeforeItWereLost() {
    twoGroups();

    assertThat(next(80)).isZero();
    assertThat(next(200)).isEqualTo(120);
    assertThat(next(240)).isEqualTo(160);
  }

  @Test
  void behindAnOpenGroupTheyOnlyRise() {
    sent(0, 80, true);
    // Key frame first, and two pictures that are shown before it.
    sent(40, 200, true);
    sent(80, 120, false);
    sent(120, 160, false);

    assertThat(next(80)).isZero();
    assertThat(next(120)).isEqualTo(40);
    assertThat(next(160)).isEqualTo(80);
    assertThat(next(200)).isEqualTo(120);
  }

  /** The rung's key frame is decoded when the source's is, and shown before what it leads. */
  @Test
  void theFirstPictureOfAnOpenGroupIsTheOneThatIsDecodedFirst() {
    sent(0, 80, true);
    sent(40, 200, true);
    sent(80, 120, false);
    sent(120, 160, false);

    assertThat(times.next(80).sync()).isTrue();
    assertThat(times.next(120)).isEqualTo(new DecodeTimes.Place(40, true, false));
    assertThat(times.next(160).sync()).isFalse();
    assertThat(times.next(200).sync()).isFalse();
  }

  /** I, then P b b that is cut before: the rung has the first of the three there. */
  @Test
  void aSegmentStartsWithThePictureThatIsDecodedWhenItsFirstOneIs() {
    sent(0, 80, true);
    sent(40, 200, false, true);
    sent(80, 120, false);
    sent(120, 160, false);

    assertThat(times.next(80).startsSegment()).isFalse();
    assertThat(times.next(120)).isEqualTo(new DecodeTimes.Place(40, false, true));
    assertThat(times.next(160).startsSegment()).isFalse();
    assertThat(times.next(200).startsSegment()).isFalse();
  }

  @Test
  void aSegmentWhosePicturesWereLostStartsWithTheNextKeyFrame() {
    sent(0, 0, true);
    sent(40, 40, false, true);
    sent(80, 80, true);

    assertThat(times.next(0).startsSegment()).isFalse();
    assertThat(times.next(80)).isEqualTo(new DecodeTimes.Place(80, true, true));
  }

  @Test
  void timesRiseWhateverComes() {
    sent(40, 40, true);
    sent(40, 40, false);

    assertThat(next(40)).isEqualTo(40);
    assertThat(next(80)).isEqualTo(41);
    assertThat(next(90)).isEqualTo(90);
  }
}
