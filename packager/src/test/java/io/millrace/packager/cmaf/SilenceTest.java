package io.millrace.packager.cmaf;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.codec.AacConfiguration;
import io.millrace.media.codec.FlacConfiguration;
import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** HLS B9: which sound can be silence where it is away; other sound has gaps. */
class SilenceTest {
  @Test
  void unitsOfTwoAndAHalfMillisecondsAreTheShortest() {
    assertThat(flac(120, 48_000)).isPresent();
    assertThat(flac(119, 48_000)).as("403 a second").isEmpty();
    assertThat(flac(16, 1_000_000)).as("62 500 a second").isEmpty();
    assertThat(flac(16, 44_100)).isEmpty();
  }

  @Test
  void aRateThatNoEncoderHasMakesNoSilence() {
    assertThat(aac("1190")).isPresent();
    // Object type 2, index 15 and 409 600 Hz, or one more; stereo.
    assertThat(aac("1783200010")).isPresent();
    assertThat(aac("1783200090")).isEmpty();
    assertThat(aac("17ffffff90")).as("16 777 215 Hz").isEmpty();
  }

  private static Optional<Silence> flac(int blockSize, int rate) {
    Buffer info =
        Buffer.buffer()
            .appendUnsignedShort(blockSize)
            .appendUnsignedShort(blockSize)
            .appendBytes(new byte[6])
            .appendLong((long) rate << 44 | 1L << 41 | 15L << 36)
            .appendBytes(new byte[16]);
    return silence(new TrackFormat.Flac(FlacConfiguration.parse(info)));
  }

  private static Optional<Silence> aac(String configuration) {
    Buffer record = Buffer.buffer(HexFormat.of().parseHex(configuration));
    return silence(new TrackFormat.Aac(AacConfiguration.parse(record)));
  }

  private static Optional<Silence> silence(TrackFormat.Audio format) {
    return Silence.of(new Track(new TrackId(1), format, new Timescale(format.clockRate())));
  }
}
