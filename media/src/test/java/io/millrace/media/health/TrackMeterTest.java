package io.millrace.media.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.codec.HevcConfiguration;
import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class TrackMeterTest {
  private static final int CRA = 21;
  private static final int IDR = 19;
  private static final int RADL = 6;
  private static final int RASL = 8;

  /** As FFmpeg writes it for 64x48. */
  private static final Buffer HVCC =
      Buffer.buffer(
          HexFormat.of()
              .parseHex(
                  "0101600000009000000000001ef000fcfdf8f800000f03"
                      + "200001001840010c01ffff01600000030090000003000003001e959809"
                      + "210001002942010101600000030090000003000003001ea02083165959ae4caf0168080000030008"
                      + "000003005040"
                      + "22000100064401c173d089"));

  private final TrackMeter meter =
      new TrackMeter(
          new Track(
              new TrackId(1),
              new TrackFormat.H265(HevcConfiguration.parse(HVCC)),
              Timescale.MILLIS));

  // RTMP R30
  @Test
  void aGroupIsOpenWhenPicturesBeforeItsKeyFrameNeedTheGroupBefore() {
    groups(CRA, RASL);
    assertThat(meter.isOpenGroup()).isTrue();
    assertThat(meter.isReordered()).isTrue();
  }

  // RTMP R30
  @Test
  void aGroupIsClosedWhenPicturesBeforeItsKeyFrameNeedOnlyThat() {
    groups(IDR, RADL);
    assertThat(meter.isOpenGroup()).isFalse();
    assertThat(meter.isReordered()).isTrue();
  }

  @Test
  void aTrackThatJumpsFarAheadIsMeasuredWithoutWalkingTheWay() {
    groups(IDR, RADL);
    meter.sample(new Sample(new TrackId(1), 10L * 86_400_000, 0, true, unit(IDR)), 0);
    assertThat(meter.bitsPerSecond()).isZero();
  }

  private void groups(int key, int leading) {
    for (int group = 0; group < 4; group++) {
      long at = group * 2_000L;
      meter.sample(new Sample(new TrackId(1), at, 80, true, unit(key)), 0);
      meter.sample(new Sample(new TrackId(1), at + 40, 0, false, unit(leading)), 0);
      meter.sample(new Sample(new TrackId(1), at + 80, 80, false, unit(1)), 0);
    }
  }

  /** A prefix SEI, then a slice. */
  private static Buffer unit(int type) {
    return Buffer.buffer()
        .appendInt(2)
        .appendBytes(new byte[] {39 << 1, 1})
        .appendInt(3)
        .appendBytes(new byte[] {(byte) (type << 1), 1, 0});
  }
}
