package io.millrace.app.node;

import io.millrace.access.AccessConfig;
import io.millrace.broker.BrokerConfig;
import io.millrace.catalog.CatalogConfig;
import io.millrace.catalog.ImportConfig;
import io.millrace.config.ConfigSection;
import io.millrace.config.Secret;
import io.millrace.config.ValueText;
import io.millrace.edge.EdgeConfig;
import io.millrace.http.HttpConfig;
import io.millrace.http.WantedPort;
import io.millrace.ingest.IngestConfig;
import io.millrace.media.LiveConfig;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.RecordingConfig;
import io.millrace.packager.ThumbnailConfig;
import io.millrace.storage.StorageConfig;
import io.millrace.transcoding.TranscodingConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All settings of a node, each module's in its own record.
 *
 * @param roles what this node runs, at least one
 * @param dataDirectory everything the node keeps, absolute
 * @param stopTimeout how long a graceful stop may take before it is cut short
 * @param stopLinger how long viewers, where there are any, can still read the end of what they
 *     watch
 * @param metadataTopic from where viewers are told something, with {@code {app}} and {@code
 *     {stream}} in it
 */
public record NodeSettings(
    Set<Role> roles,
    Path dataDirectory,
    Duration stopTimeout,
    Duration stopLinger,
    Management management,
    Origin origin,
    boolean selfSignedTls,
    HttpConfig http,
    LiveConfig live,
    IngestConfig ingest,
    PackagerConfig packager,
    ThumbnailConfig thumbnails,
    TranscodingConfig transcoder,
    RecordingConfig recording,
    ImportConfig imports,
    StorageConfig storage,
    EdgeConfig edge,
    AccessConfig access,
    CatalogConfig catalog,
    BrokerConfig broker,
    Optional<String> metadataTopic) {

  /** Everything on one machine. */
  private static final List<String> BY_DEFAULT = List.of("origin", "edge", "catalog", "broker");

  static final String MANAGEMENT_PORT = "management.port";

  private static final Duration LONGEST_STOP = Duration.ofMinutes(10);

  /** Where operators look. */
  public record Management(String host, int port) {}

  /**
   * Where edges on other nodes ask.
   *
   * @param sharedSecret what they must present; needed where the port is open to others than this
   *     machine
   */
  public record Origin(String host, int port, Optional<Secret> sharedSecret) {
    boolean isLoopback() {
      return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
    }
  }

  public NodeSettings {
    roles = Set.copyOf(roles);
  }

  public boolean runs(Role role) {
    return roles.contains(role);
  }

  private boolean hasTls() {
    return selfSignedTls || http.certificate().isPresent();
  }

  /** Whether there is any way to be let in as a publisher. */
  boolean anybodyMayPublish() {
    return runs(Role.CATALOG)
        || access.jwt().isPresent()
        || access.callback().isPresent()
        || access.apps().values().stream().anyMatch(app -> !app.publishKeys().isEmpty());
  }

  /** Reads every module's keys; what is wrong is collected in the configuration. */
  public static NodeSettings read(ConfigSection root) {
    Path data = root.section("data").path("dir", Path.of("millrace-data")).toAbsolutePath();
    EnumSet<Role> roles = roles(root);
    EdgeConfig edge = EdgeConfig.read(of(Role.EDGE, root, roles));
    if (roles.contains(Role.EDGE) && !roles.contains(Role.ORIGIN) && edge.origin().isEmpty()) {
      root.section("edge")
          .problem(
              "origin",
              "is missing; an edge without the role origin needs the address of one, for example"
                  + " http://10.0.0.1:8081");
    }
    NodeSettings settings = settings(root, roles, data, edge);
    differentPorts(root, settings);
    if (settings.runs(Role.BROKER)
        && !settings.hasTls()
        && settings.broker.kafkaListenerNeedsCertificate()) {
      root.section("broker")
          .section("kafka")
          .section("listener")
          .problem("certificate", "is missing; give the listener one of its own, or http.tls one");
    }
    return settings;
  }

  private static NodeSettings settings(
      ConfigSection root, Set<Role> roles, Path data, EdgeConfig edge) {
    ConfigSection management = root.section("management");
    ConfigSection http = root.section("http");
    return new NodeSettings(
        roles,
        data.normalize(),
        root.duration("stopTimeout", Duration.ofSeconds(15), Duration.ofSeconds(1), LONGEST_STOP),
        root.duration("stopLinger", Duration.ofSeconds(4), Duration.ZERO, LONGEST_STOP),
        new Management(management.host("host", "127.0.0.1"), management.port("port", 9464)),
        origin(root.section("origin"), roles.contains(Role.ORIGIN)),
        selfSigned(http),
        HttpConfig.read(http),
        LiveConfig.read(root.section("ingest")),
        IngestConfig.read(root.section("ingest")),
        PackagerConfig.read(of(Role.ORIGIN, root, roles).section("packager")),
        ThumbnailConfig.read(
            of(Role.ORIGIN, root, roles).section("packager").section("thumbnails")),
        TranscodingConfig.read(of(Role.ORIGIN, root, roles).section("transcoder")),
        RecordingConfig.read(of(Role.ORIGIN, root, roles).section("recording")),
        ImportConfig.read(of(Role.CATALOG, root, roles).section("recording"), data.normalize()),
        StorageConfig.read(of(Role.ORIGIN, root, roles).section("storage"), data.normalize()),
        edge,
        AccessConfig.read(root),
        CatalogConfig.read(root),
        BrokerConfig.read(of(Role.BROKER, root, roles)),
        metadataTopic(root.section("metadata")));
  }

  /** One file may be for several machines: what does not run here takes nothing here. */
  private static ConfigSection of(Role role, ConfigSection root, Set<Role> roles) {
    return roles.contains(role) ? root : root.elsewhere();
  }

  private static Optional<String> metadataTopic(ConfigSection section) {
    String topic = section.string("topic", "");
    boolean isTopic =
        topic.contains("{app}")
            && topic.contains("{stream}")
            && topic.indexOf('/') > 0
            && !topic.substring(0, topic.indexOf('/')).contains("{")
            && topic.chars().noneMatch(c -> c == '+' || c == '#' || Character.isISOControl(c));
    if (!topic.isEmpty() && !isTopic) {
      section.problem(
          "topic",
          "'"
              + topic
              + "' is no topic with {app} and {stream} in its path; write for example"
              + " public/streams/{app}/{stream}/metadata");
    }
    return topic.isEmpty() ? Optional.empty() : Optional.of(topic);
  }

  private static Origin origin(ConfigSection section, boolean isOpened) {
    Origin origin =
        new Origin(
            section.host("host", "127.0.0.1"),
            section.port("port", 8081),
            section.secret("sharedSecret"));
    if (isOpened && !origin.isLoopback() && origin.sharedSecret().isEmpty()) {
      section.problem(
          "host", "opens the origin to other machines, so origin.sharedSecret must be set too");
    }
    return origin;
  }

  /** Two listeners of one process on one port would not be told apart by the system. */
  private static void differentPorts(ConfigSection root, NodeSettings settings) {
    Map<Integer, String> taken = new HashMap<>();
    for (WantedPort wanted : settings.ports()) {
      int port = wanted.port();
      String other = port == 0 ? null : taken.putIfAbsent(port, wanted.key());
      if (other != null) {
        root.problem(wanted.key(), port + " is the port of " + other + " already; choose another");
      }
    }
  }

  /** The TCP ports that the node's roles listen on. */
  List<WantedPort> ports() {
    List<WantedPort> ports = new ArrayList<>();
    ports.add(new WantedPort(MANAGEMENT_PORT, management.host, management.port));
    if (runs(Role.EDGE) || runs(Role.CATALOG) || runs(Role.BROKER)) {
      ports.add(new WantedPort("http.port", http.host(), http.port()));
      if (hasTls()) {
        ports.add(new WantedPort("http.tls.port", http.host(), http.tlsPort()));
      }
    }
    if (runs(Role.ORIGIN)) {
      ports.add(new WantedPort("origin.port", origin.host, origin.port));
      ports.add(new WantedPort("ingest.rtmp.port", ingest.rtmpHost(), ingest.rtmpPort()));
      if (hasTls() || ingest.rtmpsCertificate().isPresent()) {
        ports.add(new WantedPort("ingest.rtmps.port", ingest.rtmpHost(), ingest.rtmpsPort()));
      }
    }
    if (runs(Role.BROKER)) {
      ports.addAll(broker.ports(hasTls()));
    }
    return ports;
  }

  private static boolean selfSigned(ConfigSection http) {
    Optional<String> mode = http.section("tls").optional("mode");
    mode.filter(word -> !word.equals("self-signed"))
        .ifPresent(
            word ->
                http.problem(
                    "tls.mode",
                    "'"
                        + word
                        + "' is not known; write self-signed, or set tls.certificate and tls.key"));
    return mode.isPresent();
  }

  private static EnumSet<Role> roles(ConfigSection root) {
    EnumSet<Role> roles = EnumSet.noneOf(Role.class);
    List<String> known = Arrays.stream(Role.values()).map(NodeSettings::word).toList();
    List<String> wrong = new ArrayList<>();
    for (String name : root.strings("roles", BY_DEFAULT)) {
      if (known.contains(name)) {
        roles.add(Role.valueOf(name.toUpperCase(Locale.ROOT)));
      } else {
        wrong.add(name);
      }
    }
    if (!wrong.isEmpty() || roles.isEmpty()) {
      root.problem(
          "roles",
          (wrong.isEmpty() ? "names none" : "does not know " + String.join(", ", wrong))
              + "; there are "
              + String.join(", ", known));
      return EnumSet.allOf(Role.class);
    }
    return roles;
  }

  private static String word(Role role) {
    return ValueText.word(role);
  }
}
