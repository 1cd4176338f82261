package io.millrace.media.cue;

import io.vertx.core.buffer.Buffer;
import java.math.BigDecimal;

/** What a client attribute of a cue point says (RFC 8216bis 4.2, 4.4.5.1). */
public sealed interface CueAttribute {
  /** Without quotes, line breaks and other control characters. */
  record Text(String value) implements CueAttribute {}

  record Bytes(Buffer value) implements CueAttribute {}

  /** Not negative. */
  record Decimal(BigDecimal value) implements CueAttribute {}
}
