package io.millrace.edge.delivery;

import io.millrace.edge.cache.SharedBody;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;

/**
 * Sends bytes of a {@link SharedBody} in slices, and stops while the socket is full. Slices, not
 * one write: the idle timeout sees progress only when a write is over, so one write of a whole
 * segment would cut a viewer who needs a minute for it. Several slices are queued at once, so that
 * one system call takes as much as the socket has room for; they share the object's memory, so a
 * slow viewer's queue costs little. Belongs to the response's event loop.
 */
public final class BodyWriter {
  private static final int SLICE = 64 << 10;
  private static final int QUEUE = 8 * SLICE;

  private final HttpServerResponse response;
  private final SharedBody body;
  private final int end;
  private final Optional<Runnable> next;
  private int at;
  private boolean done;

  /**
   * One that ends the response.
   *
   * @param body its caller's hold is taken over and released when the last slice is with the socket
   * @param from first byte
   * @param to behind the last byte
   */
  public BodyWriter(HttpServerResponse response, SharedBody body, int from, int to) {
    this(response, body, from, to, Optional.empty());
  }

  /**
   * One that goes on.
   *
   * @param next called when the response has taken everything; else the response ends there
   */
  BodyWriter(
      HttpServerResponse response, SharedBody body, int from, int to, Optional<Runnable> next) {
    this.response = response;
    this.body = body;
    this.at = from;
    this.end = to;
    this.next = next;
  }

  /** Sends everything and ends the response; the head is sent with the first slice. */
  public void start() {
    response.exceptionHandler(failure -> finish());
    if (end - at > SLICE) {
      response.setWriteQueueMaxSize(QUEUE);
    }
    pump();
  }

  private void pump() {
    while (!done) {
      if (response.closed()) {
        finish();
      } else if (end - at <= SLICE) {
        write(end, next.isEmpty());
        finish();
        next.ifPresent(Runnable::run);
        return;
      } else if (response.writeQueueFull()) {
        response.drainHandler(drained -> pump());
        return;
      } else {
        write(at + SLICE, false);
      }
    }
  }

  private void write(int to, boolean last) {
    body.tryHold();
    var slice = body.slice(at, to);
    at = to;
    (last ? response.end(slice) : response.write(slice))
        .onComplete(
            written -> {
              body.release();
              if (written.failed()) {
                finish();
              }
            });
  }

  private void finish() {
    if (!done) {
      done = true;
      body.release();
    }
  }
}
