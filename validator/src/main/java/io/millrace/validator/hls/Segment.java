package io.millrace.validator.hls;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One media segment with what its tags say.
 *
 * @param sequence its media sequence number
 * @param line of its address in the playlist, from 1
 * @param range the part of the resource that it is; empty for all of it
 * @param seconds EXTINF, exactly as written
 * @param date EXT-X-PROGRAM-DATE-TIME, where it is written
 * @param initUri the EXT-X-MAP in force, empty when there is none
 * @param initRange the part of that resource; empty for all of it
 * @param keys the EXT-X-KEY tags in force, as written
 * @param kilobits EXT-X-BITRATE, where it applies
 * @param parts its EXT-X-PART tags, as far as they are still listed
 * @param lateTags the names of tags of the segment that come after its first part
 */
public record Segment(
    long sequence,
    int line,
    String uri,
    Optional<ByteRange> range,
    BigDecimal seconds,
    Optional<Instant> date,
    boolean discontinuity,
    boolean gap,
    String initUri,
    Optional<ByteRange> initRange,
    List<String> keys,
    Optional<Long> kilobits,
    List<Part> parts,
    List<String> lateTags) {
  public Segment {
    keys = List.copyOf(keys);
    parts = List.copyOf(parts);
    lateTags = List.copyOf(lateTags);
  }

  /** This segment with no parts listed and in no line: what may never change. */
  public Segment withoutParts() {
    return new Segment(
        sequence,
        0,
        uri,
        range,
        seconds,
        date,
        discontinuity,
        gap,
        initUri,
        initRange,
        keys,
        kilobits,
        List.of(),
        List.of());
  }

  /** This segment with what is in force from the one before it, where that is not written anew. */
  Segment after(Segment before) {
    return new Segment(
        sequence,
        line,
        uri,
        range,
        seconds,
        date,
        discontinuity,
        gap,
        initUri.isEmpty() ? before.initUri() : initUri,
        initUri.isEmpty() ? before.initRange() : initRange,
        keys.isEmpty() ? before.keys() : keys,
        kilobits.isPresent() || range.isPresent() ? kilobits : before.kilobits(),
        parts,
        lateTags);
  }

  /** Whether its bytes can't be read without a key. */
  public boolean encrypted() {
    return keys.stream().anyMatch(key -> !key.contains("METHOD=NONE"));
  }
}
