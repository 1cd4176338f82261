package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.access.AccessDecision;
import io.millrace.access.AccessRequest;
import io.millrace.access.AccessRules;
import io.millrace.access.Action;
import io.millrace.access.Refusals;
import io.millrace.media.StreamKey;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OwnPublisherTest {
  private static final AccessDecision BEHIND = Refusals.undecided();
  private final OwnPublisher own = OwnPublisher.of(new StreamKey("live", "demo"));
  private final AccessRules rules = own.before(request -> Future.succeededFuture(BEHIND));

  @Test
  void letsItselfPublishItsStream() {
    assertThat(decide(Action.PUBLISH, "live", "demo", own.key().reveal()))
        .isEqualTo(new AccessDecision.Allowed("default"));
  }

  @Test
  void leavesEverythingElseToTheRulesBehind() {
    String key = own.key().reveal();

    assertThat(decide(Action.PUBLISH, "live", "demo", "another")).isEqualTo(BEHIND);
    assertThat(decide(Action.PUBLISH, "live", "other", key)).isEqualTo(BEHIND);
    assertThat(decide(Action.PUBLISH, "stage", "demo", key)).isEqualTo(BEHIND);
    assertThat(decide(Action.PLAY, "live", "demo", key)).isEqualTo(BEHIND);
    assertThat(decide(Action.PUBLISH, "live", "demo", null)).isEqualTo(BEHIND);
  }

  @Test
  void takesAnotherKeyAtEachStart() {
    assertThat(OwnPublisher.of(own.stream()).key()).isNotEqualTo(own.key());
    assertThat(own.toString()).doesNotContain(own.key().reveal());
  }

  private AccessDecision decide(Action action, String app, String stream, String key) {
    return rules
        .decide(
            new AccessRequest(
                action, app, stream, Optional.ofNullable(key), "rtmp", "127.0.0.1", Map.of()))
        .result();
  }
}
