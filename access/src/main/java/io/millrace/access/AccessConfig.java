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
    Map<String, StaticApp> apps,
    Optional<Jwt> jwt,
    Optional<Callback> callback) {

  /** The app that is always there. */
  public static final String FIRST_APP = "live";

  private static final int SHORTEST_PASSWORD = 6;

  public AccessConfig {
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
   * Whose tokens are believed. Exactly one of the three keys is there.
   *
   * @param secret for HS256, at least 32 bytes
   * @param publicKeyFile a PEM file: RSA (RS256), EC P-256 (ES256) or Ed25519 (EdDSA)
   * @param jwksFile a JSON Web Key Set
   * @param issuer what {@code iss} must be, where given
   * @param audience what {@code aud} must hold, where given
   * @param clockSkew how far the signer's clock may be off
   */
  public record Jwt(
      Optional<Secret> secret,
      Optional<Path> publicKeyFile,
      Optional<Path> jwksFile,
      Optional<String> issuer,
      Optional<String> audience,
      Duration clockSkew) {
    /** The file that holds the keys, where they are in one. */
    public Optional<Path> keyFile() {
      return publicKeyFile.or(() -> jwksFile);
    }

    /**
     * Each place that holds keys, by its setting, as if it were the only one. More than one is a
     * problem of the settings; each of them may have problems of its own.
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
      return new Jwt(anotherSecret, publicKeys, jwks, issuer, audience, clockSkew);
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

  private static Optional<Jwt> jwt(ConfigSection section) {
    Jwt jwt =
        new Jwt(
            section.secret("secret"),
            section.path("publicKeyFile"),
            section.path("jwksFile"),
            section.optional("issuer"),
            section.optional("audience"),
            section.duration("clockSkew", Duration.ofSeconds(30)));
    int keys =
        (jwt.secret.isPresent() ? 1 : 0)
            + (jwt.publicKeyFile.isPresent() ? 1 : 0)
            + (jwt.jwksFile.isPresent() ? 1 : 0);
    if (keys > 1) {
      section.problem("secret", "give one of secret, publicKeyFile and jwksFile, not several");
    }
    if (keys == 0 && (jwt.issuer.isPresent() || jwt.audience.isPresent())) {
      section.problem("secret", "is missing: give one of secret, publicKeyFile and jwksFile");
    }
    return keys == 0 ? Optional.empty() : Optional.of(jwt);
  }

  private static Optional<Callback> callback(ConfigSection section) {
    Duration timeout = section.duration("timeout", Duration.ofSeconds(3));
    Optional<URI> url = section.uri("url");
    if (url.isPresent()
        && !"http".equals(url.get().getScheme())
        && !"https".equals(url.get().getScheme())) {
      section.problem("url", "must start with http:// or https://");
    }
    return url.map(to -> new Callback(to, timeout));
  }
}
