package io.millrace.packager.live;

import io.millrace.media.EndReason;
import io.millrace.media.LiveStream;
import io.millrace.media.LiveStreams;
import io.millrace.media.ReaderLimits;
import io.millrace.media.StreamKey;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.PackagerMetrics;
import io.millrace.packager.RungMaker;
import io.millrace.packager.StoredSegment;
import io.millrace.storage.ObjectStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All writers of this node: makes one for each new broadcast, finds those of an earlier start, and
 * gives each its turn of the clock, when it is told to, on its own home context.
 */
public final class BroadcastWriters {
  private final Vertx vertx;
  private final LiveStreams live;
  private final WriterSetup setup;
  private final PackagerMetrics metrics;
  private final Turns turns;
  private final Queue<BroadcastWriter> writers = new ConcurrentLinkedQueue<>();
  private final Queue<EndedBroadcast> ended = new ConcurrentLinkedQueue<>();

  public BroadcastWriters(
      Vertx vertx,
      PackagerConfig config,
      ObjectStore store,
      LiveStreams live,
      Presentations presentations,
      Clock clock,
      PackagerMetrics metrics,
      RecordingShelf shelf,
      Consumer<StoredSegment> stored,
      Optional<RungMaker> rungs) {
    this.vertx = vertx;
    this.live = live;
    this.metrics = metrics;
    this.turns = new Turns(metrics);
    this.setup =
        new WriterSetup(
            vertx,
            config,
            store,
            new Spool(config.spoolBytes(), metrics),
            new UnstoredMemory(config.unstoredBytes(), metrics),
            presentations,
            metrics,
            clock,
            shelf,
            stored,
            this::takenOver,
            rungs);
  }

  /** Another server writes this broadcast; one that has followed it here goes on. */
  private void takenOver(LiveStream stream) {
    StreamKey key = stream.broadcast().stream();
    if (live.find(key).filter(stream::equals).isPresent()) {
      live.end(key, EndReason.TAKEN_OVER);
    }
  }

  /** Takes up what an earlier start left, then every new broadcast. */
  public Future<Void> start() {
    Context context = vertx.getOrCreateContext();
    return onContext(context, () -> new BroadcastRecovery(setup, live, context).recover())
        .map(
            found -> {
              writers.addAll(found.writers());
              ended.addAll(found.ended());
              live.onBroadcast(this::write);
              return null;
            });
  }

  /**
   * Waits until the store has what it can get, for {@code patience} at most, then gives up the
   * rest.
   */
  public Future<Void> close(Duration patience) {
    List<Future<Void>> flushes = new ArrayList<>();
    for (BroadcastWriter writer : writers) {
      flushes.add(onHome(writer, writer::finish));
    }
    return Future.join(flushes)
        .<Void>mapEmpty()
        .timeout(Math.max(1, patience.toMillis()), TimeUnit.MILLISECONDS)
        .otherwiseEmpty()
        .compose(
            v -> {
              List<Future<Void>> stops = new ArrayList<>();
              for (BroadcastWriter writer : writers) {
                stops.add(
                    onHome(
                        writer,
                        () -> {
                          writer.stop();
                          return Future.succeededFuture();
                        }));
              }
              return Future.join(stops).mapEmpty();
            });
  }

  /** Whether the store keeps up with a stream; true for one that is not on air. */
  public boolean isStoring(StreamKey stream) {
    for (BroadcastWriter writer : writers) {
      if (writer.broadcast().stream().equals(stream) && !writer.isStoring()) {
        return false;
      }
    }
    return true;
  }

  /** The writer of the broadcast that a stream has on air. */
  Optional<BroadcastWriter> onAir(StreamKey stream) {
    Optional<LiveStream> found = live.find(stream);
    for (BroadcastWriter writer : writers) {
      if (found.isPresent() && writer.stream().equals(found.get())) {
        return Optional.of(writer);
      }
    }
    return Optional.empty();
  }

  /** On the new stream's home context. */
  private void write(LiveStream stream) {
    BroadcastWriter writer = new BroadcastWriter(stream, setup);
    stream.addReader("packager", stream.home(), ReaderLimits.DEFAULT, writer::accept);
    writers.add(writer);
  }

  /** Completes when every writer shows what it has. */
  Future<Void> shown() {
    List<Future<Void>> shown = new ArrayList<>();
    for (BroadcastWriter writer : writers) {
      shown.add(onHome(writer, writer::shown));
    }
    return Future.join(shown).mapEmpty();
  }

  /**
   * Gives every writer its turn; completes when all have had it.
   *
   * @return fails with what failed first on some home context; it has been logged and counted
   */
  public Future<Void> tick(Instant now) {
    setup.presentations().all().forEach(slot -> slot.expireHeld(now));
    Map<Context, List<BroadcastWriter>> homes = new HashMap<>();
    for (BroadcastWriter writer : writers) {
      homes.computeIfAbsent(writer.stream().home(), home -> new ArrayList<>()).add(writer);
    }
    List<Future<Void>> given = new ArrayList<>();
    homes.forEach(
        (home, living) ->
            given.add(onContext(home, () -> outcome(turns.give(living, now, writers::remove)))));
    given.add(outcome(turns.give(ended, now, ended::remove)));
    metrics.broadcasts(setup.presentations().size());
    return Future.join(given).mapEmpty();
  }

  private static Future<Void> outcome(@Nullable Throwable failure) {
    return failure == null ? Future.succeededFuture() : Future.failedFuture(failure);
  }

  private static <T> Future<T> onHome(BroadcastWriter writer, Supplier<Future<T>> work) {
    return onContext(writer.stream().home(), work);
  }

  /** What work throws fails the future, and is left to the context to report. */
  static <T> Future<T> onContext(Context context, Supplier<Future<T>> work) {
    Promise<T> promise = Promise.promise();
    context.runOnContext(
        v -> {
          try {
            work.get().onComplete(promise);
          } catch (RuntimeException | Error e) {
            promise.fail(e);
            throw e;
          }
        });
    return promise.future();
  }
}
