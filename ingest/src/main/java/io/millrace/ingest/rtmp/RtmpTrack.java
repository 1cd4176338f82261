package io.millrace.ingest.rtmp;

import io.millrace.ingest.rtmp.FlvTag.Frame;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** One track of a publisher: a reader of its codec's access units, and their times. */
sealed interface RtmpTrack permits RtmpVideoTrack, RtmpAudioTrack {
  /** Takes what a track reads. */
  @FunctionalInterface
  interface Output {
    /**
     * @param millis where the sample's message stands on the publisher's timeline
     */
    void sample(RtmpTrack from, long millis, Sample sample);
  }

  /** The multitrack id among the tracks of its kind. */
  int multitrackId();

  /**
   * What its next sample belongs to, or null as long as that is not known. The same object as long
   * as nothing changes for a decoder.
   */
  @Nullable Track track();

  /**
   * Takes the start of a sequence.
   *
   * @throws MalformedMediaException when the record breaks its form; what was known stays
   */
  void start(FlvCodec codec, Buffer record);

  /**
   * Takes coded frames.
   *
   * @param timestamp the message's
   * @return false when they can't be used for want of a configuration
   * @throws MalformedMediaException when they break their form
   */
  boolean frame(long timestamp, Frame frame);
}
