package io.millrace.broker.index;

/**
 * Answers out of one topic's chain of runs. Where a chain ends there may be older messages that no
 * run tells of, before {@code forgotten}; then the answer is where the log has to be read from. As
 * thread-safe as the runs.
 */
final class RunChains {
  private final OffsetRuns runs;

  RunChains(OffsetRuns runs) {
    this.runs = runs;
  }

  /** See {@link TopicIndex#next}. */
  long next(int head, long from, long forgotten) {
    long newer = TopicIndex.NONE;
    int run = head;
    while (run != OffsetRuns.NONE) {
      long first = runs.first(run);
      if (first < from) {
        if (from > runs.last(run)) {
          return newer;
        }
        return runs.hasMiddle(run) ? from : runs.last(run);
      }
      newer = first;
      run = runs.older(run);
    }
    return from < forgotten ? from : newer;
  }

  /** See {@link TopicIndex#until}. */
  long until(int head, long from, long gap, long forgotten) {
    long until = TopicIndex.NONE;
    long newer = TopicIndex.NONE;
    for (int run = head; run != OffsetRuns.NONE; run = runs.older(run)) {
      long first = runs.first(run);
      if (from > runs.last(run)) {
        return until;
      }
      // Where a run's last message is not known it may be next to the newer run's first.
      if (!runs.isVague(run) && (newer == TopicIndex.NONE || newer - runs.last(run) > gap)) {
        until = runs.last(run) + 1;
      }
      if (from <= first && !runs.hasMiddle(run) && runs.last(run) - first > gap) {
        until = first + 1;
      }
      if (from >= first) {
        return until;
      }
      newer = first;
    }
    return from < forgotten ? TopicIndex.NONE : until;
  }

  /**
   * See {@link TopicIndex#last}.
   *
   * @param start of the log
   */
  long last(int head, long count, long start, long forgotten) {
    long needed = Math.max(1, count);
    long oldest = TopicIndex.NONE;
    for (int run = head; run != OffsetRuns.NONE && runs.last(run) >= start; run = runs.older(run)) {
      if (needed == 1 && !runs.isVague(run)) {
        return runs.last(run);
      }
      oldest = Math.max(start, runs.first(run));
      needed -= runs.count(run);
      if (needed <= 0) {
        return oldest;
      }
    }
    return start < forgotten ? start : oldest;
  }

  /**
   * See {@link TopicIndex#since}.
   *
   * @param start of the log
   */
  long since(int head, long time, long start, long forgotten) {
    long oldest = TopicIndex.NONE;
    for (int run = head; run != OffsetRuns.NONE && runs.last(run) >= start; run = runs.older(run)) {
      long first = runs.first(run);
      if (runs.time(run) < time) {
        return runs.last(run) == first
            ? oldest
            : Math.max(start, runs.hasMiddle(run) ? first + 1 : runs.last(run));
      }
      oldest = Math.max(start, first);
    }
    return start < forgotten ? start : oldest;
  }
}
