package io.millrace.broker.log;

import io.millrace.broker.message.Message;
import io.vertx.core.Future;
import java.util.List;

/** Reads what is in the log. Thread-safe; the number of reads at once is bounded, others wait. */
public interface HistoryReader {
  /** Up to here a read is a short one, in bytes. */
  int SHORT = 16 << 10;

  /**
   * Reads on from an offset.
   *
   * @param before where it may end, behind {@code from}; what lies there may come along
   * @param maxBytes about how much to read; one message is read however long it is. A read of up to
   *     {@link #SHORT} ends exactly there, and does not wait behind long ones
   * @return on the caller's context; fails with {@link LogException}
   */
  Future<Slice> read(PartitionRef partition, long from, long before, int maxBytes);

  /** As above, wherever it ends. */
  default Future<Slice> read(PartitionRef partition, long from, int maxBytes) {
    return read(partition, from, Long.MAX_VALUE, maxBytes);
  }

  /**
   * A part of a partition.
   *
   * @param messages in order, all that there are from {@code from} to before {@code next}; may be
   *     empty
   * @param from the offset that was asked for, or the partition's start where that has moved beyond
   * @param next where to read on; equal to {@code from} when there is nothing more yet
   */
  record Slice(List<Message> messages, long from, long next) {}
}
