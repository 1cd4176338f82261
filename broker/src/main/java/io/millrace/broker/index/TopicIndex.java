package io.millrace.broker.index;

import io.millrace.broker.log.PartitionRef;
import java.util.Arrays;

/**
 * Knows roughly where the messages of each topic lie. Answers are on the safe side: an offset may
 * be before the one that is meant, never behind it, so whoever reads from it on sees everything.
 * Thread-safe; answers are quick enough for an event loop.
 */
public interface TopicIndex {
  /** The answer when there is nothing (more) of a topic, as far as the index has read. */
  long NONE = Long.MAX_VALUE;

  /** The first offset at or behind {@code from} that can hold a message of the topic. */
  long next(PartitionRef partition, String path, long from);

  /**
   * Where the stretch ends in which the messages of a topic from an offset on lie close to each
   * other; {@link #NONE} where that is not known. What follows begins at {@link #next} of there.
   *
   * @param from where {@link #next} says there can be one
   * @param gap more than so many offsets between two messages are the end of a stretch
   * @return the offset behind the stretch's last message, greater than {@code from}
   */
  long until(PartitionRef partition, String path, long from, long gap);

  /**
   * An offset from which on there are at least {@code count} messages of the topic; where there are
   * fewer, one from which on there are all that are known.
   */
  long last(PartitionRef partition, String path, long count);

  /** An offset from which on all messages of the topic lie that are not older than a time. */
  long since(PartitionRef partition, String path, long timeMillis);

  /** Where within a part of a partition the last messages of topics lie. */
  Lasts lasts(PartitionRef partition, long from, long to);

  /** The offset from which on a partition's messages are known; what is before it is not. */
  long start(PartitionRef partition);

  /** The offset up to which a partition has been read; what is behind is not known yet. */
  long end(PartitionRef partition);

  /**
   * Where last messages of topics lie.
   *
   * @param offsets in their order
   * @param isExact whether these are all and each of them is one; else any offset may be
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Lasts(long[] offsets, boolean isExact) {
    /** The first offset at or behind one that may be a last one; {@link #NONE} for no more. */
    public long next(long from) {
      if (!isExact) {
        return from;
      }
      int at = Arrays.binarySearch(offsets, from);
      int next = at < 0 ? -at - 1 : at;
      return next == offsets.length ? NONE : offsets[next];
    }
  }
}
