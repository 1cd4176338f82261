package io.millrace.packager.export;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;

/**
 * Sends a part of a file: the next segment is read while the one before it is taken. Confined to
 * the target's context.
 */
final class ExportWriting {
  private final StoredExport file;
  private final WriteStream<Buffer> target;
  private final long first;
  private final long last;
  private final Promise<Void> done = Promise.promise();
  private Future<Buffer> next = Future.succeededFuture(Buffer.buffer());
  private int index;

  /**
   * Whether {@link #arrived} is called for what is read: a target may drain while it is written to.
   */
  private boolean waits;

  ExportWriting(StoredExport file, WriteStream<Buffer> target, long first, long last) {
    this.file = file;
    this.target = target;
    this.first = first;
    this.last = last;
  }

  Future<Void> run() {
    target.exceptionHandler(done::tryFail);
    if (first < file.header().length()) {
      send(file.header(), 0);
    }
    index = file.indexOf(first);
    if (hasNext()) {
      next = file.read(index);
    }
    step();
    return done.future();
  }

  private boolean hasNext() {
    return index < file.count() && file.piece(index).start() <= last;
  }

  private void step() {
    if (waits || done.future().isComplete()) {
      return;
    }
    if (!hasNext()) {
      done.tryComplete();
    } else if (target.writeQueueFull()) {
      target.drainHandler(drained -> step());
    } else {
      waits = true;
      next.onComplete(this::arrived);
    }
  }

  private void arrived(AsyncResult<Buffer> read) {
    if (read.failed()) {
      done.tryFail(read.cause());
    }
    if (done.future().isComplete()) {
      return;
    }
    long start = file.piece(index).start();
    index++;
    if (hasNext()) {
      next = file.read(index);
    }
    send(read.result(), start);
    waits = false;
    step();
  }

  /** What was asked for of some bytes of the file. */
  private void send(Buffer bytes, long start) {
    int from = (int) Math.max(0, first - start);
    int to = (int) Math.min(bytes.length(), last + 1 - start);
    if (from < to) {
      target.write(bytes.slice(from, to)).onFailure(done::tryFail);
    }
  }
}
