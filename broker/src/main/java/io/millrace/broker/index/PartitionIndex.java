package io.millrace.broker.index;

import io.millrace.broker.message.Message;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

/**
 * The index of one partition. The log is cut into blocks of some 64 KiB; each topic has a run
 * ({@link OffsetRuns}) in every block that it has messages in. Where memory is short, old runs of a
 * topic are joined, and last of all the topics that have been quiet for longest are forgotten: from
 * then on nothing is said of any topic before the last message of those ({@code forgotten}).
 *
 * <p>One thread at a time adds and cuts; any thread trims, saves and asks. Everything is behind
 * this object's monitor, which is held for one answer, for {@link #BATCH} messages, or for one of
 * the table's segments: tens of microseconds, a few hundred with a million topics. Only a log that
 * was cut is worked off at once. Answers without a lock would have to bear chains that change under
 * them.
 */
final class PartitionIndex {
  /** How many messages are added before those who ask have their turn. */
  private static final int BATCH = 64;

  /** One read of the log gets a block at once. */
  private static final int BLOCK_BYTES = 64 * 1024;

  /** More runs than about this no chain has, so that an answer is quick. */
  private static final int LONGEST = 512;

  /** How many newest runs a chain keeps that is too long. */
  private static final int LONG_KEEP = 64;

  /** Whether a chain is too long is looked at once in so many new runs of it. */
  private static final int LENGTH_CHECKS = 64;

  /** How many newest runs each chain keeps where memory is short; less when that is not enough. */
  private static final int[] SHORT_KEEP = {16, 4, 1};

  /** The part of all runs that has to come free when memory is short. */
  private static final int ENOUGH_FREE = 4;

  private static final int SAMPLES = 1024;

  /** Fewer topics than this are not forgotten for the sake of the table: it would gain nothing. */
  private static final int MANY_TOPICS = 4096;

  private final IndexMemory memory;
  private final RandomGenerator random;
  private final long[] hashes = new long[BATCH];
  private final int[] heads = new int[BATCH];

  /** Of no meaning; without it nothing would have to be fetched. */
  @SuppressWarnings("UnusedVariable")
  private long touched;

  private final OffsetRuns runs = new OffsetRuns();
  private final RunChains chains = new RunChains(runs);
  private final TopicTable table = new TopicTable();
  private volatile long bytes;
  private long secret;
  private long start;
  private long end;

  /** The time of the newest message. */
  private long newest;

  /** Before this there may be messages that are in no chain. */
  private long forgotten;

  /** Which of {@link #SHORT_KEEP} was enough the last time. */
  private int shortage;

  private long blockStart;
  private long blockBytes;

  private int cuts;

  PartitionIndex(IndexMemory memory, RandomGenerator random) {
    this.memory = memory;
    this.random = random;
    this.secret = random.nextLong();
  }

  /** What it takes of the heap, about. */
  long bytes() {
    return bytes;
  }

  synchronized int topics() {
    return table.size();
  }

  synchronized int runs() {
    return runs.size();
  }

  synchronized long start() {
    return start;
  }

  synchronized long end() {
    return end;
  }

  /** How often the log was cut: what was written down before that is of no use. */
  synchronized int cuts() {
    return cuts;
  }

  /** The next messages; those that are known already are passed over. */
  void add(List<Message> messages) {
    for (int from = 0; from < messages.size(); from += BATCH) {
      int count = Math.min(BATCH, messages.size() - from);
      makeRoom(count);
      for (int i = 0; i < count; i++) {
        hashes[i] = PathHash.of(messages.get(from + i).path(), secret);
      }
      synchronized (this) {
        touch(count);
        for (int i = 0; i < count; i++) {
          Message message = messages.get(from + i);
          add(hashes[i], message.offset(), message.timestamp(), message.weight());
        }
        weigh();
      }
    }
  }

