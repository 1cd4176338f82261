package io.millrace.broker.door;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import io.millrace.broker.hub.Delivery;
import io.millrace.broker.hub.Gap;
import io.millrace.broker.hub.Subscription;
import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import io.millrace.config.ValueText;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Messages as the fields of an object, the same behind every door:
 *
 * <pre>
 *   "topic": …, "position": …, "time": …, "id": …, "contentType": …, "headers": {…},
 *   and one of "payload" (JSON as it is), "text", "base64" }
 * </pre>
 *
 * Position is left out where the namespace keeps nothing, id, content type and headers where there
 * are none. In JSON, a payload is JSON when its content type says so and it is; text when it is
 * UTF-8. There is no line break in it. In CBOR it is a byte string, whatever is in it.
 */
public final class MessageFields {
  /** Tells the encodings of a message apart: by the very token. */
  @SuppressWarnings("ArrayRecordComponent") // identity is meant
  private record Key(Encoding encoding, byte @Nullable [] token) {}

  /** Stands for what is not UTF-8, and may be there itself. */
  private static final char REPLACEMENT = '\uFFFD';

  private MessageFields() {}

  /**
   * The fields and the closing brace of a message that is being delivered, without the opening one
   * so that a door can put its own fields first. Not to be changed: it is shared.
   */
  public static byte[] of(Encoding encoding, Subscription subscription, Delivery delivery) {
    byte[] token = subscription.tokenAfter(delivery);
    String namespace = subscription.filter().namespace();
    return delivery.encoded(
        new Key(encoding, token), message -> encoded(encoding, namespace, message, token));
  }

  private static byte[] encoded(
      Encoding encoding, String namespace, Message message, byte @Nullable [] token) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(message.payload().length + 200);
    try (JsonGenerator json = encoding.generator(bytes)) {
      json.writeStartObject();
      json.writeStringField("topic", namespace + "/" + message.path());
      if (token != null) {
        json.writeStringField("position", new String(token, StandardCharsets.US_ASCII));
      }
      json.writeNumberField("time", message.timestamp());
      if (message.id() != null) {
        json.writeStringField("id", message.id());
      }
      String contentType = message.headers().text(Headers.CONTENT_TYPE);
      if (contentType != null) {
        json.writeStringField("contentType", contentType);
      }
      headers(message.headers(), json);
      switch (encoding) {
        case JSON -> payload(message.payload(), contentType, json);
        case CBOR -> json.writeBinaryField("payload", message.payload());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Encoding.tail(bytes);
  }

  /** A gap's fields. */
  public static JsonObject gap(Gap gap) {
    return new JsonObject()
        .put("reason", ValueText.word(gap.reason()))
        .put("partition", gap.partition())
        .put("from", gap.from())
        .put("to", gap.to());
  }

  private static void headers(Headers headers, JsonGenerator json) throws IOException {
    boolean isOpen = false;
    for (int i = 0; i < headers.size(); i++) {
      if (!headers.name(i).equals(Headers.CONTENT_TYPE)) {
        if (!isOpen) {
          json.writeObjectFieldStart("headers");
          isOpen = true;
        }
        json.writeStringField(
            headers.name(i), new String(headers.value(i), StandardCharsets.UTF_8));
      }
    }
    if (isOpen) {
      json.writeEndObject();
    }
  }

  private static void payload(byte[] payload, @Nullable String contentType, JsonGenerator json)
      throws IOException {
    String text = text(payload);
    if (text == null) {
      json.writeBinaryField("base64", payload);
    } else if (isJson(contentType) && isValid(text)) {
      json.writeFieldName("payload");
      // In JSON line breaks are only between values; server-sent events have none in a line.
      json.writeRawValue(text.replace('\n', ' ').replace('\r', ' '));
    } else {
      json.writeStringField("text", text);
    }
  }

  /** Whether a content type is JSON's or one made of it ({@code application/cloudevents+json}). */
  static boolean isJson(@Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
    int end = contentType.indexOf(';');
    String type =
        (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    return type.equals("application/json") || type.equals("text/json") || type.endsWith("+json");
  }

  /** The text, not the bytes: of those the parser would guess an encoding. */
  private static boolean isValid(String text) {
    try (JsonParser parser = Encoding.JSON.parser(text)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      parser.finishToken();
      return parser.nextToken() == null;
    } catch (JacksonException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Bytes as UTF-8; null where they are not. */
  public static @Nullable String text(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) < 0) {
      return text;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
