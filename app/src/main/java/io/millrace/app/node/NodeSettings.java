package io.millrace.app.node;

import io.millrace.access.AccessConfig;
import io.millrace.access.JwtRules;
import io.millrace.access.RevokedTokens;
import io.millrace.broker.BrokerConfig;
import io.millrace.catalog.CatalogConfig;
import io.millrace.config.ConfigSection;
import io.millrace.config.Secret;
import io.millrace.edge.EdgeConfig;
import io.millrace.http.CertificateFileException;
import io.millrace.http.CertificateFiles;
import io.millrace.http.HttpConfig;
import io.millrace.ingest.IngestConfig;
import io.millrace.media.LiveConfig;
import io.millrace.packager.PackagerConfig;
import io.millrace.storage.StorageConfig;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * All settings of a node, each module's in its own record.
 *
 * @param roles what this node runs, at least one
 * @param dataDirectory everything the node keeps, absolute
 * @param stopTimeout how long a graceful stop may take before it is cut short
 * @param stopLinger how long viewers, where there are any, can still read the end of what they
 *     watch
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
    StorageConfig storage,
    EdgeConfig edge,
    AccessConfig access,
    CatalogConfig catalog,
    BrokerConfig broker) {

  /** Everything on one machine. */
  private static final List<String> BY_DEFAULT = List.of("origin", "edge", "catalog", "broker");

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
    EdgeConfig edge = EdgeConfig.read(root);
    if (roles.contains(Role.EDGE) && !roles.contains(Role.ORIGIN) && edge.origin().isEmpty()) {
      root.section("edge")
          .problem(
              "origin",
              "is missing; an edge without the role origin needs the address of one, for example"
                  + " http://10.0.0.1:8081");
    }
    NodeSettings settings = settings(root, roles, data, edge);
    differentPorts(root, settings);
    return settings;
  }

  /**
   * Looks at the keys and certificates that the settings name, so that a check finds what a start
   * would; what is wrong is collected in the configuration. Blocks on the files.
   */
  public static void checkFiles(ConfigSection root, NodeSettings settings) {
    ConfigSection jwt = root.section("access").section("jwt");
    settings
        .access
        .jwt()
        .map(AccessConfig.Jwt::keySources)
        .orElse(Map.of())
        .forEach(
            (key, source) ->
                tryLoading(jwt, key, () -> JwtRules.load(source, new RevokedTokens(1))));
    checkCertificate(root.section("http").section("tls"), settings.http.certificate());
    checkCertificate(root.section("ingest").section("rtmps"), settings.ingest.rtmpsCertificate());
    checkCertificate(
        root.section("broker").section("mqtt").section("tls"),
        settings.broker.mqtt().certificate());
  }

  private static void checkCertificate(
      ConfigSection section, Optional<CertificateFiles> certificate) {
    certificate.ifPresent(
        files -> {
          try {
            files.check();
          } catch (IOException e) {
            section.problem(CertificateFileException.keyOf(e), String.valueOf(e.getMessage()));
          }
        });
  }

  private static void tryLoading(ConfigSection section, String key, Callable<?> loading) {
    try {
      loading.call();
    } catch (NoSuchFileException e) {
      section.problem(key, "there is no file " + e.getFile());
    } catch (Exception e) {
      String path = section.path() + "." + key;
      String message = String.valueOf(e.getMessage());
      section.problem(
          key, message.startsWith(path) ? message.substring(path.length()).strip() : message);
    }
  }

  private static NodeSettings settings(
      ConfigSection root, Set<Role> roles, Path data, EdgeConfig edge) {
    ConfigSection management = root.section("management");
    ConfigSection http = root.section("http");
    return new NodeSettings(
        roles,
        data.normalize(),
        root.duration("stopTimeout", Duration.ofSeconds(15)),
        root.duration("stopLinger", Duration.ofSeconds(4)),
        new Management(management.host("host", "127.0.0.1"), management.port("port", 9464)),
        origin(root.section("origin"), roles.contains(Role.ORIGIN)),
        selfSigned(http),
        HttpConfig.read(http),
        LiveConfig.read(root.section("ingest")),
        IngestConfig.read(root.section("ingest")),
        PackagerConfig.read(root.section("packager")),
        StorageConfig.read(root.section("storage"), data.normalize().resolve("objects")),
        edge,
        AccessConfig.read(root),
        CatalogConfig.read(root),
        BrokerConfig.read(root));
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
    Map<String, Integer> ports = new LinkedHashMap<>();
    ports.put("management.port", settings.management.port);
    if (settings.runs(Role.EDGE) || settings.runs(Role.CATALOG) || settings.runs(Role.BROKER)) {
      ports.put("http.port", settings.http.port());
      if (settings.hasTls()) {
        ports.put("http.tls.port", settings.http.tlsPort());
      }
    }
    if (settings.runs(Role.ORIGIN)) {
      ports.put("origin.port", settings.origin.port);
      ports.put("ingest.rtmp.port", settings.ingest.rtmpPort());
      if (settings.hasTls() || settings.ingest.rtmpsCertificate().isPresent()) {
        ports.put("ingest.rtmps.port", settings.ingest.rtmpsPort());
      }
    }
    if (settings.runs(Role.BROKER)) {
      ports.put("broker.mqtt.port", settings.broker.mqtt().port());
      if (settings.hasTls() || settings.broker.mqtt().certificate().isPresent()) {
        ports.put("broker.mqtt.tls.port", settings.broker.mqtt().tlsPort());
      }
      settings.broker.kafkaPort().ifPresent(port -> ports.put("broker.kafka.listener.port", port));
    }
    Map<Integer, String> taken = new HashMap<>();
    ports.forEach(
        (key, port) -> {
          String other = port == 0 ? null : taken.putIfAbsent(port, key);
          if (other != null) {
            root.problem(key, port + " is the port of " + other + " already; choose another");
          }
        });
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
    return role.name().toLowerCase(Locale.ROOT);
  }
}
