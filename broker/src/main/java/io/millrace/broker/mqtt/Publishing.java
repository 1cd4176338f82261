package io.millrace.broker.mqtt;

import io.millrace.broker.MqttConfig;
import io.millrace.broker.Parsed;
import io.millrace.broker.door.Client;
import io.millrace.broker.door.Refusal;
import io.millrace.broker.message.Publication;
import io.millrace.broker.mqtt.Packet.Acknowledgement;
import io.millrace.broker.mqtt.StoredSession.Received;
import io.millrace.broker.position.Position;
import io.millrace.broker.topic.MountPoint;
import io.millrace.broker.topic.Topic;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one client publishes (section 4.3). Belongs to its event loop.
 *
 * <pre>
 *   QoS 1   PUBLISH ──append──> PUBACK
 *   QoS 2   PUBLISH ──kept──append──> PUBREC    PUBREL ──> PUBCOMP
 * </pre>
 *
 * An append of QoS 2 has an id in the log, kept with the session before: a message that comes again
 * after its answer was lost is there once.
 */
final class Publishing {
  /** What the connection does for it. */
  interface Connection extends AckOrder.Output {
    /** The session has changed: runs something when the change is safe, in order. */
    void whenKept(Runnable then);

    /** A publish of MQTT 3.1.1 was refused: there is no other way to say so. */
    void refused(Refusal refusal);

    /** Something is done that was waited for. */
    void done();
  }

  private static final byte[] NOTHING = {};

  private final Client client;
  private final MqttSession session;
  private final Version version;
  private final MountPoint mount;
  private final MqttConfig config;
  private final TopicAliases.FromClient aliases;
  private final Subscriptions subscriptions;
  private final byte[] source;
  private final LongSupplier clock;
  private final Connection connection;
  private final AckOrder acks;
  private int pending;
  private int unacknowledged;

  /**
   * @param source see {@link MqttHeaders#SOURCE}
   * @param clock milliseconds since 1970
   */
  Publishing(
      Client client,
      MqttSession session,
      Version version,
      MountPoint mount,
      MqttConfig config,
      Subscriptions subscriptions,
      byte[] source,
      LongSupplier clock,
      Connection connection) {
    this.client = client;
    this.session = session;
    this.version = version;
    this.mount = mount;
    this.config = config;
    this.aliases = new TopicAliases.FromClient(version.isV5() ? config.topicAliases() : 0);
    this.subscriptions = subscriptions;
    this.source = source;
    this.clock = clock;
    this.connection = connection;
    this.acks = new AckOrder(connection);
  }

  /** How many messages wait for the log. */
  int pending() {
    return pending;
  }

  void publish(Packet.Publish packet) throws MqttException {
    String text =
        aliases.resolve(packet.topic(), packet.properties().number(Property.TOPIC_ALIAS, -1));
    InboundMessage.requireNoWildcard(text);
    if (packet.qos() > config.maxQos()) {
      throw new MqttException(
          ReasonCode.QOS_NOT_SUPPORTED, "the highest QoS here is " + config.maxQos());
    }
    if (packet.retain() && !config.retain()) {
      throw new MqttException(ReasonCode.RETAIN_NOT_SUPPORTED, "messages are not retained here");
    }
    Received received = packet.qos() == 2 ? session.known(packet.packetId()) : null;
    if (received != null && received.isPublished()) {
      connection.acknowledge(
          Acknowledgement.Kind.PUBREC, packet.packetId(), ReasonCode.SUCCESS, "");
      return;
    }
    boolean isNew = received == null;
    if (packet.qos() > 0
        && (acks.size() >= config.receiveMaximum()
            || (isNew && unacknowledged + session.unreleased() >= config.receiveMaximum()))) {
      throw new MqttException(
          ReasonCode.RECEIVE_MAXIMUM_EXCEEDED,
          "more than " + config.receiveMaximum() + " messages wait for their acknowledgement");
    }
    if (isNew && packet.qos() == 2) {
      received = session.begin(packet.packetId());
    }
    Result result = new Result(packet, received);
    switch (mount.topic(text)) {
      case Parsed.Refused<Topic>(String problem) ->
          result.refused(new Refusal(Refusal.Code.BAD_TOPIC, problem));
      case Parsed.Value<Topic>(Topic topic) -> publish(topic, text, packet, received, result);
    }
  }

  private void publish(
      Topic topic, String text, Packet.Publish packet, @Nullable Received received, Result result)
      throws MqttException {
    Packet.Will message =
        new Packet.Will(text, packet.payload(), packet.qos(), packet.retain(), packet.properties());
    switch (InboundMessage.of(
        topic,
        message,
        mount,
        subscriptions.hasNoLocal() ? source : NOTHING,
        Optional.ofNullable(received).map(Received::id),
        clock.getAsLong())) {
      case InboundMessage.Made.Good(Publication publication) -> {
        if (received == null) {
          client.publish(topic, publication, result);
        } else {
          connection.whenKept(() -> client.publish(topic, publication, result));
        }
      }
      case InboundMessage.Made.Bad(ReasonCode reason, String problem) ->
          result.refused(reason, new Refusal(Refusal.Code.BAD_MESSAGE, problem));
    }
  }

  /** PUBREL. */
  void release(int packetId) {
    boolean isKnown = session.released(packetId);
    ReasonCode reason = isKnown ? ReasonCode.SUCCESS : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND;
    Runnable complete =
        () -> connection.acknowledge(Acknowledgement.Kind.PUBCOMP, packetId, reason, "");
    if (isKnown) {
      connection.whenKept(complete);
    } else {
      complete.run();
    }
  }

  /** What becomes of one message. */
  private final class Result implements Client.PublishResult {
    private final int qos;
    private final @Nullable Received received;
    private final AckOrder.@Nullable Slot slot;

    private Result(Packet.Publish packet, @Nullable Received received) {
      this.qos = packet.qos();
      this.received = received;
      this.slot =
          switch (packet.qos()) {
            case 0 -> null;
            case 1 -> acks.came(Acknowledgement.Kind.PUBACK, packet.packetId());
            default -> acks.came(Acknowledgement.Kind.PUBREC, packet.packetId());
          };
      pending++;
      unacknowledged += qos == 1 ? 1 : 0;
    }

    @Override
    public void published(@Nullable Position position, long time) {
      if (received != null) {
        session.published(received);
      }
      done(ReasonCode.SUCCESS, "");
    }

    @Override
    public void refused(Refusal refusal) {
      refused(MqttReasons.ofPublish(refusal), refusal);
    }

    private void refused(ReasonCode reason, Refusal refusal) {
      if (received != null) {
        session.refused(received);
      }
      if (slot != null && !version.isV5()) {
        // MQTT 3.1.1 has no answer that says so, and a PUBACK would say the opposite.
        pending--;
        unacknowledged -= qos == 1 ? 1 : 0;
        connection.refused(refusal);
        return;
      }
      done(reason, refusal.message());
    }

    private void done(ReasonCode reason, String text) {
      pending--;
      unacknowledged -= qos == 1 ? 1 : 0;
      if (slot != null) {
        acks.done(slot, reason, text);
      }
      connection.done();
    }
  }
}