  /**
   * Looks at what a batch will need. None of it waits for another, so the processor fetches it side
   * by side, not one after the other.
   */
  private void touch(int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      heads[i] = table.get(hashes[i]);
    }
    for (int i = 0; i < count; i++) {
      sum += heads[i] == OffsetRuns.NONE ? 0 : runs.first(heads[i]);
    }
    touched = sum;
  }

  private void add(long hash, long offset, long timestamp, int weight) {
    if (offset < end) {
      return;
    }
    end = offset + 1;
    newest = Math.max(newest, Math.min(timestamp, OffsetRuns.LATEST));
    if (blockBytes >= BLOCK_BYTES) {
      blockStart = offset;
      blockBytes = 0;
    }
    blockBytes += weight;
    int head = table.get(hash);
    if (head == OffsetRuns.NONE) {
      table.put(hash, runs.make(offset, newest, 1, 0, OffsetRuns.NONE));
      return;
    }
    boolean isVague = runs.isVague(head);
    if (offset <= (isVague ? runs.first(head) : runs.last(head))) {
      return; // a snapshot has topics that are ahead of its own end
    }
    if (runs.first(head) >= blockStart && !isVague) {
      runs.extend(head, offset);
      return;
    }
    int run = runs.make(offset, newest, 1, 0, head);
    table.put(hash, run);
    if (random.nextInt(LENGTH_CHECKS) == 0 && runs.length(run) > LONGEST) {
      runs.thin(run, LONG_KEEP);
    }
  }

  private void weigh() {
    bytes = runs.bytes() + table.bytes();
  }

  /** What is before an offset has left the log. */
  void trim(long to) {
    synchronized (this) {
      if (to <= start) {
        return;
      }
      start = to;
      end = Math.max(end, to);
    }
    trimChains();
  }

  private void trimChains() {
    for (int segment = 0; segment < TopicTable.SEGMENTS; segment++) {
      synchronized (this) {
        table.replace(segment, head -> runs.trim(head, start));
        weigh();
      }
    }
  }

  /** The log has lost what was at an offset and behind it; other messages will be there. */
  synchronized void cut(long to) {
    if (to >= end) {
      return;
    }
    cuts++;
    end = to;
    start = Math.min(start, to);
    forgotten = Math.min(forgotten, to);
    blockStart = to;
    blockBytes = 0;
    for (int segment = 0; segment < TopicTable.SEGMENTS; segment++) {
      table.replace(segment, head -> runs.cut(head, to));
    }
    weigh();
  }

  /** Sees to it that so many runs can be made; only the thread that adds asks for it. */
  private void makeRoom(int count) {
    if (isCrowded()) {
      forgetQuiet();
    }
    while (room() < count) {
      if (!grow(false) && !shrink(count)) {
        grow(true);
      }
    }
  }

  private synchronized int room() {
    return runs.room();
  }

  /** Whether there are more topics than memory was left for. */
  private synchronized boolean isCrowded() {
    return table.size() > MANY_TOPICS
        && table.bytes() > runs.bytes() / 2
        && !memory.allows(this, 0);
  }

  /**
   * Runs are never given back, and each may come to be a topic's only one: so a half as much as
   * they take is left for the table.
   */
  private synchronized boolean grow(boolean mustGrow) {
    long forTopics =
        Math.max(table.bytes() / 2, (runs.bytes() + OffsetRuns.CHUNK_BYTES) / 2 - table.bytes());
    if (!mustGrow && !memory.allows(this, OffsetRuns.CHUNK_BYTES + forTopics)) {
      return false;
    }
    runs.grow();
    weigh();
    return true;
  }

  /** Whether there is room then. */
  private boolean shrink(int count) {
    int enough = Math.max(count, runs() / ENOUGH_FREE);
    shortage = Math.max(0, shortage - 1);
    while (room() < enough && shortage < SHORT_KEEP.length) {
      int keep = SHORT_KEEP[shortage];
      for (int segment = 0; segment < TopicTable.SEGMENTS; segment++) {
        synchronized (this) {
          table.visit(segment, (hash, head) -> runs.thin(head, keep));
        }
      }
      shortage += room() < enough ? 1 : 0;
    }
    if (room() < enough) {
      shortage--;
      forgetQuiet();
    }
    return room() >= count;
  }

  /** Forgets about a quarter of the topics. */
  private void forgetQuiet() {
    long before = quietest();
    for (int segment = 0; segment < TopicTable.SEGMENTS; segment++) {
      synchronized (this) {
        table.replace(segment, head -> forget(head, before));
        weigh();
      }
    }
  }

  private int forget(int head, long before) {
    long last = runs.isVague(head) ? end - 1 : runs.last(head);
    if (last >= before) {
      return head;
    }
    forgotten = Math.max(forgotten, last + 1);
    runs.freeAll(head);
    return OffsetRuns.NONE;
  }

  /** The offset that about a quarter of the topics have their last message before. */
  private long quietest() {
    long[] lasts = new long[SAMPLES];
    int[] seen = new int[1];
    for (int segment = 0; segment < TopicTable.SEGMENTS; segment++) {
      synchronized (this) {
        table.visit(
            segment,
            (hash, head) -> {
              int at = seen[0] < SAMPLES ? seen[0] : random.nextInt(seen[0] + 1);
              seen[0]++;
              if (at < SAMPLES) {
                lasts[at] = Math.min(runs.last(head), end);
              }
            });
      }
    }
    int count = Math.min(SAMPLES, seen[0]);
    Arrays.sort(lasts, 0, count);
    return count == 0 ? 0 : lasts[count / 4] + 1;
  }

  /** See {@link TopicIndex#next}. */
  synchronized long next(String path, long wanted) {
    long from = Math.max(wanted, start);
    return from < end ? chains.next(head(path), from, forgotten) : TopicIndex.NONE;
  }

  /** See {@link TopicIndex#until}. */
  synchronized long until(String path, long from, long gap) {
    return chains.until(head(path), from, gap, forgotten);
  }

  /** See {@link TopicIndex#last}. */
  synchronized long last(String path, long count) {
    return chains.last(head(path), count, start, forgotten);
  }

  /** See {@link TopicIndex#since}. */
  synchronized long since(String path, long timeMillis) {
    long time = Math.min(timeMillis, OffsetRuns.LATEST);
    return newest < time ? TopicIndex.NONE : chains.since(head(path), time, start, forgotten);
  }

  private synchronized int head(String path) {
    return table.get(PathHash.of(path, secret));
  }

  /** See {@link TopicIndex#lasts}; what is added meanwhile is in it or not. */
  TopicIndex.Lasts lasts(long from, long to) {
    LongStream.Builder found = LongStream.builder();
    boolean[] isVague = new boolean[1];
    for (int segment = 0; segment < TopicTable.SEGMENTS; segment++) {
      synchronized (this) {
        isVague[0] |= from < forgotten;
        table.visit(
            segment,
            (hash, head) -> {
              if (runs.isVague(head)) {
                isVague[0] |= runs.first(head) < to;
              } else if (runs.last(head) >= from && runs.last(head) < to) {
                found.add(runs.last(head));
              }
            });
      }
    }
    return new TopicIndex.Lasts(found.build().sorted().toArray(), !isVague[0]);
  }

  /**
   * Writes everything down while messages are added: what comes meanwhile is in some topics and not
   * in others, which {@link #add} bears when the log is read again from the end that was written.
   * It is of no use where {@link #cuts} has changed since.
   *
   * @return the end that was written
   */
  long save(IndexFileWriter out) throws IOException {
    long saved;
    synchronized (this) {
      saved = end;
      out.putLong(secret);
      out.putNumber(end);
    }
    for (int segment = 0; segment < TopicTable.SEGMENTS; segment++) {
      synchronized (this) {
        out.putNumber(table.size(segment));
        table.visit(
            segment,
            (hash, head) -> {
              out.putLong(hash);
              runs.write(head, out);
            });
      }
      out.flush();
    }
    synchronized (this) {
      out.putNumber(start);
      out.putNumber(newest);
      out.putNumber(forgotten);
      return saved;
    }
  }

  /** Takes over what {@link #save} wrote; nobody else has this yet. */
  void load(IndexFileReader in) throws IOException {
    synchronized (this) {
      secret = in.getLong();
      end = in.getNumber();
      blockStart = end;
    }
    for (int segment = 0; segment < TopicTable.SEGMENTS; segment++) {
      for (long left = in.getNumber(); left > 0; left--) {
        long hash = in.getLong();
        long[] chain = OffsetRuns.read(in);
        makeRoom(OffsetRuns.length(chain));
        synchronized (this) {
          table.put(hash, runs.make(chain));
          weigh();
        }
      }
    }
    synchronized (this) {
      start = in.getNumber();
      newest = in.getNumber();
      forgotten = Math.max(forgotten, in.getNumber());
    }
  }
}
