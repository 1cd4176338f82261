package io.millrace.client;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A message that was published.
 *
 * @param topic {@code namespace/path}
 * @param position where to go on behind it, with the same filter; empty where the namespace keeps
 *     nothing
 * @param time when the log took it
 * @param id the publisher's; empty where it gave none
 * @param headers without the content type
 * @param payload not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // a payload is compared by nobody
public record Message(
    String topic,
    Optional<String> position,
    Instant time,
    Optional<String> id,
    Optional<String> contentType,
    Map<String, String> headers,
    byte[] payload)
    implements Event {
  public Message {
    headers = Map.copyOf(headers);
  }

  /** The payload as UTF-8. */
  public String text() {
    return new String(payload, StandardCharsets.UTF_8);
  }

  /** Without the payload. */
  @Override
  public String toString() {
    return topic + " at " + time + " (" + payload.length + " bytes)";
  }
}
