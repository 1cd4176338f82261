package io.millrace.broker.log;

import io.millrace.broker.message.Publication;

/** Appends to one namespace's log. Thread-safe; never blocks. */
public interface Appender {
  /** The partition of a topic: murmur2 of the path's UTF-8 bytes, as Kafka's own clients choose. */
  int partitionOf(String path);

  /**
   * Appends a message. Messages that one thread appends to one partition keep their order.
   *
   * @param done called once, on any thread, quickly; on the calling thread where it is refused at
   *     once
   */
  void append(Publication publication, AppendResult done);

  /** Bytes that have been given and are not acknowledged yet, of all namespaces together. */
  long pendingBytes();
}
