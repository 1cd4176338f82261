package io.millrace.broker.index;

import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.TopicLog;
import io.millrace.broker.log.TopicLog.Bounds;
import io.millrace.broker.message.Message;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The index of all partitions, made from what the log's tail reads: the tail's thread adds, anybody
 * asks, and a thread of its own loads snapshots, writes them now and then and at the end, and
 * forgets what retention has taken. What is said of a partition that is not open here is that
 * nothing is known of it.
 */
public final class LogIndex implements FollowedIndex {
  private static final Logger LOGGER = LoggerFactory.getLogger(LogIndex.class);

  private final Path directory;
  private final TopicLog log;
  private final IndexMemory memory;
  private final IndexMetrics metrics;
  private final SplittableRandom random;
  private final IndexDisk disk = new IndexDisk();
  private final Map<PartitionRef, PartitionIndex> partitions = new ConcurrentHashMap<>();

  /** The ends of the snapshots that were written. */
  private final Map<PartitionRef, Long> saved = new ConcurrentHashMap<>();

  /**
   * @param directory where snapshots are kept, {@code broker/index} in the data directory
   * @param random secret: whoever could guess it could choose topics that slow the index down
   */
  public LogIndex(
      Path directory,
      IndexConfig config,
      TopicLog log,
      IndexMetrics metrics,
      SplittableRandom random) {
    this.directory = directory;
    this.log = log;
    this.memory = new IndexMemory(config.memory());
    this.metrics = metrics;
    this.random = random;
    metrics.observe(this::bytes, this::topics);
    disk.every(config.snapshotInterval(), this::refresh);
  }

  @Override
  public Future<Long> open(PartitionRef partition, Bounds bounds) {
    return disk.run(
        () ->
            partitions
                .computeIfAbsent(
                    partition,
                    absent -> {
                      PartitionIndex index = load(partition, bounds);
                      index.trim(bounds.start());
                      return index;
                    })
                .end());
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
    PartitionIndex index = new PartitionIndex(memory, random.split());
    memory.add(index);
    return index;
  }

  private IndexSnapshot snapshot(PartitionRef partition) {
    return IndexSnapshot.in(directory, log.clusterId(), partition);
  }

  @Override
  public Future<Void> delete(PartitionRef partition) {
    return disk.run(
        () -> {
          PartitionIndex index = partitions.remove(partition);
          if (index != null) {
            memory.remove(index);
          }
          deleteSnapshot(partition);
          return null;
        });
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

  private void refresh() {
    for (PartitionRef partition : partitions.keySet()) {
      // Where the log does not answer, the index keeps what the log may not: that is no error.
      log.bounds(partition).compose(bounds -> disk.run(() -> trim(partition, bounds.start())));
      save(partition);
    }
  }

  private @Nullable Void trim(PartitionRef partition, long start) {
    PartitionIndex index = partitions.get(partition);
    if (index != null) {
      index.trim(start);
    }
    return null;
  }

  /** Where it fails, the one before stays. */
  private void save(PartitionRef partition) {
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

  /** Writes all snapshots, when the tail has ended. Blocks on the disk. */
  public void close() {
    disk.run(
        () -> {
          partitions.keySet().forEach(this::save);
          return null;
        });
    disk.close();
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
    if (index == null) {
      return;
    }
    if (to >= from) {
      index.trim(to);
    } else if (to < index.end()) {
      index.cut(to);
      // Other messages will be at the offsets that the snapshot knows.
      deleteSnapshot(partition);
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
  public long until(PartitionRef partition, String path, long from, long gap) {
    PartitionIndex index = partitions.get(partition);
    return index == null ? NONE : index.until(path, from, gap);
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

  @Override
  public Lasts lasts(PartitionRef partition, long from, long to) {
    PartitionIndex index = partitions.get(partition);
    return index == null ? new Lasts(new long[0], false) : index.lasts(from, to);
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
