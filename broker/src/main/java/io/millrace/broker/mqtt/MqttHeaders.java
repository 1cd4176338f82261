package io.millrace.broker.mqtt;

import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * What MQTT says of a message and other doors do not, as headers of the message. A message without
 * them was published elsewhere, and is delivered with the QoS of the subscription.
 */
final class MqttHeaders {
  /** With which it was published, where that is less than 2: {@code 0} or {@code 1}. */
  static final String QOS = "mqtt-qos";

  /** Who published it, where that client has a subscription to which it must not come back. */
  static final String SOURCE = "mqtt-source";

  /** A topic, {@code namespace/path}. */
  static final String RESPONSE_TOPIC = "mqtt-response-topic";

  static final String CORRELATION_DATA = "mqtt-correlation-data";

  /** {@code 1} for UTF-8. */
  static final String PAYLOAD_FORMAT = "mqtt-payload-format";

  /** Producers cannot set headers that begin so by themselves. */
  static final String PREFIX = "mqtt-";

  private MqttHeaders() {}

  /** The QoS that a message was published with. */
  static int qos(Message message) {
    byte @Nullable [] qos = message.headers().bytes(QOS);
    return qos == null || qos.length != 1 || qos[0] < '0' || qos[0] > '1' ? 2 : qos[0] - '0';
  }

  /** Whether a header is shown as a user property. */
  static boolean isUserProperty(String name) {
    return !name.startsWith(PREFIX) && !name.equals(Headers.CONTENT_TYPE);
  }
}
