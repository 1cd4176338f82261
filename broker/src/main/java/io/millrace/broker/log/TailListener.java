package io.millrace.broker.log;

import io.millrace.broker.message.Message;
import java.util.List;

/**
 * Takes what a {@link Tail} reads, on the tail's one thread. To stay in a method holds the tail
 * back, which is how a listener that falls behind says so; the log's own buffers are bounded. What
 * a method throws is logged, and its batch counts as handed over.
 */
public interface TailListener {
  /**
   * The next messages of a partition.
   *
   * @param messages in order, not empty
   */
  void messages(PartitionRef partition, List<Message> messages);

  /**
   * A partition goes on at another offset than the next: retention was faster than this tail, or
   * the log was cut.
   *
   * @param from the offset that was next
   * @param to the offset that is next now
   */
  void jumped(PartitionRef partition, long from, long to);

  /** Everything that was in a partition when it was first followed has been handed over. */
  void caughtUp(PartitionRef partition);
}
