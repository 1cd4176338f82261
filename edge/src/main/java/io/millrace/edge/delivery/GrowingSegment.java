package io.millrace.edge.delivery;

import io.millrace.edge.cache.Served;
import io.millrace.edge.viewing.Token;
import io.millrace.http.Problem;
import io.vertx.core.AsyncResult;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends a segment while it grows: its parts one after the other, each as soon as it is there
 * (chunked in HTTP/1.1, data frames in HTTP/2). The parts are objects of the cache, so all viewers
 * share one request for each, and the next is asked for when this viewer has room for it: who reads
 * slowly holds no more than a part.
 *
 * <pre>
 *   part 0 ─ is not there ──────────────> the answer to the segment itself
 *     └ part 1 ─ part 2 ─ ... ─ "no more parts" ─> end of the response
 *                         └ anything else ───────> the response is cut off: it is not whole
 * </pre>
 *
 * Belongs to the request's event loop.
 */
public final class GrowingSegment {
  /** {@code …/b/{broadcast}/{rendition}/{msn}-{epoch}.m4s}. */
  private static final Pattern NAME = Pattern.compile("(b/[^/]+/[^/]+/\\d{1,18}-\\d{1,9})\\.m4s");

  private static final String NO_MORE_PARTS = "no-more-parts";
  private static final int LONGEST_PROBLEM = 4096;
  private static final long CANCEL = 8;

  /** Finds one part; the receiver is called on the request's event loop and releases its body. */
  public interface Parts {
    void get(String rest, Handler<AsyncResult<Served>> receiver);
  }

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final String name;
  private final Parts parts;
  private final Optional<Token> token;
  private final InstantSource clock;
  private final LongConsumer sent;
  private int next;

  private GrowingSegment(
      HttpServerRequest request,
      String name,
      Parts parts,
      Optional<Token> token,
      InstantSource clock,
      LongConsumer sent) {
    this.request = request;
    this.response = request.response();
    this.name = name;
    this.parts = parts;
    this.token = token;
    this.clock = clock;
    this.sent = sent;
  }

  /** Whether an address below a stream's may be that of a segment that grows. */
  public static boolean mayBe(String rest) {
    return NAME.matcher(rest).matches();
  }

  /**
   * Answers a request for a segment that is not there (yet).
   *
   * @param rest its address below the stream's
   * @param sent told the bytes of each part
   * @param begun called when it is this that answers
   * @param otherwise answers instead where it has no first part either
   */
  public static void send(
      HttpServerRequest request,
      String rest,
      Parts parts,
      Optional<Token> token,
      InstantSource clock,
      LongConsumer sent,
      Runnable begun,
      Runnable otherwise) {
    Matcher matcher = NAME.matcher(rest);
    if (!matcher.matches()) {
      otherwise.run();
      return;
    }
    GrowingSegment segment =
        new GrowingSegment(request, matcher.group(1), parts, token, clock, sent);
    segment.first(begun, otherwise);
  }

  private String part() {
    return name + "." + next++ + ".m4s";
  }

  private void first(Runnable begun, Runnable otherwise) {
    parts.get(
        part(),
        result -> {
          if (result.failed() || result.result().response().status() != 200) {
            release(result);
            otherwise.run();
            return;
          }
          begun.run();
          if (response.closed()) {
            release(result);
          } else {
            new Answer(request, result.result(), token, clock.instant()).open();
            if (request.method().equals(HttpMethod.HEAD)) {
              release(result);
              response.end();
            } else {
              write(result.result());
            }
          }
        });
  }

  private void write(Served part) {
    int length = part.response().body().length();
    sent.accept(length);
    new BodyWriter(response, part.response().body(), 0, length, Optional.of(this::whenWritten))
        .start();
  }

  private void whenWritten() {
    if (response.closed()) {
      return;
    }
    if (response.writeQueueFull()) {
      response.drainHandler(drained -> whenWritten());
    } else {
      parts.get(part(), this::onward);
    }
  }

  private void onward(AsyncResult<Served> result) {
    if (response.closed()) {
      release(result);
    } else if (result.succeeded() && result.result().response().status() == 200) {
      write(result.result());
    } else if (result.succeeded() && isBehindLast(result.result())) {
      release(result);
      response.end();
    } else {
      release(result);
      response.reset(CANCEL);
    }
  }

  private static boolean isBehindLast(Served served) {
    if (served.response().status() != 404 || served.response().body().length() > LONGEST_PROBLEM) {
      return false;
    }
    try {
      JsonObject json = new JsonObject(Buffer.buffer(served.response().body().bytes()));
      return Problem.read(404, json)
          .filter(problem -> problem.code().equals(NO_MORE_PARTS))
          .isPresent();
    } catch (DecodeException e) {
      return false;
    }
  }

  private static void release(AsyncResult<Served> result) {
    if (result.succeeded()) {
      result.result().response().body().release();
    }
  }
}
