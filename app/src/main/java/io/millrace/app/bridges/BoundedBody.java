package io.millrace.app.bridges;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;

/** An answer's body, given up as soon as it is longer than it may be. */
final class BoundedBody {
  private BoundedBody() {}

  /**
   * Reads it whole; fails when it is too long or the connection breaks.
   *
   * @param longest in bytes
   */
  static Future<Buffer> of(HttpClientRequest sent, HttpClientResponse answer, int longest) {
    Promise<Buffer> whole = Promise.promise();
    Buffer body = Buffer.buffer();
    answer.exceptionHandler(whole::tryFail);
    answer.handler(
        chunk -> {
          if (body.length() + chunk.length() > longest) {
            whole.tryFail("the answer is longer than " + longest);
            sent.reset();
          } else {
            body.appendBuffer(chunk);
          }
        });
    answer.endHandler(end -> whole.tryComplete(body));
    return whole.future();
  }
}
