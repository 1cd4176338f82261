package io.millrace.broker.ws;

import io.millrace.access.TopicGrant;
import io.millrace.broker.door.Encoding;
import io.millrace.broker.door.History.Page;
import io.millrace.broker.door.MessageFields;
import io.millrace.broker.door.Refusal;
import io.millrace.broker.hub.Gap;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** What the server sends, but for messages, in the encoding of a connection. */
final class ServerFrames {
  private final Encoding encoding;

  ServerFrames(Encoding encoding) {
    this.encoding = encoding;
  }

  byte[] connected(@Nullable String id, TopicGrant grant, long pingMillis) {
    JsonObject frame = frame("connected", id).put("principal", grant.principal());
    grant.expiresAt().ifPresent(at -> frame.put("expires", at.toEpochMilli()));
    return bytes(frame.put("pingInterval", pingMillis));
  }

  byte[] subscribed(String sub, boolean mayRepeat, @Nullable String position) {
    JsonObject frame = of("subscribed", sub).put("mayRepeat", mayRepeat);
    return bytes(position == null ? frame : frame.put("position", position));
  }

  byte[] unsubscribed(String sub) {
    return bytes(of("unsubscribed", sub));
  }

  byte[] published(@Nullable String id, @Nullable String position, long time) {
    JsonObject frame = frame("published", id).put("time", time);
    return bytes(position == null ? frame : frame.put("position", position));
  }

  byte[] pong(@Nullable String id) {
    return bytes(frame("pong", id));
  }

  byte[] gap(String sub, Gap gap) {
    return bytes(of("gap", sub).mergeIn(MessageFields.gap(gap)));
  }

  byte[] caughtUp(String sub, @Nullable String position) {
    JsonObject frame = of("caught-up", sub);
    return bytes(position == null ? frame : frame.put("position", position));
  }

  byte[] ended(String sub, Refusal refusal) {
    return bytes(put(refusal, of("ended", sub)));
  }

  /** A request was refused, or a frame that could not be read. */
  byte[] error(@Nullable String id, @Nullable String sub, Refusal refusal) {
    JsonObject frame = frame("error", id);
    if (sub != null) {
      frame.put("sub", sub);
    }
    return bytes(put(refusal, frame));
  }

  byte[] history(String id, Page page) {
    return page.bytes(frame("history", id));
  }

  /** What comes before a message's own fields. */
  byte[] messagePrefix(String sub) {
    return encoding.head(of("message", sub));
  }

  private static JsonObject frame(String type, @Nullable String id) {
    JsonObject frame = new JsonObject().put("type", type);
    return id == null ? frame : frame.put("id", id);
  }

  private static JsonObject of(String type, String sub) {
    return new JsonObject().put("type", type).put("sub", sub);
  }

  private static JsonObject put(Refusal refusal, JsonObject frame) {
    return frame.put("code", refusal.code().word()).put("message", refusal.message());
  }

  private byte[] bytes(JsonObject frame) {
    return encoding.bytes(frame);
  }
}
