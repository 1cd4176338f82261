package io.millrace.edge;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Viewers of each stream: those who asked for media within the timeout. At most {@code most} are
 * remembered; what is beyond is not counted. Thread-safe.
 */
public final class ViewerCounts {
  private record StreamName(String app, String stream) {}

  private final Duration timeout;
  private final int most;
  private final AtomicInteger total = new AtomicInteger();
  private final ConcurrentMap<StreamName, ConcurrentMap<Long, Instant>> streams =
      new ConcurrentHashMap<>();

  public ViewerCounts(Duration timeout, int most) {
    this.timeout = timeout;
    this.most = most;
  }

  /** Somebody, told apart by 64 bits, asked for media. */
  void seen(String app, String stream, long viewer, Instant now) {
    ConcurrentMap<Long, Instant> viewers = streams.get(new StreamName(app, stream));
    if (viewers != null && viewers.replace(viewer, now) != null) {
      return;
    }
    if (total.get() < most) {
      streams.compute(
          new StreamName(app, stream),
          (name, before) -> {
            ConcurrentMap<Long, Instant> after =
                before == null ? new ConcurrentHashMap<>() : before;
            if (after.put(viewer, now) == null) {
              total.incrementAndGet();
            }
            return after;
          });
    }
  }

  /** Forgets who has not been seen within the timeout; to be called about once a second. */
  void expire(Instant now) {
    Instant limit = now.minus(timeout);
    for (StreamName name : streams.keySet()) {
      streams.computeIfPresent(
          name,
          (same, viewers) -> {
            int before = viewers.size();
            viewers.values().removeIf(seen -> seen.isBefore(limit));
            total.addAndGet(viewers.size() - before);
            return viewers.isEmpty() ? null : viewers;
          });
    }
  }

  /** Viewers of a stream as of the last second. */
  public int viewers(String app, String stream) {
    ConcurrentMap<Long, Instant> viewers = streams.get(new StreamName(app, stream));
    return viewers == null ? 0 : viewers.size();
  }

  /** Viewers of all streams as of the last second. */
  public int total() {
    return total.get();
  }
}
