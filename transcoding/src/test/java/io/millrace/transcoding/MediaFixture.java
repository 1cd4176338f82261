package io.millrace.transcoding;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.codec.AacConfiguration;
import io.millrace.media.codec.Vp9Configuration;
import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;

/** Tracks and samples that nobody decodes. */
final class MediaFixture {
  static final TrackId PICTURES = new TrackId(1);
  static final TrackId SOUND = new TrackId(2);

  private MediaFixture() {}

  static Track pictures(int width, int height) {
    Vp9Configuration vp9 = Vp9Configuration.parse(bytes("000a820201010000"));
    return new Track(PICTURES, new TrackFormat.Vp9(vp9, width, height), Timescale.MILLIS);
  }

  static Track sound() {
    AacConfiguration aac = AacConfiguration.parse(bytes("1190"));
    return new Track(SOUND, new TrackFormat.Aac(aac), Timescale.MILLIS);
  }

  static Sample picture(long dts, boolean sync) {
    return new Sample(PICTURES, dts, 0, sync, Buffer.buffer(new byte[100]));
  }

  static Sample sound(long dts) {
    return new Sample(SOUND, dts, 0, true, Buffer.buffer(new byte[10]));
  }

  private static Buffer bytes(String hex) {
    return Buffer.buffer(HexFormat.of().parseHex(hex));
  }
}
