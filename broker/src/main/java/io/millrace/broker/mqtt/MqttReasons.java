package io.millrace.broker.mqtt;

import io.millrace.broker.door.Refusal;

/** What refusals are called in MQTT. */
final class MqttReasons {
  private MqttReasons() {}

  /** In PUBACK and PUBREC (sections 3.4.2.1 and 3.5.2.1). */
  static ReasonCode ofPublish(Refusal refusal) {
    return switch (refusal.code()) {
      case NOT_AUTHENTICATED, NOT_AUTHORIZED, EXPIRED -> ReasonCode.NOT_AUTHORIZED;
      case BAD_TOPIC, NO_SUCH_NAMESPACE -> ReasonCode.TOPIC_NAME_INVALID;
      case TOO_LARGE, RATE_LIMITED, OVERLOADED, TOO_MANY_SUBSCRIPTIONS -> ReasonCode.QUOTA_EXCEEDED;
      case BAD_REQUEST,
          BAD_FILTER,
          BAD_POSITION,
          BAD_EXPRESSION,
          BAD_MESSAGE,
          TOO_SLOW,
          NAMESPACE_CHANGED,
          UNAVAILABLE ->
          ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR;
    };
  }

  /** In SUBACK (section 3.9.3). */
  static ReasonCode ofSubscribe(Refusal refusal) {
    return switch (refusal.code()) {
      case NOT_AUTHENTICATED, NOT_AUTHORIZED, EXPIRED -> ReasonCode.NOT_AUTHORIZED;
      case BAD_FILTER, BAD_TOPIC, NO_SUCH_NAMESPACE -> ReasonCode.TOPIC_FILTER_INVALID;
      case TOO_MANY_SUBSCRIPTIONS, RATE_LIMITED, OVERLOADED -> ReasonCode.QUOTA_EXCEEDED;
      case BAD_REQUEST,
          BAD_POSITION,
          BAD_EXPRESSION,
          BAD_MESSAGE,
          TOO_LARGE,
          TOO_SLOW,
          NAMESPACE_CHANGED,
          UNAVAILABLE ->
          ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR;
    };
  }

  /** In CONNACK (section 3.2.2.2). */
  static ReasonCode ofConnect(Refusal refusal) {
    return switch (refusal.code()) {
      case NOT_AUTHENTICATED -> ReasonCode.BAD_USER_NAME_OR_PASSWORD;
      case UNAVAILABLE, OVERLOADED -> ReasonCode.SERVER_UNAVAILABLE;
      default -> ReasonCode.NOT_AUTHORIZED;
    };
  }
}
