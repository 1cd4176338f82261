package io.millrace.broker.mqtt;

import io.millrace.access.TopicGrant;
import io.millrace.broker.door.Client;
import io.millrace.broker.door.DoorLoop;
import io.millrace.broker.door.Outbox;
import io.millrace.broker.door.Refusal;
import io.millrace.broker.mqtt.Packet.Acknowledgement;
import io.millrace.broker.mqtt.StoredSession.Subscribed;
import io.millrace.broker.topic.MountPoint;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A client that was let in, with its session, for as long as its connection lasts. */
final class ConnectedClient implements Publishing.Connection {
  /** Who it is, and on which terms. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Terms(
      String key,
      long epoch,
      byte[] source,
      MountPoint mount,
      ClientLimits limits,
      long expirySeconds,
      Packet.@Nullable Will will) {}

  private static final long SECOND = 1000;
  private static final long SAVE_MILLIS = 5000;

  private final MqttConnection connection;
  private final MqttDoor door;
  private final DoorLoop loop;
  private final Client client;
  private final MqttSession session;
  private final Terms terms;
  private final Keeping keeping;
  private final Sender sender;
  private final Subscriptions subscriptions;
  private final RetainedMessages retained;
  private final Subscribing subscribing;
  private final Publishing publishing;
  private final Resending resending;
  private long expirySeconds;

  /** The session of before, until it goes on with that; null where it is a new one. */
  private @Nullable StoredSession before;

  private boolean hasChanged;
  private long savedAt;

  /** That waits, or was published, after the connection. */
  private @Nullable LastWill lastWill;

  ConnectedClient(
      MqttConnection connection,
      MqttDoor door,
      DoorLoop loop,
      Client client,
      Outbox outbox,
      MqttSession session,
      Terms terms) {
    this.connection = connection;
    this.door = door;
    this.loop = loop;
    this.client = client;
    this.session = session;
    this.terms = terms;
    this.expirySeconds = terms.expirySeconds;
    this.savedAt = loop.now();
    Version version = terms.limits.version();
    keeping =
        new Keeping(
            loop,
            expirySeconds > 0 && door.sessions().isDurable(),
            () -> door.sessions().save(terms.key, stored(StoredSession.CONNECTED, terms.will)),
            connection::flush,
            this::notKept);
    sender = new Sender(outbox, session, terms.limits, keeping, door.metrics()::tooLarge);
    subscriptions =
        new Subscriptions(
            loop,
            client,
            sender,
            door.encodingKey(version, terms.mount),
            terms.source,
            connection::flush);
    retained = new RetainedMessages(client, subscriptions);
    subscribing =
        new Subscribing(
            loop, client, terms.mount, door.config(), door.groups(), subscriptions, retained);
    publishing =
        new Publishing(
            client,
            session,
            version,
            terms.mount,
            door.config(),
            subscriptions,
            terms.source,
            loop::now,
            this);
    resending = new Resending(loop, client, session, subscriptions, terms.limits.window(), this);
  }

  private void notKept(Throwable reason) {
    if (reason instanceof SessionStore.NoRoomException) {
      connection.close(ReasonCode.QUOTA_EXCEEDED, String.valueOf(reason.getMessage()));
    } else {
      connection.close(ReasonCode.SERVER_UNAVAILABLE, "the session cannot be kept at the moment");
    }
  }

  /** What its session is kept under. */
  String key() {
    return terms.key;
  }

  /** It has a session of before, which {@link #restore} goes on with. */
  void returned(StoredSession stored) {
    before = stored;
  }

  /**
   * Goes on with a session of before; reading waits for {@link MqttConnection#resumeReading}. A
   * namespace that cannot be read now delays its own messages alone.
   */
  void restore() {
    resending.begin(
        () -> {
          // What is new comes behind what was in flight.
          List<Subscribed> subscribed = Objects.requireNonNull(before).subscriptions();
          subscribing.restore(subscribed, resending::isDelayed);
          before = null;
          connection.resumeReading();
        },
        subscribing::goOn);
  }

  /** Namespaces were deleted: nothing of them is kept any more, nor sent again. */
  void deleted(Predicate<String> isGone) {
    if (before != null) {
      before = DeletedNamespaces.anew(terms.key, before, isGone).orElse(before);
    }
    session.deleted(isGone);
    retained.deleted(isGone);
    subscriptions.deleted(isGone);
  }

  void handle(Packet packet) throws MqttException {
    switch (packet) {
      case Packet.Publish publish -> publishing.publish(publish);
      case Acknowledgement acknowledgement -> acknowledged(acknowledgement);
      case Packet.Subscribe subscribe -> subscribe(subscribe);
      case Packet.Unsubscribe unsubscribe -> unsubscribe(unsubscribe);
      case Packet.PingRequest ping -> connection.send(PacketWriter.pingResponse());
      case Packet.Disconnect disconnect -> disconnect(disconnect);
      case Packet.Auth auth ->
          throw MqttException.protocol("there is no enhanced authentication here");
      case Packet.Connect connect -> throw MqttException.protocol("CONNECT comes twice");
    }
  }

