package io.millrace.packager.live;

import io.millrace.packager.PackagerMetrics;
import io.millrace.packager.presentation.Segment;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiConsumer;

/**
 * One broadcast's share of what is in memory only. Where all broadcasts together have too much,
 * only what must be there is kept. Confined to the broadcast's home context.
 */
final class UnstoredShare {
  private final UnstoredMemory memory;
  private final PackagerMetrics metrics;
  private long reported;

  UnstoredShare(UnstoredMemory memory, PackagerMetrics metrics) {
    this.memory = memory;
    this.metrics = metrics;
  }

  /**
   * Says how much it is, and gives up what it can where that is too much.
   *
   * @param delete is told of each segment that is given up
   */
  void report(
      RenditionLogs logs,
      int targetSeconds,
      Instant now,
      BiConsumer<RenditionLog, Segment> delete) {
    change(logs.unstoredBytes());
    if (reported > 0 && memory.isOver()) {
      logs.trim(Duration.ZERO, targetSeconds, now);
      logs.forgetUnstored(
          (log, segment) -> {
            metrics.unstored("memory");
            delete.accept(log, segment);
          });
      change(logs.unstoredBytes());
    }
  }

  /** The broadcast is no longer written. */
  void giveBack() {
    change(0);
  }

  private void change(long bytes) {
    memory.changed(reported, bytes);
    reported = bytes;
  }
}
