package io.millrace.client.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.millrace.client.Gap;
import io.millrace.client.HistoryPage;
import io.millrace.client.Message;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads frames. Fields and types that it does not know are passed over. Pure. */
public final class FrameReader {
  private static final CBORFactory FACTORY = new CBORFactory();

  /** The fields of whatever kind of frame, or of a message within one. */
  private static final class Fields {
    private final Map<String, String> texts = new LinkedHashMap<>();
    private final Map<String, Long> numbers = new LinkedHashMap<>();
    private final List<Fields> messages = new ArrayList<>();
    private final List<Fields> gaps = new ArrayList<>();
    private Map<String, String> headers = Map.of();
    private byte[] payload = new byte[0];
    private boolean mayRepeat;
    private boolean complete;

    private @Nullable String text(String name) {
      return texts.get(name);
    }

    private Optional<String> optional(String name) {
      return Optional.ofNullable(text(name));
    }

    private String required(String name) throws MalformedFrameException {
      String text = text(name);
      if (text == null) {
        throw new MalformedFrameException("the field '" + name + "' is missing");
      }
      return text;
    }

    private long number(String name) {
      return numbers.getOrDefault(name, -1L);
    }
  }

  private FrameReader() {}

  /**
   * Reads one frame.
   *
   * @throws MalformedFrameException when it is none
   */
  public static ServerFrame read(byte[] bytes) throws MalformedFrameException {
    Fields fields;
    try (JsonParser parser = FACTORY.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedFrameException("a frame is an object");
      }
      fields = fields(parser);
    } catch (MalformedFrameException e) {
      throw e;
    } catch (IOException e) {
      throw new MalformedFrameException("a frame is not CBOR", e);
    }
    return frame(fields);
  }

  private static ServerFrame frame(Fields fields) throws MalformedFrameException {
    String type = fields.required("type");
    return switch (type) {
      case "message" -> new ServerFrame.Delivered(fields.required("sub"), message(fields));
      case "published" ->
          new ServerFrame.Published(
              fields.required("id"), time(fields.number("time")), fields.optional("position"));
      case "connected" ->
          new ServerFrame.Connected(
              fields.required("principal"),
              fields.number("expires") < 0
                  ? Optional.empty()
                  : Optional.of(time(fields.number("expires"))),
              fields.number("pingInterval"));
      case "subscribed" ->
          new ServerFrame.Subscribed(
              fields.required("sub"), fields.mayRepeat, fields.optional("position"));
      case "gap" -> new ServerFrame.GapTold(fields.required("sub"), gap(fields));
      case "caught-up" ->
          new ServerFrame.CaughtUp(fields.required("sub"), fields.optional("position"));
      case "ended" ->
          new ServerFrame.Ended(
              fields.required("sub"), fields.required("code"), fields.required("message"));
      case "history" -> new ServerFrame.History(fields.required("id"), page(fields));
      case "error" ->
          new ServerFrame.Refused(
              fields.text("id"),
              fields.text("sub"),
              fields.required("code"),
              fields.required("message"));
      default -> new ServerFrame.Other(type);
    };
  }

  private static HistoryPage page(Fields fields) throws MalformedFrameException {
    List<Message> messages = new ArrayList<>(fields.messages.size());
    for (Fields message : fields.messages) {
      messages.add(message(message));
    }
    return new HistoryPage(
        messages,
        fields.gaps.stream().map(FrameReader::gap).toList(),
        fields.optional("position"),
        fields.complete);
  }

  private static Message message(Fields fields) throws MalformedFrameException {
    return new Message(
        fields.required("topic"),
        fields.optional("position"),
        time(fields.number("time")),
        fields.optional("id"),
        fields.optional("contentType"),
        fields.headers,
        fields.payload);
  }

  private static Gap gap(Fields fields) {
    return new Gap(
        reason(fields.texts.getOrDefault("reason", "")),
        (int) fields.number("partition"),
        fields.number("from"),
        fields.number("to"));
  }

  private static Gap.Reason reason(String word) {
    String name = word.toUpperCase(Locale.ROOT).replace('-', '_');
    for (Gap.Reason reason : Gap.Reason.values()) {
      if (reason.name().equals(name)) {
        return reason;
      }
    }
    return Gap.Reason.OTHER;
  }

  private static Instant time(long millis) {
    return Instant.ofEpochMilli(millis);
  }

  private static Fields fields(JsonParser parser) throws IOException {
    Fields fields = new Fields();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      switch (parser.nextToken()) {
        case VALUE_STRING -> fields.texts.put(name, parser.getText());
        case VALUE_NUMBER_INT -> fields.numbers.put(name, parser.getLongValue());
        case VALUE_TRUE -> set(fields, name);
        case VALUE_EMBEDDED_OBJECT -> fields.payload = parser.getBinaryValue();
        case START_OBJECT -> {
          if (name.equals("headers")) {
            fields.headers = fields(parser).texts;
          } else {
            parser.skipChildren();
          }
        }
        case START_ARRAY -> array(name, parser, fields);
        case null -> throw new MalformedFrameException("a frame ends too early");
        default -> {}
      }
    }
    if (parser.currentToken() != JsonToken.END_OBJECT) {
      throw new MalformedFrameException("a frame ends too early");
    }
    return fields;
  }

  private static void set(Fields fields, String name) {
    switch (name) {
      case "mayRepeat" -> fields.mayRepeat = true;
      case "complete" -> fields.complete = true;
      default -> {}
    }
  }

  private static void array(String name, JsonParser parser, Fields fields) throws IOException {
    if (!name.equals("messages") && !name.equals("gaps")) {
      parser.skipChildren();
      return;
    }
    List<Fields> objects = name.equals("messages") ? fields.messages : fields.gaps;
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      objects.add(fields(parser));
    }
    if (parser.currentToken() != JsonToken.END_ARRAY) {
      throw new MalformedFrameException("'" + name + "' holds objects");
    }
  }
}
