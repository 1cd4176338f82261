package io.millrace.catalog.api;

import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;

/**
 * One method of one path.
 *
 * @param path under {@code /api/v1}, with {@code :name} for what varies
 * @param open whether strangers may call it; else administrators only
 */
record Endpoint(HttpMethod method, String path, boolean open, Handler handler) {
  /** Answers on the caller's context; throws or fails with {@link ApiProblem} otherwise. */
  @FunctionalInterface
  interface Handler {
    Future<Answer> handle(Call call);
  }

  static Endpoint open(HttpMethod method, String path, Handler handler) {
    return new Endpoint(method, path, true, handler);
  }

  static Endpoint guarded(HttpMethod method, String path, Handler handler) {
    return new Endpoint(method, path, false, handler);
  }
}
