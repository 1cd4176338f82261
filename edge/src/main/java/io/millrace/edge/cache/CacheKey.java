package io.millrace.edge.cache;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * What distinguishes two objects: the path, and for playlists the delivery directives in a fixed
 * order (HLS H4, H5, L25). Everything else of a query (tokens, CMCD, unknown directives) selects no
 * content and is left out, so it neither splits the cache nor reaches the origin (H10).
 */
public record CacheKey(String path, String query) {
  private static final Set<String> DIRECTIVES = Set.of("_HLS_msn", "_HLS_part", "_HLS_skip");

  /**
   * @param rawQuery as sent, without {@code ?}
   */
  public static CacheKey of(String path, String rawQuery) {
    if (rawQuery.isEmpty() || !path.endsWith(".m3u8")) {
      return new CacheKey(path, "");
    }
    List<String> kept = new ArrayList<>();
    for (String pair : rawQuery.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (DIRECTIVES.contains(equals < 0 ? pair : pair.substring(0, equals))) {
        kept.add(pair);
      }
    }
    Collections.sort(kept);
    return new CacheKey(path, String.join("&", kept));
  }
}
