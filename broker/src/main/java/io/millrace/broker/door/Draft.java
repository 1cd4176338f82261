package io.millrace.broker.door;

import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message as a client wants it published, not looked at yet.
 *
 * @param topic {@code namespace/path}
 * @param payload belongs to the log when it is published
 * @param headers without the content type
 * @param id for deduplication
 * @param ttlMillis after which it is not delivered any more; 0 for never
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and never changed
public record Draft(
    String topic,
    byte[] payload,
    Optional<String> contentType,
    Map<String, String> headers,
    Optional<String> id,
    boolean retain,
    long ttlMillis) {
  private static final int MOST_HEADERS = 64;
  private static final int LONGEST_NAME = 128;
  private static final int LONGEST_CONTENT_TYPE = 256;

  public Draft {
    headers = headers.isEmpty() ? Map.of() : new LinkedHashMap<>(headers);
  }

  /** What is wrong with it, in words for the user; null when nothing is. The topic is apart. */
  @Nullable String problem() {
    if (id.isPresent() && (id.get().isEmpty() || id.get().length() > Publication.LONGEST_ID)) {
      return "a message's id has 1 to " + Publication.LONGEST_ID + " characters";
    }
    if (ttlMillis < 0) {
      return "a time to live is positive";
    }
    if (contentType.isPresent()
        && (contentType.get().length() > LONGEST_CONTENT_TYPE || hasControl(contentType.get()))) {
      return "a content type has at most "
          + LONGEST_CONTENT_TYPE
          + " characters and no control characters";
    }
    if (headers.size() > MOST_HEADERS) {
      return "a message has at most " + MOST_HEADERS + " headers";
    }
    for (String name : headers.keySet()) {
      if (name.isEmpty() || name.length() > LONGEST_NAME || hasControl(name)) {
        return "a header's name has 1 to " + LONGEST_NAME + " characters, none of them control";
      }
      if (name.startsWith(Headers.OWN)) {
        return "headers that begin with '" + Headers.OWN + "' are the platform's own";
      }
      if (name.equals(Headers.CONTENT_TYPE)) {
        return "the content type has a place of its own";
      }
    }
    return null;
  }

  private static boolean hasControl(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }

  /** What is to be published, of a draft that has no {@link #problem}. */
  Publication publication(String path, long nowMillis) {
    Headers.Builder all = Headers.builder();
    contentType.ifPresent(type -> all.add(Headers.CONTENT_TYPE, type));
    headers.forEach(all::add);
    return new Publication(
        path, id, retain, ttlMillis == 0 ? Message.NEVER : expiry(nowMillis), all.build(), payload);
  }

  private long expiry(long nowMillis) {
    long expires = nowMillis + ttlMillis;
    return expires < 0 ? Message.NEVER : expires;
  }

  /** Without the payload. */
  @Override
  public String toString() {
    return topic + " (" + payload.length + " bytes)";
  }
}
