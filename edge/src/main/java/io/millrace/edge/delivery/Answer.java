package io.millrace.edge.delivery;

import io.millrace.edge.cache.CachedResponse;
import io.millrace.edge.cache.Served;
import io.millrace.edge.viewing.Token;
import io.millrace.http.AcceptEncoding;
import io.millrace.http.ByteRange;
import io.millrace.http.Conditions;
import io.millrace.http.HttpDate;
import io.millrace.http.Problem;
import io.millrace.http.Problems;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Writes one stored object as the answer to one request: 304, a range, gzip, a playlist with the
 * viewer's token, a problem as a page for a browser, or the object as it is. Used once, on the
 * request's event loop.
 */
public final class Answer {
  private static final int LEAST_GZIP = 256;

  /** Longer texts would keep the event loop busy, in bytes. */
  private static final int MOST_GZIP = 1 << 20;

  private static final int LONGEST_PROBLEM = 4096;

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final CachedResponse object;
  private final Served.How how;
  private final Optional<Token> token;
  private final Instant now;
  private boolean held = true;

  public Answer(HttpServerRequest request, Served served, Optional<Token> token, Instant now) {
    this.request = request;
    this.response = request.response();
    this.object = served.response();
    this.how = served.how();
    this.token = token;
    this.now = now;
  }

  /**
   * Sends it; ends the hold on the body when its bytes are with the socket, and when this throws.
   *
   * @return bytes of the body that are sent
   */
  public long send() {
    try {
      return written();
    } finally {
      release();
    }
  }

  /**
   * Writes the fields of an answer of which this is the first piece: its length and validator are
   * not known yet. The hold on the body stays with the caller.
   */
  void open() {
    held = false;
    fields();
    List.of("etag", "last-modified", "content-length", "accept-ranges")
        .forEach(response.headers()::remove);
    response.setChunked(request.version() != HttpVersion.HTTP_1_0);
  }

  private void release() {
    if (held) {
      held = false;
      object.body().release();
    }
  }

  private long written() {
    fields();
    if (object.status() != 200) {
      Optional<Problem> problem = Problems.wantsPage(request) ? problem() : Optional.empty();
      if (problem.isPresent()) {
        release();
        response.headers().remove("etag");
        Problems.send(request, problem.get());
        return 0;
      }
      response.setStatusCode(object.status());
      return whole();
    }
    if (Conditions.notModified(request.headers(), object.etag(), object.lastModified())) {
      response.setStatusCode(304);
      List.of("content-type", "content-encoding").forEach(response.headers()::remove);
      return nothing();
    }
    if (carriesToken()) {
      String playlist = new String(object.body().bytes(), StandardCharsets.UTF_8);
      String value = token.map(Token::value).orElse("");
      release();
      return small(
          Buffer.buffer(
              isManifest()
                  ? ManifestTokens.write(playlist, value)
                  : isThumbnails()
                      ? ThumbnailTokens.write(playlist, value)
                      : PlaylistTokens.write(playlist, value)));
    }
    response.headers().set("accept-ranges", "bytes");
    String range = request.getHeader("Range");
    if (range != null
        && request.method().equals(HttpMethod.GET)
        && Conditions.rangeApplies(request.headers(), object.etag(), object.lastModified())) {
      return range(range);
    }
    return whole();
  }

  /** What a person in front of a browser is told: the origin's problem, as a page. */
  private Optional<Problem> problem() {
    if (!contentType().startsWith(Problem.MEDIA_TYPE) || object.body().length() > LONGEST_PROBLEM) {
      return Optional.empty();
    }
    try {
      return Problem.read(object.status(), new JsonObject(Buffer.buffer(object.body().bytes())));
    } catch (DecodeException e) {
      return Optional.empty();
    }
  }

  private long range(String field) {
    int length = object.body().length();
    return switch (ByteRange.parse(field, length)) {
      case ByteRange.Whole whole -> whole();
      case ByteRange.Part part -> {
        response.setStatusCode(206);
        response
            .headers()
            .set("content-range", "bytes " + part.first() + "-" + part.last() + "/" + length);
        yield part((int) part.first(), (int) part.last() + 1);
      }
      case ByteRange.Unsatisfiable none -> {
        release();
        response.headers().set("content-range", "bytes */" + length).remove("etag");
        response.headers().remove("cache-control");
        Problems.send(
            request,
            new Problem(416, "range-not-satisfiable", "The object has " + length + " bytes"));
        yield 0;
      }
    };
  }

