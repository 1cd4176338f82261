package io.millrace.bench.topics;

import java.nio.ByteBuffer;

/**
 * What one subscriber says and hears, as bytes, without a client library: so little of it that the
 * load is not what is measured. Belongs to the thread that reads.
 */
interface Conversation {
  /** What a unit of what was heard is. */
  enum Heard {
    /** Something on the way to being subscribed. */
    STEP,
    /** Subscribed from now on. */
    SUBSCRIBED,
    MESSAGE,
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

  /** Sent behind a {@link Heard#STEP}. */
  byte[] next();
}
