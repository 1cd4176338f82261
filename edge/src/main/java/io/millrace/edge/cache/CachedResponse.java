package io.millrace.edge.cache;

import io.millrace.http.Gzip;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One answer as it is kept. The headers never change; the body is one buffer for all viewers. Its
 * gzip form is made when somebody first wants it, once.
 */
public final class CachedResponse {
  private final int status;
  private final MultiMap headers;
  private final SharedBody body;
  private final Freshness freshness;
  private volatile @Nullable Buffer gzip;

  /**
   * @param headers end-to-end fields only, not to be changed any more
   * @param body taken over: one hold of it belongs to this response
   */
  public CachedResponse(int status, MultiMap headers, SharedBody body, Freshness freshness) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.freshness = freshness;
  }

  public int status() {
    return status;
  }

  public MultiMap headers() {
    return headers;
  }

  public SharedBody body() {
    return body;
  }

  public Freshness freshness() {
    return freshness;
  }

  public boolean isFresh(Instant now) {
    return freshness.isFresh(now);
  }

  public Optional<String> etag() {
    return Optional.ofNullable(headers.get("ETag"));
  }

  public Optional<String> lastModified() {
    return Optional.ofNullable(headers.get("Last-Modified"));
  }

  /** The body in gzip. Two loops may make it at the same time: both are the same bytes. */
  public Buffer gzip() {
    Buffer made = gzip;
    if (made == null) {
      made = Gzip.compress(body.bytes());
      gzip = made;
    }
    return made;
  }

  /** The same body under the headers of a 304 (RFC 9111 3.2), held once more. */
  CachedResponse refreshed(MultiMap newHeaders, Freshness newFreshness) {
    CachedResponse fresh = new CachedResponse(status, newHeaders, body, newFreshness);
    fresh.gzip = gzip;
    return fresh;
  }
}
