package io.millrace.catalog.api;

import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What a request gets when all went well.
 *
 * @param body none with 204
 * @param cacheControl the header of that name
 */
record Answer(int status, @Nullable JsonObject body, String cacheControl) {
  private static final String PRIVATE = "no-store";

  static Answer ok(JsonObject body) {
    return new Answer(200, body, PRIVATE);
  }

  static Answer created(JsonObject body) {
    return new Answer(201, body, PRIVATE);
  }

  /** It is being done. */
  static Answer accepted(JsonObject body) {
    return new Answer(202, body, PRIVATE);
  }

  static Answer none() {
    return new Answer(204, null, PRIVATE);
  }

  /** For everybody; shared caches may keep it for a second. */
  static Answer shared(JsonObject body) {
    return new Answer(200, body, "public, max-age=1");
  }
}
