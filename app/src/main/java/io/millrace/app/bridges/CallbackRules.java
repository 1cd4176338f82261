package io.millrace.app.bridges;

import io.millrace.access.AccessConfig;
import io.millrace.access.AccessDecision;
import io.millrace.access.AccessRequest;
import io.millrace.access.AccessRules;
import io.millrace.access.CallbackExchange;
import io.millrace.access.Refusals;
import io.millrace.http.OutageLog;
import io.vertx.core.Future;
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
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the customer's HTTP callback who may publish and play. Any trouble on the way (no
 * connection, no answer in time, an answer that is too long) is a refusal. Thread-safe.
 */
public final class CallbackRules implements AccessRules {
  private static final Logger LOGGER = LoggerFactory.getLogger(CallbackRules.class);
  private static final int MAX_CONNECTIONS = 16;
  private static final int MAX_WAITING = 1000;

  private final HttpClient client;
  private final AccessConfig.Callback callback;

  private final OutageLog outage = new OutageLog(Duration.ofSeconds(10));

  public CallbackRules(Vertx vertx, AccessConfig.Callback callback) {
    this.callback = callback;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout((int) callback.timeout().toMillis())
                .setIdleTimeout(30)
                .setMaxChunkSize(CallbackExchange.LONGEST_ANSWER),
            new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS).setMaxWaitQueueSize(MAX_WAITING));
  }

  @Override
  public Future<AccessDecision> decide(AccessRequest request) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setAbsoluteURI(callback.url().toString())
            .putHeader("Content-Type", "application/json")
            .setTimeout(callback.timeout().toMillis());
    return client
        .request(options)
        .compose(
            sent ->
                sent.send(CallbackExchange.request(request).toBuffer())
                    .compose(answer -> decision(sent, answer)))
        .timeout(callback.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .onSuccess(decision -> answered())
        .recover(
            failure -> {
              missed(request, failure);
              return Future.succeededFuture(Refusals.undecided());
            });
  }

  private void answered() {
    outage
        .answered()
        .ifPresent(
            refused ->
                LOGGER
                    .atInfo()
                    .addKeyValue("callback", callback.url().getHost())
                    .addKeyValue("refused", refused)
                    .log("access callback answers again"));
  }

  private void missed(AccessRequest request, Throwable failure) {
    outage
        .failed(System.nanoTime())
        .ifPresent(
            refused ->
                LOGGER
                    .atWarn()
                    .addKeyValue("callback", callback.url().getHost())
                    .addKeyValue("request", request)
                    .addKeyValue("reason", failure.getMessage())
                    .addKeyValue("refused", refused)
                    .log("access callback gives no answer; refused"));
  }

  private static Future<AccessDecision> decision(
      HttpClientRequest sent, HttpClientResponse answer) {
    return bounded(sent, answer)
        .map(body -> CallbackExchange.decision(answer.statusCode(), body.toString()));
  }

  /** The answer's body, given up as soon as it is longer than any answer may be. */
  private static Future<Buffer> bounded(HttpClientRequest sent, HttpClientResponse answer) {
    Promise<Buffer> whole = Promise.promise();
    Buffer body = Buffer.buffer();
    answer.exceptionHandler(whole::tryFail);
    answer.handler(
        chunk -> {
          if (body.length() + chunk.length() > CallbackExchange.LONGEST_ANSWER) {
            whole.tryFail("the answer is longer than " + CallbackExchange.LONGEST_ANSWER);
            sent.reset();
          } else {
            body.appendBuffer(chunk);
          }
        });
    answer.endHandler(end -> whole.tryComplete(body));
    return whole.future();
  }
}
