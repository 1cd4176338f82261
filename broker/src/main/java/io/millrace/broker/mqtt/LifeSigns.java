package io.millrace.broker.mqtt;

/**
 * Whether a client is still there (section 3.1.2.10). While it is not read from it cannot be heard;
 * then it is there as long as it takes what is sent to it, or nobody has anything for it. Pure.
 */
final class LifeSigns {
  /** How long a client may take nothing at all of what waits for it, in milliseconds. */
  static final long STUCK_MILLIS = 5 * 60_000L;

  private long keepAliveMillis;
  private long heardAt;
  private long tookAt;

  /**
   * @param now milliseconds since 1970, as everywhere here
   */
  LifeSigns(long now) {
    heardAt = now;
    tookAt = now;
  }

  /**
   * It was let in.
   *
   * @param millis how long nothing may be heard of it; 0 for as long as it likes
   */
  void agreed(long millis, long now) {
    keepAliveMillis = millis;
    heardAt = now;
    tookAt = now;
  }

  /** Something has come from it. */
  void heard(long now) {
    heardAt = now;
  }

  /** It has taken something. */
  void took(long now) {
    tookAt = now;
  }

  /**
   * Looks; to be called about every second.
   *
   * @param isRead whether it is read from
   * @param isFull whether as much waits for it as may
   * @return why it counts as lost, in words; empty when it does not
   */
  String look(long now, boolean isRead, boolean isFull) {
    if (isRead) {
      tookAt = now;
      return keepAliveMillis > 0 && now - heardAt >= keepAliveMillis
          ? "nothing was heard for " + keepAliveMillis + " ms"
          : "";
    }
    // What it says meanwhile is heard later.
    heardAt = now;
    if (!isFull) {
      tookAt = now;
      return "";
    }
    long most = Math.max(keepAliveMillis, STUCK_MILLIS);
    return now - tookAt >= most ? "nothing was taken for " + most + " ms" : "";
  }
}
