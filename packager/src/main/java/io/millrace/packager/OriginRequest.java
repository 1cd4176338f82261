package io.millrace.packager;

import java.util.Map;

/**
 * A request to the origin, whoever carries it.
 *
 * @param method {@code GET} or {@code HEAD}; others are refused
 * @param path below the playback prefix, starting with {@code /}
 * @param query without {@code ?}; empty when there is none
 * @param headers names in lower case
 */
public record OriginRequest(String method, String path, String query, Map<String, String> headers) {
  public OriginRequest {
    headers = Map.copyOf(headers);
  }
}
