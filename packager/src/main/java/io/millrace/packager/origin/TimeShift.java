package io.millrace.packager.origin;

import io.millrace.packager.hls.MediaPlaylistWriter;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.Segment;
import io.vertx.core.buffer.Buffer;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A live stream from an earlier moment on: {@code ?start=} with a time as RFC 3339 has it, or in
 * seconds since 1970. The playlists begin with the segment of that moment, or with the first one
 * that there is, and say that players are to start there (RFC 8216bis 4.4.2.2); then they go on
 * like the others.
 *
 * @param start where it begins; {@link Instant#EPOCH} is before everything
 */
record TimeShift(Instant start) {
  private static final String PARAMETER = "start=";
  private static final Pattern SECONDS = Pattern.compile("\\d{1,10}(\\.\\d{1,3})?");
  private static final Pattern ADDRESS = Pattern.compile("/(index|iframes)\\.m3u8");

  /** What is to come is live, however far away; so differences between times can be counted. */
  private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

  /** A time that cannot be. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
      super(message);
    }
  }

  /**
   * @param query raw, without {@code ?}
   * @return empty where nothing is asked for
   */
  static Optional<TimeShift> parse(String query) throws MalformedException {
    for (String pair : query.split("&", -1)) {
      if (pair.startsWith(PARAMETER)) {
        return Optional.of(new TimeShift(time(pair.substring(PARAMETER.length()))));
      }
    }
    return Optional.empty();
  }

  private static Instant time(String value) throws MalformedException {
    try {
      if (SECONDS.matcher(value).matches()) {
        return Instant.ofEpochMilli(new BigDecimal(value).movePointRight(3).longValueExact());
      }
      Instant time =
          OffsetDateTime.parse(URLDecoder.decode(value, StandardCharsets.UTF_8)).toInstant();
      return time.isAfter(LATEST) ? LATEST : time;
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new MalformedException(
          "start is a time like 2026-11-23T12:00:00Z, or seconds since 1970");
    }
  }

  /** A multivariant playlist whose media playlists are shifted. */
  Buffer multivariant(Buffer playlist) {
    String seconds = BigDecimal.valueOf(start.toEpochMilli(), 3).toPlainString();
    return Buffer.buffer(
        ADDRESS
            .matcher(playlist.toString(StandardCharsets.UTF_8))
            .replaceAll("$0?" + PARAMETER + seconds));
  }

  /**
   * One of the media playlists.
   *
   * @param skip which delta update is wanted
   */
  Buffer media(Presentation presentation, Rendition rendition, Directives.Skip skip) {
    Rendition shifted = rendition.listedFrom(first(presentation));
    return starting(
        shifted,
        switch (skip) {
          case NOTHING -> MediaPlaylistWriter.write(presentation, shifted);
          case SEGMENTS -> MediaPlaylistWriter.writeDelta(presentation, shifted);
          case SEGMENTS_AND_RANGES -> MediaPlaylistWriter.writeDeltaOfRanges(presentation, shifted);
        });
  }

  /** The I-frame playlist of a rendition of pictures. */
  Buffer iFrames(Presentation presentation, Rendition rendition, Directives.Skip skip) {
    Rendition shifted = rendition.listedFrom(first(presentation));
    return starting(shifted, PlaylistKind.iFrames(presentation, shifted, skip));
  }

  private Buffer starting(Rendition shifted, Buffer playlist) {
    Instant begins = shifted.segments().getFirst().programDateTime();
    Duration offset = Duration.between(begins, start);
    return MediaPlaylistWriter.startingAt(playlist, offset.isNegative() ? Duration.ZERO : offset);
  }

  /** The same number for all renditions, by the one that is offered first. */
  private long first(Presentation presentation) {
    Optional<Rendition> main = presentation.offered().stream().findFirst();
    if (main.isEmpty()) {
      return 0;
    }
    List<Segment> segments = main.get().segments();
    Instant latest =
        segments
            .getLast()
            .end()
            .minusSeconds((long) Rendition.LEAST_TARGETS * presentation.targetSeconds());
    Instant wanted = start.isBefore(latest) ? start : latest;
    int low = 0;
    int high = Math.max(0, segments.size() - Rendition.LEAST_SEGMENTS);
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (segments.get(middle).end().isAfter(wanted)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return segments.get(low).msn();
  }
}
