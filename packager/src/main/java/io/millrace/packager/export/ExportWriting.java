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
  private static final int SLICE = 64 << 10;

  private final StoredExport file;
  private final WriteStream<Buffer> target;
  private final long first;
  private final long last;
  private final Promise<Void> done = Promise.promise();
  private Future<Buffer> next = Future.succeededFuture(Buffer.buffer());
  private int index;

  /** What is being sent, and from where to where. */
  private Buffer taken = Buffer.buffer();

  private int position;
  private int end;

  /** Whether {@link #arrived} is called for what is read. */
  private boolean waits;

  /** A target may drain while it is written to. */
  private boolean stepping;

  ExportWriting(StoredExport file, WriteStream<Buffer> target, long first, long last) {
    this.file = file;
    this.target = target;
    this.first = first;
    this.last = last;
  }

  Future<Void> run() {
    target.exceptionHandler(done::tryFail);
    if (first < file.header().length()) {
      take(file.header(), 0);
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

  /** Goes on as far as the target takes it. */
  private void step() {
    if (stepping) {
      return;
    }
    stepping = true;
    try {
      while (!done.future().isComplete() && !waits && hasRoom()) {
        if (position < end) {
          send();
        } else if (hasNext()) {
          waits = true;
          next.onComplete(this::arrived);
        } else {
          done.tryComplete();
        }
      }
    } finally {
      stepping = false;
    }
  }

  private boolean hasRoom() {
    if (target.writeQueueFull()) {
      target.drainHandler(drained -> step());
    }
    // It may have drained meanwhile, and not say so again.
    return !target.writeQueueFull();
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
    take(read.result(), start);
    waits = false;
    step();
  }

  /** What was asked for of some bytes of the file is sent next. */
  private void take(Buffer bytes, long start) {
    taken = bytes;
    position = (int) Math.max(0, first - start);
    end = (int) Math.min(bytes.length(), last + 1 - start);
  }

  /** A little: a connection is given up when nothing of what was written has gone for a while. */
  private void send() {
    int to = Math.min(end, position + SLICE);
    Buffer slice = taken.slice(position, to);
    position = to;
    target.write(slice).onFailure(done::tryFail);
  }
}
