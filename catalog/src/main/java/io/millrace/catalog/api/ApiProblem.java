package io.millrace.catalog.api;

import io.millrace.http.FieldProblem;
import io.millrace.http.Problem;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A request that is answered with a problem document (RFC 9457). */
final class ApiProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;
  private final transient List<FieldProblem> fields;
  private final transient Optional<Duration> retryAfter;

  private ApiProblem(Problem problem, List<FieldProblem> fields, Optional<Duration> retryAfter) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
    this.fields = fields;
    this.retryAfter = retryAfter;
  }

  ApiProblem(int status, String code, String detail) {
    this(new Problem(status, code, detail), List.of(), Optional.empty());
  }

  static ApiProblem invalid(List<FieldProblem> fields) {
    return new ApiProblem(
        new Problem(400, "invalid-request", "the request has fields that cannot be used"),
        List.copyOf(fields),
        Optional.empty());
  }

  static ApiProblem of(Problem problem, List<FieldProblem> fields, Optional<Duration> retryAfter) {
    return new ApiProblem(problem, List.copyOf(fields), retryAfter);
  }

  static ApiProblem later(int status, String code, String detail, Duration after) {
    return new ApiProblem(new Problem(status, code, detail), List.of(), Optional.of(after));
  }

  static ApiProblem notFound(String what, String name) {
    return new ApiProblem(404, what + "-not-found", "there is no " + what + " '" + name + "'");
  }

  Problem problem() {
    return problem;
  }

  int status() {
    return problem.status();
  }

  Optional<Duration> retryAfter() {
    return retryAfter;
  }

  JsonObject toJson() {
    return problem.toJson(fields);
  }
}
