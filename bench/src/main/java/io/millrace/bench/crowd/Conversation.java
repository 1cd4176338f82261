package io.millrace.bench.crowd;

import java.nio.ByteBuffer;

/**
 * What one client says and hears, as bytes, without a client library: so little of it that the load
 * is not what is measured. Belongs to the thread that reads.
 */
public interface Conversation {
  /** What a unit of what was heard is. */
  enum Heard {
    /** Something on the way to being subscribed. */
    STEP,
    /** Subscribed from now on. */
    SUBSCRIBED,
    MESSAGE,
    /** A message; the next one has to be asked for. */
    ANSWER,
    /** Nothing that counts. */
    OTHER
  }

  /** Sent when the connection is there. */
  byte[] hello();

  /**
   * The length of the next unit.
   *
   * @param bytes what has come; its position is where the unit begins
   * @return bytes; 0 when it has not come as a whole
   */
  int unit(ByteBuffer bytes);

  /**
   * Hears one unit.
   *
   * @param bytes its position is where the unit begins
   */
  Heard hear(ByteBuffer bytes, int length);

  /**
   * When a {@link Heard#MESSAGE} or {@link Heard#ANSWER} should have been sent, at the earliest.
   *
   * @param bytes its position is where the unit begins
   * @return {@link System#nanoTime}
   */
  long dueNanos(ByteBuffer bytes, int length);

  /** Sent behind a {@link Heard#STEP} and a {@link Heard#ANSWER}. */
  byte[] next();
}
