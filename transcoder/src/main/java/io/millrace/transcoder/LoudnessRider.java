package io.millrace.transcoder;

import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_send_command;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_get;

import java.util.Locale;
import org.bytedeco.ffmpeg.avutil.AVDictionaryEntry;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Brings sound slowly to a loudness, by what of it was heard in the last three seconds (EBU R 128,
 * short-term), with a limiter behind it. FFmpeg's own filter for this, loudnorm, holds sound back
 * for three seconds; this one for a tenth of one.
 */
final class LoudnessRider {
  /** What stands in the chain, with a comma behind it. */
  static final String FILTERS =
      "ebur128=metadata=1,volume@rider=volume=0dB:precision=float,"
          + "alimiter=limit=0.89:level=0:latency=1,";

  /** Nobody speaks: what is quieter says nothing of how loud the rest is. */
  private static final double SILENCE = -50;

  private static final double MOST_GAIN = 12;

  /** In a frame of 1,024 samples, in dB: about 2 dB a second. */
  private static final double STEP = 0.05;

  private final FilterChain chain;
  private final double target;
  private double gain;

  /**
   * @param target in LUFS
   */
  LoudnessRider(FilterChain chain, double target) {
    this.chain = chain;
    this.target = target;
  }

  /** A frame has come through. */
  void heard(AVFrame frame) {
    AVDictionaryEntry entry = av_dict_get(frame.metadata(), "lavfi.r128.S", null, 0);
    if (entry == null || entry.isNull()) {
      return;
    }
    double loudness;
    try {
      loudness = Double.parseDouble(entry.value().getString());
    } catch (NumberFormatException e) {
      return;
    }
    if (loudness < SILENCE || Double.isNaN(loudness)) {
      return;
    }
    double wanted = Math.clamp(target - loudness, -MOST_GAIN, MOST_GAIN);
    double next = gain + Math.clamp(wanted - gain, -STEP, STEP);
    if (Math.abs(next - gain) > STEP / 10) {
      gain = next;
      String words = String.format(Locale.ROOT, "%.3fdB", gain);
      avfilter_graph_send_command(
          chain.graph(), "volume@rider", "volume", words, new byte[64], 64, 0);
    }
  }
}
