package io.millrace.broker.mqtt;

/**
 * How messages of a subscription are wanted (section 3.8.3.1).
 *
 * @param qos the most
 * @param noLocal not those of the client itself
 * @param retainAsPublished with the flag that they were published with
 * @param retainHandling 0: retained messages at each SUBSCRIBE; 1: at the first; 2: never
 */
record SubscriptionOptions(
    int qos, boolean noLocal, boolean retainAsPublished, int retainHandling) {
  static final int SEND_RETAINED = 0;
  static final int SEND_RETAINED_IF_NEW = 1;

  /** The byte on the wire. */
  int toByte() {
    return qos | (noLocal ? 1 << 2 : 0) | (retainAsPublished ? 1 << 3 : 0) | retainHandling << 4;
  }

  /** Reads the byte of MQTT 5. */
  static SubscriptionOptions of(int options) throws MqttException {
    int qos = options & 3;
    int handling = options >> 4 & 3;
    if (options >> 6 != 0) {
      throw MqttException.malformed("reserved subscription options are set");
    }
    if (qos > 2 || handling > 2) {
      throw MqttException.protocol("a subscription's QoS or retain handling is 3");
    }
    return new SubscriptionOptions(qos, (options & 1 << 2) != 0, (options & 1 << 3) != 0, handling);
  }

  /** Those of MQTT 3.1.1, which knows only the QoS. */
  static SubscriptionOptions ofQos(int qos) throws MqttException {
    if (qos > 2) {
      throw MqttException.malformed("a subscription's QoS is more than 2");
    }
    return new SubscriptionOptions(qos, false, false, SEND_RETAINED);
  }
}
