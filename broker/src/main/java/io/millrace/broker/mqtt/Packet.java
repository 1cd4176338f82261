package io.millrace.broker.mqtt;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a client sends. */
@SuppressWarnings("ArrayRecordComponent") // never compared, and never changed
sealed interface Packet {
  /**
   * Section 3.1.
   *
   * @param keepAliveSeconds 0 for none
   */
  record Connect(
      Version version,
      String clientId,
      boolean cleanStart,
      int keepAliveSeconds,
      Optional<String> user,
      byte @Nullable [] password,
      @Nullable Will will,
      Properties properties)
      implements Packet {}

  /** Section 3.1.3.2 and following: what is to be published when the client is lost. */
  record Will(String topic, byte[] payload, int qos, boolean retain, Properties properties) {}

  /**
   * Section 3.3.
   *
   * @param packetId 0 with QoS 0
   */
  record Publish(
      boolean dup,
      int qos,
      boolean retain,
      String topic,
      int packetId,
      Properties properties,
      byte[] payload)
      implements Packet {}

  /** Sections 3.4 to 3.7. */
  record Acknowledgement(Kind kind, int packetId, int reason) implements Packet {
    /** Which one, by its packet type. */
    enum Kind {
      PUBACK,
      PUBREC,
      PUBREL,
      PUBCOMP
    }

    boolean isError() {
      return reason >= FIRST_ERROR;
    }
  }

  /** Section 3.8. */
  record Subscribe(int packetId, Properties properties, List<Filter> filters) implements Packet {}

  /** One filter of a SUBSCRIBE, and its options (section 3.8.3.1). */
  record Filter(String text, SubscriptionOptions options) {}

  /** Section 3.10. */
  record Unsubscribe(int packetId, Properties properties, List<String> filters) implements Packet {}

  /** Section 3.12. */
  record PingRequest() implements Packet {}

  /** Section 3.14. */
  record Disconnect(int reason, Properties properties) implements Packet {}

  /** Section 3.15. */
  record Auth(int reason, Properties properties) implements Packet {}

  /** Reason codes from this one on say that something failed. */
  int FIRST_ERROR = 0x80;
}
