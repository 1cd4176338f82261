package io.millrace.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.access.TopicDecision.Granted;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AdministratorRulesTest {
  private static final TopicGrant ADMINISTRATOR =
      TopicGrant.ofAdministrator("default", "admin", Optional.empty(), Set.of());

  private final AdministratorRules rules =
      new AdministratorRules(
          (secret, shown) ->
              Future.succeededFuture(
                  secret.equals("admin")
                      ? Optional.of(new Granted(ADMINISTRATOR))
                      : Optional.empty()),
          credential -> Future.succeededFuture(Refusals.wrongTopicKey()));

  private TopicDecision decide(Optional<String> secret) {
    return rules
        .authenticate(
            new TopicCredential(
                Optional.empty(), secret, Optional.empty(), "127.0.0.1", true, "websocket"))
        .result();
  }

  @Test
  void administratorsAreLetInAndOthersAreJudgedByTheRules() {
    assertThat(decide(Optional.of("admin"))).isEqualTo(new Granted(ADMINISTRATOR));
    assertThat(decide(Optional.of("other"))).isEqualTo(Refusals.wrongTopicKey());
    assertThat(decide(Optional.empty())).isEqualTo(Refusals.wrongTopicKey());
  }

  @Test
  void anAdministratorReadsWhatThePlatformSaysOfItself() {
    assertThat(ADMINISTRATOR.allows(TopicOperation.SUBSCRIBE, "sys", "#")).isTrue();
    assertThat(ADMINISTRATOR.allows(TopicOperation.HISTORY, "sys", "streams/live/+")).isTrue();
    assertThat(ADMINISTRATOR.allows(TopicOperation.PUBLISH, "orders", "a")).isTrue();
  }

  @Test
  void nobodyPublishesToThePlatformsOwnNamespaceWhateverAPatternSays() {
    assertThat(ADMINISTRATOR.allows(TopicOperation.PUBLISH, "sys", "a")).isFalse();
    TopicCapabilities named =
        TopicCapabilities.of(List.of("sys/#"), List.of("sys/#"), Optional.empty());
    assertThat(named.allow(TopicOperation.PUBLISH, "sys", "streams/live/cam1")).isFalse();
    assertThat(named.allow(TopicOperation.SUBSCRIBE, "sys", "streams/live/cam1")).isTrue();
  }
}
