package io.millrace.testkit.hls;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One media segment with what its tags say.
 *
 * @param sequence its media sequence number
 * @param seconds EXTINF, exactly as written
 * @param date EXT-X-PROGRAM-DATE-TIME, where it is written
 * @param initUri the EXT-X-MAP in force, empty when there is none
 * @param keys the EXT-X-KEY tags in force, as written
 * @param parts its EXT-X-PART tags, as far as they are still listed
 */
public record Segment(
    long sequence,
    String uri,
    BigDecimal seconds,
    Optional<Instant> date,
    boolean discontinuity,
    boolean gap,
    String initUri,
    List<String> keys,
    List<Part> parts) {
  public Segment {
    keys = List.copyOf(keys);
    parts = List.copyOf(parts);
  }

  /** This segment with no parts listed: what may never change. */
  public Segment withoutParts() {
    return new Segment(sequence, uri, seconds, date, discontinuity, gap, initUri, keys, List.of());
  }
}
