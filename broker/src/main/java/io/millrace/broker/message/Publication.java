package io.millrace.broker.message;

import java.util.Optional;

/**
 * What a producer wants to have published, after its door has decoded it.
 *
 * @param path the topic without its namespace, valid
 * @param id for deduplication, at most {@value #LONGEST_ID} characters
 * @param retain see {@link Message#retain}
 * @param expires see {@link Message#expires}
 * @param headers none of the platform's own
 * @param payload belongs to the log from now on
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and never changed
public record Publication(
    String path,
    Optional<String> id,
    boolean retain,
    long expires,
    Headers headers,
    byte[] payload) {
  /** Longer ids are refused by the doors. */
  public static final int LONGEST_ID = 128;

  /** A payload with nothing else. */
  public static Publication of(String path, byte[] payload) {
    return new Publication(path, Optional.empty(), false, Message.NEVER, Headers.NONE, payload);
  }

  /** What counts against limits: headers and payload. */
  public int sizeInBytes() {
    return headers.sizeInBytes() + payload.length;
  }

  /** Without the payload. */
  @Override
  public String toString() {
    return path + " (" + payload.length + " bytes)";
  }
}
