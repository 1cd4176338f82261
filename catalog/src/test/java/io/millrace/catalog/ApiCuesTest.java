package io.millrace.catalog;

import static io.millrace.catalog.ApiFixture.ADMIN;
import static io.millrace.catalog.ApiFixture.code;
import static io.millrace.catalog.ApiFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.http.FieldProblem;
import io.millrace.http.Problem;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Cue points, through the API: who may ask, and what is handed on. */
@Timeout(60)
class ApiCuesTest {
  @RegisterExtension static final ApiFixture api = new ApiFixture();
  private static final String CUES = "/apps/live/streams/cam1/cues";

  @Test
  void handsOnWhatAdministratorsAsk() throws Exception {
    JsonObject cue = new JsonObject().put("id", "break 1");
    api.cues().answers(Future.succeededFuture(new StreamCues.Done(201, cue)));
    assertThat(api.post(CUES, cue).statusCode()).isEqualTo(201);
    api.cues().answers(Future.succeededFuture(new StreamCues.Done(200, cue)));
    assertThat(json(api.get(CUES))).isEqualTo(cue);
    JsonObject end = new JsonObject().put("endMediaTime", 7);
    assertThat(api.send("PATCH", CUES + "/break%201", ADMIN, end.encode()).statusCode())
        .isEqualTo(200);
    assertThat(api.send("DELETE", CUES + "/break%201", ADMIN, null).statusCode()).isEqualTo(204);

    assertThat(api.cues().asked())
        .containsExactly(
            "MAKE live/cam1  {\"id\":\"break 1\"}",
            "LIST live/cam1  {}",
            "END_AT live/cam1 break 1 {\"endMediaTime\":7}",
            "END live/cam1 break 1 {}");
  }

  @Test
  void tellsWhatIsRefusedInAProblemDocument() throws Exception {
    api.cues()
        .answers(
            Future.succeededFuture(
                new StreamCues.Refused(
                    new Problem(503, "not-stored", "ask again"),
                    List.of(new FieldProblem("at", "is over")),
                    Optional.of(Duration.ofSeconds(2)))));
    HttpResponse<String> refused = api.post(CUES, new JsonObject());
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(code(refused)).isEqualTo("not-stored");
    assertThat(refused.headers().firstValue("Retry-After")).contains("3");
    assertThat(json(refused).getJsonArray("errors").getJsonObject(0).getString("field"))
        .isEqualTo("at");

    api.cues().answers(Future.failedFuture("nobody"));
    assertThat(code(api.get(CUES))).isEqualTo("live-unknown");
    assertThat(api.get("/apps/live/streams/not a name/cues".replace(" ", "%20")).statusCode())
        .isEqualTo(404);
  }
}
