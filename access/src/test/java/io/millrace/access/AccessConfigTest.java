package io.millrace.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.access.AccessDecision.Allowed;
import io.millrace.access.AccessDecision.Reason;
import io.millrace.access.AccessDecision.Refused;
import io.millrace.config.ConfigEntry;
import io.millrace.config.Configuration;
import io.millrace.config.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AccessConfigTest {
  @Test
  void hasDefaults() {
    AccessConfig config = AccessConfig.read(new Configuration(Map.of(), Map.of(), Map.of()).root());

    assertThat(config.publishKey()).isEmpty();
    assertThat(config.adminPassword()).isEmpty();
    assertThat(config.anonymousLoopback()).isFalse();
    assertThat(config.apps())
        .isEqualTo(Map.of("live", new AccessConfig.StaticApp(Playback.PUBLIC, List.of())));
    assertThat(config.certificates()).isEmpty();
    assertThat(config.jwt()).isEmpty();
    assertThat(config.callback()).isEmpty();
  }

  @Test
  void saysWhyAPlaybackSettingIsOfNoApp() {
    Configuration configuration =
        new Configuration(
            Map.of("access", Map.of("playback", Map.of("vod", "token", "lvie", "token"))),
            Map.of(),
            Map.of());
    AccessConfig.read(configuration.root());

    assertThatThrownBy(configuration::check)
        .hasMessageContaining("access.playback.vod: the app's name 'vod' is reserved")
        .hasMessageContaining(
            "access.playback.lvie: names no app of the settings; did you mean 'live'? If it is an"
                + " app of its own, put it under access.apps too");
  }

  @Test
  void anAppThatIsOnlyPlayedNeedsNoMoreThanItsPlayback() {
    Configuration configuration =
        new Configuration(
            Map.of("access", Map.of("playback", Map.of("stage", "token", "news", "public"))),
            Map.of(),
            Map.of());
    AccessConfig config = AccessConfig.read(configuration.root());

    configuration.check();
    assertThat(config.apps())
        .containsEntry("stage", new AccessConfig.StaticApp(Playback.TOKEN, List.of()))
        .containsEntry("news", new AccessConfig.StaticApp(Playback.PUBLIC, List.of()))
        .containsKey("live");
  }

  @Test
  void mapsEveryKeyAndHidesSecrets() {
    Configuration configuration =
        new Configuration(
            Map.of(
                "access",
                Map.of(
                    "publishKey", "first-key",
                    "adminPassword", "a-password",
                    "anonymousLoopback", true,
                    "apps", Map.of("shows", Map.of("publishKeys", List.of("key-one", "key-two"))),
                    "playback", Map.of("live", "token", "shows", "public"),
                    "jwt",
                        Map.of(
                            "publicKeyFile", "/k.pem",
                            "issuer", "i",
                            "audience", "a",
                            "jwksRefresh", "1m",
                            "clockSkew", "5s"),
                    "certificates",
                        Map.of(
                            "hall-7",
                            Map.of(
                                "publish", List.of("sensors/hall/7/#"),
                                "subscribe", List.of("orders/hall/7", "sensors/+"),
                                "history", List.of("orders/#"))),
                    "callback", Map.of("url", "https://decide/", "timeout", "1s"))),
            Map.of(),
            Map.of());
    AccessConfig config = AccessConfig.read(configuration.root());
    configuration.check();

    assertThat(config.publishKey()).contains(new Secret("first-key"));
    assertThat(config.adminPassword()).contains(new Secret("a-password"));
    assertThat(config.anonymousLoopback()).isTrue();
    assertThat(config.apps())
        .containsEntry(
            "live", new AccessConfig.StaticApp(Playback.TOKEN, List.of(new Secret("first-key"))))
        .containsEntry(
            "shows",
            new AccessConfig.StaticApp(
                Playback.PUBLIC, List.of(new Secret("key-one"), new Secret("key-two"))));
    assertThat(config.jwt())
        .contains(
            new AccessConfig.Jwt(
                Optional.empty(),
                Optional.of(Path.of("/k.pem")),
                Optional.empty(),
                Optional.empty(),
                Duration.ofMinutes(1),
                Optional.of("i"),
                Optional.of("a"),
                Duration.ofSeconds(5)));
    assertThat(config.certificates())
        .isEqualTo(
            Map.of(
                "hall-7",
                TopicCapabilities.of(
                    List.of("sensors/hall/7/#"),
                    List.of("orders/hall/7", "sensors/+"),
                    Optional.of(List.of("orders/#")))));
    assertThat(config.callback())
        .contains(new AccessConfig.Callback(URI.create("https://decide/"), Duration.ofSeconds(1)));
    assertThat(configuration.entries().stream().map(ConfigEntry::toString))
        .noneMatch(it -> it.contains("key-one") || it.contains("first-key"));
  }

  @Test
  void namesEveryProblem() {
    Configuration configuration =
        new Configuration(
            Map.of(
                "access",
                Map.of(
                    "publishKey", "x y",
                    "adminPassword", "short",
                    "apps", Map.of("vod", Map.of("publishKeys", "a")),
                    "jwt", Map.of("secret", "s", "jwksUrl", "file:///k"),
                    "certificates", Map.of("one", Map.of("publish", "no-path")),
                    "callback", Map.of("url", "ftp://x/"))),
            Map.of(),
            Map.of());
    AccessConfig.read(configuration.root());

    assertThat(configuration.problems().stream().map(it -> it.path()))
        .contains(
            "access.publishKey",
            "access.adminPassword",
            "access.apps",
            "access.apps.vod.publishKeys",
            "access.jwt.secret",
            "access.jwt.jwksUrl",
            "access.certificates.one.publish",
            "access.callback.url");
  }

  @Test
  void staticRulesOpenAnAppToItsOwnKeysOnly() {
    StaticKeyRules rules =
        new StaticKeyRules(
            Map.of(
                "live",
                new AccessConfig.StaticApp(Playback.PUBLIC, List.of(new Secret("live-key"))),
                "closed",
                new AccessConfig.StaticApp(Playback.TOKEN, List.of(new Secret("closed-key")))),
            Optional.empty(),
            InstantSource.system());

    assertThat(decide(rules, Action.PUBLISH, "live", "live-key")).isEqualTo(new Allowed("default"));
    assertThat(reason(decide(rules, Action.PUBLISH, "closed", "live-key")))
        .isEqualTo(Reason.WRONG_CREDENTIAL);
    assertThat(reason(decide(rules, Action.PUBLISH, "none", "live-key")))
        .isEqualTo(Reason.NO_SUCH_APP);
    assertThat(reason(decide(rules, Action.PUBLISH, "live", ""))).isEqualTo(Reason.NO_CREDENTIAL);
    assertThat(decide(rules, Action.PLAY, "live", "")).isInstanceOf(Allowed.class);
    assertThat(reason(decide(rules, Action.PLAY, "closed", ""))).isEqualTo(Reason.NO_CREDENTIAL);
    assertThat(reason(decide(rules, Action.PLAY, "closed", "closed-key")))
        .isEqualTo(Reason.WRONG_CREDENTIAL);
  }

  private static AccessDecision decide(
      StaticKeyRules rules, Action action, String app, String credential) {
    return rules
        .decide(
            new AccessRequest(
                action,
                app,
                "s",
                Optional.of(credential).filter(it -> !it.isEmpty()),
                "rtmp",
                "127.0.0.1",
                Map.of()))
        .result();
  }

  private static Reason reason(AccessDecision decision) {
    return ((Refused) decision).reason();
  }
}
