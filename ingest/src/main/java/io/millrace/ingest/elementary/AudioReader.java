package io.millrace.ingest.elementary;

import io.millrace.media.MalformedMediaException;
import io.millrace.media.TrackFormat;
import io.millrace.media.UnsupportedMediaException;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the sound of one track. As {@link VideoReader}, a reader knows its track's format from a
 * configuration, from the access units, or from both. Used by one thread at a time.
 */
public sealed interface AudioReader permits AacReader, OpusReader, FlacReader, DolbyReader {
  /** Takes access units. */
  @FunctionalInterface
  interface Sink {
    /**
     * @param data one access unit in the media model's shape
     * @param duration at {@link TrackFormat.Audio#clockRate}
     */
    void unit(Buffer data, int duration);
  }

  /**
   * Takes a decoder configuration, or an empty one where the access units bring all.
   *
   * @throws MalformedMediaException when it breaks its form; what was known stays
   * @throws UnsupportedMediaException when it says what cannot be carried
   */
  void configure(Buffer record);

  /**
   * The format of the last access unit, or what the configuration says when none has been read yet;
   * null while it is not known. The same object as long as nothing changes for a decoder.
   */
  TrackFormat.@Nullable Audio format();

  /**
   * Reads what one message carries: usually one access unit.
   *
   * @return false when it can't be used for want of a configuration
   * @throws MalformedMediaException when it breaks its form
   * @throws UnsupportedMediaException when it holds what cannot be carried
   */
  boolean read(Buffer data, Sink sink);
}
