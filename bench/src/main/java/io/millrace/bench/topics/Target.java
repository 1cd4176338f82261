package io.millrace.bench.topics;

import io.millrace.bench.crowd.Conversation;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * A broker that is measured, and how it is spoken to.
 *
 * @param name in the table
 * @param publishTo its MQTT listener
 * @param password of who publishes
 * @param topic that is published to
 * @param subscribeAt where its subscribers connect
 * @param subscribers what each of them says
 * @param processes whose processor time counts
 */
record Target(
    String name,
    InetSocketAddress publishTo,
    Optional<String> password,
    String topic,
    InetSocketAddress subscribeAt,
    IntFunction<Conversation> subscribers,
    List<ProcessHandle> processes) {}
