package io.millrace.broker.last;

import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.Appender;
import io.millrace.broker.log.LogException;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Retains messages of one namespace: in memory, and in its companion where it keeps anything at
 * all. Thread-safe.
 *
 * <pre>
 *   publish ──> the log ──> the companion ──> acknowledged
 *                  │              └──> tail: saved
 *                  └──> tail: saw, before any subscriber has it
 * </pre>
 *
 * <p>Who ends between the two leaves a message in the log that is retained nowhere, and was
 * acknowledged to nobody. Every node sees it in the log and writes it to the companion when nobody
 * else has done so in time. Of two nodes that retain in one topic at once the companion may get the
 * later message first; whoever reads the older one behind it writes the later one again.
 */
public final class Retained {
  /** How long a message of the log may be missing in the companion. */
  static final Duration IN_TIME = Duration.ofSeconds(10);

  private record Missing(LastRecord record, long sinceMillis) {}

  private final String namespace;
  private final RetainedTopics topics;
  private final InstantSource clock;
  private final CompletableFuture<Void> loaded = new CompletableFuture<>();

  // Both guarded by missing.
  private final Map<String, Missing> missing = new HashMap<>();

  /** Topics whose last record in the companion, as far as it has been read, is not the latest. */
  private final Set<String> overtaken = new HashSet<>();

  private volatile Optional<Appender> companion;

  /**
   * @param companion empty where the namespace keeps nothing: retained messages end with this node
   */
  public Retained(
      String namespace,
      RetainedTopics.Bounds bounds,
      Optional<Appender> companion,
      InstantSource clock) {
    this.namespace = namespace;
    this.topics = new RetainedTopics(bounds);
    this.companion = companion;
    this.clock = clock;
    if (companion.isEmpty()) {
      loaded.complete(null);
    }
  }

  /** The companion is appended to otherwise from now on: the namespace has other settings. */
  public void appendTo(Appender changed) {
    companion = Optional.of(changed);
  }

  /** Completes when what was retained before has been read; fails when it is not served here. */
  public CompletionStage<Void> loaded() {
    return loaded;
  }

  public RetainedTopics topics() {
    return topics;
  }

  /** Why a message cannot be retained; null when it can. */
  public @Nullable LogException refusal(Publication publication) {
    String problem = topics.problem(publication);
    return problem == null
        ? null
        : new LogException(
            LogException.Reason.OVERLOADED,
            problem + ": " + namespace + "; clear some with empty retained messages");
  }

  /**
   * What to append a message with that is to be retained.
   *
   * @param generation of the namespace
   * @param done hears when it is both in the log and retained
   */
  public AppendResult retaining(Publication publication, int generation, AppendResult done) {
    return new AppendResult() {
      @Override
      public void appended(int partition, long offset, long timestamp) {
        LastRecord record =
            new LastRecord(true, generation, message(publication, partition, offset, timestamp));
        Optional<Appender> to = companion;
        if (to.isPresent()) {
          save(to.get(), record, orMissing(record, done));
        } else {
          topics.take(record);
          done.appended(partition, offset, timestamp);
        }
      }

      @Override
      public void failed(LogException reason) {
        done.failed(reason);
      }
    };
  }

  /**
   * What to answer with when a message comes again that the log has.
   *
   * @param done hears of it when it is retained, or a later one is
   */
  public AppendResult again(String path, int generation, AppendResult done) {
    return new AppendResult() {
      @Override
      public void appended(int partition, long offset, long timestamp) {
        LastRecord held = topics.held(path);
        Optional<Appender> to = companion;
        if (to.isPresent()
            && held != null
            && held.generation() == generation
            && held.message().offset() == offset) {
          save(to.get(), held, done);
        } else {
          done.appended(partition, offset, timestamp);
        }
      }

      @Override
      public void failed(LogException reason) {
        done.failed(reason);
      }
    };
  }

  /** The log has it: what the companion does not take now is written there later. */
  private AppendResult orMissing(LastRecord record, AppendResult done) {
    return new AppendResult() {
      @Override
      public void appended(int partition, long offset, long timestamp) {
        done.appended(partition, offset, timestamp);
      }

      @Override
      public void failed(LogException reason) {
        saw(record.generation(), record.message());
        done.failed(reason);
      }
    };
  }

  private static Message message(
      Publication publication, int partition, long offset, long timestamp) {
    return new Message(
        publication.path(),
        partition,
        offset,
        timestamp,
        publication.id().orElse(null),
        true,
        publication.expires(),
        publication.headers(),
        publication.payload());
  }

  private void save(Appender to, LastRecord record, AppendResult done) {
    Message message = record.message();
    to.append(
        record.publication(),
        new AppendResult() {
          @Override
          public void appended(int partition, long offset, long timestamp) {
            topics.take(record);
            done.appended(message.partition(), message.offset(), message.timestamp());
          }

          @Override
          public void failed(LogException reason) {
            done.failed(reason);
          }
        });
  }

  /** The tail of the log has a message that is to be retained. */
  public void saw(int generation, Message message) {
    LastRecord record = new LastRecord(true, generation, message);
    // One that counts already was told of by the companion, or by its acknowledgement.
    if (topics.take(record) == RetainedTopics.Change.TAKEN) {
      misses(record);
    }
  }

  private void misses(LastRecord record) {
    synchronized (missing) {
      missing.merge(
          record.message().path(),
          new Missing(record, clock.millis()),
          (before, now) -> now.record.isAfter(before.record) ? now : before);
    }
  }

  /** The tail of the companion has a record. */
  public void saved(LastRecord record) {
    String path = record.message().path();
    boolean isOvertaken = topics.take(record) == RetainedTopics.Change.OVERTAKEN;
    synchronized (missing) {
      missing.computeIfPresent(path, (key, one) -> one.record.isAfter(record) ? one : null);
      if (!loaded.isDone()) {
        // What comes behind it may be the later one.
        if (isOvertaken) {
          overtaken.add(path);
        } else {
          overtaken.remove(path);
        }
        return;
      }
    }
    if (isOvertaken) {
      repair(topics.held(path));
    }
  }

  /** Everything that was in the companion has been read. */
  public void caughtUp() {
    loaded.complete(null);
    List<String> paths;
    synchronized (missing) {
      paths = List.copyOf(overtaken);
      overtaken.clear();
    }
    paths.forEach(path -> repair(topics.held(path)));
  }

  /** It is not served here any more. */
  public void close() {
    loaded.completeExceptionally(
        new LogException(
            LogException.Reason.NO_SUCH_NAMESPACE, "there is no namespace '" + namespace + "'"));
  }

  /** Writes what is missing in the companion, and lets go of what has expired; now and then. */
  public void tend() {
    long now = clock.millis();
    topics.expire(now);
    if (!loaded.isDone()) {
      return;
    }
    List<LastRecord> late = new ArrayList<>();
    synchronized (missing) {
      missing
          .values()
          .removeIf(
              one -> {
                boolean isLate = now - one.sinceMillis >= IN_TIME.toMillis();
                if (isLate) {
                  late.add(one.record);
                }
                return isLate;
              });
    }
    late.forEach(this::repair);
  }

  private void repair(@Nullable LastRecord record) {
    Optional<Appender> to = companion;
    if (record == null || to.isEmpty()) {
      return;
    }
    save(
        to.get(),
        record,
        new AppendResult() {
          @Override
          public void appended(int partition, long offset, long timestamp) {}

          @Override
          public void failed(LogException reason) {
            misses(record);
          }
        });
  }
}
