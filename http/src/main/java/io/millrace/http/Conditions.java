package io.millrace.http;

import io.vertx.core.MultiMap;
import java.time.Instant;
import java.util.Optional;

/** Conditional requests (RFC 9110 13). The gzip form's tag is the object's with {@code -gzip}. */
public final class Conditions {
  private static final String GZIP_SUFFIX = "-gzip\"";

  private Conditions() {}

  /** The tag of the gzip form. */
  public static String gzipTag(String etag) {
    return etag.endsWith("\"") ? etag.substring(0, etag.length() - 1) + GZIP_SUFFIX : etag;
  }

  /** Whether the viewer has this object already, in either form. */
  public static boolean notModified(
      MultiMap request, Optional<String> etag, Optional<String> lastModified) {
    String noneMatch = String.join(",", request.getAll("If-None-Match"));
    if (!noneMatch.isEmpty()) {
      return etag.isPresent() && matches(noneMatch, etag.get());
    }
    Optional<Instant> since = date(Optional.ofNullable(request.get("If-Modified-Since")));
    Optional<Instant> modified = date(lastModified);
    return since.isPresent() && modified.isPresent() && !modified.get().isAfter(since.get());
  }

  /** Whether a {@code Range} still means these bytes ({@code If-Range}, strong comparison). */
  public static boolean rangeApplies(
      MultiMap request, Optional<String> etag, Optional<String> lastModified) {
    return rangeApplies(Optional.ofNullable(request.get("If-Range")), etag, lastModified);
  }

  /**
   * The same for who has the field's value.
   *
   * @param condition of {@code If-Range}, where there is one
   */
  public static boolean rangeApplies(
      Optional<String> condition, Optional<String> etag, Optional<String> lastModified) {
    if (condition.isEmpty()) {
      return true;
    }
    String ifRange = condition.get();
    if (ifRange.endsWith("\"")) {
      return !ifRange.startsWith("W/") && etag.filter(ifRange::equals).isPresent();
    }
    return lastModified.filter(ifRange.strip()::equals).isPresent();
  }

  /**
   * Whether {@code If-None-Match} names an object, by weak comparison.
   *
   * @param field its value
   * @param etag with quotes
   */
  public static boolean matches(String field, String etag) {
    String mine = weak(etag);
    for (String item : field.split(",", -1)) {
      String theirs = weak(item.strip());
      if (theirs.equals("*") || theirs.equals(mine) || theirs.equals(gzipTag(mine))) {
        return true;
      }
    }
    return false;
  }

  private static String weak(String etag) {
    return etag.startsWith("W/") ? etag.substring(2) : etag;
  }

  private static Optional<Instant> date(Optional<String> text) {
    return text.flatMap(HttpDate::parse);
  }
}