  private void acknowledged(Acknowledgement packet) {
    hasChanged = true;
    int id = packet.packetId();
    switch (packet.kind()) {
      case PUBACK -> session.acknowledged(id);
      case PUBREC -> {
        boolean isKnown = session.arrived(id, packet.isError());
        ReasonCode reason = isKnown ? ReasonCode.SUCCESS : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND;
        if (!packet.isError()) {
          keeping.then(() -> acknowledge(Acknowledgement.Kind.PUBREL, id, reason, ""));
        }
      }
      case PUBCOMP -> session.completed(id);
      case PUBREL -> publishing.release(id);
    }
    if (packet.kind() == Acknowledgement.Kind.PUBREC
        ? packet.isError()
        : packet.kind() != Acknowledgement.Kind.PUBREL) {
      resending.acknowledged();
      if (sender.mayGoOn()) {
        goOn();
      }
    }
  }

  private void subscribe(Packet.Subscribe packet) throws MqttException {
    Subscribing.Result result = subscribing.subscribe(packet);
    hasChanged = true;
    keeping.then(
        () -> {
          connection.send(
              PacketWriter.subAck(
                  terms.limits.version(),
                  packet.packetId(),
                  result.codes(),
                  terms.limits.reason(result.message())));
          result.andThen().run();
          connection.flush();
        });
  }

  private void unsubscribe(Packet.Unsubscribe packet) {
    byte[] answer =
        PacketWriter.unsubAck(
            terms.limits.version(), packet.packetId(), subscribing.unsubscribe(packet));
    hasChanged = true;
    keeping.then(
        () -> {
          connection.send(answer);
          connection.flush();
        });
  }

  private void disconnect(Packet.Disconnect packet) throws MqttException {
    long changed = packet.properties().number(Property.SESSION_EXPIRY_INTERVAL, expirySeconds);
    if (expirySeconds == 0 && changed > 0) {
      throw MqttException.protocol("a session that ends with its connection cannot be kept longer");
    }
    expirySeconds = Math.min(changed, door.config().sessionExpiry().toSeconds());
    connection.disconnected(packet.reason() != 0);
  }

  /** How many of its messages wait for the log. */
  int publishing() {
    return publishing.pending();
  }

  /** There is room again. */
  void goOn() {
    retained.goOn();
    subscriptions.goOn();
  }

  /** About every second. */
  void beat(long now) {
    hasChanged |= sender.takeSent() > 0;
    subscriptions.settle();
    if (keeping.isDurable() && hasChanged && now - savedAt >= SAVE_MILLIS) {
      hasChanged = false;
      savedAt = now;
      keep();
    }
  }

  /** Keeps the session as it is now, where it is kept at all. */
  void keep() {
    keeping.then(() -> {});
  }

  private StoredSession stored(long endsAt, Packet.@Nullable Will will) {
    TopicGrant grant = client.grant();
    return new StoredSession(
        door.sessions().node(),
        grant.principal(),
        terms.epoch,
        session.nonce(),
        session.published(),
        expirySeconds,
        endsAt,
        Optional.ofNullable(will)
            .map(its -> new StoredSession.KeptWill(its, grant.ids(), grant.expiresAt())),
        before == null ? subscriptions.stored() : before.subscriptions(),
        session.inFlight(),
        session.received());
  }

  /**
   * The connection is over; the session waits for the next one, or ends.
   *
   * @param withWill whether the client is to be mourned
   * @param isDiscarded whether the session ends in any case
   */
  void leave(boolean withWill, boolean isDiscarded) {
    keeping.stop();
    long now = loop.now();
    long seconds = isDiscarded ? 0 : expirySeconds;
    long until = now + seconds * SECOND;
    Packet.Will will = withWill ? terms.will : null;
    boolean waits = will != null && LastWill.delaySeconds(will, seconds) > 0;
    StoredSession last = stored(until, waits ? will : null);
    if (seconds > 0) {
      door.sessions().leave(terms.key, last);
    } else {
      door.sessions().end(terms.key, terms.epoch);
    }
    subscribing.close(until);
    if (seconds == 0) {
      door.groups().ending(terms.key, last).run();
    }
    if (will == null || !mourn(will, seconds)) {
      client.close();
    }
  }

  /** The connection is over before CONNACK: the session is as it was, or there is none. */
  void giveBack() {
    keeping.stop();
    if (before == null) {
      door.sessions().end(terms.key, terms.epoch);
    } else if (keeping.hasBegun()) {
      door.sessions().giveBack(terms.key, before, terms.epoch);
    }
    subscribing.close(0);
    client.close();
  }

  /** Whether there is a will, which closes the client when it is published. */
  private boolean mourn(Packet.Will will, long sessionSeconds) {
    Optional<LastWill> last = LastWill.of(loop, client, terms.mount, will);
    last.ifPresent(
        its -> {
          lastWill = its;
          long delay = LastWill.delaySeconds(will, sessionSeconds);
          if (delay > 0) {
            door.sessions().wills().add(terms.key, terms.epoch, session.nonce(), its);
          }
          its.in(delay * SECOND);
        });
    return last.isPresent();
  }

  /** What the client was let in with is not good any more: its will is not published. */
  void grantEnded() {
    if (lastWill != null) {
      lastWill.cancel();
    }
  }

  @Override
  public void acknowledge(Acknowledgement.Kind kind, int packetId, ReasonCode reason, String text) {
    connection.send(
        PacketWriter.acknowledgement(
            terms.limits.version(), kind, packetId, reason, terms.limits.reason(text)));
  }

  @Override
  public void whenKept(Runnable then) {
    keeping.then(then);
  }

  @Override
  public void refused(Refusal refusal) {
    connection.close(MqttReasons.ofPublish(refusal), refusal.message());
  }

  @Override
  public void done() {
    connection.progress();
  }
}
