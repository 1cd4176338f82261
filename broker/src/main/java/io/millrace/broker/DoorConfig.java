package io.millrace.broker;

import io.millrace.config.ConfigSection;
import java.time.Duration;

/**
 * Bounds of the front doors (section {@code broker}).
 *
 * @param outboxBytes what may wait to be written to one connection
 * @param maxSubscriptions of one connection
 * @param maxWildcardSubscriptions of these, with wildcards
 * @param maxFrameBytes of one message of the WebSocket protocol that a client sends
 * @param coalesce how long WebSocket frames are collected before they are written; zero writes what
 *     comes in one pass of the event loop behind it
 * @param pingInterval how long a connection may be silent before it is pinged; after twice that it
 *     is closed. SSE comments come as often
 * @param connectTimeout until when a WebSocket has to have shown who it is
 * @param maxWait the longest long poll
 */
public record DoorConfig(
    int outboxBytes,
    int maxSubscriptions,
    int maxWildcardSubscriptions,
    int maxFrameBytes,
    Duration coalesce,
    Duration pingInterval,
    Duration connectTimeout,
    Duration maxWait) {
  private static final int MOST_BYTES = 1 << 28;
  private static final int LEAST_BYTES = 1 << 12;
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST_COALESCE = Duration.ofSeconds(1);

  /** Reads the keys of the section {@code broker} that are about front doors. */
  public static DoorConfig read(ConfigSection broker) {
    ConfigSection ws = broker.section("ws");
    ConfigSection http = broker.section("http");
    return new DoorConfig(
        size(broker, "outbox", 1 << 20),
        broker.integer("maxSubscriptions", 1000, 1, 100_000),
        broker.integer("maxWildcardSubscriptions", 100, 0, 100_000),
        size(ws, "maxMessageSize", 2 << 20),
        ws.duration("coalesce", Duration.ZERO, Duration.ZERO, LONGEST_COALESCE),
        ws.duration("pingInterval", Duration.ofSeconds(25), SHORTEST, Duration.ofHours(1)),
        ws.duration("connectTimeout", Duration.ofSeconds(10), SHORTEST, Duration.ofMinutes(10)),
        http.duration("maxWait", Duration.ofSeconds(50), SHORTEST, Duration.ofMinutes(10)));
  }

  private static int size(ConfigSection section, String key, int fallback) {
    return (int) section.bytes(key, fallback, LEAST_BYTES, MOST_BYTES);
  }
}