  private long whole() {
    if (isCompressible()
        && AcceptEncoding.allowsGzip(request.headers().getAll("Accept-Encoding"))) {
      Buffer gzip = object.gzip();
      release();
      response.headers().set("content-encoding", "gzip").remove("accept-ranges");
      object.etag().ifPresent(etag -> response.headers().set("etag", Conditions.gzipTag(etag)));
      return small(gzip);
    }
    return part(0, object.body().length());
  }

  private long part(int from, int to) {
    long length = (long) to - from;
    response.headers().set("content-length", Long.toString(length));
    if (request.method().equals(HttpMethod.HEAD)) {
      return nothing();
    }
    held = false;
    new BodyWriter(response, object.body(), from, to).start();
    return length;
  }

  private long small(Buffer body) {
    response.headers().set("content-length", Integer.toString(body.length()));
    if (request.method().equals(HttpMethod.HEAD)) {
      response.end();
      return 0;
    }
    response.end(body);
    return body.length();
  }

  private long nothing() {
    release();
    response.end();
    return 0;
  }

  private void fields() {
    MultiMap out = response.headers();
    for (var field : object.headers()) {
      if (field.getKey().equals("date")) {
        out.set("date", field.getValue());
      } else {
        out.add(field.getKey(), field.getValue());
      }
    }
    if (!object.headers().contains("date")) {
      out.set("date", HttpDate.format(object.freshness().received()));
    }
    out.set("age", Long.toString(object.freshness().ageSeconds(now)));
    out.set("cache-status", cacheStatus());
    if (isText() && !out.contains("vary", "accept-encoding", true)) {
      out.add("vary", "Accept-Encoding");
    }
    if (token.isPresent()) {
      String control = String.join(", ", out.getAll("cache-control"));
      if (!control.isEmpty()) {
        out.set("cache-control", forOneViewer(control));
      }
    }
  }

  /** An answer that needed a token is not for caches that many share. */
  private static String forOneViewer(String control) {
    String kept =
        List.of(control.split(",", -1)).stream()
            .map(String::strip)
            .filter(item -> !item.equalsIgnoreCase("public"))
            .filter(item -> !item.toLowerCase(Locale.ROOT).startsWith("s-maxage"))
            .filter(item -> !item.equalsIgnoreCase("private"))
            .reduce("", (all, item) -> all + ", " + item);
    return "private" + kept;
  }

  /** RFC 9211. */
  private String cacheStatus() {
    long ttl = object.freshness().left(now).toSeconds();
    return switch (how) {
      case HIT -> "millrace; hit; ttl=" + ttl;
      case MISS -> "millrace; fwd=miss" + (object.freshness().storable() ? "; stored" : "");
      case STALE -> "millrace; fwd=stale";
      case COLLAPSED -> "millrace; fwd=miss; collapsed";
    };
  }

  private boolean carriesToken() {
    return token.filter(Token::inQuery).isPresent()
        && (isPlaylist() || isManifest() || isThumbnails());
  }

  private boolean isPlaylist() {
    return contentType().startsWith("application/vnd.apple.mpegurl");
  }

  private boolean isManifest() {
    return contentType().startsWith("application/dash+xml");
  }

  /** WebVTT whose cues are addresses; captions are WebVTT too. */
  private boolean isThumbnails() {
    String path = request.path();
    return path != null && path.endsWith("/thumbnails.vtt") && contentType().startsWith("text/vtt");
  }

  private boolean isText() {
    return isPlaylist()
        || isManifest()
        || contentType().startsWith("text/")
        || contentType().contains("json");
  }

  private boolean isCompressible() {
    return isText()
        && object.body().length() >= LEAST_GZIP
        && object.body().length() <= MOST_GZIP
        && !object.headers().contains("content-encoding");
  }

  private String contentType() {
    String type = object.headers().get("content-type");
    return type == null ? "" : type.toLowerCase(Locale.ROOT);
  }
}
