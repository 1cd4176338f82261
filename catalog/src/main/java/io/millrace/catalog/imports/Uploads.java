package io.millrace.catalog.imports;

import io.millrace.catalog.ImportConfig;
import io.millrace.http.Problem;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;

/** Takes the bodies of requests as the files of imports, and hands on those that are all there. */
final class Uploads {
  private final Vertx vertx;
  private final ImportConfig config;
  private final UploadRoom room;
  private final UploadFiles files;
  private final Packaging packaging;
  private final InstantSource clock;

  Uploads(
      Vertx vertx,
      ImportConfig config,
      UploadRoom room,
      UploadFiles files,
      Packaging packaging,
      InstantSource clock) {
    this.vertx = vertx;
    this.config = config;
    this.room = room;
    this.files = files;
    this.packaging = packaging;
    this.clock = clock;
  }

  /**
   * Judges what is announced of a file before anything of it comes, and notes the import. Blocks.
   *
   * @throws ImportRefusedException where it is not taken
   */
  void expect(ImportJob job) {
    long bytes = job.wish().bytes().orElse(0L);
    if (bytes > config.maxUploadBytes()) {
      throw tooLarge();
    }
    room.lackFor(bytes).ifPresent(Uploads::noRoom);
    files.note(job);
  }

  /**
   * Takes the body of a request, paused, as the next bytes of a file. When these are all there are
   * (as many as were said before, or else with the body's end), it is packaged.
   *
   * @param offset how many bytes came before
   * @return fails with {@link ImportRefusedException}
   */
  Future<ImportJob> receive(ImportJob job, HttpServerRequest request, long offset) {
    try {
      job.beginReceiving(offset);
    } catch (ImportRefusedException e) {
      return Future.failedFuture(e);
    }
    long announced = length(request);
    long limit = job.wish().bytes().orElse(config.maxUploadBytes()) - offset;
    if (announced > limit) {
      return failed(job, 0, tooLong(job).problem());
    }
    Context context = vertx.getOrCreateContext();
    return lackFor(Math.max(announced, 0))
        .compose(
            lack -> {
              lack.ifPresent(Uploads::noRoom);
              return files.append(job);
            })
        .compose(
            file -> {
              UploadWriter writer =
                  new UploadWriter(vertx, request, file, limit, () -> lackFor(0), clock);
              job.receivesUntil(() -> context.runOnContext(v -> writer.cancel()));
              return writer.write();
            })
        .transform(
            done ->
                done.succeeded()
                    ? received(job, done.result())
                    : failed(job, 0, problem(done.cause())));
  }

  private Future<Optional<String>> lackFor(long bytes) {
    return vertx.executeBlocking(() -> room.lackFor(bytes), false).map(Objects::requireNonNull);
  }

  private static Problem problem(Throwable failure) {
    return failure instanceof ImportRefusedException e ? e.problem() : UploadFiles.problem(failure);
  }

  private Future<ImportJob> received(ImportJob job, UploadWriter.Outcome outcome) {
    job.endReceiving(outcome.bytes(), clock.instant());
    if (job.isCancelled()) {
      files.remove(job);
      return refused(410, "cancelled", "the import was cancelled");
    }
    return switch (outcome.end()) {
      case COMPLETE -> complete(job);
      case BROKEN, CANCELLED -> refused(400, "broken-off", "the file broke off");
      case TOO_SLOW ->
          refused(
              408,
              "too-slow",
              "less than 128 KB came in 30 s; go on within 5 minutes, from the bytes that are"
                  + " here");
      case TOO_LARGE -> failed(job, tooLong(job).problem());
      case NO_ROOM -> failed(job, new Problem(507, "no-room", outcome.words()));
      case DISK -> failed(job, new Problem(503, "not-stored", outcome.words()));
    };
  }

  private Future<ImportJob> complete(ImportJob job) {
    if (job.uploaded() < job.wish().bytes().orElse(0L)) {
      return Future.succeededFuture(job);
    }
    if (job.uploaded() == 0) {
      return failed(job, new Problem(400, "file-empty", "the file is empty"));
    }
    packaging.begin(job);
    return Future.succeededFuture(job);
  }

  private Future<ImportJob> failed(ImportJob job, long bytes, Problem problem) {
    job.endReceiving(bytes, clock.instant());
    return failed(job, problem);
  }

  private Future<ImportJob> failed(ImportJob job, Problem problem) {
    job.fails(problem, clock.instant());
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
}
