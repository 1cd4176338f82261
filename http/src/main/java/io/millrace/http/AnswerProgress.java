package io.millrace.http;

/**
 * Notices a client that takes nothing of an answer. Other traffic of its connection does not count:
 * over HTTP/2 a client may send pings and never open a stream's window, and what it was to be sent
 * stays in memory. Pure; times are of one monotonic clock, in milliseconds.
 */
final class AnswerProgress {
  private long bytes = -1;
  private long since;

  /**
   * To be asked now and then.
   *
   * @param written bytes of the answer so far
   * @param waiting whether more could be written if the client took what there is
   */
  boolean isStalled(long written, boolean waiting, long now, long limitMillis) {
    if (!waiting || written != bytes) {
      bytes = written;
      since = now;
      return false;
    }
    return now - since >= limitMillis;
  }
}
