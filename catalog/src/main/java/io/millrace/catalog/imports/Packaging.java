package io.millrace.catalog.imports;

import io.millrace.catalog.AssetEntry;
import io.millrace.catalog.AssetImports;
import io.millrace.catalog.AssetImports.ImportException;
import io.millrace.http.Problem;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has files packaged that are all here, again and again while there is no place for them. */
final class Packaging {
  private static final Logger LOGGER = LoggerFactory.getLogger(Packaging.class);
  private static final Duration PLACE_AGAIN = Duration.ofSeconds(2);

  private final Vertx vertx;
  private final AssetImports packager;
  private final UploadFiles files;
  private final InstantSource clock;

  Packaging(Vertx vertx, AssetImports packager, UploadFiles files, InstantSource clock) {
    this.vertx = vertx;
    this.packager = packager;
    this.files = files;
    this.clock = clock;
  }

  /** Begins, unless nobody wants it any more. */
  void begin(ImportJob job) {
    if (!job.waits()) {
      files.remove(job);
      return;
    }
    AssetImports.Import running = packager.begin(job.wish().of(files.of(job)));
    job.runs(running);
    running
        .done()
        .onSuccess(asset -> completed(job, asset))
        .onFailure(failure -> failed(job, failure));
  }

  private void completed(ImportJob job, AssetEntry asset) {
    job.completes(asset, clock.instant());
    files.remove(job);
    LOGGER
        .atInfo()
        .addKeyValue("import", job.id())
        .addKeyValue("stream", job.wish().app() + "/" + job.wish().stream())
        .addKeyValue("bytes", job.uploaded())
        .addKeyValue("asset", asset.id())
        .log("a file is imported");
  }

  private void failed(ImportJob job, Throwable failure) {
    AssetImports.Reason reason =
        failure instanceof ImportException e ? e.reason() : AssetImports.Reason.NODE;
    if (job.isCancelled()) {
      files.remove(job);
    } else if (reason == AssetImports.Reason.BUSY) {
      job.waits();
      vertx.setTimer(PLACE_AGAIN.toMillis(), id -> begin(job));
    } else {
      job.fails(problem(reason, failure), clock.instant());
      LOGGER
          .atWarn()
          .addKeyValue("import", job.id())
          .addKeyValue("reason", failure.getMessage())
          .log("a file is not imported");
      // What a stop ends is told of by the next start, which finds the files.
      if (reason != AssetImports.Reason.CANCELLED) {
        files.remove(job);
      }
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
}
