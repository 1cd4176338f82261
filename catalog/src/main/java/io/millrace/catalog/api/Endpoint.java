package io.millrace.catalog.api;

import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;

/**
 * One method of one path.
 *
 * @param path under {@code /api/v1}, with {@code :name} for what varies
 * @param open whether strangers may call it; else administrators only
 * @param upload whether the handler takes the body itself, as it comes; it gets the request paused
 */
record Endpoint(HttpMethod method, String path, boolean open, boolean upload, Handler handler) {
  /** Answers on the caller's context; throws or fails with {@link ApiProblem} otherwise. */
  @FunctionalInterface
  interface Handler {
    Future<Answer> handle(Call call);
  }

  static Endpoint open(HttpMethod method, String path, Handler handler) {
    return new Endpoint(method, path, true, false, handler);
  }

  static Endpoint guarded(HttpMethod method, String path, Handler handler) {
    return new Endpoint(method, path, false, false, handler);
  }

  static Endpoint upload(HttpMethod method, String path, Handler handler) {
    return new Endpoint(method, path, false, true, handler);
  }
}
