package io.millrace.broker.log;

import io.millrace.broker.message.Message;
import io.vertx.core.Future;
import java.util.List;

/** Reads what is in the log. Thread-safe; the number of reads at once is bounded, others wait. */
public interface HistoryReader {
  /**
   * Reads on from an offset.
   *
   * @param maxBytes about how much to read; one message is read however long it is. Up to 16 KiB is
   *     a short read: it ends exactly there, and does not wait behind long ones
   * @return on the caller's context; fails with {@link LogException}
   */
  Future<Slice> read(PartitionRef partition, long from, int maxBytes);

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
