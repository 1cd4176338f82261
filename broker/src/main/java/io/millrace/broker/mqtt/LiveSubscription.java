package io.millrace.broker.mqtt;

import io.millrace.broker.mqtt.StoredSession.Subscribed;
import io.millrace.broker.topic.TopicFilter;

/** A subscription of a client that is connected: its own, or its part in a shared one. */
sealed interface LiveSubscription permits OwnSubscription, SharedMember {
  /** The filter as the client wrote it. */
  String text();

  /** What it matches, without {@code $share}. */
  TopicFilter filter();

  SubscriptionOptions options();

  /** Its identifier as a property; empty for none. */
  byte[] identifiers();

  /** Subscribed again (section 3.8.4): the flow of messages goes on. */
  void change(SubscriptionOptions options, int identifier);

  /** As it is kept. */
  Subscribed stored();
}
