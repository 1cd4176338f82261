package io.millrace.edge.cache;

import io.vertx.core.MultiMap;
import java.time.Instant;

/** Asking whether a stored answer is still right (RFC 9111 4.3). */
final class Revalidation {
  private Revalidation() {}

  /** The conditions to send with a request; none for an answer without validators. */
  static MultiMap conditions(CachedResponse stored) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    stored.etag().ifPresent(etag -> headers.set("If-None-Match", etag));
    stored.lastModified().ifPresent(date -> headers.set("If-Modified-Since", date));
    return headers;
  }

  /** The stored answer with the new fields of a 304; without a hold on the body of its own. */
  static CachedResponse refresh(
      CachedResponse stored, MultiMap notModified, Instant requested, Instant received) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().addAll(stored.headers());
    headers.remove("Age");
    notModified.names().forEach(name -> headers.set(name, notModified.getAll(name)));
    if (stored.headers().contains("Content-Type")) {
      headers.set("Content-Type", stored.headers().get("Content-Type"));
    }
    return stored.refreshed(headers, Freshness.of(stored.status(), headers, requested, received));
  }
}
