package io.millrace.edge;

import io.vertx.core.MultiMap;

/**
 * A GET to an origin.
 *
 * @param path with {@code /play/…}, as the viewer sent it
 * @param query raw, without {@code ?}; empty when there is none. Only what selects content: tokens
 *     and measurements of players never get here
 * @param headers validators of a stored answer, nothing of the viewer's; not to be changed
 */
public record UpstreamRequest(String path, String query, MultiMap headers) {
  public String target() {
    return query.isEmpty() ? path : path + "?" + query;
  }
}
