package io.millrace.packager.origin;

import io.millrace.http.ByteRange;
import io.millrace.http.Conditions;
import io.millrace.http.Problem;
import io.millrace.packager.OriginRequest;
import io.millrace.packager.OriginResponse;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Bytes with their validator, and the answers that HTTP gives with them (RFC 9110 13, 14): the
 * whole, a range, or that nothing has changed.
 *
 * @param etag strong, without quotes
 * @param ranges whether parts of it may be asked for
 */
record Representation(
    String contentType, String etag, String cacheControl, boolean ranges, Buffer bytes) {
  /** The answer to a GET or HEAD. */
  OriginResponse answer(OriginRequest request) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("etag", quoted());
    headers.put("cache-control", cacheControl);
    String known = request.headers().getOrDefault("if-none-match", "");
    if (!known.isEmpty() && Conditions.matches(known, quoted())) {
      return new OriginResponse(304, headers, Buffer.buffer());
    }
    headers.put("content-type", contentType);
    if (ranges) {
      headers.put("accept-ranges", "bytes");
    }
    String range = request.headers().getOrDefault("range", "");
    Optional<String> condition = Optional.ofNullable(request.headers().get("if-range"));
    boolean isRange =
        ranges
            && request.method().equals("GET")
            && !range.isEmpty()
            && Conditions.rangeApplies(condition, Optional.of(quoted()), Optional.empty());
    return isRange ? part(request, range, headers) : whole(request, 200, headers, bytes);
  }

  private OriginResponse part(OriginRequest request, String header, Map<String, String> headers) {
    return switch (ByteRange.parse(header, bytes.length())) {
      case ByteRange.Whole _ -> whole(request, 200, headers, bytes);
      case ByteRange.Part found -> {
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

  private String quoted() {
    return '"' + etag + '"';
  }

  /** A refusal; kept by caches for a second at most (HLS H4). */
  static OriginResponse problem(OriginRequest request, Problem problem) {
    return problem(request, problem, problem.status() == 404 ? "public, max-age=1" : "no-store");
  }

  /** The same, kept by caches as long as that says. */
  static OriginResponse problem(OriginRequest request, Problem problem, String cacheControl) {
    Buffer body = problem.toJson().toBuffer();
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("content-type", Problem.MEDIA_TYPE);
    headers.put("cache-control", cacheControl);
    if (problem.status() == 503) {
      headers.put("retry-after", "1");
    }
    return whole(request, problem.status(), headers, body);
  }
}
