package io.millrace.broker.log;

/** What became of an {@link Appender#append}. */
public interface AppendResult {
  /**
   * The message is as safe as its namespace promises.
   *
   * @param timestamp that it has in the log, milliseconds since 1970 UTC
   */
  void appended(int partition, long offset, long timestamp);

  /**
   * It is not, as far as is known: it may be in the log all the same when only the answer was lost,
   * so a producer that tries again should give the message an id.
   */
  void failed(LogException reason);
}
