package io.millrace.ingest.rtmp;

import io.vertx.core.buffer.Buffer;

/** What an RTMP audio or video message carries (Video File Format 10.1, E.4; Enhanced RTMP v1). */
sealed interface FlvTag {
  /** An AVC decoder configuration record. */
  record AvcHeader(Buffer record) implements FlvTag {}

  /**
   * One AVC access unit.
   *
   * @param compositionMillis presentation minus decoding time; may be negative
   * @param keyFrame what the sender claims
   * @param nals length-prefixed NAL units
   */
  record AvcFrame(int compositionMillis, boolean keyFrame, Buffer nals) implements FlvTag {}

  /** An AudioSpecificConfig. */
  record AacHeader(Buffer record) implements FlvTag {}

  /** One raw AAC access unit. */
  record AacFrame(Buffer data) implements FlvTag {}

  /** Nothing that this server needs: end of sequence, colour information, an empty tag. */
  record Nothing() implements FlvTag {}
}
