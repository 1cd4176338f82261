package io.millrace.packager.origin;

import io.millrace.packager.hls.LowLatency;
import io.millrace.packager.live.Wish;
import io.millrace.packager.presentation.PartialSegment;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.Segment;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * The delivery directives of a request for a media playlist (RFC 8216bis 6.2.5). Others that start
 * with {@code _HLS_} mean nothing here (HLS L25).
 *
 * @param msn {@code _HLS_msn}
 * @param part {@code _HLS_part}
 * @param skip which delta update is wanted, by {@code _HLS_skip}
 */
record Directives(OptionalLong msn, OptionalInt part, Skip skip) {
  /** What a delta update leaves out. */
  enum Skip {
    NOTHING,
    SEGMENTS,
    SEGMENTS_AND_RANGES
  }

  private static final Pattern MSN = Pattern.compile("\\d{1,18}");
  private static final Pattern PART = Pattern.compile("\\d{1,9}");

  /** So many segments behind the last one may be waited for (HLS L16). */
  private static final int ADVANCE_SEGMENTS = 2;

  /** Directives that cannot be. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
      super(message);
    }
  }

  /**
   * @param query raw, without {@code ?}
   */
  static Directives parse(String query) throws MalformedException {
    String msn = null;
    String part = null;
    String skip = null;
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      switch (equals < 0 ? pair : pair.substring(0, equals)) {
        case "_HLS_msn" -> msn = once(msn, value);
        case "_HLS_part" -> part = once(part, value);
        case "_HLS_skip" -> skip = once(skip, value);
        default -> {
          // A token, what a player measures, a directive of a later draft.
        }
      }
    }
    if (part != null && msn == null) {
      throw new MalformedException("_HLS_part needs _HLS_msn");
    }
    if ((msn != null && !MSN.matcher(msn).matches())
        || (part != null && !PART.matcher(part).matches())) {
      throw new MalformedException("_HLS_msn and _HLS_part are numbers from 0");
    }
    if (skip != null && !skip.equals("YES") && !skip.equals("v2")) {
      throw new MalformedException("_HLS_skip is YES or v2");
    }
    return new Directives(
        msn == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(msn)),
        part == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(part)),
        skip == null ? Skip.NOTHING : skip.equals("v2") ? Skip.SEGMENTS_AND_RANGES : Skip.SEGMENTS);
  }

  private static String once(@org.jspecify.annotations.Nullable String known, String value)
      throws MalformedException {
    if (known != null && !known.equals(value)) {
      throw new MalformedException("a directive comes twice");
    }
    return value;
  }

  /** The same of a playlist that lists whole segments only. */
  Directives withoutParts() {
    return new Directives(msn, OptionalInt.empty(), skip);
  }

  /** Whether so much is asked for in advance that it is refused (HLS L16). */
  boolean isTooFar(Presentation presentation, Rendition rendition) {
    if (msn.isEmpty()) {
      return false;
    }
    long ahead = msn.getAsLong() - rendition.nextMsn();
    int advance = LowLatency.advanceParts(presentation.partTarget().orElseThrow());
    int listed = rendition.partial().map(PartialSegment::parts).map(all -> all.size()).orElse(0);
    return ahead >= ADVANCE_SEGMENTS
        || (ahead == 1 && part.orElse(0) >= advance)
        || (ahead == 0 && part.orElse(0) >= listed + advance);
  }

  /** What has to be listed before there is an answer. */
  Optional<Wish> wish(Rendition rendition) {
    return msn.isEmpty() ? Optional.empty() : Optional.of(wish(rendition, 0));
  }

  /**
   * Whether the answer is as new as any to the same directives can be: what they would wait for
   * next is not there yet.
   */
  boolean isNewest(Presentation presentation, Rendition rendition) {
    return msn.isPresent() && !wish(rendition, 1).isOver(presentation);
  }

  /**
   * @param later so many parts or segments later
   */
  private Wish wish(Rendition rendition, int later) {
    long wanted = msn.orElseThrow();
    if (part.isEmpty()) {
      return new Wish.Listed(rendition.name(), wanted + later);
    }
    int parts = rendition.segment(wanted).map(Segment::parts).map(all -> all.size()).orElse(0);
    boolean isNext = parts > 0 && part.getAsInt() >= parts;
    return isNext
        ? new Wish.PartListed(rendition.name(), wanted + 1, later)
        : new Wish.PartListed(rendition.name(), wanted, part.getAsInt() + later);
  }
}
