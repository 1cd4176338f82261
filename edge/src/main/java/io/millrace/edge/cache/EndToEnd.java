package io.millrace.edge.cache;

import io.vertx.core.MultiMap;
import java.util.Locale;
import java.util.Set;

/**
 * Which fields of an origin's answer are kept (RFC 9111 3.1); the others the edge writes itself.
 */
final class EndToEnd {
  private static final Set<String> DROPPED =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authentication-info",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "content-length",
          "accept-ranges",
          "cache-status",
          "server",
          "alt-svc");

  private EndToEnd() {}

  static MultiMap fields(MultiMap headers) {
    MultiMap kept = MultiMap.caseInsensitiveMultiMap();
    for (var field : headers) {
      String name = field.getKey().toLowerCase(Locale.ROOT);
      if (!DROPPED.contains(name) && !name.startsWith("access-control-")) {
        kept.add(name, field.getValue());
      }
    }
    return kept;
  }
}
