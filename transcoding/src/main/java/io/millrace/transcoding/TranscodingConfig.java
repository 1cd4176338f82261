package io.millrace.transcoding;

import io.millrace.config.ConfigSection;
import io.millrace.transcoding.protocol.Latency;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/**
 * How rungs are made: section {@code transcoder}.
 *
 * @param encoders {@code transcoder.encoders}, the most wanted first; those that do not work on
 *     this machine are passed over
 * @param latency {@code transcoder.latency}
 * @param loudness {@code transcoder.loudness}, in LUFS; empty where it is {@code off}
 * @param maxBehind {@code transcoder.maxBehind}, how much media may wait for the encoders before
 *     they skip to the next key frame
 * @param hangTimeout {@code transcoder.hangTimeout}, how long a transcoder may say nothing while
 *     there is something to do
 * @param stills {@code transcoder.stills}, whether JPEGs of live streams are made
 */
public record TranscodingConfig(
    List<String> encoders,
    Latency latency,
    OptionalInt loudness,
    Duration maxBehind,
    Duration hangTimeout,
    boolean stills) {
  /** The words of all encoders that there may be. */
  public static final List<String> ENCODERS =
      List.of("x264", "openh264", "nvenc", "vaapi", "svt-av1");

  /** What is found on every machine, by the one build or the other. */
  private static final List<String> USUAL = List.of("x264", "openh264");

  private static final int QUIETEST = -70;
  private static final int LOUDEST = -5;

  public TranscodingConfig {
    encoders = List.copyOf(encoders);
  }

  /**
   * Reads the section.
   *
   * @param transcoder the section {@code transcoder}
   */
  public static TranscodingConfig read(ConfigSection transcoder) {
    List<String> encoders = transcoder.strings("encoders", USUAL);
    for (String word : encoders) {
      if (!ENCODERS.contains(word)) {
        transcoder.problem(
            "encoders",
            "there is no encoder '" + word + "'; encoders are " + String.join(", ", ENCODERS));
      }
    }
    if (encoders.isEmpty()) {
      transcoder.problem(
          "encoders", "names no encoder; encoders are " + String.join(", ", ENCODERS));
    }
    OptionalInt loudness =
        transcoder.string("loudness", "off").equals("off")
            ? OptionalInt.empty()
            : OptionalInt.of(transcoder.integer("loudness", -23, QUIETEST, LOUDEST));
    return new TranscodingConfig(
        encoders,
        transcoder.choice("latency", Latency.NORMAL),
        loudness,
        transcoder.duration(
            "maxBehind", Duration.ofSeconds(4), Duration.ofSeconds(1), Duration.ofSeconds(60)),
        transcoder.duration(
            "hangTimeout", Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ofMinutes(5)),
        transcoder.bool("stills", true));
  }
}
