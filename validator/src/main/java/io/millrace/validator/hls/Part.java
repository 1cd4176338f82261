package io.millrace.validator.hls;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * One EXT-X-PART.
 *
 * @param range the part of the resource that it is; empty for all of it
 */
public record Part(
    String uri, Optional<ByteRange> range, BigDecimal seconds, boolean independent, boolean gap) {}
