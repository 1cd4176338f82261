package io.millrace.broker.mqtt;

/** A client broke the protocol, so its connection ends. The message is fit for people. */
final class MqttException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ReasonCode reason;

  MqttException(ReasonCode reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  static MqttException malformed(String message) {
    return new MqttException(ReasonCode.MALFORMED_PACKET, message);
  }

  static MqttException protocol(String message) {
    return new MqttException(ReasonCode.PROTOCOL_ERROR, message);
  }

  ReasonCode reason() {
    return reason;
  }

  String words() {
    return String.valueOf(getMessage());
  }
}
