package io.millrace.packager.importing;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.packager.Asset;
import io.millrace.packager.ImportFailure;
import io.millrace.packager.ImportFailure.Reason;
import io.millrace.packager.ImportRequest;
import io.millrace.packager.Importing;
import io.millrace.packager.MediaReader;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.Recordings;
import io.millrace.packager.RungMaker;
import io.millrace.packager.live.ObjectNames;
import io.millrace.packager.recording.AssetRoom;
import io.millrace.packager.state.AssetRecord;
import io.millrace.packager.state.RecordedChunk;
import io.millrace.storage.ObjectStore;
import io.millrace.transcoding.Ladder;
import io.millrace.transcoding.Rung;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes assets of files, each on a virtual thread and an event loop. Its record in the store says
 * that it is in the making, so what a crash left the next start removes. Thread-safe.
 */
public final class Importer {
  private static final Logger LOGGER = LoggerFactory.getLogger(Importer.class);

  /** So many are made at once: each has a transcoder. */
  private static final int MOST = 2;

  private static final int BITS = 8;

  private final Vertx vertx;
  private final PackagerConfig config;
  private final ObjectStore store;
  private final Recordings recordings;
  private final AssetRoom room;
  private final Optional<MediaReader> reader;
  private final Optional<RungMaker> rungs;
  private final InstantSource clock;
  private final Set<Job> jobs = ConcurrentHashMap.newKeySet();

  /**
   * @param reader where there is somebody who reads files
   * @param rungs where there is somebody who makes rungs
   */
  public Importer(
      Vertx vertx,
      PackagerConfig config,
      ObjectStore store,
      Recordings recordings,
      AssetRoom room,
      Optional<MediaReader> reader,
      Optional<RungMaker> rungs,
      InstantSource clock) {
    this.vertx = vertx;
    this.config = config;
    this.store = store;
    this.recordings = recordings;
    this.room = room;
    this.reader = reader;
    this.rungs = rungs;
    this.clock = clock;
  }

  /** Begins with a file; whatever goes wrong is told by what is returned. */
  public Importing begin(ImportRequest request) {
    Job job = new Job(request);
    boolean begun;
    synchronized (jobs) {
      begun = jobs.size() < MOST && jobs.add(job);
    }
    if (begun) {
      Thread.ofVirtual().name("import " + job.id()).start(job::run);
    } else {
      job.done.fail(
          new ImportFailure(Reason.BUSY, MOST + " files are being imported; come again later"));
    }
    return job;
  }

  /** Ends all; completes when nothing more is done. */
  public Future<Void> close() {
    List<Future<?>> ending = new ArrayList<>();
    for (Job job : jobs) {
      job.cancel();
      ending.add(job.done.future().otherwiseEmpty());
    }
    return Future.join(ending).mapEmpty();
  }

  /** One file. */
  private final class Job implements Importing {
    private final ImportRequest request;
    private final Broadcast broadcast;
    private final Context context = ((VertxInternal) vertx).createEventLoopContext();
    private final Promise<Asset> done = Promise.promise();
    private volatile Optional<ImportRun> run = Optional.empty();
    private volatile Optional<Duration> total = Optional.empty();
    private volatile boolean cancelled;
    private boolean begun;

    Job(ImportRequest request) {
      this.request = request;
      var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
      this.broadcast =
          new Broadcast(BroadcastId.create(now), request.tenant(), request.stream(), now);
    }

    @Override
    public BroadcastId id() {
      return broadcast.id();
    }

    @Override
    public Future<Asset> done() {
      return done.future();
    }

    @Override
    public Duration progress() {
      return done.future().succeeded()
          ? done.future().result().duration()
          : run.map(ImportRun::reached).orElse(Duration.ZERO);
    }

    @Override
    public Optional<Duration> total() {
      return total;
    }

    @Override
    public void cancel() {
      cancelled = true;
      run.ifPresent(its -> context.runOnContext(v -> its.fail(isCancelled())));
    }

    private static ImportFailure isCancelled() {
      return new ImportFailure(Reason.CANCELLED, "the import was cancelled");
    }

    private void run() {
      Optional<Asset> made = Optional.empty();
      ImportFailure failure = isCancelled();
      try {
        made = Optional.of(make());
      } catch (Exception e) {
        failure = failure(e);
      }
      end(made, failure);
    }

