package io.millrace.validator.hls;

import java.math.BigDecimal;

/** One EXT-X-PART. */
public record Part(String uri, BigDecimal seconds, boolean independent, boolean gap) {}
