package io.millrace.packager.origin;

import io.millrace.http.Problem;
import io.millrace.packager.OriginRequest;
import io.millrace.packager.OriginResponse;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Bytes with their validator, and the answers that HTTP gives with them (RFC 9110 13, 14): the
 * whole, a range, or that nothing has changed.
 *
 * @param etag strong, without quotes
 * @param ranges whether parts of it may be asked for
 * @param extra further headers, names in lower case
 */
record Representation(
    String contentType,
    String etag,
    String cacheControl,
    boolean ranges,
    Map<String, String> extra,
    Buffer bytes) {
  /** The answer to a GET or HEAD. */
  OriginResponse answer(OriginRequest request) {
    Map<String, String> headers = new LinkedHashMap<>(extra);
    headers.put("etag", quoted());
    headers.put("cache-control", cacheControl);
    if (matches(request.headers().getOrDefault("if-none-match", ""))) {
      return new OriginResponse(304, headers, Buffer.buffer());
    }
    headers.put("content-type", contentType);
    if (ranges) {
      headers.put("accept-ranges", "bytes");
    }
    String range = request.headers().getOrDefault("range", "");
    String condition = request.headers().getOrDefault("if-range", "");
    boolean isRange =
        ranges
            && request.method().equals("GET")
            && !range.isEmpty()
            && (condition.isEmpty() || condition.equals(quoted()));
    return isRange ? part(request, range, headers) : whole(request, 200, headers, bytes);
  }

  private OriginResponse part(OriginRequest request, String header, Map<String, String> headers) {
    ByteRange range = ByteRange.parse(header, bytes.length());
    return switch (range) {
      case ByteRange.Ignored _ -> whole(request, 200, headers, bytes);
      case ByteRange.Satisfiable found -> {
        headers.put(
            "content-range", "bytes " + found.first() + "-" + found.last() + "/" + bytes.length());
        yield whole(
            request, 206, headers, bytes.slice((int) found.first(), (int) found.last() + 1));
      }
      case ByteRange.Unsatisfiable _ -> {
        OriginResponse refusal =
            problem(
                request,
                new Problem(416, "range-not-satisfiable", "the resource ends before this range"));
        Map<String, String> more = new LinkedHashMap<>(refusal.headers());
        more.put("content-range", "bytes */" + bytes.length());
        yield new OriginResponse(416, more, refusal.body());
      }
    };
  }

  private static OriginResponse whole(
      OriginRequest request, int status, Map<String, String> headers, Buffer body) {
    headers.put("content-length", Integer.toString(body.length()));
    return new OriginResponse(
        status, headers, request.method().equals("HEAD") ? Buffer.buffer() : body);
  }

  private boolean matches(String condition) {
    for (String candidate : condition.split(",", 64)) {
      String tag = candidate.strip();
      if (tag.equals("*") || tag.equals(quoted()) || tag.equals("W/" + quoted())) {
        return true;
      }
    }
    return false;
  }

  private String quoted() {
    return '"' + etag + '"';
  }

  /** A refusal; kept by caches for a second at most (HLS H4). */
  static OriginResponse problem(OriginRequest request, Problem problem) {
    Buffer body = problem.toJson().toBuffer();
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("content-type", Problem.MEDIA_TYPE);
    headers.put("cache-control", problem.status() == 404 ? "public, max-age=1" : "no-store");
    if (problem.status() == 503) {
      headers.put("retry-after", "1");
    }
    return whole(request, problem.status(), headers, body);
  }

  /** Whether a client takes gzip (RFC 9110 12.5.3). */
  static boolean acceptsGzip(OriginRequest request) {
    String accepted = request.headers().getOrDefault("accept-encoding", "");
    boolean any = false;
    for (String coding : accepted.toLowerCase(Locale.ROOT).split(",", 32)) {
      String[] parts = coding.strip().split(";", 2);
      boolean refused = parts.length == 2 && parts[1].replace(" ", "").matches("q=0(\\.0{0,3})?");
      if (parts[0].strip().equals("gzip")) {
        return !refused;
      }
      any |= parts[0].strip().equals("*") && !refused;
    }
    return any;
  }
}
