package io.millrace.client;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The one timer of all clients of a program. What it starts runs on a thread of its own. */
final class Timers {
  private static final ScheduledThreadPoolExecutor TIMER =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().daemon().name("millrace-client-timer").factory());

  static {
    TIMER.setRemoveOnCancelPolicy(true);
  }

  private Timers() {}

  @SuppressWarnings("FutureReturnValueIgnored") // the task's thread tells of its own failures
  static void later(Duration delay, Runnable task) {
    after(delay, task);
  }

  /** As {@link #later}, for what may have to be cancelled. */
  static ScheduledFuture<?> after(Duration delay, Runnable task) {
    return TIMER.schedule(
        () -> Thread.startVirtualThread(task), delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  static ScheduledFuture<?> every(Duration interval, Runnable task) {
    return TIMER.scheduleWithFixedDelay(
        () -> Thread.startVirtualThread(task),
        interval.toMillis(),
        interval.toMillis(),
        TimeUnit.MILLISECONDS);
  }
}
