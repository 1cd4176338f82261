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

  /** Reads the keys of the section {@code broker} that are about front doors. */
  public static DoorConfig read(ConfigSection broker) {
    ConfigSection ws = broker.section("ws");
    ConfigSection http = broker.section("http");
    return new DoorConfig(
        size(broker, "outbox", 1 << 20),
        broker.integer("maxSubscriptions", 1000, 1, 100_000),
        broker.integer("maxWildcardSubscriptions", 100, 0, 100_000),
        size(ws, "maxMessageSize", 2 << 20),
        ws.duration("coalesce", Duration.ZERO),
        positive(ws, "pingInterval", Duration.ofSeconds(25)),
        positive(ws, "connectTimeout", Duration.ofSeconds(10)),
        positive(http, "maxWait", Duration.ofSeconds(50)));
  }

  private static int size(ConfigSection section, String key, int fallback) {
    long value = section.bytes(key, fallback);
    if (value >= LEAST_BYTES && value <= MOST_BYTES) {
      return (int) value;
    }
    section.problem(key, "must be from 4KiB to 256MiB");
    return fallback;
  }

  private static Duration positive(ConfigSection section, String key, Duration fallback) {
    Duration value = section.duration(key, fallback);
    if (value.isPositive()) {
      return value;
    }
    section.problem(key, "must be longer than nothing; write for example '10s'");
    return fallback;
  }
}
