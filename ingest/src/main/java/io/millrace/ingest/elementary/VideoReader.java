package io.millrace.ingest.elementary;

import io.millrace.media.MalformedMediaException;
import io.millrace.media.TrackFormat;
import io.millrace.media.UnsupportedMediaException;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the pictures of one track. A reader knows its track's format from a configuration record,
 * from what the access units themselves bring, or from both. Used by one thread at a time.
 */
public sealed interface VideoReader permits NalReader, Av1Reader, Vp9Reader {
  /**
   * Takes a decoder configuration record, or an empty one where the access units bring all.
   *
   * @throws MalformedMediaException when the record breaks its form; what was known stays
   * @throws UnsupportedMediaException when it says what cannot be carried
   */
  void configure(Buffer record);

  /**
   * The format of the last access unit, or what the configuration says when none has been read yet;
   * null while it is not known. The same object as long as nothing changes for a decoder: a
   * repeated configuration changes nothing.
   */
  TrackFormat.@Nullable Video format();

  /**
   * Reads one access unit.
   *
   * @return null when it can't be used for want of a configuration
   * @throws MalformedMediaException when it breaks its form
   * @throws UnsupportedMediaException when it holds what cannot be carried
   */
  @Nullable VideoUnit read(Buffer data);
}
