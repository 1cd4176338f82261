package io.millrace.transcoding.protocol;

import java.nio.ByteBuffer;

/**
 * A track as both sides know it.
 *
 * @param id from 1, unique among the tracks that are told together
 * @param timescale ticks per second of its samples' times
 * @param width of pictures, after cropping; 0 for sound
 * @param height of pictures, after cropping; 0 for sound
 * @param milliFrames what the encoder announces, in thousandths of a picture a second; 0 where it
 *     doesn't
 * @param sampleRate of sound; 0 for pictures
 * @param channels of sound; 0 for pictures
 * @param record what a decoder needs first, by {@link Codec}
 */
public record WireTrack(
    int id,
    int timescale,
    Codec codec,
    int width,
    int height,
    int milliFrames,
    int sampleRate,
    int channels,
    ByteBuffer record) {
  /** Longer records are refused. */
  public static final int LONGEST_RECORD = 64 << 10;

  private static final int LARGEST_PICTURE = 16_384;

  public WireTrack {
    boolean picture =
        width > 0 && width <= LARGEST_PICTURE && height > 0 && height <= LARGEST_PICTURE;
    boolean sound = sampleRate > 0 && sampleRate <= 768_000 && channels > 0 && channels <= 64;
    if (id < 1 || timescale < 1 || milliFrames < 0 || !(codec.isVideo() ? picture : sound)) {
      throw new IllegalArgumentException(
          "track %d of %s, timescale %d: %d x %d at %d, %d Hz, %d channels"
              .formatted(id, codec, timescale, width, height, milliFrames, sampleRate, channels));
    }
    if (record.remaining() > LONGEST_RECORD) {
      throw new IllegalArgumentException("record of " + record.remaining() + " bytes");
    }
    record = record.asReadOnlyBuffer();
  }

  /** Pictures. */
  public static WireTrack video(
      int id,
      int timescale,
      Codec codec,
      int width,
      int height,
      int milliFrames,
      ByteBuffer record) {
    return new WireTrack(id, timescale, codec, width, height, milliFrames, 0, 0, record);
  }

  /** Sound. */
  public static WireTrack audio(
      int id, int timescale, Codec codec, int sampleRate, int channels, ByteBuffer record) {
    return new WireTrack(id, timescale, codec, 0, 0, 0, sampleRate, channels, record);
  }

  /** Not to be moved: whoever reads it takes a {@link ByteBuffer#duplicate}. */
  @Override
  public ByteBuffer record() {
    return record.duplicate();
  }
}
