package io.millrace.validator.media;

/**
 * How a track is coded, by its own headers.
 *
 * @param codec its RFC 6381 string; the bare name of the format where nothing more is known
 * @param width of pictures in luma samples after cropping, else 0
 * @param height likewise
 * @param sampleRate of sound in Hz, else 0
 * @param channels of sound, else 0
 */
public record TrackFormat(
    Kind kind, String codec, int width, int height, int sampleRate, int channels) {
  /** What a track is for. */
  public enum Kind {
    VIDEO,
    AUDIO,
    OTHER
  }

  /** Whether it is pictures or sound. */
  public boolean isPlayed() {
    return kind != Kind.OTHER;
  }

  /** Pictures. */
  public static TrackFormat video(String codec, int width, int height) {
    return new TrackFormat(Kind.VIDEO, codec, width, height, 0, 0);
  }

  /** Sound. */
  public static TrackFormat audio(String codec, int sampleRate, int channels) {
    return new TrackFormat(Kind.AUDIO, codec, 0, 0, sampleRate, channels);
  }

  /** Something that is not judged. */
  public static TrackFormat other(String codec) {
    return new TrackFormat(Kind.OTHER, codec, 0, 0, 0, 0);
  }
}
