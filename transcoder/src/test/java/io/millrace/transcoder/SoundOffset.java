package io.millrace.transcoder;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.testkit.Ffmpeg;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** How much later sound is heard than its source: both are decoded and laid over each other. */
final class SoundOffset {
  private static final int RATE = 8_000;
  private static final int MOST_LAG = RATE / 5;
  private static final double MILLIS = 1000;

  private SoundOffset() {}

  /**
   * In milliseconds; negative where it is early.
   *
   * @param source whose times are in milliseconds
   */
  static double millis(
      TrackFormat sourceFormat, List<Sample> source, Track track, List<Sample> made, Path folder)
      throws IOException {
    float[] wanted = decode(RungEvents.adts(sourceFormat, source, folder.resolve("source.aac")));
    float[] found = decode(RungEvents.adts(track.format(), made, folder.resolve("made.aac")));
    double from =
        Timescale.rescale(made.getFirst().dts(), track.timescale(), new Timescale(1_000_000)) / 1e6
            - source.getFirst().dts() / MILLIS;
    int shift = (int) Math.round(from * RATE);
    int start = 5 * RATE;
    int length = Math.min(10 * RATE, Math.min(wanted.length, found.length) - start - 2 * MOST_LAG);
    int best = 0;
    double bestSum = Double.NEGATIVE_INFINITY;
    for (int lag = -MOST_LAG; lag <= MOST_LAG; lag++) {
      double sum = 0;
      for (int i = start; i < start + length; i++) {
        sum += (double) wanted[i] * found[i + lag - shift];
      }
      if (sum > bestSum) {
        bestSum = sum;
        best = lag;
      }
    }
    return best * MILLIS / RATE;
  }

  private static float[] decode(Path adts) throws IOException {
    Path pcm = adts.resolveSibling(adts.getFileName() + ".pcm");
    Ffmpeg.run(
            Duration.ofSeconds(30),
            "-y",
            "-i",
            adts.toString(),
            // What the decoder has no sound for at the start is silence, not nothing.
            "-af",
            "aresample=async=1:first_pts=0",
            "-ac",
            "1",
            "-ar",
            Integer.toString(RATE),
            "-f",
            "f32le",
            pcm.toString())
        .orFail();
    var floats =
        ByteBuffer.wrap(Files.readAllBytes(pcm)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] result = new float[floats.remaining()];
    floats.get(result);
    return result;
  }
}
