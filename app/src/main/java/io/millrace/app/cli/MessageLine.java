package io.millrace.app.cli;

import io.millrace.client.Message;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/** A message as one line of standard output. */
final class MessageLine {
  private MessageLine() {}

  /**
   * For people and simple tools: the payload, in Base64 where it is no text.
   *
   * @param withTopic whether the topic and a tab stand before it
   */
  static String text(Message message, boolean withTopic) {
    String payload =
        utf8(message.payload())
            .map(text -> text.replace("\r", "\\r").replace("\n", "\\n"))
            .orElseGet(() -> "base64:" + Base64.getEncoder().encodeToString(message.payload()));
    return withTopic ? message.topic() + "\t" + payload : payload;
  }

  /** For machines: the fields of the WebSocket protocol's message. */
  static String json(Message message) {
    JsonObject json =
        new JsonObject().put("topic", message.topic()).put("time", message.time().toEpochMilli());
    message.position().ifPresent(position -> json.put("position", position));
    message.id().ifPresent(id -> json.put("id", id));
    message.contentType().ifPresent(type -> json.put("contentType", type));
    if (!message.headers().isEmpty()) {
      JsonObject headers = new JsonObject();
      message.headers().forEach(headers::put);
      json.put("headers", headers);
    }
    Optional<String> text = utf8(message.payload());
    if (text.isEmpty()) {
      json.put("base64", Base64.getEncoder().encodeToString(message.payload()));
    } else if (!isJson(message) || !put(json, text.get())) {
      json.put("text", text.get());
    }
    return json.encode();
  }

  /**
   * The same without what a terminal would obey: control characters, and those that turn the order
   * of a line around, are written as JSON escapes them. Tabs stay.
   */
  static String harmless(String line) {
    StringBuilder safe = new StringBuilder(line.length());
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\t' || !(Character.isISOControl(c) || isTurning(c))) {
        safe.append(c);
      } else {
        safe.append("\\u").append(HexFormat.of().toHexDigits(c));
      }
    }
    return safe.toString();
  }

  /** Bidirectional embeddings, overrides and isolates, and the separators of lines. */
  private static boolean isTurning(char c) {
    return (c >= '\u202a' && c <= '\u202e')
        || (c >= '\u2066' && c <= '\u2069')
        || c == '\u2028'
        || c == '\u2029';
  }

  private static boolean isJson(Message message) {
    return message.contentType().filter(type -> type.contains("json")).isPresent();
  }

  private static boolean put(JsonObject json, String payload) {
    try {
      json.put("payload", Json.decodeValue(payload));
      return true;
    } catch (DecodeException e) {
      return false;
    }
  }

  private static Optional<String> utf8(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
