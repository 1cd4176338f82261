package io.millrace.access;

import io.millrace.config.ConfigSection;
import io.millrace.config.Secret;
import io.millrace.config.Suggestion;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Section {@code access}.
 *
 * @param publishKey the key of the app {@code live}, chosen beforehand; else one is made at the
 *     first start (with a catalogue) or there is none (without)
 * @param adminPassword the administrator's, chosen beforehand; else one is made at the first start
 * @param anonymousLoopback connections from this machine may use the namespace {@code public}
 * @param certificates what clients with a certificate may do with topics, by its subject's common
 *     name
 * @param apps what a node without a catalogue knows: always {@code live}, and those that the
 *     configuration names under {@code apps} or {@code playback}. A catalogue takes the playback of
 *     {@code live} at its first start
 * @param jwt tokens that the customer signs decide too, where a key is configured
 * @param callback whom to ask instead of all this
 */
public record AccessConfig(
    Optional<Secret> publishKey,
    Optional<Secret> adminPassword,
    boolean anonymousLoopback,
    Map<String, TopicCapabilities> certificates,
    Map<String, StaticApp> apps,
    Optional<Jwt> jwt,
    Optional<Callback> callback) {

  /** The app that is always there. */
  public static final String FIRST_APP = "live";

  private static final int SHORTEST_PASSWORD = 6;
  private static final String KEY_SETTINGS = "one of secret, publicKeyFile, jwksFile and jwksUrl";

  public AccessConfig {
    certificates = Map.copyOf(certificates);
    apps = Map.copyOf(apps);
  }

  /**
   * An app of the configuration.
   *
   * @param publishKeys each opens every stream of the app
   */
  public record StaticApp(Playback playback, List<Secret> publishKeys) {
    public StaticApp {
      publishKeys = List.copyOf(publishKeys);
    }
  }

  /**
   * Whose tokens are believed. Exactly one of the four keys is there.
   *
   * @param secret for HS256, at least 32 bytes
   * @param publicKeyFile a PEM file: RSA (RS256), EC P-256 (ES256) or Ed25519 (EdDSA)
   * @param jwksFile a JSON Web Key Set
   * @param jwksUrl where the signer publishes its JSON Web Key Set
   * @param jwksRefresh how old that may get
   * @param issuer what {@code iss} must be, where given
   * @param audience what {@code aud} must hold, where given
   * @param clockSkew how far the signer's clock may be off
   */
  public record Jwt(
      Optional<Secret> secret,
      Optional<Path> publicKeyFile,
      Optional<Path> jwksFile,
      Optional<URI> jwksUrl,
      Duration jwksRefresh,
      Optional<String> issuer,
      Optional<String> audience,
      Duration clockSkew) {
    /** The file that holds the keys, where they are in one. */
    public Optional<Path> keyFile() {
      return publicKeyFile.or(() -> jwksFile);
    }

    /**
     * Each place on this machine that holds keys, by its setting, as if it were the only one. More
     * than one is a problem of the settings; each of them may have problems of its own.
     */
    public Map<String, Jwt> keySources() {
      Map<String, Jwt> sources = new LinkedHashMap<>();
      secret.ifPresent(
          its -> sources.put("secret", with(Optional.of(its), Optional.empty(), Optional.empty())));
      publicKeyFile.ifPresent(
          its ->
              sources.put(
                  "publicKeyFile", with(Optional.empty(), Optional.of(its), Optional.empty())));
      jwksFile.ifPresent(
          its ->
              sources.put("jwksFile", with(Optional.empty(), Optional.empty(), Optional.of(its))));
      return sources;
    }

    private Jwt with(
        Optional<Secret> anotherSecret, Optional<Path> publicKeys, Optional<Path> jwks) {
      return new Jwt(
          anotherSecret,
          publicKeys,
          jwks,
          Optional.empty(),
          jwksRefresh,
          issuer,
          audience,
          clockSkew);
    }
  }

  /**
   * @param timeout after which the answer is no
   */
  public record Callback(URI url, Duration timeout) {}

  /** Reads the section {@code access} of the root. */
  public static AccessConfig read(ConfigSection root) {
    ConfigSection section = root.section("access");
    Optional<Secret> publishKey = section.secret("publishKey");
    publishKey
        .flatMap(key -> PublishKey.problem(key.reveal()))
        .ifPresent(problem -> section.problem("publishKey", problem));
    Optional<Secret> adminPassword = section.secret("adminPassword");
    adminPassword
        .filter(
            password ->
                password.reveal().length() < SHORTEST_PASSWORD
                    || password.reveal().length() > PasswordHash.LONGEST)
        .ifPresent(
            password ->
                section.problem(
                    "adminPassword",
                    "must have "
                        + SHORTEST_PASSWORD
                        + " to "
                        + PasswordHash.LONGEST
                        + " characters"));
    return new AccessConfig(
        publishKey,
        adminPassword,
        section.bool("anonymousLoopback", false),
        certificates(section),
        apps(section, publishKey),
        jwt(section.section("jwt")),
        callback(section.section("callback")));
  }

  private static Map<String, StaticApp> apps(ConfigSection section, Optional<Secret> publishKey) {
    Map<String, List<Secret>> keys = new LinkedHashMap<>();
    keys.put(FIRST_APP, publishKey.stream().toList());
    section
        .named("apps")
        .forEach(
            (app, its) -> {
              Names.appProblem(app).ifPresent(problem -> section.problem("apps", problem));
              List<Secret> more = its.secrets("publishKeys");
              more.stream()
                  .flatMap(key -> PublishKey.problem(key.reveal()).stream())
                  .forEach(problem -> its.problem("publishKeys", problem));
              keys.merge(app, more, (a, b) -> Stream.concat(a.stream(), b.stream()).toList());
            });
    ConfigSection playback = section.section("playback");
    for (String name : List.copyOf(playback.given())) {
      if (!keys.containsKey(name)) {
        Names.appProblem(name)
            .or(() -> misspelt(name, keys.keySet()))
            .ifPresent(problem -> playback.problem(name, problem));
        keys.put(name, List.of());
      }
    }
    Map<String, StaticApp> apps = new LinkedHashMap<>();
    keys.forEach(
        (app, its) -> apps.put(app, new StaticApp(playback.choice(app, Playback.PUBLIC), its)));
    return apps;
  }

  /** A slip in the name of an app that was to be protected would leave that app open. */
  private static Optional<String> misspelt(String name, Set<String> apps) {
    String near = Suggestion.nearest(name, apps);
    return near.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "names no app of the settings"
                + near
                + " If it is an app of its own, put it under access.apps too");
  }

  private static Map<String, TopicCapabilities> certificates(ConfigSection section) {
    Map<String, TopicCapabilities> certificates = new LinkedHashMap<>();
    section.named("certificates").forEach((subject, its) -> certificates.put(subject, topics(its)));
    return certificates;
  }

  private static TopicCapabilities topics(ConfigSection section) {
    boolean hasHistory = section.given().contains("history");
    List<String> publish = patterns(section, "publish");
    List<String> subscribe = patterns(section, "subscribe");
    List<String> history = patterns(section, "history");
    return TopicCapabilities.of(
        publish, subscribe, hasHistory ? Optional.of(history) : Optional.empty());
  }

  private static List<String> patterns(ConfigSection section, String key) {
    List<String> patterns = section.strings(key, List.of());
    if (patterns.size() > TopicCapabilities.MOST_PATTERNS) {
      section.problem(key, "has more than " + TopicCapabilities.MOST_PATTERNS + " patterns");
    }
    patterns.stream()
        .flatMap(pattern -> TopicPattern.problem(pattern).stream())
        .forEach(problem -> section.problem(key, problem));
    return patterns;
  }

  private static Optional<Jwt> jwt(ConfigSection section) {
    Jwt jwt =
        new Jwt(
            section.secret("secret"),
            section.path("publicKeyFile"),
            section.path("jwksFile"),
            section.uri("jwksUrl"),
            section.duration(
                "jwksRefresh", Duration.ofMinutes(15), Duration.ofSeconds(1), Duration.ofDays(7)),
            section.optional("issuer"),
            section.optional("audience"),
            section.duration(
                "clockSkew", Duration.ofSeconds(30), Duration.ZERO, Duration.ofHours(1)));
    jwt.jwksUrl.ifPresent(url -> checkHttp(section, "jwksUrl", url));
    long keys =
        Stream.of(jwt.secret, jwt.publicKeyFile, jwt.jwksFile, jwt.jwksUrl)
            .filter(Optional::isPresent)
            .count();
    if (keys > 1) {
      section.problem("secret", "give " + KEY_SETTINGS + ", not several");
    }
    if (keys == 0 && (jwt.issuer.isPresent() || jwt.audience.isPresent())) {
      section.problem("secret", "is missing: give " + KEY_SETTINGS);
    }
    return keys == 0 ? Optional.empty() : Optional.of(jwt);
  }

  private static Optional<Callback> callback(ConfigSection section) {
    Duration timeout =
        section.duration(
            "timeout", Duration.ofSeconds(3), Duration.ofMillis(10), Duration.ofMinutes(1));
    Optional<URI> url = section.uri("url");
    url.ifPresent(to -> checkHttp(section, "url", to));
    return url.map(to -> new Callback(to, timeout));
  }

  private static void checkHttp(ConfigSection section, String key, URI url) {
    if (!"http".equals(url.getScheme()) && !"https".equals(url.getScheme())) {
      section.problem(key, "must start with http:// or https://");
    }
  }
}
