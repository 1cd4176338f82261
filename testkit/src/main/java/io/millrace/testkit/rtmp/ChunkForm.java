package io.millrace.testkit.rtmp;

/**
 * How a sender writes chunks.
 *
 * @param compressed headers leave out what has not changed (types 1 to 3); otherwise every message
 *     begins with type 0
 * @param repeatsExtension the extended timestamp stands in type 3 chunks too, as the specification
 *     says; old librtmp and FFmpeg leave it out
 * @param headerBytes of the basic header at least, where its id has several forms (64 to 319)
 */
public record ChunkForm(boolean compressed, boolean repeatsExtension, int headerBytes) {
  /** Whole headers by the specification. */
  public static final ChunkForm PLAIN = new ChunkForm(false, true, 1);

  /** As librtmp: compressed, extended timestamps only once a message. */
  public static final ChunkForm LIBRTMP = new ChunkForm(true, false, 1);

  /** Compressed by the specification. */
  public static final ChunkForm COMPRESSED = new ChunkForm(true, true, 1);

  public ChunkForm withHeaderBytes(int bytes) {
    return new ChunkForm(compressed, repeatsExtension, bytes);
  }
}
