package io.millrace.validator.walk;

import io.millrace.validator.WalkOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Asks a server that is not trusted: every answer has a deadline and a size. Tests override it. */
class Fetcher implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /**
   * An answer.
   *
   * @param sentNanos when the request was sent, {@code firstByteNanos} when the first byte of its
   *     body came, and {@code receivedNanos} when that was complete, by {@link System#nanoTime}
   * @param received by the wall clock
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Answer(
      URI uri,
      int status,
      HttpHeaders headers,
      byte[] body,
      long sentNanos,
      long firstByteNanos,
      long receivedNanos,
      Instant received) {
    double heldSeconds() {
      return (receivedNanos - sentNanos) / 1e9;
    }

    String header(String name) {
      return headers.firstValue(name).orElse("");
    }
  }

  /** An answer that is larger than what is read. */
  static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLargeException(int limit) {
      super("more than " + limit + " bytes");
    }
  }

  private final HttpClient http;
  private final WalkOptions options;

  Fetcher(WalkOptions options) {
    this.options = options;
    HttpClient.Builder builder =
        HttpClient.newBuilder().connectTimeout(CONNECT).followRedirects(HttpClient.Redirect.NORMAL);
    options.trust().ifPresent(builder::sslContext);
    this.http = builder.build();
  }

  Answer playlist(URI uri, Map<String, String> headers) throws IOException {
    return ask("GET", uri, headers, options.maxPlaylistBytes(), options.requestDeadline());
  }

  /** A playlist for which the server may hold the request. */
  Answer heldPlaylist(URI uri, Duration deadline) throws IOException {
    return ask("GET", uri, Map.of(), options.maxPlaylistBytes(), deadline);
  }

  /** A file for which the server may hold the request. */
  Answer heldFile(URI uri, Map<String, String> headers, Duration deadline) throws IOException {
    return ask("GET", uri, headers, options.maxFileBytes(), deadline);
  }

  Answer file(URI uri, Map<String, String> headers) throws IOException {
    return ask("GET", uri, headers, options.maxFileBytes(), options.requestDeadline());
  }

  Answer head(URI uri) throws IOException {
    return ask("HEAD", uri, Map.of(), options.maxFileBytes(), options.requestDeadline());
  }

  /**
   * Asks and waits for the whole answer.
   *
   * @throws IOException when there is none in time, it is too large, or the address is none of HTTP
   */
  private Answer ask(
      String method, URI uri, Map<String, String> headers, int limit, Duration deadline)
      throws IOException {
    HttpRequest request;
    try {
      HttpRequest.Builder builder =
          HttpRequest.newBuilder(uri)
              .timeout(deadline)
              .method(method, HttpRequest.BodyPublishers.noBody());
      headers.forEach(builder::header);
      request = builder.build();
    } catch (IllegalArgumentException e) {
      throw new IOException("not an address of http or https: " + uri, e);
    }
    long sent = System.nanoTime();
    AtomicLong firstByte = new AtomicLong();
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(request, info -> new Limited(limit, firstByte));
    try {
      HttpResponse<byte[]> response = answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      long received = System.nanoTime();
      return new Answer(
          response.uri(),
          response.statusCode(),
          response.headers(),
          response.body(),
          sent,
          firstByte.get() == 0 ? received : firstByte.get(),
          received,
          Instant.now());
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw late(deadline, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IOException(String.valueOf(e.getCause()), e);
    }
  }

  private static HttpTimeoutException late(Duration deadline, Exception cause) {
    HttpTimeoutException late =
        new HttpTimeoutException("no whole answer within " + deadline.toSeconds() + " s");
    late.initCause(cause);
    return late;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  /** Collects a body up to a limit. */
  private static final class Limited implements HttpResponse.BodySubscriber<byte[]> {
    private final HttpResponse.BodySubscriber<byte[]> target =
        HttpResponse.BodySubscribers.ofByteArray();
    private final CompletableFuture<byte[]> failed = new CompletableFuture<>();
    private final int limit;
    private final AtomicLong firstByte;
    private long bytes;
    private Flow.@Nullable Subscription subscription;

    Limited(int limit, AtomicLong firstByte) {
      this.limit = limit;
      this.firstByte = firstByte;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
      return target.getBody().applyToEither(failed, body -> body);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      target.onSubscribe(given);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      firstByte.compareAndSet(0, System.nanoTime());
      bytes += buffers.stream().mapToLong(ByteBuffer::remaining).sum();
      if (bytes > limit) {
        if (subscription != null) {
          subscription.cancel();
        }
        failed.completeExceptionally(new TooLargeException(limit));
      } else {
        target.onNext(buffers);
      }
    }

    @Override
    public void onError(Throwable throwable) {
      target.onError(throwable);
    }

    @Override
    public void onComplete() {
      target.onComplete();
    }
  }
}
