package io.millrace.packager.ts;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.packager.segment.Cut;
import io.millrace.packager.segment.RandomBroadcast;
import io.millrace.packager.segment.TrackWriter;
import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;

/** Samples of a picture and its sound, for what writes them into segments. */
final class TransportSamples {
  static final Track VIDEO = RandomBroadcast.video(Timescale.VIDEO);
  static final Track AUDIO = RandomBroadcast.audio(new Timescale(48_000), 48_000);

  /** Where a reader finds the pictures. */
  static final int PICTURES = 0x100;

  static final int SOUND = 0x101;

  private TransportSamples() {}

  /** Pictures of a second, at 25 a second. */
  static void second(TrackWriter pictures, int from) {
    for (int i = 0; i < 25; i++) {
      pictures.add(picture(90_000L * from + 3600L * i, i == 0, i == 0 ? "65aa" : "41bb"), 3600);
    }
  }

  /** Frames of sound, counted from the start. */
  static void frames(TrackWriter sound, int from, int count) {
    for (int i = from; i < from + count; i++) {
      sound.add(frame(1024L * i), 1024);
    }
  }

  static Sample frame(long dts) {
    return new Sample(RandomBroadcast.AUDIO, dts, 0, true, Buffer.buffer(new byte[300]));
  }

  static Sample picture(long dts, boolean sync, String... nals) {
    Buffer payload = Buffer.buffer();
    for (String nal : nals) {
      byte[] bytes = HexFormat.of().parseHex(nal);
      payload.appendInt(bytes.length).appendBytes(bytes);
    }
    return new Sample(RandomBroadcast.VIDEO, dts, 0, sync, payload);
  }

  static Cut cutAt(long startTicks, long durationTicks) {
    return new Cut(0, startTicks, durationTicks, 0, false);
  }
}
