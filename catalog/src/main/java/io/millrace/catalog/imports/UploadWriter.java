package io.millrace.catalog.imports;

import io.millrace.config.FileFailure;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Writes the body of one request behind what a file has, as fast as the disk takes it. Belongs to
 * the request's event loop.
 */
final class UploadWriter {
  private static final long LOOK_MILLIS = 1000;

  /** The disk is asked for room each time so many bytes have come. */
  private static final long ROOM_EVERY = 64L << 20;

  /** How it ended. */
  enum End {
    /** With the body. */
    COMPLETE,
    /** The sender is gone, or does not go on. */
    BROKEN,
    TOO_SLOW,
    TOO_LARGE,
    NO_ROOM,
    /** The disk does not take it. */
    DISK,
    CANCELLED
  }

  /**
   * What came of it; the file is closed.
   *
   * @param bytes so many have been written
   * @param words what more there is to say
   */
  record Outcome(End end, long bytes, String words) {}

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final AsyncFile file;
  private final long limit;
  private final Supplier<Future<Optional<String>>> room;
  private final InstantSource clock;
  private final UploadPace pace;
  private final Promise<Outcome> outcome = Promise.promise();

  private long received;
  private long nextRoom = ROOM_EVERY;
  private boolean waitsForDisk;
  private boolean isOver;
  private long timer;

  /**
   * @param request paused
   * @param file open, at its end
   * @param limit so many bytes are taken
   * @param room why there is no more room, where there is none
   */
  UploadWriter(
      Vertx vertx,
      HttpServerRequest request,
      AsyncFile file,
      long limit,
      Supplier<Future<Optional<String>>> room,
      InstantSource clock) {
    this.vertx = vertx;
    this.request = request;
    this.file = file;
    this.limit = limit;
    this.room = room;
    this.clock = clock;
    this.pace = new UploadPace(clock.instant());
  }

  /** Begins; never fails. */
  Future<Outcome> write() {
    timer = vertx.setPeriodic(LOOK_MILLIS, id -> look());
    request.exceptionHandler(gone -> end(End.BROKEN, ""));
    request.handler(this::take);
    request.endHandler(all -> end(End.COMPLETE, ""));
    if (request.response().closed()) {
      end(End.BROKEN, "");
    } else {
      if (request.headers().contains(HttpHeaders.EXPECT, "100-continue", true)) {
        request.response().writeContinue();
      }
      request.resume();
    }
    return outcome.future();
  }

  /** Ends it; from the request's event loop. */
  void cancel() {
    end(End.CANCELLED, "");
  }

  private void take(Buffer chunk) {
    if (isOver) {
      return;
    }
    if (received + chunk.length() > limit) {
      end(End.TOO_LARGE, "");
      return;
    }
    received += chunk.length();
    file.write(chunk).onFailure(this::failed);
    if (file.writeQueueFull()) {
      waitsForDisk = true;
      request.pause();
      file.drainHandler(
          drained -> {
            waitsForDisk = false;
            request.resume();
          });
    }
    if (received >= nextRoom) {
      nextRoom = received + ROOM_EVERY;
      room.get()
          .onSuccess(lack -> lack.ifPresent(words -> end(End.NO_ROOM, words)))
          .onFailure(this::failed);
    }
  }

  private void failed(Throwable failure) {
    end(endOf(failure), words(failure));
  }

  private static End endOf(Throwable failure) {
    return failure instanceof IOException e && FileFailure.isFull(e) ? End.NO_ROOM : End.DISK;
  }

  private static String words(Throwable failure) {
    return "the server's disk does not take the file: " + FileFailure.words(failure);
  }

  private void look() {
    if (request.response().closed()) {
      end(End.BROKEN, "");
    } else if (pace.isTooSlow(received, !waitsForDisk, clock.instant())) {
      end(End.TOO_SLOW, "");
    }
  }

  private void end(End end, String words) {
    if (isOver) {
      return;
    }
    isOver = true;
    vertx.cancelTimer(timer);
    file.drainHandler(null);
    if (end != End.COMPLETE) {
      request.pause();
    }
    file.close()
        .onComplete(
            closed ->
                outcome.complete(
                    closed.succeeded()
                        ? new Outcome(end, received, words)
                        : new Outcome(endOf(closed.cause()), received, words(closed.cause()))));
  }
}
