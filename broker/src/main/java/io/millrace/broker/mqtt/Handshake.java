package io.millrace.broker.mqtt;

import io.millrace.access.TopicCredential;
import io.millrace.access.TopicGrant;
import io.millrace.access.TopicOperation;
import io.millrace.broker.MqttConfig;
import io.millrace.broker.Parsed;
import io.millrace.broker.door.Answer;
import io.millrace.broker.door.DoorLoop;
import io.millrace.broker.door.Refusal;
import io.millrace.broker.topic.MountPoint;
import io.millrace.broker.topic.SharedFilter;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicFilter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * From CONNECT to CONNACK (sections 3.1 and 3.2). Belongs to the connection's event loop.
 *
 * <pre>
 *   CONNECT ──fits──> authenticated ──may publish its will──> session taken ──> CONNACK
 *      └──────────────────┴────────────────────┴──> refused
 * </pre>
 */
final class Handshake {
  /** The longest identifier of a client, in characters. */
  static final int LONGEST_CLIENT_ID = 256;

  private static final int RANDOM_BYTES = 12;
  private static final int SOURCE_BYTES = 8;
  private static final int LONGEST_KEEP_ALIVE = 0xFFFF;
  private static final long NEVER_EXPIRES = 0xFFFF_FFFFL;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final MqttConnection connection;
  private final MqttDoor door;
  private final MqttConfig config;
  private final DoorLoop loop;
  private final Packet.Connect connect;
  private final String clientId;
  private final PacketWriter.Fields properties = new PacketWriter.Fields();

  Handshake(MqttConnection connection, MqttDoor door, DoorLoop loop, Packet.Connect connect) {
    this.connection = connection;
    this.door = door;
    this.config = door.config();
    this.loop = loop;
    this.connect = connect;
    this.clientId = connect.clientId().isEmpty() ? random() : connect.clientId();
  }

  private static String random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  void begin(TopicCredential presented) {
    String problem = identifierProblem();
    if (!problem.isEmpty()) {
      refuse(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, problem);
      return;
    }
    if (connect.properties().has(Property.AUTHENTICATION_METHOD)) {
      refuse(ReasonCode.BAD_AUTHENTICATION_METHOD, "there is no enhanced authentication here");
      return;
    }
    if (connect.properties().has(Property.AUTHENTICATION_DATA)) {
      refuse(ReasonCode.PROTOCOL_ERROR, "authentication data without a method");
      return;
    }
    loop.authenticate(credential(presented))
        .onSuccess(
            answer -> {
              switch (answer) {
                case Answer.Refused<TopicGrant>(Refusal refusal) -> {
                  loop.metrics().refused(MqttDoor.NAME, refusal);
                  refuse(MqttReasons.ofConnect(refusal), refusal.message());
                }
                case Answer.Given<TopicGrant>(TopicGrant grant) -> authenticated(grant);
              }
            });
  }

  private String identifierProblem() {
    if (connect.clientId().isEmpty() && !connect.version().isV5() && !connect.cleanStart()) {
      return "a client without an identifier cannot have a session";
    }
    if (connect.clientId().length() > LONGEST_CLIENT_ID) {
      return "a client's identifier has at most " + LONGEST_CLIENT_ID + " characters";
    }
    return connect.clientId().chars().anyMatch(Character::isISOControl)
        ? "a client's identifier has no control characters"
        : "";
  }

  /** A key that follows another one has what the session has: then it is no stranger. */
  private static boolean mayHave(StoredSession session, TopicGrant grant, MountPoint mount) {
    return session.subscriptions().stream()
        .allMatch(
            kept ->
                mount.filter(SharedFilter.filterIn(kept.filter()))
                        instanceof Parsed.Value<TopicFilter>(TopicFilter filter)
                    && grant.allows(TopicOperation.SUBSCRIBE, filter.namespace(), filter.path()));
  }

  private TopicCredential credential(TopicCredential presented) {
    byte[] password = connect.password();
    return new TopicCredential(
        connect.user().or(presented::user),
        password == null
            ? presented.secret()
            : Optional.of(new String(password, StandardCharsets.UTF_8)),
        presented.certificate(),
        presented.certificateEndsAt(),
        presented.peer(),
        presented.isLocal(),
        presented.protocol());
  }

  private void authenticated(TopicGrant grant) {
    if (connection.isOver()) {
      return;
    }
    MountPoint mount = config.mount();
    if (grant.mount().isPresent()) {
      switch (MountPoint.parse(grant.mount().get())) {
        case Parsed.Value<MountPoint>(MountPoint its) -> mount = its;
        case Parsed.Refused<MountPoint>(String problem) -> {
          refuse(ReasonCode.NOT_AUTHORIZED, "the credential's mount point: " + problem);
          return;
        }
      }
    }
    authenticated(grant, mount);
  }

