package io.millrace.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A message to publish. Immutable; each {@code with} gives another one.
 *
 * @param topic {@code namespace/path}
 * @param payload not to be changed until the publish is done
 * @param headers none that begins with {@code mr-}; without the content type
 * @param messageId under which it is published once within two minutes, however often it is sent;
 *     the client makes one where there is none
 * @param retain whether it is what new subscribers of the topic get first
 * @param timeToLive after which it is not delivered any more; zero for never
 */
@SuppressWarnings("ArrayRecordComponent") // a payload is compared by nobody
public record Publication(
    String topic,
    byte[] payload,
    Optional<String> contentType,
    Map<String, String> headers,
    Optional<String> messageId,
    boolean retain,
    Duration timeToLive) {
  public Publication {
    headers = Map.copyOf(headers);
    if (timeToLive.isNegative()) {
      throw new IllegalArgumentException("a time to live is positive");
    }
  }

  /** Bytes of whatever kind. */
  public static Publication bytes(String topic, byte[] payload) {
    return new Publication(
        topic, payload, Optional.empty(), Map.of(), Optional.empty(), false, Duration.ZERO);
  }

  /** A text, of the content type {@code text/plain; charset=utf-8}. */
  public static Publication text(String topic, String text) {
    return bytes(topic, text.getBytes(StandardCharsets.UTF_8))
        .withContentType("text/plain; charset=utf-8");
  }

  /** A JSON value, of the content type {@code application/json}; not looked at. */
  public static Publication json(String topic, String json) {
    return bytes(topic, json.getBytes(StandardCharsets.UTF_8)).withContentType("application/json");
  }

  public Publication withContentType(String type) {
    return new Publication(
        topic, payload, Optional.of(type), headers, messageId, retain, timeToLive);
  }

  public Publication withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Publication(topic, payload, contentType, more, messageId, retain, timeToLive);
  }

  public Publication withMessageId(String id) {
    return new Publication(
        topic, payload, contentType, headers, Optional.of(id), retain, timeToLive);
  }

  public Publication withRetain() {
    return new Publication(topic, payload, contentType, headers, messageId, true, timeToLive);
  }

  public Publication withTimeToLive(Duration duration) {
    return new Publication(topic, payload, contentType, headers, messageId, retain, duration);
  }

  /** Without the payload. */
  @Override
  public String toString() {
    return topic + " (" + payload.length + " bytes)";
  }
}
