package io.millrace.ingest.rtmp;

import io.millrace.media.MalformedMediaException;

/**
 * Decides when broken messages of one kind have gone on for too long. One broken frame is skipped:
 * it costs a viewer a moment, an ended broadcast costs everything.
 */
final class BrokenMessages {
  private static final int MAX_MESSAGES = 2_000;

  private final String kind;
  private final PassedTime run = new PassedTime();
  private long count;
  private int inRun;
  private String firstProblem = "";

  /**
   * @param kind of the messages, for the words
   */
  BrokenMessages(String kind) {
    this.kind = kind;
  }

  /** How many there have been. */
  long count() {
    return count;
  }

  /** A message could be used. */
  void good() {
    inRun = 0;
  }

  /**
   * A message could not be used.
   *
   * @param timestamp the message's, in unsigned 32 bits of milliseconds
   * @param maxMillis how long this may go on
   * @throws MalformedMediaException when no message has been good for that long, or for thousands
   */
  void broken(long timestamp, long maxMillis, String problem) {
    count++;
    if (inRun++ == 0) {
      run.restart();
      firstProblem = problem;
    }
    if (run.at(timestamp) > maxMillis || inRun > MAX_MESSAGES) {
      throw new MalformedMediaException(
          kind,
          0,
          "no message of the last "
              + inRun
              + " could be used, the first one because of: "
              + firstProblem
              + "; restart the encoder");
    }
  }
}
