package io.millrace.access;

import java.util.Map;
import java.util.function.BiConsumer;

/**
 * How much may be published to one namespace: by one key or token's subject, or by everybody
 * together.
 *
 * @param messagesPerSecond at least 1, or {@link #UNLIMITED}
 * @param bytesPerSecond of headers and payloads, at least 1, or {@link #UNLIMITED}
 */
public record PublishLimits(long messagesPerSecond, long bytesPerSecond) {
  public static final long UNLIMITED = Long.MAX_VALUE;

  /** No limit. */
  public static final PublishLimits NONE = new PublishLimits(UNLIMITED, UNLIMITED);

  /** The most that a limit may be, a second. */
  public static final long MOST = 1_000_000_000;

  /**
   * Reads {@code {"messagesPerSecond": 100, "bytesPerSecond": 65536}}; what is left out is not
   * limited.
   *
   * @param problems takes a field and what is wrong with it; a limit that was told of is unlimited
   *     in the answer, so the caller refuses
   */
  public static PublishLimits read(
      Map<String, ? extends Object> json, BiConsumer<String, String> problems) {
    for (String field : json.keySet()) {
      if (!field.equals("messagesPerSecond") && !field.equals("bytesPerSecond")) {
        problems.accept(field, "is not known here");
      }
    }
    return new PublishLimits(
        limit(json, "messagesPerSecond", problems), limit(json, "bytesPerSecond", problems));
  }

  private static long limit(
      Map<String, ? extends Object> json, String field, BiConsumer<String, String> problems) {
    Object value = json.get(field);
    if (value == null) {
      return UNLIMITED;
    }
    if ((value instanceof Integer || value instanceof Long)
        && ((Number) value).longValue() >= 1
        && ((Number) value).longValue() <= MOST) {
      return ((Number) value).longValue();
    }
    problems.accept(field, "is not a whole number from 1 to " + MOST);
    return UNLIMITED;
  }
}
