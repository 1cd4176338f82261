package io.millrace.packager;

import io.millrace.media.cue.CueAttribute;
import io.millrace.media.cue.CueRequest.Kind;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;

/**
 * A cue point as it stands.
 *
 * @param cueClass whose attributes it has; empty for none
 * @param startNanos where it starts, in nanoseconds from the broadcast's first sample; empty while
 *     that is the next cut
 * @param startDate the programme date of that
 * @param planned how long it is to last
 * @param autoReturn whether it ends by itself then
 * @param endNanos where it ends or has ended, as far as that is told
 * @param endDate the programme date of its end, once that has been reached
 * @param section the splice_info_section that starts it or, of a mark, that it is
 */
public record Cue(
    String id,
    Kind kind,
    String cueClass,
    State state,
    OptionalLong startNanos,
    Optional<Instant> startDate,
    Optional<Duration> planned,
    boolean autoReturn,
    OptionalLong endNanos,
    Optional<Instant> endDate,
    Optional<Buffer> section,
    SortedMap<String, CueAttribute> attributes) {
  /** How far it is. */
  public enum State {
    /** Its start has not been reached. */
    ANNOUNCED,
    /** It has started and goes on. */
    ON,
    /** Its end has been reached. */
    ENDED
  }
}
