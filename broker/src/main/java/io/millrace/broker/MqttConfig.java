package io.millrace.broker;

import io.millrace.broker.topic.MountPoint;
import io.millrace.config.ConfigSection;
import io.millrace.http.CertificateFiles;
import io.millrace.http.WantedPort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The MQTT door (section {@code broker.mqtt}).
 *
 * @param host address to listen on
 * @param port TCP port; 0 takes a free one
 * @param tlsPort TCP port for MQTT within TLS, opened only with a certificate; 0 takes a free one
 * @param certificate the PEM files behind {@code tls.certificate} and {@code tls.key}
 * @param clientAuthority PEM: who signs client certificates; empty where none are asked for
 * @param requireClientCertificate whether TLS clients without one are turned away
 * @param mount before every topic, over TCP, TLS and WebSocket
 * @param connectTimeout until when a client has to have shown who it is
 * @param maxConnections of this node at the same time, over TCP and TLS
 * @param packetBytes of the longest packet
 * @param receiveMaximum messages with QoS 1 and 2 that a client may have unacknowledged
 * @param inFlight messages with QoS 1 and 2 that are sent to a client before it acknowledges
 * @param topicAliases of each direction
 * @param keepAlive the longest; clients of MQTT 5 that want a longer one, or none, are given this
 * @param sessionExpiry the longest that a session outlives its connection
 * @param maxSessions that outlive their connections, of this node
 * @param maxQos the highest QoS of what is published, 0 to 2
 * @param retain whether messages are retained
 * @param refusedFilters filters that nobody may subscribe to, as clients write them
 */
public record MqttConfig(
    String host,
    int port,
    int tlsPort,
    Optional<CertificateFiles> certificate,
    Optional<Path> clientAuthority,
    boolean requireClientCertificate,
    MountPoint mount,
    Duration connectTimeout,
    int maxConnections,
    int packetBytes,
    int receiveMaximum,
    int inFlight,
    int topicAliases,
    Duration keepAlive,
    Duration sessionExpiry,
    int maxSessions,
    int maxQos,
    boolean retain,
    List<String> refusedFilters) {
  private static final String UNNEEDED = " (a node whose roles are without broker needs none)";
  private static final int MOST = 0xFFFF;
  private static final int LEAST_PACKET = 1 << 10;
  private static final int MOST_PACKET = 1 << 26;
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** In whole hours what MQTT's 16 bits of seconds hold. */
  private static final Duration LONGEST_KEEP_ALIVE = Duration.ofHours(18);

  private static final Duration LONGEST_SESSION = Duration.ofDays(3650);

  public MqttConfig {
    refusedFilters = List.copyOf(refusedFilters);
  }

  /** Reads the section {@code broker.mqtt}. */
  public static MqttConfig read(ConfigSection mqtt) {
    ConfigSection tls = mqtt.section("tls");
    Optional<CertificateFiles> certificate = CertificateFiles.read(tls);
    Optional<Path> authority = tls.path("clientAuthority");
    boolean isRequired = tls.bool("requireClientCertificate", false);
    if (isRequired && authority.isEmpty()) {
      tls.problem("clientAuthority", "missing; it says whose client certificates are good");
    }
    return new MqttConfig(
        mqtt.host("host", "0.0.0.0"),
        mqtt.port("port", 1883),
        tls.port("port", 8883),
        certificate,
        authority,
        isRequired,
        mount(mqtt),
        mqtt.duration("connectTimeout", Duration.ofSeconds(10), SECOND, Duration.ofMinutes(10)),
        mqtt.integer("maxConnections", 20_000, 1, 10_000_000),
        (int) mqtt.bytes("maxPacketSize", 2L << 20, LEAST_PACKET, MOST_PACKET),
        mqtt.integer("receiveMaximum", 1000, 1, MOST),
        mqtt.integer("inFlight", 1000, 1, MOST),
        mqtt.integer("topicAliases", 64, 0, MOST),
        mqtt.duration("keepAlive", Duration.ofMinutes(20), SECOND, LONGEST_KEEP_ALIVE),
        mqtt.duration("sessionExpiry", Duration.ofDays(7), Duration.ZERO, LONGEST_SESSION),
        mqtt.integer("maxSessions", 100_000, 0, 100_000_000),
        mqtt.integer("maxQos", 2, 0, 2),
        mqtt.bool("retain", true),
        mqtt.strings("refusedFilters", List.of()));
  }

  /**
   * The TCP ports that it listens on.
   *
   * @param hasDefaultCertificate whether there is one for TLS where none is set
   */
  List<WantedPort> ports(boolean hasDefaultCertificate) {
    List<WantedPort> ports = new ArrayList<>();
    ports.add(plain());
    if (hasDefaultCertificate || certificate.isPresent()) {
      ports.add(secure());
    }
    return ports;
  }

  /** For MQTT over TCP. */
  public WantedPort plain() {
    return new WantedPort("broker.mqtt.port", host, port, UNNEEDED);
  }

  /** For MQTT within TLS. */
  public WantedPort secure() {
    return new WantedPort("broker.mqtt.tls.port", host, tlsPort, UNNEEDED);
  }

  /** The same with a certificate for TLS where none is set. */
  MqttConfig withDefaultCertificate(Optional<CertificateFiles> fallback) {
    return new MqttConfig(
        host,
        port,
        tlsPort,
        certificate.or(() -> fallback),
        clientAuthority,
        requireClientCertificate,
        mount,
        connectTimeout,
        maxConnections,
        packetBytes,
        receiveMaximum,
        inFlight,
        topicAliases,
        keepAlive,
        sessionExpiry,
        maxSessions,
        maxQos,
        retain,
        refusedFilters);
  }

  private static MountPoint mount(ConfigSection mqtt) {
    Optional<String> text = mqtt.optional("mount").filter(given -> !given.isEmpty());
    if (text.isEmpty()) {
      return MountPoint.NONE;
    }
    return switch (MountPoint.parse(text.get())) {
      case Parsed.Value<MountPoint>(MountPoint mount) -> mount;
      case Parsed.Refused<MountPoint>(String problem) -> {
        mqtt.problem("mount", "must be a namespace, or namespace/levels: " + problem);
        yield MountPoint.NONE;
      }
    };
  }
}
