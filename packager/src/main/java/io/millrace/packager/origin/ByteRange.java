package io.millrace.packager.origin;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a {@code Range} header asks of a representation of known length (RFC 9110 14.1.2). */
sealed interface ByteRange {
  /** One range, both ends included. */
  record Satisfiable(long first, long last) implements ByteRange {}

  /** A well-formed range that lies outside. */
  record Unsatisfiable() implements ByteRange {}

  /** Not one range of bytes: answered with the whole. */
  record Ignored() implements ByteRange {}

  Pattern FORM = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

  static ByteRange parse(String header, long length) {
    Matcher matcher = FORM.matcher(header.replace(" ", ""));
    if (!matcher.matches()) {
      return new Ignored();
    }
    String first = matcher.group(1);
    String last = matcher.group(2);
    if (first.isEmpty()) {
      if (last.isEmpty()) {
        return new Ignored();
      }
      long suffix = Math.min(Long.parseLong(last), length);
      return suffix == 0 ? new Unsatisfiable() : new Satisfiable(length - suffix, length - 1);
    }
    long from = Long.parseLong(first);
    long to = last.isEmpty() ? length - 1 : Long.parseLong(last);
    if (!last.isEmpty() && to < from) {
      return new Ignored();
    }
    return from >= length ? new Unsatisfiable() : new Satisfiable(from, Math.min(to, length - 1));
  }
}
