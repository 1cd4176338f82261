package io.millrace.broker.mqtt;

/**
 * What a client takes (section 3.1.2.11).
 *
 * @param window messages with QoS 1 and 2 that may be in flight to it
 * @param packetBytes of the longest packet
 * @param topicAliases that it takes
 * @param reasons whether acknowledgements may have a reason string
 */
record ClientLimits(
    Version version, int window, long packetBytes, int topicAliases, boolean reasons) {
  private static final int LEAST_FOR_REASONS = 512;
  private static final int MOST = 0xFFFF;

  static ClientLimits of(Packet.Connect connect, int mostInFlight, int mostAliases) {
    Properties its = connect.properties();
    long packetBytes = its.number(Property.MAXIMUM_PACKET_SIZE, Long.MAX_VALUE);
    return new ClientLimits(
        connect.version(),
        (int) Math.min(mostInFlight, its.number(Property.RECEIVE_MAXIMUM, MOST)),
        packetBytes,
        (int) Math.min(mostAliases, its.number(Property.TOPIC_ALIAS_MAXIMUM, 0)),
        its.number(Property.REQUEST_PROBLEM_INFORMATION, 1) == 1
            && packetBytes >= LEAST_FOR_REASONS);
  }

  /** A reason string where the client takes one, else nothing. */
  String reason(String text) {
    return reasons ? text : "";
  }
}
