package io.millrace.catalog.imports;

import io.millrace.access.RandomToken;
import io.millrace.catalog.AssetImports;
import io.millrace.catalog.AssetImports.ImportException;
import io.millrace.catalog.ImportConfig;
import io.millrace.http.Problem;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All imports of this node: their uploads, what is being packaged, and for a day what became of
 * them. They are told of in memory alone; what a stop interrupts is told of as failed after the
 * next start. Thread-safe.
 */
public final class Imports implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(Imports.class);

  static final int MOST_UPLOADING = 8;
  static final int MOST_UNDER_WAY = 16;
  private static final int MOST_ENDED = 200;
  private static final Duration CONTINUED_WITHIN = Duration.ofMinutes(5);
  private static final Duration LONGEST_UPLOAD = Duration.ofHours(24);
  private static final Duration KEPT = Duration.ofHours(24);
  private static final Duration SAME_KEY_WITHIN = Duration.ofMinutes(10);
  private static final Duration LATER = Duration.ofSeconds(10);
  private static final Duration PLACE_AGAIN = Duration.ofSeconds(2);
  private static final long SWEEP_MILLIS = 30_000;

  private final Vertx vertx;
  private final ImportConfig config;
  private final AssetImports packager;
  private final UploadRoom room;
  private final InstantSource clock;
  private final UploadFiles files;
  private final Map<String, ImportJob> jobs = new ConcurrentHashMap<>();
  private final long timer;

  /**
   * Blocks on the disk.
   *
   * @throws IOException when it does not take files
   */
  public Imports(Vertx vertx, ImportConfig config, AssetImports packager, InstantSource clock)
      throws IOException {
    this(vertx, config, packager, new UploadRoom(config.directory()), clock);
  }

  Imports(
      Vertx vertx, ImportConfig config, AssetImports packager, UploadRoom room, InstantSource clock)
      throws IOException {
    this.vertx = vertx;
    this.config = config;
    this.packager = packager;
    this.room = room;
    this.clock = clock;
    this.files = new UploadFiles(vertx, config.directory());
    Instant now = clock.instant();
    for (ImportJob job : files.leftOvers()) {
      job.fails(
          new Problem(
              503, "server-restarted", "the server was restarted in the middle; import it again"),
          now);
      jobs.put(job.id(), job);
    }
    timer = vertx.setPeriodic(SWEEP_MILLIS, id -> sweep());
  }

  /**
   * Makes one, whose file is to come; or finds the one that the same wish with the same key has
   * made within ten minutes. Fails with {@link ImportRefusedException}.
   */
  public Future<ImportJob> create(NewImport wish) {
    Instant now = clock.instant();
    sweep();
    Optional<String> unavailable = packager.unavailable();
    if (unavailable.isPresent()) {
      return refused(501, "imports-not-here", unavailable.get());
    }
    long bytes = wish.bytes().orElse(0L);
    if (bytes > config.maxUploadBytes()) {
      return Future.failedFuture(tooLarge());
    }
    ImportJob job;
    synchronized (this) {
      Optional<ImportJob> same = same(wish, now);
      if (same.isPresent()) {
        return Future.succeededFuture(same.get());
      }
      if (count(ImportJob.State.UPLOADING) >= MOST_UPLOADING || underWay() >= MOST_UNDER_WAY) {
        return Future.failedFuture(
            ImportRefusedException.later(
                new Problem(
                    429, "too-many-imports", "as many files are under way as this server takes"),
                LATER));
      }
      job = new ImportJob(RandomToken.generate("import_"), wish, now);
      jobs.put(job.id(), job);
    }
    return vertx
        .executeBlocking(
            () -> {
              room.lackFor(bytes).ifPresent(Imports::noRoom);
              files.note(job);
              return job;
            },
            false)
        .onFailure(failure -> jobs.remove(job.id()));
  }

  private Optional<ImportJob> same(NewImport wish, Instant now) {
    return wish.key().isEmpty()
        ? Optional.empty()
        : jobs.values().stream()
            .filter(
                job ->
                    job.wish().equals(wish)
                        && (job.state().isUnderWay() || !job.isQuiet(SAME_KEY_WITHIN, now)))
            .findFirst();
  }

  private long count(ImportJob.State state) {
    return jobs.values().stream().filter(job -> job.state() == state).count();
  }

  private long underWay() {
    return jobs.values().stream().filter(job -> job.state().isUnderWay()).count();
  }

  public Optional<ImportJob> find(String id) {
    return Optional.ofNullable(jobs.get(id));
  }

  /** Those of an app, the newest first. */
  public List<ImportJob> of(String app) {
    return jobs.values().stream()
        .filter(job -> job.wish().app().equals(app))
        .sorted(Comparator.comparing(ImportJob::createdAt).reversed().thenComparing(ImportJob::id))
        .toList();
  }

  /**
   * Takes the body of a request, paused, as the next bytes of a file. When these are all there are
   * (as many as were said before, or else with the body's end), it is packaged.
   *
   * @param offset how many bytes came before
   * @return fails with {@link ImportRefusedException}
   */
  public Future<ImportJob> receive(ImportJob job, HttpServerRequest request, long offset) {
    long announced = length(request);
    long limit = job.wish().bytes().orElse(config.maxUploadBytes()) - offset;
    try {
      job.beginReceiving(offset);
    } catch (ImportRefusedException e) {
      return Future.failedFuture(e);
    }
    if (announced > limit) {
      return failed(job, 0, tooLong(job).problem());
    }
    Context context = vertx.getOrCreateContext();
    return vertx
        .executeBlocking(() -> room.lackFor(Math.max(announced, 0)), false)
        .compose(
            lack -> {
              lack.ifPresent(Imports::noRoom);
              return files.append(job);
            })
        .compose(
            file -> {
              UploadWriter writer =
                  new UploadWriter(vertx, request, file, limit, this::roomNow, clock);
              job.receivesUntil(() -> context.runOnContext(v -> writer.cancel()));
              return writer.write();
            })
        .transform(
            done ->
                done.succeeded()
                    ? received(job, done.result())
                    : failed(
                        job,
                        0,
                        done.cause() instanceof ImportRefusedException e
                            ? e.problem()
                            : UploadFiles.problem(done.cause())));
  }

  private Future<Optional<String>> roomNow() {
    return vertx.executeBlocking(() -> room.lackFor(0), false);
  }

  private Future<ImportJob> received(ImportJob job, UploadWriter.Outcome outcome) {
    return switch (outcome.end()) {
      case COMPLETE -> complete(job, outcome.bytes());
      case BROKEN -> {
        job.endReceiving(outcome.bytes(), clock.instant());
        discardCancelled(job);
        yield refused(400, "broken-off", "the file broke off");
      }
      case TOO_SLOW -> {
        job.endReceiving(outcome.bytes(), clock.instant());
        discardCancelled(job);
        yield refused(
            408,
            "too-slow",
            "less than 128 KB came in 30 s; go on within 5 minutes, from the bytes that are here");
      }
      case CANCELLED -> {
        job.endReceiving(outcome.bytes(), clock.instant());
        discardCancelled(job);
        yield refused(410, "cancelled", "the import was cancelled");
      }
      case TOO_LARGE -> failed(job, outcome.bytes(), tooLong(job).problem());
      case NO_ROOM -> failed(job, outcome.bytes(), new Problem(507, "no-room", outcome.words()));
      case DISK -> failed(job, outcome.bytes(), new Problem(503, "not-stored", outcome.words()));
    };
  }

  private Future<ImportJob> complete(ImportJob job, long bytes) {
    job.endReceiving(bytes, clock.instant());
    if (job.uploaded() < job.wish().bytes().orElse(0L)) {
      discardCancelled(job);
      return Future.succeededFuture(job);
    }
    if (job.uploaded() == 0) {
      return failed(job, 0, new Problem(400, "file-empty", "the file is empty"));
    }
    if (!job.waits()) {
      discardCancelled(job);
      return refused(410, "cancelled", "the import was cancelled");
    }
    begin(job);
    return Future.succeededFuture(job);
  }

  private void begin(ImportJob job) {
    AssetImports.Import running = packager.begin(job.wish().of(files.of(job)));
    job.runs(running);
    LOGGER
        .atInfo()
        .addKeyValue("import", job.id())
        .addKeyValue("stream", job.wish().app() + "/" + job.wish().stream())
        .addKeyValue("bytes", job.uploaded())
        .log("a file is being imported");
    running
        .done()
        .onSuccess(
            asset -> {
              job.completes(asset, clock.instant());
              files.remove(job);
              LOGGER
                  .atInfo()
                  .addKeyValue("import", job.id())
                  .addKeyValue("asset", asset.id())
                  .log("a file is imported");
            })
        .onFailure(failure -> ended(job, failure));
  }

  private void ended(ImportJob job, Throwable failure) {
    if (job.isCancelled()) {
      files.remove(job);
      return;
    }
    AssetImports.Reason reason =
        failure instanceof ImportException e ? e.reason() : AssetImports.Reason.NODE;
    if (reason == AssetImports.Reason.BUSY && job.waits()) {
      vertx.setTimer(
          PLACE_AGAIN.toMillis(),
          id -> {
            if (job.isCancelled()) {
              files.remove(job);
            } else {
              begin(job);
            }
          });
      return;
    }
    job.fails(problem(reason, failure), clock.instant());
    LOGGER
        .atWarn()
        .addKeyValue("import", job.id())
        .addKeyValue("reason", failure.getMessage())
        .log("a file is not imported");
    // What a stop ends is told of by the next start.
    if (reason != AssetImports.Reason.CANCELLED) {
      files.remove(job);
    }
  }

  private static Problem problem(AssetImports.Reason reason, Throwable failure) {
    String words = String.valueOf(failure.getMessage());
    return switch (reason) {
      case FILE -> new Problem(422, "file-not-usable", words);
      case WISH -> new Problem(400, "invalid-request", words);
      case NO_ROOM -> new Problem(507, "no-room", words);
      case BUSY, CANCELLED -> new Problem(503, "server-stops", words);
      case NODE ->
          failure instanceof ImportException
              ? new Problem(503, "not-packaged", words)
              : new Problem(500, "internal-error", "something went wrong here; it was logged");
    };
  }

  /**
   * Ends one that is under way, and forgets it; nothing of it stays.
   *
   * @return whether there was one
   */
  public boolean cancel(String id) {
    ImportJob job = jobs.remove(id);
    if (job == null) {
      return false;
    }
    if (job.cancel()) {
      files.remove(job);
    }
    return true;
  }

  private void discardCancelled(ImportJob job) {
    if (job.isCancelled()) {
      files.remove(job);
    }
  }

  /** Ends uploads that nobody goes on with, and forgets what has ended long ago. */
  private void sweep() {
    Instant now = clock.instant();
    for (ImportJob job : jobs.values()) {
      ImportJob.State state = job.state();
      if (state == ImportJob.State.UPLOADING
          && (job.isQuiet(CONTINUED_WITHIN, now)
              || (job.isQuiet(Duration.ZERO, now)
                  && now.isAfter(job.createdAt().plus(LONGEST_UPLOAD))))) {
        job.fails(
            new Problem(408, "upload-broken-off", "nobody went on with the file; import it again"),
            now);
        files.remove(job);
      } else if (!state.isUnderWay() && job.isQuiet(KEPT, now)) {
        jobs.remove(job.id());
      }
    }
    List<ImportJob> ended =
        jobs.values().stream()
            .filter(job -> !job.state().isUnderWay())
            .sorted(Comparator.comparing(ImportJob::createdAt).reversed())
            .toList();
    ended.stream().skip(MOST_ENDED).forEach(job -> jobs.remove(job.id()));
  }

  private Future<ImportJob> failed(ImportJob job, long bytes, Problem problem) {
    Instant now = clock.instant();
    job.endReceiving(bytes, now);
    job.fails(problem, now);
    files.remove(job);
    return Future.failedFuture(ImportRefusedException.of(problem));
  }

  private static Future<ImportJob> refused(int status, String code, String words) {
    return Future.failedFuture(ImportRefusedException.of(status, code, words));
  }

  private static void noRoom(String words) {
    throw ImportRefusedException.of(507, "no-room", words);
  }

  private ImportRefusedException tooLarge() {
    return ImportRefusedException.of(
        413,
        "file-too-large",
        "a file may have "
            + config.maxUploadBytes()
            + " bytes (recording.maxUploadBytes); make it smaller, or raise that");
  }

  private ImportRefusedException tooLong(ImportJob job) {
    return job.wish().bytes().isEmpty()
        ? tooLarge()
        : ImportRefusedException.of(
            400,
            "file-longer",
            "more came than the " + job.wish().bytes().get() + " bytes that were announced");
  }

  /** The announced length; -1 where there is none. */
  private static long length(HttpServerRequest request) {
    String length = request.getHeader("content-length");
    try {
      return length == null ? -1 : Long.parseLong(length);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }
}
