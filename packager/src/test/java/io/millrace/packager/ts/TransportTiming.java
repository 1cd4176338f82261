package io.millrace.packager.ts;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.packager.segment.Cut;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.RandomBroadcast;
import io.millrace.packager.segment.TrackWriter;
import io.vertx.core.buffer.Buffer;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Prints how long the largest segments hold up their event loop while they are multiplexed: twelve
 * seconds of 20 Mbit/s, 30 MB, cut in one turn. Run by hand; a time is no test.
 */
final class TransportTiming {
  private static final int PICTURES = 360;
  private static final int PICTURE_BYTES = 30_000_000 / PICTURES;

  private TransportTiming() {}

  public static void main(String[] arguments) {
    Track track = RandomBroadcast.video(Timescale.VIDEO);
    AtomicReference<CutSegment> last = new AtomicReference<>();
    TransportFormat format = new TransportFormat(Set.of(), last::set);
    TrackWriter writer = format.open("video", track);
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < PICTURES; i++) {
        Buffer payload = Buffer.buffer(PICTURE_BYTES).appendInt(PICTURE_BYTES - 4);
        payload.appendByte((byte) (i == 0 ? 0x65 : 0x41)).appendBytes(new byte[PICTURE_BYTES - 5]);
        long dts = 1_080_000L * round + 3_000L * i;
        writer.add(new Sample(track.id(), dts, 0, i == 0, payload), 3_000);
      }
      long started = System.nanoTime();
      writer.cut(new Cut(round, 1_080_000L * round, 1_080_000, 0, false));
      long millis = (System.nanoTime() - started) / 1_000_000;
      System.out.println(last.get().bytes().length() / 1_000_000 + " MB in " + millis + " ms");
    }
  }
}