  private void authenticated(TopicGrant grant, MountPoint mount) {
    Packet.Will will = connect.will();
    if (will != null && !isFit(will, grant, mount)) {
      return;
    }
    long expiry = expirySeconds();
    String key = SessionKey.of(grant.tenant(), mount, clientId);
    if (expiry > 0
        && !door.sessions().mayWait(grant.principal(), config.maxSessions())
        && !door.sessions().isThere(key)) {
      refuse(
          ReasonCode.QUOTA_EXCEEDED, "too many sessions of this credential wait for their clients");
      return;
    }
    connection.owns(key);
    door.sessions()
        .take(
            key,
            grant.principal(),
            session -> mayHave(session, grant, mount),
            connect.cleanStart(),
            connection)
        .onComplete(
            taken ->
                loop.later(
                    () -> {
                      if (taken.failed() || connection.isOver()) {
                        connection.left();
                      }
                      if (connection.isOver()) {
                        return;
                      }
                      if (taken.cause() instanceof Sessions.AnothersException) {
                        refuse(
                            ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
                            "this client identifier is in use with another credential");
                      } else if (taken.failed()) {
                        refuse(
                            ReasonCode.SERVER_UNAVAILABLE,
                            "the session cannot be had at the moment");
                      } else {
                        taken(key, grant, mount, taken.result(), expiry);
                      }
                    }));
  }

  private boolean isFit(Packet.Will will, TopicGrant grant, MountPoint mount) {
    if (will.qos() > config.maxQos()) {
      refuse(ReasonCode.QOS_NOT_SUPPORTED, "the highest QoS here is " + config.maxQos());
      return false;
    }
    if (will.retain() && !config.retain()) {
      refuse(ReasonCode.RETAIN_NOT_SUPPORTED, "messages are not retained here");
      return false;
    }
    if (!(mount.topic(will.topic()) instanceof Parsed.Value<Topic>(Topic topic))) {
      refuse(ReasonCode.TOPIC_NAME_INVALID, "the will's topic is not one");
      return false;
    }
    if (!grant.allows(TopicOperation.PUBLISH, topic.namespace(), topic.path())) {
      refuse(ReasonCode.NOT_AUTHORIZED, "the credential does not allow to publish the will");
      return false;
    }
    try {
      if (InboundMessage.of(topic, will, mount, new byte[0], Optional.empty(), loop.now())
          instanceof InboundMessage.Made.Bad(ReasonCode reason, String problem)) {
        refuse(reason, "the will: " + problem);
        return false;
      }
    } catch (MqttException e) {
      refuse(e.reason(), e.words());
      return false;
    }
    return true;
  }

  /** MQTT 3.1.1 has only for ever. */
  private long expirySeconds() {
    long wanted =
        connect.version().isV5()
            ? connect.properties().number(Property.SESSION_EXPIRY_INTERVAL, 0)
            : connect.cleanStart() ? 0 : NEVER_EXPIRES;
    long given = Math.min(wanted, config.sessionExpiry().toSeconds());
    if (given != wanted) {
      properties.put(Property.SESSION_EXPIRY_INTERVAL, given);
    }
    return given;
  }

  private void taken(
      String key, TopicGrant grant, MountPoint mount, Sessions.Taken taken, long expiry) {
    ClientLimits limits = ClientLimits.of(connect, config.inFlight(), config.topicAliases());
    StoredSession stored = taken.session().orElse(null);
    MqttSession session =
        stored == null
            ? new MqttSession(random(), limits.window())
            : MqttSession.of(stored, limits.window());
    ConnectedClient client =
        connection.connected(
            grant,
            session,
            new ConnectedClient.Terms(
                key, taken.epoch(), source(key), mount, limits, expiry, connect.will()),
            keepAliveSeconds());
    if (stored != null) {
      client.returned(stored);
    }
    properties();
    byte[] answer =
        PacketWriter.connAck(connect.version(), stored != null, ReasonCode.SUCCESS, properties);
    client.whenKept(() -> answered(client, answer, stored));
  }

  private void answered(ConnectedClient client, byte[] answer, @Nullable StoredSession stored) {
    if (stored == null) {
      connection.letIn(answer);
      connection.resumeReading();
    } else {
      door.sessions().letIn(client.key());
      connection.letIn(answer);
      client.restore();
    }
  }

  private int keepAliveSeconds() {
    int most = (int) Math.min(LONGEST_KEEP_ALIVE, config.keepAlive().toSeconds());
    int wanted = connect.keepAliveSeconds();
    if (!connect.version().isV5() || (wanted > 0 && wanted <= most)) {
      return wanted;
    }
    properties.put(Property.SERVER_KEEP_ALIVE, most);
    return most;
  }

  private void properties() {
    properties
        .put(Property.RECEIVE_MAXIMUM, config.receiveMaximum())
        .put(Property.MAXIMUM_PACKET_SIZE, config.packetBytes())
        .put(Property.TOPIC_ALIAS_MAXIMUM, config.topicAliases());
    if (config.maxQos() < 2) {
      properties.put(Property.MAXIMUM_QOS, config.maxQos());
    }
    if (!config.retain()) {
      properties.put(Property.RETAIN_AVAILABLE, 0);
    }
    if (connect.clientId().isEmpty()) {
      properties.put(Property.ASSIGNED_CLIENT_IDENTIFIER, clientId);
    }
  }

  /** See {@link MqttHeaders#SOURCE}: the same for a client at each connection, and no name. */
  private static byte[] source(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encode(Arrays.copyOf(digest, SOURCE_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private void refuse(ReasonCode reason, String text) {
    connection.refuse(connect.version(), reason, text);
  }
}
