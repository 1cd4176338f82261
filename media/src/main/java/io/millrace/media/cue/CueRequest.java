package io.millrace.media.cue;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A cue point that is asked for.
 *
 * @param id that no other one of the broadcast has
 * @param cueClass whose attributes it has; empty for none
 * @param planned how long it is to last
 * @param autoReturn whether it ends by itself then
 * @param section a splice_info_section of the caller's own; a splice without one gets one
 * @param attributes by their names, {@code X-…}
 */
public record CueRequest(
    String id,
    Kind kind,
    String cueClass,
    CueTime start,
    Optional<Duration> planned,
    boolean autoReturn,
    Optional<Buffer> section,
    SortedMap<String, CueAttribute> attributes) {
  /** What it is. */
  public enum Kind {
    /** The programme may be replaced by something else, from a cut to a cut. */
    SPLICE,
    /** Something goes on until it ends. */
    RANGE,
    /** A moment, or something whose end is known. */
    MARK
  }

  public CueRequest {
    attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
  }

  /** Without class, section and attributes; it ends by itself where it is known when. */
  public static CueRequest of(String id, Kind kind, CueTime start, Optional<Duration> planned) {
    return new CueRequest(
        id, kind, "", start, planned, planned.isPresent(), Optional.empty(), new TreeMap<>());
  }

  /** The same with attributes of a class. */
  public CueRequest with(String newClass, Map<String, CueAttribute> newAttributes) {
    return new CueRequest(
        id, kind, newClass, start, planned, autoReturn, section, new TreeMap<>(newAttributes));
  }
}
