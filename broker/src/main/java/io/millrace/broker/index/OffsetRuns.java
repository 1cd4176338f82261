package io.millrace.broker.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the messages of topics lie: for each topic a chain of runs, from the newest back. A run
 * begins at the exact offset of a message of its topic and reaches to the next newer run of the
 * chain, so nothing is ever left out; what is given up to save memory is how finely a chain is cut.
 *
 * <p>Runs are three longs each in arrays, and named by their number: the offset of the first
 * message; 42 bits of time and 22 bits of count; the number of the older run and the span to the
 * last message. The time is that of the newest message which the partition had up to and including
 * the first one (clocks that step back do no harm so). The count is a lower bound, exact below
 * {@link #MOST_COUNTED} unless the span is {@link #VAGUE}. Not thread-safe.
 */
final class OffsetRuns {
  /** No run. */
  static final int NONE = 0;

  /** The span of a run whose last message is not known: it is before the next newer run. */
  static final long VAGUE = 0xffffffffL;

  static final int CHUNK = 1024;
  static final long CHUNK_BYTES = CHUNK * 3L * Long.BYTES + 24;

  /** What is written of each run. */
  private static final int FIELDS = 4;

  private static final int COUNT_BITS = 22;
  static final int MOST_COUNTED = (1 << COUNT_BITS) - 1;
  static final long LATEST = (1L << (64 - COUNT_BITS)) - 1;

  private final List<long[]> chunks = new ArrayList<>();

  /** The first of the runs that may be used again, chained by their older runs. */
  private int free = NONE;

  private int freed;

  /** The first that was never used; 0 stays unused, since it means none. */
  private int unused = 1;

  /** How many runs can be made without another chunk. */
  int room() {
    return freed + Math.max(0, chunks.size() * CHUNK - unused);
  }

  void grow() {
    chunks.add(new long[CHUNK * 3]);
  }

  long bytes() {
    return chunks.size() * CHUNK_BYTES;
  }

  /** How many runs are in use. */
  int size() {
    return unused - 1 - freed;
  }

  /**
   * Makes a run; there must be room.
   *
   * @param time at most {@link #LATEST}
   * @param count at most {@link #MOST_COUNTED}
   */
  int make(long first, long time, int count, long span, int older) {
    int run = free;
    if (run == NONE) {
      run = unused++;
    } else {
      free = older(run);
      freed--;
    }
    long[] chunk = chunk(run);
    int at = at(run);
    chunk[at] = first;
    chunk[at + 1] = time << COUNT_BITS | count;
    chunk[at + 2] = (long) older << 32 | span;
    return run;
  }

  private void free(int run) {
    chunk(run)[at(run) + 2] = (long) free << 32;
    free = run;
    freed++;
  }

  /** Lets a run and all older ones of its chain go. */
  void freeAll(int head) {
    int run = head;
    while (run != NONE) {
      int older = older(run);
      free(run);
      run = older;
    }
  }

  private long[] chunk(int run) {
    return chunks.get(run / CHUNK);
  }

  private static int at(int run) {
    return run % CHUNK * 3;
  }

  long first(int run) {
    return chunk(run)[at(run)];
  }

  long time(int run) {
    return chunk(run)[at(run) + 1] >>> COUNT_BITS;
  }

  int count(int run) {
    return (int) chunk(run)[at(run) + 1] & MOST_COUNTED;
  }

  int older(int run) {
    return (int) (chunk(run)[at(run) + 2] >>> 32);
  }

  long span(int run) {
    return chunk(run)[at(run) + 2] & VAGUE;
  }

  boolean isVague(int run) {
    return span(run) == VAGUE;
  }

  /** The offset of the run's last message; the highest number where that is not known. */
  long last(int run) {
    long span = span(run);
    return span == VAGUE ? Long.MAX_VALUE : first(run) + span;
  }

  /** Whether there may be messages between the first and the last of a run. */
  boolean hasMiddle(int run) {
    return isVague(run) || count(run) > 2;
  }

  private void setOlder(int run, int older) {
    chunk(run)[at(run) + 2] = (long) older << 32 | span(run);
  }

  private void setSpan(int run, long span) {
    chunk(run)[at(run) + 2] = (long) older(run) << 32 | span;
  }

  private void setCount(int run, int count) {
    chunk(run)[at(run) + 1] = time(run) << COUNT_BITS | Math.min(count, MOST_COUNTED);
  }

  /** One more message of a run that is the newest of its chain and not vague. */
  void extend(int run, long offset) {
    setCount(run, count(run) + 1);
    setSpan(run, offset - first(run));
  }

  /** How many runs a chain has. */
  int length(int head) {
    int length = 0;
    for (int run = head; run != NONE; run = older(run)) {
      length++;
    }
    return length;
  }

  /** Joins neighbours of a chain, two and two, behind its newest runs. */
  void thin(int head, int keep) {
    int newer = head;
    for (int i = 1; i < keep && newer != NONE; i++) {
      newer = older(newer);
    }
    while (newer != NONE) {
      int run = older(newer);
      int older = run == NONE ? NONE : older(run);
      if (older == NONE) {
        return;
      }
      long span = last(run) - first(older);
      boolean isExact = !isVague(run) && !isVague(older) && span < VAGUE;
      setCount(older, count(older) + count(run));
      setSpan(older, isExact ? span : VAGUE);
      setOlder(newer, older);
      free(run);
      newer = older;
    }
  }

  /** Lets those runs of a chain go that end before an offset. Gives the head, or none. */
  int trim(int head, long start) {
    int newer = NONE;
    int run = head;
    long end = Long.MAX_VALUE;
    while (run != NONE && Math.min(last(run), end - 1) >= start) {
      end = first(run);
      newer = run;
      run = older(run);
    }
    if (run != NONE) {
      freeAll(run);
      if (newer != NONE) {
        setOlder(newer, NONE);
      }
    }
    return newer == NONE ? NONE : head;
  }

  /** Takes from a chain what is at an offset or behind it. Gives the new head, or none. */
  int cut(int head, long end) {
    int run = head;
    while (run != NONE && first(run) >= end) {
      int older = older(run);
      free(run);
      run = older;
    }
    if (run != NONE && last(run) >= end) {
      setSpan(run, hasMiddle(run) ? VAGUE : 0);
      setCount(run, 1);
    }
    return run;
  }

  /** Writes a chain, from its newest run back. */
  void write(int head, IndexFileWriter out) {
    out.putNumber(length(head));
    int newer = NONE;
    for (int run = head; run != NONE; run = older(run)) {
      out.putNumber(newer == NONE ? first(run) : first(newer) - first(run));
      out.putNumber(newer == NONE ? time(run) : time(newer) - time(run));
      out.putNumber(count(run));
      out.putNumber(span(run));
      newer = run;
    }
  }

  /** Reads a chain: first, time, count and span of each run, from its newest back. */
  static long[] read(IndexFileReader in) throws IOException {
    long[] chain = new long[FIELDS * (int) in.getNumber()];
    for (int at = 0; at < chain.length; at++) {
      chain[at] = in.getNumber();
      if (at >= FIELDS && at % FIELDS < 2) {
        chain[at] = chain[at - FIELDS] - chain[at];
      }
    }
    return chain;
  }

  /** How many runs a chain has that was read. */
  static int length(long[] chain) {
    return chain.length / FIELDS;
  }

  /** Makes a chain that was read; there must be room. Gives its head. */
  int make(long[] chain) {
    int run = NONE;
    for (int at = chain.length - FIELDS; at >= 0; at -= FIELDS) {
      run = make(chain[at], chain[at + 1], (int) chain[at + 2], chain[at + 3], run);
    }
    return run;
  }
}
