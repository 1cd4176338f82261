package io.millrace.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/** What waits for its answer. It is sent again, as it is, after the connection was lost. */
sealed interface Request {
  byte[] frame();

  /** Until when it is sent again, as {@link System#nanoTime}. */
  long deadline();

  /** Gives no answer. */
  void fail(MillraceException reason);

  /**
   * A message that is not acknowledged yet.
   *
   * @param topic whose order it is in
   * @param room holds a permit for it until then
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, and never changed
  record Publish(
      String topic,
      byte[] frame,
      String messageId,
      long deadline,
      CompletableFuture<Published> result,
      Semaphore room)
      implements Request {
    void succeed(Published published) {
      room.release();
      result.complete(published);
    }

    @Override
    public void fail(MillraceException reason) {
      room.release();
      result.completeExceptionally(reason);
    }
  }

  /** A history that is read. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, and never changed
  record History(byte[] frame, long deadline, CompletableFuture<HistoryPage> result)
      implements Request {
    @Override
    public void fail(MillraceException reason) {
      result.completeExceptionally(reason);
    }
  }
}
