package io.millrace.catalog;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * Who is on air: what this module needs from whoever knows. Thread-safe, never blocks; fails while
 * nobody can tell.
 */
public interface LiveDirectory {
  /** All, private ones too, the longest on air first. */
  Future<List<LiveEntry>> live();

  Future<Optional<LiveEntry>> find(String app, String stream);

  /**
   * How a broadcast's publisher is doing, as the schema {@code StreamHealth} of the API describes
   * it; or, of one that has ended, how it last was. Empty where nothing is known of the stream.
   */
  Future<Optional<JsonObject>> health(String app, String stream);

  /** Ends a broadcast; completes with whether there was one. */
  Future<Boolean> end(String app, String stream);
}
