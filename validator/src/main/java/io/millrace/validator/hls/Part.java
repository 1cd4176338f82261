package io.millrace.validator.hls;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * One EXT-X-PART.
 *
 * @param range the part of the resource that it is; empty for all of it
 */
public record Part(
    String uri, Optional<ByteRange> range, BigDecimal seconds, boolean independent, boolean gap) {
  private static final BigDecimal LEAST = new BigDecimal("0.85");

  /**
   * Whether it is shorter than HLS L3 wants of one that neither its segment nor a gap ends.
   *
   * @param target PART-TARGET, in seconds
   */
  public boolean isShort(BigDecimal target) {
    return !independent && !gap && seconds.compareTo(target.multiply(LEAST)) < 0;
  }
}
