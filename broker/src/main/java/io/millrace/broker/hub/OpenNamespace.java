package io.millrace.broker.hub;

import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Namespace;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToIntFunction;

/**
 * A namespace that this node serves: the newest messages of its partitions, and the event loops
 * that have subscribers in it. Each partition is filled by one thread at a time; everything else is
 * thread-safe.
 */
public final class OpenNamespace {
  private final Namespace settings;
  private final ToIntFunction<String> partitionOf;
  private final HotRing[] rings;
  private final long ringBytes;
  private final List<LoopNamespace> loops = new CopyOnWriteArrayList<>();

  /**
   * @param partitionOf the home of a path
   * @param starts the offset of the first message that each partition's ring gets
   * @param ringBytes for each partition
   */
  OpenNamespace(
      Namespace settings, ToIntFunction<String> partitionOf, long[] starts, long ringBytes) {
    this.settings = settings;
    this.partitionOf = partitionOf;
    this.ringBytes = ringBytes;
    this.rings =
        Arrays.stream(starts)
            .mapToObj(start -> new HotRing(start, ringBytes))
            .toArray(HotRing[]::new);
  }

  public Namespace settings() {
    return settings;
  }

  /** The partition as the log names it. */
  public PartitionRef ref(int partition) {
    return new PartitionRef(settings.name(), settings.generation(), partition);
  }

  /** Where messages of a topic are. */
  int partitionOf(String path) {
    return partitionOf.applyAsInt(path);
  }

  HotRing[] rings() {
    return rings;
  }

  void append(int partition, List<Message> messages) {
    rings[partition].append(messages);
    wake(partition);
  }

  void jump(int partition, long to) {
    if (to > rings[partition].end()) {
      rings[partition].jump(to);
      wake(partition);
    }
  }

  /**
   * Gives a message to those who are subscribed now, in a namespace that keeps nothing. Any thread.
   *
   * @param done called before this returns
   */
  public void deliver(Publication publication, long nowMillis, AppendResult done) {
    int partition = partitionOf(publication.path());
    if (lag(partition) > ringBytes) {
      done.failed(
          new LogException(
              LogException.Reason.OVERLOADED,
              "the subscribers of " + settings.name() + " are too far behind; try later"));
      return;
    }
    long offset;
    synchronized (rings[partition]) {
      offset = rings[partition].end();
      append(
          partition,
          List.of(
              new Message(
                  publication.path(),
                  partition,
                  offset,
                  nowMillis,
                  publication.id().orElse(null),
                  publication.retain(),
                  publication.expires(),
                  publication.headers(),
                  publication.payload())));
    }
    done.appended(partition, offset, nowMillis);
  }

  private void wake(int partition) {
    for (LoopNamespace loop : loops) {
      loop.partition(partition).wake();
    }
  }

  /** The most that any event loop has before it in a partition, in bytes. */
  long lag(int partition) {
    long most = 0;
    for (LoopNamespace loop : loops) {
      most = Math.max(most, loop.partition(partition).lag());
    }
    return most;
  }

  void attach(LoopNamespace loop) {
    loops.add(loop);
  }

  void detach(LoopNamespace loop) {
    loops.remove(loop);
  }

  /** Ends every subscription in it. */
  void close(String message) {
    for (LoopNamespace loop : loops) {
      loop.loop().later(() -> loop.close(message));
    }
  }
}
