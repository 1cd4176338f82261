package io.millrace.broker.mqtt;

import io.millrace.broker.Parsed;
import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.topic.MountPoint;
import io.millrace.broker.topic.Topic;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Makes what is published of a PUBLISH or a will. Pure. */
final class InboundMessage {
  private static final int MOST_HEADERS = 64;
  private static final int LONGEST_NAME = 128;
  private static final long SECOND = 1000;

  /** What the properties of a message say, or what is wrong with them. */
  sealed interface Made {
    record Good(Publication publication) implements Made {}

    /** Fit for an acknowledgement. */
    record Bad(ReasonCode reason, String message) implements Made {}
  }

  private InboundMessage() {}

  /**
   * @param source {@link MqttHeaders#SOURCE}; empty for none
   * @param id for deduplication
   * @param now milliseconds since 1970
   * @throws MqttException when the client broke the protocol
   */
  static Made of(
      Topic topic,
      Packet.Will message,
      MountPoint mount,
      byte[] source,
      Optional<String> id,
      long now)
      throws MqttException {
    Properties properties = message.properties();
    Headers.Builder headers = Headers.builder();
    Optional<String> contentType = properties.text(Property.CONTENT_TYPE);
    contentType.ifPresent(type -> headers.add(Headers.CONTENT_TYPE, type));
    if (message.qos() < 2) {
      headers.add(MqttHeaders.QOS, message.qos() == 0 ? "0" : "1");
    }
    if (properties.number(Property.PAYLOAD_FORMAT_INDICATOR, 0) == 1) {
      if (!isText(message.payload())) {
        return new Made.Bad(ReasonCode.PAYLOAD_FORMAT_INVALID, "the payload is not UTF-8");
      }
      headers.add(MqttHeaders.PAYLOAD_FORMAT, "1");
    }
    Optional<String> response = properties.text(Property.RESPONSE_TOPIC);
    if (response.isPresent()) {
      requireNoWildcard(response.get());
      switch (mount.topic(response.get())) {
        case Parsed.Refused<Topic>(String problem) -> {
          return new Made.Bad(ReasonCode.TOPIC_NAME_INVALID, "the response topic: " + problem);
        }
        case Parsed.Value<Topic>(Topic its) ->
            headers.add(MqttHeaders.RESPONSE_TOPIC, its.toString());
      }
    }
    byte[] correlation = properties.bytes(Property.CORRELATION_DATA);
    if (correlation != null) {
      headers.add(MqttHeaders.CORRELATION_DATA, correlation);
    }
    if (source.length > 0) {
      headers.add(MqttHeaders.SOURCE, source);
    }
    String problem =
        contentType
            .filter(InboundMessage::isUnfit)
            .map(type -> "the content type has control characters or is too long")
            .orElse(userProblem(properties));
    if (!problem.isEmpty()) {
      return new Made.Bad(ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR, problem);
    }
    properties.user().forEach(pair -> headers.add(pair.name(), pair.value()));
    return new Made.Good(
        new Publication(
            topic.path(),
            id,
            message.retain(),
            expires(properties, now),
            headers.build(),
            message.payload()));
  }

  private static long expires(Properties properties, long now) {
    long seconds = properties.number(Property.MESSAGE_EXPIRY_INTERVAL, -1);
    return seconds < 0 ? Message.NEVER : now + seconds * SECOND;
  }

  private static String userProblem(Properties properties) {
    if (properties.user().size() > MOST_HEADERS) {
      return "a message has at most " + MOST_HEADERS + " user properties";
    }
    for (Properties.Pair pair : properties.user()) {
      String name = pair.name();
      if (name.isEmpty() || isUnfit(name)) {
        return "a user property's name has 1 to "
            + LONGEST_NAME
            + " characters, none of them control";
      }
      if (name.startsWith(Headers.OWN)
          || name.startsWith(MqttHeaders.PREFIX)
          || name.equals(Headers.CONTENT_TYPE)) {
        return "user properties named '" + name + "' are the platform's own";
      }
    }
    return "";
  }

  private static boolean isUnfit(String name) {
    return name.length() > LONGEST_NAME || name.chars().anyMatch(Character::isISOControl);
  }

  private static boolean isText(byte[] payload) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /**
   * Sections 3.3.2.1 and 3.3.2.3.5.
   *
   * @throws MqttException when a topic has one
   */
  static void requireNoWildcard(String topic) throws MqttException {
    if (topic.indexOf('+') >= 0 || topic.indexOf('#') >= 0) {
      throw new MqttException(
          ReasonCode.TOPIC_NAME_INVALID, "a topic to publish to has no wildcards");
    }
  }
}
