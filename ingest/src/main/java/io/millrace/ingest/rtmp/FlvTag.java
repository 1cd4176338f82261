package io.millrace.ingest.rtmp;

import io.vertx.core.buffer.Buffer;

/**
 * What an RTMP audio or video message carries of one track (Video File Format 10.1, E.4; Enhanced
 * RTMP v2, ExVideoTagBody and ExAudioTagBody).
 */
sealed interface FlvTag {
  /** The main track of its kind. */
  int MAIN = 0;

  /**
   * The start of a sequence.
   *
   * @param track 0 to 255, of its kind
   * @param record the decoder configuration; empty where the access units bring it
   */
  record Start(FlvCodec codec, int track, Buffer record) implements FlvTag {}

  /**
   * Coded frames: one access unit.
   *
   * @param track 0 to 255, of its kind
   * @param compositionMillis presentation minus decoding time; may be negative
   * @param nanos what the message's timestamp lacks, 0 to 999,999
   * @param keyFrame what the sender claims
   */
  record Frame(
      FlvCodec codec, int track, int compositionMillis, int nanos, boolean keyFrame, Buffer data)
      implements FlvTag {}

  /** How many channels a track has that does not say so itself. */
  record Channels(FlvCodec codec, int track, int count) implements FlvTag {}

  /** A packet of an unknown type. */
  record Unknown() implements FlvTag {}
}
