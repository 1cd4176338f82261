package io.millrace.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/** Reads whole request bodies with a bound. */
public final class RequestBody {

  /** More bytes came than allowed; answer 413. */
  public static final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLargeException(long limit) {
      super("the request's body is longer than " + limit + " bytes");
    }
  }

  private RequestBody() {}

  /**
   * Collects a body, whether its length was announced or not. To be called on the request's event
   * loop before anything of the body was delivered.
   *
   * @return fails with {@link TooLargeException} as soon as more than {@code limit} bytes came (the
   *     rest is then dropped as it arrives), or with the connection's failure
   */
  public static Future<Buffer> read(HttpServerRequest request, long limit) {
    Promise<Buffer> whole = Promise.promise();
    Buffer collected = Buffer.buffer();
    request.handler(
        chunk -> {
          if (collected.length() + (long) chunk.length() <= limit) {
            collected.appendBuffer(chunk);
          } else {
            whole.tryFail(new TooLargeException(limit));
          }
        });
    request.exceptionHandler(whole::tryFail);
    request.endHandler(end -> whole.tryComplete(collected));
    return whole.future();
  }
}
