package io.millrace.broker.rest;

import io.millrace.broker.door.Refusal;
import io.millrace.broker.position.Position;
import io.millrace.broker.position.PositionWriter;
import io.vertx.core.json.Json;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What became of each message of a batch, in the batch's order. Written by hand: of a thousand
 * results each is two fields that need no escapes, and a tree of objects costs more than publishing
 * them. Belongs to the request's event loop.
 *
 * <pre>
 *   {"results": [{"time": 1790000000000, "position": "…"}, {"error": {"code": "…", "message": "…"}}]}
 * </pre>
 */
final class BatchAnswer {
  /** About what one result takes, in characters. */
  private static final int RESULT = 96;

  private final long[] times;
  private final @Nullable Position[] positions;
  private final @Nullable Refusal[] refusals;
  private int missing;
  private boolean hasRefusals;

  BatchAnswer(int messages) {
    times = new long[messages];
    positions = new Position[messages];
    refusals = new Refusal[messages];
    missing = messages;
  }

  /**
   * One message was published.
   *
   * @param position behind it; null where the namespace keeps nothing
   * @param time its own, milliseconds since 1970 UTC
   */
  void published(int number, @Nullable Position position, long time) {
    times[number] = time;
    positions[number] = position;
    missing--;
  }

  void refused(int number, Refusal refusal) {
    refusals[number] = refusal;
    hasRefusals = true;
    missing--;
  }

  /** Whether all have been answered. */
  boolean isWhole() {
    return missing == 0;
  }

  /** Whether all were published. */
  boolean isGood() {
    return !hasRefusals;
  }

  byte[] toJson() {
    PositionWriter writer = new PositionWriter();
    StringBuilder json = new StringBuilder(RESULT * times.length + RESULT).append("{\"results\":[");
    for (int i = 0; i < times.length; i++) {
      if (i > 0) {
        json.append(',');
      }
      Refusal refusal = refusals[i];
      if (refusal == null) {
        Position position = positions[i];
        add(json, position == null ? null : writer.token(position), times[i]);
      } else {
        json.append("{\"error\":{\"code\":\"")
            .append(refusal.code().word())
            .append("\",\"message\":")
            .append(Json.encode(refusal.message()))
            .append("}}");
      }
    }
    return json.append("]}").toString().getBytes(StandardCharsets.UTF_8);
  }

  /** A position is URL-safe base64. */
  private static void add(StringBuilder json, @Nullable String position, long time) {
    json.append("{\"time\":").append(time);
    if (position != null) {
      json.append(",\"position\":\"").append(position).append('"');
    }
    json.append('}');
  }
}
