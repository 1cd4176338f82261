package io.millrace.bench.topics;

import java.io.IOException;

/** One connection that publishes batches, the next one when the one before is acknowledged. */
interface Batches extends AutoCloseable {
  /** Publishes {@code size} messages of 100 bytes; returns when all are acknowledged. */
  void publish(int size) throws IOException;

  @Override
  void close() throws IOException;
}
