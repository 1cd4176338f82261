package io.millrace.client.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.millrace.client.Interest;
import io.millrace.client.Publication;
import io.millrace.client.Start;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;

/** Writes frames. Pure. */
public final class FrameWriter {
  private static final CBORFactory FACTORY = new CBORFactory();

  private interface Body {
    void writeTo(JsonGenerator frame) throws IOException;
  }

  private FrameWriter() {}

  /**
   * Who the client is.
   *
   * @param token a key or a JWT; empty where the server is to go by the address
   */
  public static byte[] connect(String id, Optional<String> token) {
    return frame(
        "connect",
        frame -> {
          frame.writeStringField("id", id);
          if (token.isPresent()) {
            frame.writeStringField("token", token.get());
          }
        });
  }

  /** A message, under an id that makes sending it again harmless. */
  public static byte[] publish(String id, String messageId, Publication message) {
    return frame(
        "publish",
        frame -> {
          frame.writeStringField("id", id);
          frame.writeStringField("topic", message.topic());
          frame.writeStringField("messageId", messageId);
          if (message.contentType().isPresent()) {
            frame.writeStringField("contentType", message.contentType().get());
          }
          if (!message.headers().isEmpty()) {
            frame.writeObjectFieldStart("headers");
            for (Map.Entry<String, String> header : message.headers().entrySet()) {
              frame.writeStringField(header.getKey(), header.getValue());
            }
            frame.writeEndObject();
          }
          if (message.retain()) {
            frame.writeBooleanField("retain", true);
          }
          if (message.timeToLive().isPositive()) {
            frame.writeNumberField("ttl", Math.max(1, message.timeToLive().toMillis()));
          }
          frame.writeBinaryField("payload", message.payload());
        });
  }

  /**
   * A subscription.
   *
   * @param start instead of the interest's own
   */
  public static byte[] subscribe(String sub, Interest interest, Start start) {
    return frame(
        "subscribe",
        frame -> {
          frame.writeStringField("sub", sub);
          frame.writeStringField("policy", interest.policy().word());
          interest(interest, start, frame);
        });
  }

  public static byte[] unsubscribe(String sub) {
    return frame("unsubscribe", frame -> frame.writeStringField("sub", sub));
  }

  public static byte[] history(String id, Interest interest, int limit) {
    return frame(
        "history",
        frame -> {
          frame.writeStringField("id", id);
          frame.writeNumberField("limit", limit);
          interest(interest, interest.start(), frame);
        });
  }

  public static byte[] ping() {
    return frame("ping", frame -> {});
  }

  private static void interest(Interest interest, Start start, JsonGenerator frame)
      throws IOException {
    frame.writeStringField("filter", interest.filter());
    if (interest.where().isPresent()) {
      frame.writeStringField("where", interest.where().get());
    }
    if (start instanceof Start.Now) {
      return;
    }
    frame.writeObjectFieldStart("start");
    switch (start) {
      case Start.Now() -> throw new AssertionError("said above");
      case Start.Last(int count) -> frame.writeNumberField("last", count);
      case Start.Since since -> frame.writeNumberField("since", since.time().toEpochMilli());
      case Start.After(String position) -> frame.writeStringField("after", position);
    }
    frame.writeEndObject();
  }

  private static byte[] frame(String type, Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator frame = FACTORY.createGenerator(bytes)) {
      frame.writeStartObject();
      frame.writeStringField("type", type);
      body.writeTo(frame);
      frame.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
