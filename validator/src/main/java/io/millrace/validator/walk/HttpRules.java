package io.millrace.validator.walk;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.dash.ManifestRules;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the headers of answers should say (H1 to H8). Pure. */
final class HttpRules {
  private static final Pattern MAX_AGE = Pattern.compile("(?i)\\bmax-age=(\\d{1,10})");
  private static final Duration CLOCKS_APART = Duration.ofSeconds(5);

  /** What is this small is not worth compressing. */
  private static final int SMALL = 1400;

  private HttpRules() {}

  /** H2, H4, H7 of a playlist's answer. */
  static List<Violation> playlist(Fetcher.Answer answer, boolean live, long targetSeconds) {
    List<Violation> violations = new ArrayList<>(crossOrigin(answer));
    String cacheControl = answer.header("cache-control").toLowerCase(Locale.ROOT);
    boolean never = cacheControl.contains("no-store") || cacheControl.contains("no-cache");
    OptionalLong maxAge = maxAge(cacheControl);
    long most = Math.max(1, targetSeconds / 2);
    if (live && !never && (maxAge.isEmpty() || maxAge.getAsLong() > most)) {
      violations.add(
          new Violation(
              Rule.H4,
              answer.uri().toString(),
              "Cache-Control '%s' of a live playlist, max-age=%d at most is expected"
                  .formatted(cacheControl, most)));
    }
    date(answer).ifPresent(violations::add);
    return violations;
  }

  /** H2, H7, DASH H1, DASH H2 of a manifest's answer. */
  static List<Violation> manifest(Fetcher.Answer answer, boolean live) {
    List<Violation> violations = new ArrayList<>(crossOrigin(answer));
    String where = answer.uri().toString();
    String cacheControl = answer.header("cache-control").toLowerCase(Locale.ROOT);
    boolean never = cacheControl.contains("no-store") || cacheControl.contains("no-cache");
    OptionalLong maxAge = maxAge(cacheControl);
    if (live && !never && (maxAge.isEmpty() || maxAge.getAsLong() > 1)) {
      violations.add(
          new Violation(Rule.DASH_H1, where, "Cache-Control '%s'".formatted(cacheControl)));
    }
    if (ManifestRules.hasToken(answer.uri()) && !never && !cacheControl.contains("private")) {
      violations.add(
          new Violation(
              Rule.DASH_H2,
              where,
              "asked with a token, Cache-Control '%s'".formatted(cacheControl)));
    }
    date(answer).ifPresent(violations::add);
    return violations;
  }

  /** H1: an answer to a request with Accept-Encoding: gzip. */
  static List<Violation> compressed(Fetcher.Answer answer, int plainSize) {
    List<Violation> violations = new ArrayList<>();
    String where = answer.uri().toString();
    boolean gzip = answer.header("content-encoding").equalsIgnoreCase("gzip");
    if (!gzip && plainSize > SMALL) {
      violations.add(
          new Violation(Rule.H1, where, plainSize + " bytes of playlist, not compressed"));
    }
    String vary = answer.headers().allValues("vary").toString().toLowerCase(Locale.ROOT);
    if (gzip && !vary.contains("accept-encoding") && !vary.contains("*")) {
      violations.add(new Violation(Rule.H1, where, "compressed without Vary: Accept-Encoding"));
    }
    return violations;
  }

  /** H8: an answer to HEAD, beside the one to GET. */
  static List<Violation> head(Fetcher.Answer get, Fetcher.Answer head, boolean withLength) {
    List<Violation> violations = new ArrayList<>();
    String where = get.uri().toString();
    if (head.status() != get.status()) {
      violations.add(
          new Violation(
              Rule.H8, where, "GET is %d, HEAD %d".formatted(get.status(), head.status())));
      return violations;
    }
    for (String name :
        withLength ? List.of("content-type", "content-length", "etag") : List.of("content-type")) {
      if (!get.header(name).equals(head.header(name))) {
        violations.add(
            new Violation(
                Rule.H8,
                where,
                "%s of GET is '%s', of HEAD '%s'"
                    .formatted(name, get.header(name), head.header(name))));
      }
    }
    return violations;
  }

  /** H8: an answer to If-None-Match with the validator that was just given. */
  static List<Violation> conditional(Fetcher.Answer answer) {
    return answer.status() == 304
        ? List.of()
        : List.of(
            new Violation(
                Rule.H8,
                answer.uri().toString(),
                "If-None-Match with the current ETag is answered " + answer.status()));
  }

  /** H2, H3 of a segment's answer. */
  static List<Violation> segment(Fetcher.Answer answer, long leastSeconds) {
    List<Violation> violations = new ArrayList<>(crossOrigin(answer));
    String where = answer.uri().toString();
    String etag = answer.header("etag");
    if (etag.isEmpty() || etag.startsWith("W/")) {
      violations.add(new Violation(Rule.H3, where, "no strong ETag: '" + etag + "'"));
    }
    OptionalLong maxAge = maxAge(answer.header("cache-control"));
    if (maxAge.isEmpty() || maxAge.getAsLong() < leastSeconds) {
      violations.add(
          new Violation(
              Rule.H3,
              where,
              "Cache-Control '%s', max-age=%d at least is expected"
                  .formatted(answer.header("cache-control"), leastSeconds)));
    }
    return violations;
  }

  /** H3: an answer to {@code Range: bytes=0-N} beside the whole. */
  static List<Violation> range(Fetcher.Answer whole, Fetcher.Answer part, int length) {
    boolean right =
        part.status() == 206
            && part.body().length == Math.min(length, whole.body().length)
            && part.header("content-range").startsWith("bytes 0-")
            && java.util.Arrays.equals(
                part.body(), 0, part.body().length, whole.body(), 0, part.body().length);
    return right
        ? List.of()
        : List.of(
            new Violation(
                Rule.H3,
                whole.uri().toString(),
                "Range is answered %d with %d bytes, Content-Range '%s'"
                    .formatted(part.status(), part.body().length, part.header("content-range"))));
  }

  private static List<Violation> crossOrigin(Fetcher.Answer answer) {
    return answer.header("access-control-allow-origin").isEmpty()
        ? List.of(
            new Violation(
                Rule.H2, answer.uri().toString(), "no Access-Control-Allow-Origin for an Origin"))
        : List.of();
  }

  private static java.util.Optional<Violation> date(Fetcher.Answer answer) {
    String text = answer.header("date");
    String seen;
    try {
      Instant date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration apart = Duration.between(date, answer.received());
      // An answer that a cache kept carries the Date of its origin.
      if (apart.abs().compareTo(CLOCKS_APART) <= 0 || !answer.header("age").isEmpty()) {
        return java.util.Optional.empty();
      }
      seen = "Date is %d s off this machine's clock".formatted(apart.toSeconds());
    } catch (DateTimeParseException e) {
      seen = text.isEmpty() ? "no Date" : "Date is '" + text + "'";
    }
    return java.util.Optional.of(new Violation(Rule.H7, answer.uri().toString(), seen));
  }

  private static OptionalLong maxAge(String cacheControl) {
    Matcher matcher = MAX_AGE.matcher(cacheControl);
    return matcher.find()
        ? OptionalLong.of(Long.parseLong(matcher.group(1)))
        : OptionalLong.empty();
  }
}
