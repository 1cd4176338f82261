package io.millrace.broker.index;

import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.Tail;
import io.millrace.broker.log.TopicLog;
import io.millrace.broker.log.TopicLog.Bounds;
import io.millrace.broker.namespace.Namespace;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the index up with the log: a tail of its own, and a thread that loads snapshots, writes them
 * now and then and at the end, and tells the index what retention has taken. Thread-safe.
 */
public final class IndexFeed {
  private static final Logger LOGGER = LoggerFactory.getLogger(IndexFeed.class);

  private final TopicLog log;
  private final LogIndex index;
  private final Tail tail;
  private final Set<PartitionRef> followed = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService disk =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("broker-index").daemon().factory());

  /**
   * @param snapshotInterval how often every partition's snapshot is written
   */
  public IndexFeed(TopicLog log, LogIndex index, Duration snapshotInterval) {
    this.log = log;
    this.index = index;
    this.tail = log.tail(index);
    long millis = snapshotInterval.toMillis();
    disk.scheduleWithFixedDelay(this::saveAll, millis, millis, TimeUnit.MILLISECONDS);
  }

  /**
   * Indexes a namespace from now on; nothing of one that keeps nothing.
   *
   * @return when its snapshots are loaded, on any thread; fails with {@link
   *     io.millrace.broker.log.LogException}
   */
  public Future<Void> follow(Namespace namespace) {
    List<Future<?>> opened = new ArrayList<>();
    for (PartitionRef partition : partitions(namespace)) {
      opened.add(log.bounds(partition).compose(bounds -> open(partition, bounds)));
    }
    return Future.all(opened).mapEmpty();
  }

  private Future<Void> open(PartitionRef partition, Bounds bounds) {
    return onDisk(
        () -> {
          if (followed.add(partition)) {
            tail.follow(partition, index.open(partition, bounds));
          }
        });
  }

  /** Indexes a namespace no more: it was deleted, or has a new generation. */
  public Future<Void> delete(Namespace namespace) {
    return onDisk(
        () -> {
          for (PartitionRef partition : partitions(namespace)) {
            if (followed.remove(partition)) {
              tail.leave(partition);
              index.delete(partition);
            }
          }
        });
  }

  private static List<PartitionRef> partitions(Namespace namespace) {
    List<PartitionRef> partitions = new ArrayList<>();
    for (int i = 0; namespace.isKept() && i < namespace.partitions(); i++) {
      partitions.add(new PartitionRef(namespace.name(), namespace.generation(), i));
    }
    return partitions;
  }

  private Future<Void> onDisk(Runnable task) {
    Promise<Void> done = Promise.promise();
    try {
      disk.execute(
          () -> {
            try {
              task.run();
              done.complete();
            } catch (RuntimeException e) {
              done.fail(e);
            }
          });
    } catch (RejectedExecutionException e) {
      done.fail(e);
    }
    return done.future();
  }

  private void saveAll() {
    for (PartitionRef partition : followed) {
      log.bounds(partition)
          .compose(bounds -> onDisk(() -> index.trim(partition, bounds.start())))
          .onFailure(e -> LOGGER.atDebug().setCause(e).log("the index keeps what the log may not"));
      index.save(partition);
    }
  }

  /** Ends the tail and writes all snapshots. Blocks on the disk. */
  public void close() {
    tail.close();
    disk.execute(() -> followed.forEach(index::save));
    // What is scheduled does not run again; what waits already does.
    disk.close();
  }
}
