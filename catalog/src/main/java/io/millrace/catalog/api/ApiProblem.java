package io.millrace.catalog.api;

import io.millrace.http.Problem;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A request that is answered with a problem document (RFC 9457). */
final class ApiProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param field a name in the body or query
   * @param detail what is wrong with it
   */
  record Field(String field, String detail) {}

  private final transient Problem problem;
  private final transient List<Field> fields;
  private final transient Optional<Duration> retryAfter;

  private ApiProblem(Problem problem, List<Field> fields, Optional<Duration> retryAfter) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
    this.fields = fields;
    this.retryAfter = retryAfter;
  }

  ApiProblem(int status, String code, String detail) {
    this(new Problem(status, code, detail), List.of(), Optional.empty());
  }

  static ApiProblem invalid(List<Field> fields) {
    return new ApiProblem(
        new Problem(400, "invalid-request", "the request has fields that cannot be used"),
        List.copyOf(fields),
        Optional.empty());
  }

  static ApiProblem later(int status, String code, String detail, Duration after) {
    return new ApiProblem(new Problem(status, code, detail), List.of(), Optional.of(after));
  }

  static ApiProblem notFound(String what, String name) {
    return new ApiProblem(404, what + "-not-found", "there is no " + what + " '" + name + "'");
  }

  int status() {
    return problem.status();
  }

  Optional<Duration> retryAfter() {
    return retryAfter;
  }

  JsonObject toJson() {
    JsonObject json = problem.toJson();
    if (!fields.isEmpty()) {
      JsonArray errors = new JsonArray();
      fields.forEach(
          its ->
              errors.add(new JsonObject().put("field", its.field()).put("detail", its.detail())));
      json.put("errors", errors);
    }
    return json;
  }
}
