package io.millrace.media;

import io.vertx.core.buffer.Buffer;

/**
 * One access unit of one track. Times are in the track's timescale; the payload never changes
 * again.
 *
 * @param dts decoding time; never decreases within a track between discontinuities
 * @param compositionOffset presentation time minus decoding time; may be negative
 * @param sync whether decoding can start here (audio: always)
 */
public record Sample(TrackId track, long dts, int compositionOffset, boolean sync, Buffer payload) {
  /** Presentation time. */
  public long pts() {
    return dts + compositionOffset;
  }

  Sample at(long newDts) {
    return at(newDts, compositionOffset);
  }

  Sample at(long newDts, int newCompositionOffset) {
    return newDts == dts && newCompositionOffset == compositionOffset
        ? this
        : new Sample(track, newDts, newCompositionOffset, sync, payload);
  }
}
