package io.millrace.packager.segment;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.packager.cmaf.InitSegment;
import io.millrace.packager.presentation.Part;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;

/**
 * A segment as it was cut.
 *
 * @param rendition {@code video} or {@code audio}
 * @param msn media sequence number, the same in both renditions for the same time
 * @param durationTicks in {@code timescale}, to where the next segment starts
 * @param mediaNanos presentation time of its start on the broadcast's timeline
 * @param independent whether it starts with a key frame
 * @param bytes empty for a gap
 * @param frames number of samples
 * @param keyFrame its first sample when that is a key frame of a picture
 */
public record CutSegment(
    String rendition,
    long msn,
    InitSegment header,
    long durationTicks,
    Timescale timescale,
    long mediaNanos,
    boolean discontinuity,
    boolean independent,
    Buffer bytes,
    List<Part> parts,
    int frames,
    Optional<Sample> keyFrame) {
  /** Whether there is no media in it. */
  public boolean gap() {
    return frames == 0;
  }
}