    private void end(Optional<Asset> made, ImportFailure failure) {
      run.ifPresent(its -> onContext(its::close).otherwiseEmpty().await());
      if (made.isPresent()) {
        room.giveBack(id());
      } else if (!begun) {
        room.giveBack(id());
      } else {
        room.isRemoved(broadcast);
      }
      jobs.remove(this);
      if (made.isPresent()) {
        LOGGER
            .atInfo()
            .addKeyValue("stream", request.stream())
            .addKeyValue("broadcast", id())
            .addKeyValue("bytes", made.get().bytes())
            .log("a file is imported");
        done.complete(made.get());
      } else {
        LOGGER
            .atWarn()
            .addKeyValue("stream", request.stream())
            .addKeyValue("broadcast", id())
            .addKeyValue("reason", failure.getMessage())
            .log("a file cannot be imported");
        done.fail(failure);
      }
    }

    private ImportFailure failure(Exception thrown) {
      if (thrown instanceof ImportFailure known) {
        return known;
      }
      LOGGER.atWarn().addKeyValue("reason", thrown.toString()).log("an import failed");
      return new ImportFailure(
          Reason.NODE, "the object store does not take it; import it again when it does");
    }

    private Asset make() {
      Ladder ladder = ladder();
      MediaReader files =
          reader.orElseThrow(
              () -> new ImportFailure(Reason.NODE, "there is no transcoder here to read files"));
      ImportRun packaging =
          new ImportRun(vertx, context, config, ladder, store, files, rungs, broadcast, request);
      run = Optional.of(packaging);
      checkCancelled();
      ImportRun.Header header = onContext(packaging::open).await();
      total = header.duration();
      room.take(id(), size(ladder, header), store.freeShare().await())
          .ifPresent(Job::refuseForRoom);
      begun = true;
      String tag =
          recordings.index().begin(new ImportedLines(broadcast).record(request.title(), 1)).await();
      ImportedLines lines = onContext(packaging::go).await();
      return store(lines, packaging.targetSeconds(), tag);
    }

    private static void refuseForRoom(String words) {
      throw new ImportFailure(Reason.NO_ROOM, words);
    }

    private void checkCancelled() {
      if (cancelled) {
        throw isCancelled();
      }
    }

    /** The source is always one of the rungs: the others are cut beside it. */
    private Ladder ladder() {
      List<String> words = new ArrayList<>(request.ladder());
      if (words.isEmpty()) {
        return config.ladder();
      }
      if (!words.contains(Rung.COPY.word())) {
        words.add(Rung.COPY.word());
      }
      try {
        return Ladder.of(words);
      } catch (IllegalArgumentException e) {
        throw new ImportFailure(Reason.REQUEST, String.valueOf(e.getMessage()));
      }
    }

    /** What it will take, about. */
    private long size(Ladder ladder, ImportRun.Header header) {
      long rungBits =
          ladder.rungsFor(header.tracks()).stream().mapToLong(rung -> rung.bitRate(0)).sum();
      try {
        return Files.size(request.file())
            + rungBits / BITS * header.duration().orElse(Duration.ZERO).toSeconds();
      } catch (IOException e) {
        throw new ImportFailure(Reason.NODE, "the uploaded file is not there any more");
      }
    }

    private Asset store(ImportedLines lines, int targetSeconds, String tag) {
      String prefix = ObjectNames.prefix(broadcast);
      AssetRecord record = heavy(() -> lines.record(request.title(), targetSeconds));
      Map<String, RecordedChunk> chunks = heavy(lines::chunks);
      chunks.forEach((name, chunk) -> store.put(prefix + name, heavy(chunk::toBuffer)).await());
      checkCancelled();
      recordings.lackOfDisk(store.freeShare().await()).ifPresent(Job::refuseForRoom);
      // The record stands apart from what it names.
      room.awaitDelivery(prefix);
      recordings.index().made(record, tag).await();
      return record.asset();
    }

    /** Of a day it is some hundred thousand segments. */
    private <T> T heavy(Callable<T> work) {
      return Objects.requireNonNull(vertx.executeBlocking(work, false).await());
    }

    private <T> Future<T> onContext(Callable<Future<T>> work) {
      Promise<T> result = Promise.promise();
      context.runOnContext(
          v -> {
            try {
              work.call().onComplete(result);
            } catch (Exception e) {
              result.fail(e);
            }
          });
      return result.future();
    }
  }
}
