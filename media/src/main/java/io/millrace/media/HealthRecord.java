package io.millrace.media;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was last measured of a broadcast's publishers, now and when the last one left. Changed by
 * the stream's home context, read from any thread.
 */
final class HealthRecord {
  private long skippedBefore;
  private volatile StreamHealth present;
  private volatile StreamHealth last;

  HealthRecord(Instant now) {
    present = StreamHealth.none(now);
    last = present;
  }

  /** As of a second ago at most. */
  StreamHealth present() {
    return present;
  }

  /**
   * The same as it was when the last publisher left: the time that nobody sends while another one
   * is waited for is no stall of the broadcast that has ended then.
   */
  StreamHealth last() {
    return last;
  }

  /** Measures anew. Called about once a second. */
  void measure(Placement placement, @Nullable Publication publication, Readers readers) {
    present = placement.measure(skippedBy(publication), readers.droppedSamples());
  }

  /** Another input goes on. */
  void switched(@Nullable Publication publication) {
    skippedBefore = skippedBy(publication);
  }

  /** The publisher is gone. */
  void gone(@Nullable Publication publication) {
    last = present;
    skippedBefore = skippedBy(publication);
  }

  private long skippedBy(@Nullable Publication publication) {
    return skippedBefore + (publication == null ? 0 : publication.skippedMessages());
  }
}
