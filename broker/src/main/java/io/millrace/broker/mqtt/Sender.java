package io.millrace.broker.mqtt;

import io.millrace.broker.door.Outbox;
import io.millrace.broker.mqtt.StoredSession.InFlight;
import io.millrace.broker.mqtt.StoredSession.Place;
import io.netty.buffer.ByteBuf;

/** Sends messages to one client, within what it takes. Belongs to its event loop. */
final class Sender {
  /** No packet identifier. */
  static final int NOT_SENT = 0;

  private static final byte[] NOTHING = {};

  private final Outbox outbox;
  private final MqttSession session;
  private final ClientLimits limits;
  private final Keeping keeping;
  private final TopicAliases.ToClient aliases;
  private final Runnable tooLarge;
  private boolean isWaiting;
  private int sent;
  private int lastId;

  /** Bytes of messages that wait until the session knows them. */
  private long held;

  /**
   * @param keeping what the session is kept by: a message with QoS 2 goes out when its identifier
   *     is safe, or it would come under another one after a crash
   * @param tooLarge hears of a message that the client does not take
   */
  Sender(
      Outbox outbox, MqttSession session, ClientLimits limits, Keeping keeping, Runnable tooLarge) {
    this.outbox = outbox;
    this.session = session;
    this.limits = limits;
    this.keeping = keeping;
    this.aliases = new TopicAliases.ToClient(limits.topicAliases());
    this.tooLarge = tooLarge;
  }

  /**
   * Sends a message with QoS 0 and nothing of the client's own.
   *
   * @return false when there is no room
   */
  boolean offerPlain(PublishEncoding encoding) {
    if (limits.topicAliases() > 0) {
      return offer(encoding, false, NOTHING);
    }
    byte[] packet = encoding.plain();
    if (packet.length > limits.packetBytes()) {
      tooLarge.run();
      return true;
    }
    ByteBuf place = outbox.offer(packet.length);
    if (place == null) {
      return false;
    }
    place.writeBytes(packet);
    sent++;
    return true;
  }

  /** Sends a message with QoS 0. */
  boolean offer(PublishEncoding encoding, boolean retain, byte[] identifiers) {
    return write(encoding, 0, 0, retain, identifiers);
  }

  /** As below, of a subscription of the client's own. */
  boolean offer(
      PublishEncoding encoding, int qos, boolean retain, byte[] identifiers, Place place) {
    return offer(encoding, qos, retain, identifiers, NOTHING, place, InFlight.NOT_SHARED);
  }

  /**
   * As above.
   *
   * @param once more properties, which it has not when it is sent again
   */
  boolean offer(
      PublishEncoding encoding,
      int qos,
      boolean retain,
      byte[] identifiers,
      byte[] once,
      Place place) {
    return offer(encoding, qos, retain, identifiers, once, place, InFlight.NOT_SHARED);
  }

  /**
   * Sends a message with QoS 1 or 2; as long as the window is full there is no room.
   *
   * @param share text of the shared subscription that it comes by
   */
  boolean offer(
      PublishEncoding encoding,
      int qos,
      boolean retain,
      byte[] identifiers,
      Place place,
      String share) {
    return offer(encoding, qos, retain, identifiers, NOTHING, place, share);
  }

  private boolean offer(
      PublishEncoding encoding,
      int qos,
      boolean retain,
      byte[] identifiers,
      byte[] once,
      Place place,
      String share) {
    if (!session.hasRoom()) {
      isWaiting = true;
      return false;
    }
    lastId = NOT_SENT;
    int packetId = session.nextId();
    int before = sent;
    boolean isTaken =
        write(encoding, qos, packetId, retain, PacketWriter.joined(identifiers, once));
    if (sent > before) {
      session.sent(packetId, qos, retain, identifiers, place, share);
      lastId = packetId;
    }
    return isTaken;
  }

  /**
   * Sends one that was in flight when the connection before was lost (section 4.4).
   *
   * @return false when it is larger than what the client takes, so that it is in flight no more
   */
  boolean again(InFlight one, PublishEncoding encoding) {
    PublishEncoding.Head head =
        new PublishEncoding.Head(
            one.qos(), true, one.retained(), one.packetId(), 0, true, one.identifiers());
    int size = encoding.size(head);
    if (size > limits.packetBytes()) {
      session.lost(one.packetId());
      tooLarge.run();
      return false;
    }
    ByteBuf place = outbox.force(size);
    if (place != null) {
      encoding.write(head, place);
      sent++;
    }
    return true;
  }

  private boolean write(
      PublishEncoding encoding, int qos, int packetId, boolean retain, byte[] identifiers) {
    Integer known = aliases.known(encoding.topic());
    int fresh = known == null ? aliases.free() : 0;
    PublishEncoding.Head head =
        new PublishEncoding.Head(
            qos,
            false,
            retain,
            packetId,
            known == null ? fresh : known,
            known == null,
            identifiers);
    int size = encoding.size(head);
    if (size > limits.packetBytes()) {
      tooLarge.run();
      return true;
    }
    if (qos == 2 && keeping.isDurable()) {
      return hold(encoding, packetId, retain, identifiers);
    }
    ByteBuf place = outbox.offer(size);
    if (place == null) {
      return false;
    }
    if (fresh > 0) {
      aliases.give(encoding.topic());
    }
    encoding.write(head, place);
    sent++;
    return true;
  }

  /** As above, without an alias: others may come before it. */
  private boolean hold(PublishEncoding encoding, int packetId, boolean retain, byte[] identifiers) {
    PublishEncoding.Head head =
        new PublishEncoding.Head(2, false, retain, packetId, 0, true, identifiers);
    int size = encoding.size(head);
    // The acknowledgement of what is held lets it go on, else the outbox does.
    if (held > 0 ? held + size > outbox.room() : !outbox.takes(size)) {
      isWaiting |= held > 0;
      return false;
    }
    held += size;
    sent++;
    keeping.then(
        () -> {
          held -= size;
          session.wentOut(packetId);
          ByteBuf place = outbox.force(size);
          if (place != null) {
            encoding.write(head, place);
            outbox.flush();
          }
        });
    return true;
  }

  /** Whether something waits for the window, and may go on now; it is told once. */
  boolean mayGoOn() {
    if (isWaiting && session.hasMuchRoom()) {
      isWaiting = false;
      return true;
    }
    return false;
  }

  /** Whether the client takes a message with more properties, whatever else it is sent with. */
  boolean takes(PublishEncoding encoding, byte[] properties) {
    return encoding.size(new PublishEncoding.Head(1, false, false, 1, 1, true, properties))
        <= limits.packetBytes();
  }

  /** Whether nothing more can be sent now. */
  boolean isFull() {
    return isWaiting || outbox.isFull();
  }

  /**
   * The identifier of the message that was offered last with QoS 1 or 2; {@link #NOT_SENT} where
   * the client does not take messages of its size.
   */
  int lastId() {
    return lastId;
  }

  /** Whether the client has yet to acknowledge a message that was sent with an identifier. */
  boolean isInFlight(int packetId, Place place) {
    return session.isInFlight(packetId, place);
  }

  long room() {
    return outbox.room();
  }

  /** How many messages were sent since this was asked last. */
  int takeSent() {
    int count = sent;
    sent = 0;
    return count;
  }
}
