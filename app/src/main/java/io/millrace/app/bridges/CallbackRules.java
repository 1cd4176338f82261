package io.millrace.app.bridges;

import io.millrace.access.AccessConfig;
import io.millrace.access.AccessDecision;
import io.millrace.access.AccessRequest;
import io.millrace.access.AccessRules;
import io.millrace.access.CallbackExchange;
import io.millrace.access.Refusals;
import io.millrace.access.TopicCredential;
import io.millrace.access.TopicDecision;
import io.millrace.access.TopicRules;
import io.millrace.http.OutageLog;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the customer's HTTP callback who may publish and play, and what clients of topics may do.
 * Any trouble on the way (no connection, no answer in time, an answer that is too long) is a
 * refusal. Thread-safe.
 */
public final class CallbackRules implements AccessRules, TopicRules {
  private static final Logger LOGGER = LoggerFactory.getLogger(CallbackRules.class);
  private static final int MAX_CONNECTIONS = 16;
  private static final int MAX_WAITING = 1000;

  private final HttpClient client;
  private final AccessConfig.Callback callback;
  private final InstantSource clock;

  private final OutageLog outage = new OutageLog(Duration.ofSeconds(10));

  public CallbackRules(Vertx vertx, AccessConfig.Callback callback, InstantSource clock) {
    this.callback = callback;
    this.clock = clock;
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
    return ask(
        CallbackExchange.request(request),
        request,
        CallbackExchange::decision,
        Refusals.undecided());
  }

  @Override
  public Future<TopicDecision> authenticate(TopicCredential credential) {
    return ask(
        CallbackExchange.request(credential),
        credential,
        (status, body) -> CallbackExchange.decision(credential, status, body, clock.instant()),
        Refusals.undecided());
  }

  /** Reads an answer. */
  @FunctionalInterface
  private interface Reading<D> {
    D of(int status, String body);
  }

  private <D> Future<D> ask(JsonObject question, Object request, Reading<D> reading, D none) {
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
                sent.send(question.toBuffer()).compose(answer -> decision(sent, answer, reading)))
        .timeout(callback.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .onSuccess(decision -> answered())
        .recover(
            failure -> {
              missed(request, failure);
              return Future.succeededFuture(none);
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

  private void missed(Object request, Throwable failure) {
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

  private static <D> Future<D> decision(
      HttpClientRequest sent, HttpClientResponse answer, Reading<D> reading) {
    return BoundedBody.of(sent, answer, CallbackExchange.LONGEST_ANSWER)
        .map(body -> reading.of(answer.statusCode(), body.toString()));
  }
}
