package io.millrace.broker.door;

import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import io.millrace.expression.Json;
import io.millrace.expression.Subject;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A message as expressions see it; its payload is parsed when the first one asks. */
final class MessageSubject implements Subject {
  private final String namespace;
  private final Message message;
  private @Nullable Json payload;
  private @Nullable Map<String, Object> headers;

  MessageSubject(String namespace, Message message) {
    this.namespace = namespace;
    this.message = message;
  }

  Message message() {
    return message;
  }

  @Override
  public @Nullable Object value(String name) {
    return switch (name) {
      case "topic" -> namespace + "/" + message.path();
      case "headers" -> headers();
      case "payload" -> payload();
      case "time" -> message.timestamp();
      case "contentType" -> message.headers().text(Headers.CONTENT_TYPE);
      case "id" -> message.id();
      default -> null;
    };
  }

  private Json payload() {
    if (payload == null) {
      payload = Json.of(message.payload());
    }
    return payload;
  }

  private Map<String, Object> headers() {
    if (headers == null) {
      Map<String, Object> read = new HashMap<>();
      message
          .headers()
          .forEach(
              (name, value) -> read.putIfAbsent(name, new String(value, StandardCharsets.UTF_8)));
      headers = read;
    }
    return headers;
  }
}
