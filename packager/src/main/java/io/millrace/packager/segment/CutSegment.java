package io.millrace.packager.segment;

import io.millrace.media.Timescale;
import io.millrace.packager.presentation.Part;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;

/**
 * A segment as it was cut.
 *
 * @param rendition the name of the rendition it belongs to
 * @param msn media sequence number, the same in all renditions for the same time
 * @param header what a decoder needs before it; empty where segments carry that themselves
 * @param durationTicks in {@code timescale}, to where the next segment starts
 * @param mediaNanos presentation time of its start on the broadcast's timeline
 * @param independent whether it starts with a key frame
 * @param bytes those of its parts, which a gap may have too that has lost its rest
 * @param frames number of samples; of pictures where there are any
 * @param framesTicks how long those last in {@code timescale}: less than the segment does where
 *     sound begins before pictures
 * @param keyFrame its first picture when that is a key frame
 */
public record CutSegment(
    String rendition,
    long msn,
    Optional<Header> header,
    long durationTicks,
    Timescale timescale,
    long mediaNanos,
    boolean discontinuity,
    boolean independent,
    Buffer bytes,
    List<Part> parts,
    int frames,
    long framesTicks,
    Optional<KeyFrame> keyFrame) {
  /** Whether there is no media in it, or not in all of its parts (HLS B9). */
  public boolean gap() {
    return bytes.length() == 0 || parts.stream().anyMatch(Part::gap);
  }
}
