package io.millrace.transcoder;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.transcoding.protocol.WireSample;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class DecodeTimesTest {
  private final DecodeTimes times = new DecodeTimes();

  private void sent(long dts, long pts, boolean sync) {
    ByteBuffer nothing = ByteBuffer.allocate(0);
    times.sent(new WireSample(1, dts, (int) (pts - dts), sync, nothing));
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

    assertThat(times.next(80)).isZero();
    assertThat(times.next(120)).isEqualTo(40);
    assertThat(times.next(160)).isEqualTo(80);
    assertThat(times.isSync(200)).isTrue();
    assertThat(times.next(200)).isEqualTo(120);
    assertThat(times.next(240)).isEqualTo(160);
  }

  @Test
  void aKeyFrameHasItsOwnThoughPicturesBeforeItWereLost() {
    twoGroups();

    assertThat(times.next(80)).isZero();
    assertThat(times.next(200)).isEqualTo(120);
    assertThat(times.next(240)).isEqualTo(160);
  }

  @Test
  void behindAnOpenGroupTheyOnlyRise() {
    sent(0, 80, true);
    // Key frame first, and two pictures that are shown before it.
    sent(40, 200, true);
    sent(80, 120, false);
    sent(120, 160, false);

    assertThat(times.next(80)).isZero();
    assertThat(times.next(120)).isEqualTo(40);
    assertThat(times.next(160)).isEqualTo(80);
    assertThat(times.next(200)).isEqualTo(120);
  }

  @Test
  void timesRiseWhateverComes() {
    sent(40, 40, true);
    sent(40, 40, false);

    assertThat(times.next(40)).isEqualTo(40);
    assertThat(times.next(80)).isEqualTo(41);
    assertThat(times.next(90)).isEqualTo(90);
  }
}
