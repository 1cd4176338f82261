package io.millrace.broker.mqtt;

import io.millrace.broker.mqtt.StoredSession.InFlight;
import io.millrace.broker.mqtt.StoredSession.Place;
import io.millrace.broker.mqtt.StoredSession.Received;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges of QoS 1 and 2 that are under way in both directions (section 4.3). Pure.
 *
 * <pre>
 *   to the client     QoS 1   send ──PUBACK──> done
 *                     QoS 2   send ──PUBREC──> released ──PUBCOMP──> done
 *   from the client   QoS 2   begin ──published──> (PUBREC) ──PUBREL──> done
 * </pre>
 */
final class MqttSession {
  private static final int MOST_IDS = 0xFFFF;

  private final String nonce;
  private final LinkedHashMap<Integer, InFlight> inFlight = new LinkedHashMap<>();
  private final Map<Integer, Received> received = new HashMap<>();

  /** What is in flight and cannot be sent again at the moment: it takes no room of the client's. */
  private final Set<Integer> unsendable = new HashSet<>();

  /**
   * What is in flight of namespaces that are deleted: it takes the client's room until that has
   * acknowledged it, and is neither kept nor sent again.
   */
  private final Set<Integer> gone = new HashSet<>();

  private long published;
  private int lastId;
  private int window;

  /**
   * @param nonce that no other session has
   * @param window how many messages may be in flight to the client
   */
  MqttSession(String nonce, int window) {
    this.nonce = nonce;
    this.window = window;
  }

  /** Goes on with one. */
  static MqttSession of(StoredSession stored, int window) {
    MqttSession session = new MqttSession(stored.nonce(), window);
    session.published = stored.published();
    stored.inFlight().forEach(one -> session.inFlight.put(one.packetId(), one));
    stored.received().forEach(one -> session.received.put(one.packetId(), one));
    return session;
  }

  String nonce() {
    return nonce;
  }

  long published() {
    return published;
  }

  /** Whether the client takes another message with QoS 1 or 2. */
  boolean hasRoom() {
    return inFlight.size() - unsendable.size() < window;
  }

  /** Whether so many have been acknowledged that those that wait should go on. */
  boolean hasMuchRoom() {
    return inFlight.size() - unsendable.size() <= window / 2;
  }

  /**
   * What is in flight to the client, in the order in which it was sent, but for what is of deleted
   * namespaces.
   */
  List<InFlight> inFlight() {
    return inFlight.values().stream().filter(one -> !gone.contains(one.packetId())).toList();
  }

  List<Received> received() {
    return new ArrayList<>(received.values());
  }

  /** The packet identifier of the next message to send. There has to be {@link #hasRoom room}. */
  int nextId() {
    do {
      lastId = lastId % MOST_IDS + 1;
    } while (inFlight.containsKey(lastId));
    return lastId;
  }

  /** A message is on its way to the client. */
  void sent(
      int packetId, int qos, boolean retained, byte[] identifiers, Place place, String share) {
    inFlight.put(packetId, new InFlight(packetId, qos, false, retained, identifiers, place, share));
  }

  /** A message goes out now that was held until it was safe: others have gone out before it. */
  void wentOut(int packetId) {
    InFlight one = inFlight.get(packetId);
    if (one != null) {
      inFlight.putLast(packetId, one);
    }
  }

  /** PUBACK: whether it was waited for. */
  boolean acknowledged(int packetId) {
    return isIn(packetId, 1, false) && remove(packetId);
  }

  /**
   * PUBREC.
   *
   * @param isError then that was all
   * @return whether it was waited for, now or before
   */
  boolean arrived(int packetId, boolean isError) {
    InFlight one = inFlight.get(packetId);
    if (one == null || one.qos() != 2) {
      return false;
    }
    if (isError) {
      remove(packetId);
    } else {
      unsendable.remove(packetId);
      gone.remove(packetId);
      inFlight.put(packetId, one.released());
    }
    return true;
  }

  /** PUBCOMP: whether it was waited for. */
  boolean completed(int packetId) {
    return isIn(packetId, 2, true) && remove(packetId);
  }

  /** A message cannot be had again, so it is not sent again either. */
  void lost(int packetId) {
    remove(packetId);
  }

  /**
   * Namespaces were deleted: in others of their names there are other messages at the places of
   * those that are in flight.
   */
  void deleted(Predicate<String> isGone) {
    for (InFlight one : inFlight.values()) {
      if (!one.isReleased() && isGone.test(one.place().namespace())) {
        gone.add(one.packetId());
      }
    }
  }

  /** Nothing has been sent by this connection yet: what is of deleted namespaces will not be. */
  void forgetDeleted() {
    Set.copyOf(gone).forEach(this::remove);
  }

  /** One that this connection has not sent yet will not be, where it is of a deleted namespace. */
  void forgetIfDeleted(int packetId) {
    if (gone.contains(packetId)) {
      remove(packetId);
    }
  }

  private boolean remove(int packetId) {
    unsendable.remove(packetId);
    gone.remove(packetId);
    return inFlight.remove(packetId) != null;
  }

  /** A message that is in flight cannot be sent again at the moment. */
  void unsendable(int packetId) {
    if (inFlight.containsKey(packetId)) {
      unsendable.add(packetId);
    }
  }

  /** It can, and takes the client's room again. */
  void sendable(int packetId) {
    unsendable.remove(packetId);
  }

  private boolean isIn(int packetId, int qos, boolean isReleased) {
    InFlight one = inFlight.get(packetId);
    return one != null && one.qos() == qos && one.isReleased() == isReleased;
  }

  /**
   * Whether a message is in flight that has not arrived, as far as is known, and is not of a
   * deleted namespace.
   */
  boolean isInFlight(int packetId, Place place) {
    InFlight one = inFlight.get(packetId);
    return one != null
        && !one.isReleased()
        && one.place().equals(place)
        && !gone.contains(packetId);
  }

  /** How many messages with QoS 2 the client has to release. */
  int unreleased() {
    return received.size();
  }

  /** What is known of a message from the client with QoS 2; null when it is new. */
  @Nullable Received known(int packetId) {
    return received.get(packetId);
  }

  /** A new message with QoS 2 from the client. */
  Received begin(int packetId) {
    Received one = new Received(packetId, "mqtt-" + nonce + "-" + published++, false);
    received.put(packetId, one);
    return one;
  }

  /** It is in the log. */
  void published(Received one) {
    if (received.containsKey(one.packetId())) {
      received.put(one.packetId(), new Received(one.packetId(), one.id(), true));
    }
  }

  /** It was refused: the identifier is free again. */
  void refused(Received one) {
    received.remove(one.packetId());
  }

  /** PUBREL: whether the message was known. */
  boolean released(int packetId) {
    return received.remove(packetId) != null;
  }
}
