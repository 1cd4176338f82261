package io.millrace.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.access.AccessDecision.Allowed;
import io.millrace.access.AccessDecision.Reason;
import io.millrace.access.AccessDecision.Refused;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CallbackExchangeTest {
  @Test
  void asksWithEverythingThatIsKnown() {
    JsonObject asked =
        CallbackExchange.request(
            new AccessRequest(
                Action.PUBLISH,
                "live",
                "cam",
                Optional.of("key"),
                "rtmp",
                "192.0.2.7",
                Map.of("user", "u")));

    assertThat(asked)
        .isEqualTo(
            new JsonObject(
                """
                {"action":"publish","app":"live","stream":"cam","credential":"key",
                 "protocol":"rtmp","peer":"192.0.2.7","parameters":{"user":"u"}}
                """));
  }

  @Test
  void understandsYesAndNo() {
    assertThat(CallbackExchange.decision(204, "")).isEqualTo(new Allowed("default"));
    assertThat(CallbackExchange.decision(200, "")).isEqualTo(new Allowed("default"));
    assertThat(CallbackExchange.decision(200, "{\"allowed\":true,\"tenant\":\"acme\"}"))
        .isEqualTo(new Allowed("acme"));
    assertThat(CallbackExchange.decision(200, "{\"allowed\":false,\"message\":\"pay\\nfirst\"}"))
        .isEqualTo(new Refused(Reason.NOT_ALLOWED, "pay first"));
    assertThat(CallbackExchange.decision(403, ""))
        .isEqualTo(new Refused(Reason.NOT_ALLOWED, "not allowed"));
    assertThat(CallbackExchange.decision(401, "<html>")).isInstanceOf(Refused.class);
  }

  @Test
  void takesEverythingElseForNoAnswerAndRefuses() {
    for (String body :
        new String[] {
          "OK",
          "<html>",
          "[]",
          "{}",
          "{\"allowed\":\"true\"}",
          "{\"allowed\":true,\"tenant\":\"A B\"}",
          "{"
        }) {
      assertThat(CallbackExchange.decision(200, body)).isEqualTo(Refusals.undecided());
    }
    assertThat(CallbackExchange.decision(500, "")).isEqualTo(Refusals.undecided());
    assertThat(CallbackExchange.decision(302, "")).isEqualTo(Refusals.undecided());
    assertThat(CallbackExchange.decision(201, "{\"allowed\":true}"))
        .isEqualTo(Refusals.undecided());
    assertThat(CallbackExchange.decision(200, " ".repeat(20_000))).isEqualTo(Refusals.undecided());
  }
}
