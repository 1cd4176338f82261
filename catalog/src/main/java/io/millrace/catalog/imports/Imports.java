package io.millrace.catalog.imports;

import io.millrace.access.RandomToken;
import io.millrace.catalog.AssetImports;
import io.millrace.catalog.ImportConfig;
import io.millrace.http.Problem;
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
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All imports of this node: those whose files are on their way, those that are being packaged, and
 * for a day what became of them. They are told of from memory alone; what a stop interrupts is told
 * of as failed after the next start. Thread-safe.
 */
public final class Imports implements AutoCloseable {
  static final int MOST_UPLOADING = 8;
  static final int MOST_UNDER_WAY = 16;
  static final int MOST_ENDED = 200;
  static final Duration CONTINUED_WITHIN = Duration.ofMinutes(5);
  private static final Duration LONGEST_UPLOAD = Duration.ofHours(24);
  private static final Duration KEPT = Duration.ofHours(24);
  private static final Duration SAME_KEY_WITHIN = Duration.ofMinutes(10);
  private static final Duration LATER = Duration.ofSeconds(10);
  private static final long SWEEP_MILLIS = 30_000;

  private final Vertx vertx;
  private final AssetImports packager;
  private final InstantSource clock;
  private final UploadFiles files;
  private final Uploads uploads;
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
    this.packager = packager;
    this.clock = clock;
    this.files = new UploadFiles(vertx, config.directory());
    this.uploads =
        new Uploads(
            vertx, config, room, files, new Packaging(vertx, packager, files, clock), clock);
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
    sweep();
    Optional<String> unavailable = packager.unavailable();
    if (unavailable.isPresent()) {
      return Future.failedFuture(
          ImportRefusedException.of(501, "imports-not-here", unavailable.get()));
    }
    Instant now = clock.instant();
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
              uploads.expect(job);
              return job;
            },
            false)
        .map(Objects::requireNonNull)
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
    return uploads.receive(job, request, offset);
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

  /** Ends uploads that nobody goes on with, and forgets what has ended long ago. */
  private void sweep() {
    Instant now = clock.instant();
    jobs.values().stream().filter(job -> isLeft(job, now)).forEach(job -> leave(job, now));
    jobs.values().removeIf(job -> !job.state().isUnderWay() && job.isQuiet(KEPT, now));
    List<ImportJob> ended =
        jobs.values().stream()
            .filter(job -> !job.state().isUnderWay())
            .sorted(Comparator.comparing(ImportJob::createdAt).reversed())
            .skip(MOST_ENDED)
            .toList();
    ended.forEach(job -> jobs.remove(job.id()));
  }

  private static boolean isLeft(ImportJob job, Instant now) {
    boolean tooLong = now.isAfter(job.createdAt().plus(LONGEST_UPLOAD));
    return job.state() == ImportJob.State.UPLOADING
        && job.isQuiet(tooLong ? Duration.ZERO : CONTINUED_WITHIN, now);
  }

  private void leave(ImportJob job, Instant now) {
    job.fails(
        new Problem(408, "upload-broken-off", "nobody went on with the file; import it again"),
        now);
    files.remove(job);
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }
}
