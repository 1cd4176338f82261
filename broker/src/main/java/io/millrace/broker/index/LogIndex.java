package io.millrace.broker.index;

import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.TailListener;
import io.millrace.broker.log.TopicLog.Bounds;
import io.millrace.broker.message.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The index of all partitions, made from what the log's tail reads. A tail follows it, the thread of
 * that tail is the only one that changes it; anybody asks. What is said of a partition that is not
 * indexed here is that nothing is known of it.
 */
public final class LogIndex implements TopicIndex, TailListener {
  private static final Logger LOGGER = LoggerFactory.getLogger(LogIndex.class);

  private final Path directory;
  private final String clusterId;
  private final IndexMemory memory;
  private final IndexMetrics metrics;
  private final SplittableRandom random;
  private final Map<PartitionRef, PartitionIndex> partitions = new ConcurrentHashMap<>();

  /** The ends of the snapshots that were written. */
  private final Map<PartitionRef, Long> saved = new ConcurrentHashMap<>();

  /**
   * @param directory where snapshots are kept
   * @param memoryBytes that the index may take; see {@link IndexConfig}
   * @param random secret: whoever could guess it could choose topics that slow it down
   */
  public LogIndex(
      Path directory,
      String clusterId,
      long memoryBytes,
      IndexMetrics metrics,
      SplittableRandom random) {
    this.directory = directory;
    this.clusterId = clusterId;
    this.memory = new IndexMemory(memoryBytes);
    this.metrics = metrics;
    this.random = random;
    metrics.watch(this);
  }

  /**
   * Begins to index a partition, with its snapshot where there is one that is of use. Blocks on the
   * disk.
   *
   * @param bounds what the partition holds
   * @return the offset that the tail has to follow the partition from
   */
  public long open(PartitionRef partition, Bounds bounds) {
    PartitionIndex index = load(partition, bounds);
    index.trim(bounds.start());
    PartitionIndex before = partitions.put(partition, index);
    if (before != null) {
      memory.remove(before);
    }
    return index.end();
  }

  private PartitionIndex load(PartitionRef partition, Bounds bounds) {
    IndexSnapshot snapshot = snapshot(partition);
    PartitionIndex index = empty();
    if (!Files.exists(snapshot.file())) {
      return index;
    }
    try {
      snapshot.read(index);
      if (index.end() > bounds.end()) {
        throw new IOException("the log was cut before its end");
      }
      return index;
    } catch (IOException e) {
      memory.remove(index);
      metrics.rebuilt();
      LOGGER
          .atWarn()
          .addKeyValue("namespace", partition.namespace())
          .addKeyValue("partition", partition.partition())
          .addKeyValue("file", snapshot.file())
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log("the snapshot of the index is of no use; the log is read from its start");
      return empty();
    }
  }

  private PartitionIndex empty() {
    SplittableRandom own;
    synchronized (random) {
      own = random.split();
    }
    PartitionIndex index = new PartitionIndex(memory, own);
    memory.add(index);
    return index;
  }

  private IndexSnapshot snapshot(PartitionRef partition) {
    return IndexSnapshot.in(directory, clusterId, partition);
  }

  /** Indexes a partition no more. */
  public void close(PartitionRef partition) {
    PartitionIndex index = partitions.remove(partition);
    if (index != null) {
      memory.remove(index);
    }
  }

  /** Indexes a partition no more, and forgets its snapshot: it was deleted. Blocks on the disk. */
  public void delete(PartitionRef partition) {
    close(partition);
    deleteSnapshot(partition);
  }

  private void deleteSnapshot(PartitionRef partition) {
    saved.remove(partition);
    try {
      snapshot(partition).delete();
    } catch (IOException e) {
      metrics.snapshotFailed();
      LOGGER.atWarn().setCause(e).log("a snapshot of the index that is of no use stays");
    }
  }

  /** Forgets what has left the log. Any thread. */
  public void trim(PartitionRef partition, long start) {
    PartitionIndex index = partitions.get(partition);
    if (index != null) {
      index.trim(start);
    }
  }

  /**
   * Writes a partition's snapshot, where it has changed. Blocks on the disk; one thread at a time. Where it fails, the one
   * before stays.
   */
  public void save(PartitionRef partition) {
    PartitionIndex index = partitions.get(partition);
    if (index == null || saved.getOrDefault(partition, -1L) == index.end()) {
      return;
    }
    int cuts = index.cuts();
    try {
      saved.put(partition, snapshot(partition).write(index));
      if (index.cuts() != cuts) {
        deleteSnapshot(partition);
      }
    } catch (IOException e) {
      metrics.snapshotFailed();
      LOGGER
          .atWarn()
          .addKeyValue("namespace", partition.namespace())
          .addKeyValue("partition", partition.partition())
          .setCause(e)
          .log("the snapshot of the index could not be written; a restart will take longer");
    }
  }

  /** What it takes of the heap, about. */
  public long bytes() {
    return memory.used();
  }

  /** How many topics it knows, of all partitions. */
  public long topics() {
    return partitions.values().stream().mapToLong(PartitionIndex::topics).sum();
  }

  @Override
  public void messages(PartitionRef partition, List<Message> messages) {
    PartitionIndex index = partitions.get(partition);
    if (index != null) {
      index.add(messages);
    }
  }

  @Override
  public void jumped(PartitionRef partition, long from, long to) {
    PartitionIndex index = partitions.get(partition);
    if (index != null) {
      if (to > index.end()) {
        index.trim(to);
      } else {
        index.cut(to);
        // Other messages will be at the offsets that the snapshot knows.
        deleteSnapshot(partition);
      }
    }
  }

  @Override
  public void caughtUp(PartitionRef partition) {
    // Those who ask compare the end with what they need.
  }

  @Override
  public long next(PartitionRef partition, String path, long from) {
    PartitionIndex index = partitions.get(partition);
    return index == null ? from : index.next(path, from);
  }

  @Override
  public long last(PartitionRef partition, String path, long count) {
    PartitionIndex index = partitions.get(partition);
    return index == null ? 0 : index.last(path, count);
  }

  @Override
  public long since(PartitionRef partition, String path, long timeMillis) {
    PartitionIndex index = partitions.get(partition);
    return index == null ? 0 : index.since(path, timeMillis);
  }

  /** {@link #NONE} where a partition is not indexed here. */
  @Override
  public long start(PartitionRef partition) {
    PartitionIndex index = partitions.get(partition);
    return index == null ? NONE : index.start();
  }

  @Override
  public long end(PartitionRef partition) {
    PartitionIndex index = partitions.get(partition);
    return index == null ? 0 : index.end();
  }
}
