package io.millrace.broker.message;

import org.jspecify.annotations.Nullable;

/**
 * A message as it lies in its namespace's log: immutable, shared by everyone it is delivered to.
 *
 * @param path the topic without its namespace
 * @param partition of the namespace's log
 * @param offset in the partition; grows by message, not always by one
 * @param timestamp when the log took it, milliseconds since 1970 UTC
 * @param id what the producer called it, for deduplication
 * @param retain whether MQTT's producer asked to keep it as the topic's retained message
 * @param expires milliseconds since 1970 UTC from which it is not delivered any more; {@link
 *     #NEVER} for most
 * @param headers the producer's own and the content type, nothing of the platform's
 * @param payload not to be changed by anybody
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and never changed
public record Message(
    String path,
    int partition,
    long offset,
    long timestamp,
    @Nullable String id,
    boolean retain,
    long expires,
    Headers headers,
    byte[] payload) {
  /** The time of expiry of a message that has none. */
  public static final long NEVER = Long.MAX_VALUE;

  // Objects, array headers and references of one message in memory, about.
  private static final int OVERHEAD = 160;

  public boolean isExpired(long nowMillis) {
    return expires <= nowMillis;
  }

  /** What it costs to keep in memory, in bytes, about. */
  public int weight() {
    return OVERHEAD + path.length() + payload.length + headers.sizeInBytes();
  }

  /** Without the payload, which may be anything and long. */
  @Override
  public String toString() {
    return path + "@" + partition + ":" + offset + " (" + payload.length + " bytes)";
  }
}
