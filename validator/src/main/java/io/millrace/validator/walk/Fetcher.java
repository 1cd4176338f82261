package io.millrace.validator.walk;

import io.millrace.validator.WalkOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
import org.jspecify.annotations.Nullable;

/** Asks a server that is not trusted: every answer has a deadline and a size. Tests override it. */
class Fetcher implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /**
   * An answer.
   *
   * @param sentNanos when the request was sent, and {@code receivedNanos} when its body was
   *     complete, by {@link System#nanoTime}
   * @param received by the wall clock
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Answer(
      URI uri,
      int status,
      HttpHeaders headers,
      byte[] body,
      long sentNanos,
      long receivedNanos,
      Instant received) {
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
    return ask("GET", uri, headers, options.maxPlaylistBytes());
  }

  Answer file(URI uri, Map<String, String> headers) throws IOException {
    return ask("GET", uri, headers, options.maxFileBytes());
  }

  Answer head(URI uri) throws IOException {
    return ask("HEAD", uri, Map.of(), options.maxFileBytes());
  }

  /**
   * Asks and waits for the whole answer.
   *
   * @throws IOException when there is none in time, it is too large, or the address is none of HTTP
   */
  private Answer ask(String method, URI uri, Map<String, String> headers, int limit)
      throws IOException {
    HttpRequest request;
    try {
      HttpRequest.Builder builder =
          HttpRequest.newBuilder(uri)
              .timeout(options.requestDeadline())
              .method(method, HttpRequest.BodyPublishers.noBody());
      headers.forEach(builder::header);
      request = builder.build();
    } catch (IllegalArgumentException e) {
      throw new IOException("not an address of http or https: " + uri, e);
    }
    long sent = System.nanoTime();
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(request, info -> new Limited(limit));
    try {
      HttpResponse<byte[]> response =
          answer.get(options.requestDeadline().toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(
          response.uri(),
          response.statusCode(),
          response.headers(),
          response.body(),
          sent,
          System.nanoTime(),
          Instant.now());
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new IOException(
          "no whole answer within " + options.requestDeadline().toSeconds() + " s", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IOException(String.valueOf(e.getCause()), e);
    }
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
    private long bytes;
    private Flow.@Nullable Subscription subscription;

    Limited(int limit) {
      this.limit = limit;
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
