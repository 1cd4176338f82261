package io.millrace.validator.hls;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The segment that is not complete yet, as far as a playlist tells of it: its tags and its parts so
 * far. The fields mean what they mean in {@link Segment}.
 *
 * @param line of its first part, from 1; 0 when it has none
 */
public record OpenSegment(
    int line,
    Optional<Instant> date,
    boolean discontinuity,
    String initUri,
    Optional<ByteRange> initRange,
    List<String> keys,
    List<Part> parts,
    List<String> lateTags) {
  public OpenSegment {
    keys = List.copyOf(keys);
    parts = List.copyOf(parts);
    lateTags = List.copyOf(lateTags);
  }

  /** The same in no line. */
  OpenSegment withoutLine() {
    return new OpenSegment(0, date, discontinuity, initUri, initRange, keys, parts, List.of());
  }

  /** The same with what is in force from the segment before it, where that is not written anew. */
  OpenSegment after(Segment before) {
    return new OpenSegment(
        line,
        date,
        discontinuity,
        initUri.isEmpty() ? before.initUri() : initUri,
        initUri.isEmpty() ? before.initRange() : initRange,
        keys.isEmpty() ? before.keys() : keys,
        parts,
        lateTags);
  }
}
