package io.millrace.edge;

import io.millrace.http.SharedSecret;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Another node's origin over HTTP/1.1. Blocking playlist requests hold a connection each, so there
 * may be many; what finds none waits in a bounded queue. Thread-safe.
 */
public final class HttpUpstream implements Upstream, AutoCloseable {
  /** An origin forbids what comes without its secret only: who may play is decided here. */
  private static final int FORBIDDEN = 403;

  private static final int CONNECTIONS = 512;
  private static final int WAITING = 4096;
  private static final int MAX_BODY = 128 << 20;

  private static final Logger LOGGER = LoggerFactory.getLogger(HttpUpstream.class);

  private final Vertx vertx;
  private final EdgeConfig config;
  private final URI origin;
  private final HttpClient client;

  /**
   * @param config with {@code origin} present
   */
  public HttpUpstream(Vertx vertx, EdgeConfig config) {
    this(vertx, config, CONNECTIONS);
  }

  /**
   * @param connections at most; more requests wait
   */
  HttpUpstream(Vertx vertx, EdgeConfig config, int connections) {
    this.vertx = vertx;
    this.config = config;
    this.origin = config.origin().orElseThrow();
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout(3000)
                .setSsl("https".equals(origin.getScheme()))
                .setMaxHeaderSize(16 << 10)
                .setKeepAliveTimeout(30),
            new PoolOptions().setHttp1MaxSize(connections).setMaxWaitQueueSize(WAITING));
  }

  @Override
  public Future<UpstreamResponse> fetch(UpstreamRequest request) {
    Promise<UpstreamResponse> answer = Promise.promise();
    long timer =
        vertx.setTimer(
            config.upstreamTimeout().toMillis(),
            late -> answer.tryFail(new TimeoutException("no answer of the origin in time")));
    client
        .request(options(request))
        .compose(sent -> exchange(sent, answer))
        .onComplete(
            result -> {
              vertx.cancelTimer(timer);
              if (result.succeeded()) {
                answer.tryComplete(result.result());
              } else {
                answer.tryFail(OriginUnreachableException.said(origin, result.cause()));
              }
            });
    return answer.future();
  }

  /** Closes its connections; what was asked fails. */
  @Override
  public void close() {
    client.close().onFailure(failure -> LOGGER.atWarn().setCause(failure).log("not closed"));
  }

  private RequestOptions options(UpstreamRequest request) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().addAll(request.headers());
    headers.set("Accept-Encoding", "identity");
    config.originSecret().ifPresent(secret -> headers.set(SharedSecret.HEADER, secret.reveal()));
    int port = origin.getPort();
    return new RequestOptions()
        .setMethod(HttpMethod.GET)
        .setHost(origin.getHost())
        .setPort(port >= 0 ? port : "https".equals(origin.getScheme()) ? 443 : 80)
        .setURI(request.target())
        .setHeaders(headers);
  }

  private Future<UpstreamResponse> exchange(
      HttpClientRequest request, Promise<UpstreamResponse> answer) {
    // After the deadline nobody wants the rest.
    answer.future().onFailure(late -> request.reset());
    return request.send().compose(response -> collect(request, response));
  }

  private Future<UpstreamResponse> collect(HttpClientRequest request, HttpClientResponse response) {
    Promise<UpstreamResponse> whole = Promise.promise();
    Buffer body = Buffer.buffer();
    response.handler(
        chunk -> {
          if (body.length() + chunk.length() > MAX_BODY) {
            whole.tryFail(new IllegalStateException("the origin's answer is too long"));
            request.reset();
          } else {
            body.appendBuffer(chunk);
          }
        });
    response.exceptionHandler(whole::tryFail);
    response.endHandler(
        end -> {
          UpstreamResponse answer =
              new UpstreamResponse(response.statusCode(), response.headers(), body);
          if (OriginProblem.is(answer, FORBIDDEN, SharedSecret.REFUSAL)) {
            whole.tryFail(new OriginRefusesException());
          } else if (answer.status() == FORBIDDEN) {
            whole.tryFail(OriginUnreachableException.forbidden(origin));
          } else {
            whole.tryComplete(answer);
          }
        });
    return whole.future();
  }
}
