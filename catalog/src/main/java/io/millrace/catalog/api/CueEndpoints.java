package io.millrace.catalog.api;

import io.millrace.catalog.StreamCues;
import io.millrace.catalog.StreamCues.Action;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/**
 * {@code /apps/{app}/streams/{stream}/cues} and {@code …/metadata}: cue points and timed metadata
 * of a stream that is on air.
 */
final class CueEndpoints {
  private static final String CUES = "/apps/:app/streams/:stream/cues";

  private final StreamCues cues;

  CueEndpoints(StreamCues cues) {
    this.cues = cues;
  }

  List<Endpoint> all() {
    return List.of(
        Endpoint.guarded(
            HttpMethod.GET, CUES, call -> ask(Action.LIST, call, "", new JsonObject())),
        Endpoint.guarded(HttpMethod.POST, CUES, call -> ask(Action.MAKE, call, "", call.body())),
        Endpoint.guarded(
            HttpMethod.PATCH,
            CUES + "/:id",
            call -> ask(Action.END_AT, call, call.path("id"), call.body())),
        Endpoint.guarded(
            HttpMethod.POST,
            "/apps/:app/streams/:stream/metadata",
            call -> ask(Action.TELL, call, "", call.body())),
        Endpoint.guarded(HttpMethod.DELETE, CUES + "/:id", this::end));
  }

  private Future<Answer> end(Call call) {
    return ask(Action.END, call, call.path("id"), new JsonObject()).map(done -> Answer.none());
  }

  private Future<Answer> ask(Action action, Call call, String id, JsonObject body) {
    return cues.ask(action, Paths.app(call), Paths.stream(call), id, body)
        .recover(
            failure ->
                Future.failedFuture(
                    ApiProblem.later(
                        503,
                        "live-unknown",
                        "who packages the stream does not answer",
                        Duration.ofSeconds(2))))
        .map(
            answer ->
                switch (answer) {
                  case StreamCues.Done(int status, JsonObject told) ->
                      status == 201 ? Answer.created(told) : Answer.ok(told);
                  case StreamCues.Refused refused ->
                      throw ApiProblem.of(
                          refused.problem(), refused.fields(), refused.retryAfter());
                });
  }
}
