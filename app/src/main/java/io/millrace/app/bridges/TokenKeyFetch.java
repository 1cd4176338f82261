package io.millrace.app.bridges;

import io.millrace.access.AccessConfig;
import io.millrace.access.JwtRules;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the keys that tokens are checked with from where their signer publishes them ({@code
 * access.jwt.jwksUrl}): at the start, when they are old, and when a token names a key that is not
 * known; never more often than every {@value #FLOOR_SECONDS} s, so that invented names are no way
 * to make this node flood the signer. While it cannot be reached, or publishes what cannot be used,
 * the last keys stay. Redirections are not followed. Thread-safe.
 */
public final class TokenKeyFetch implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(TokenKeyFetch.class);
  private static final int FLOOR_SECONDS = 10;
  private static final Duration FLOOR = Duration.ofSeconds(FLOOR_SECONDS);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int LONGEST = 256 * 1024;

  private final Vertx vertx;
  private final URI url;
  private final Duration refresh;
  private final JwtRules rules;
  private final InstantSource clock;
  private final HttpClient client;
  private final long timer;

  // Guarded by this.
  private @Nullable Instant asked;
  private @Nullable Instant taken;
  private @Nullable Future<Void> asking;
  private boolean missed;

  /**
   * @param config with the address, which the rules have no keys from yet
   * @param look how often the age of the keys is looked at
   */
  public TokenKeyFetch(
      Vertx vertx, AccessConfig.Jwt config, JwtRules rules, InstantSource clock, Duration look) {
    this.vertx = vertx;
    this.url = config.jwksUrl().orElseThrow();
    this.refresh = config.jwksRefresh();
    this.rules = rules;
    this.clock = clock;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions().setConnectTimeout((int) TIMEOUT.toMillis()).setIdleTimeout(30));
    this.timer = vertx.setPeriodic(look.toMillis(), id -> refreshOld());
    rules.askForKeys(this::fetch);
    refreshOld();
  }

  private void refreshOld() {
    if (isOld()) {
      // What goes wrong is said where it does.
      var _ = fetch();
    }
  }

  private synchronized boolean isOld() {
    return taken == null || !clock.instant().isBefore(taken.plus(refresh));
  }

  /**
   * Fetches the keys, unless that was done a moment ago; who asks meanwhile shares the answer.
   *
   * @return never fails
   */
  synchronized Future<Void> fetch() {
    Instant now = clock.instant();
    if (asking != null) {
      return asking;
    }
    if (asked != null && now.isBefore(asked.plus(FLOOR))) {
      return Future.succeededFuture();
    }
    asked = now;
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setAbsoluteURI(url.toString())
            .putHeader("Accept", "application/jwk-set+json, application/json")
            .setTimeout(TIMEOUT.toMillis());
    Future<Void> answer =
        client
            .request(options)
            .compose(sent -> sent.send().compose(response -> keySet(sent, response)))
            .timeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .map(
                keySet -> {
                  rules.take(keySet);
                  return keySet;
                })
            .onSuccess(keySet -> took(now))
            .onFailure(this::missed)
            .otherwiseEmpty()
            .mapEmpty();
    if (!answer.isComplete()) {
      asking = answer;
    }
    return answer;
  }

  private static Future<String> keySet(HttpClientRequest sent, HttpClientResponse answer) {
    if (answer.statusCode() != 200) {
      sent.reset();
      return Future.failedFuture("it answers " + answer.statusCode());
    }
    return BoundedBody.of(sent, answer, LONGEST).map(Object::toString);
  }

  private synchronized void took(Instant now) {
    asking = null;
    taken = now;
    if (missed) {
      missed = false;
      LOGGER.atInfo().addKeyValue("url", url).log("token keys are in force again");
    }
  }

  private synchronized void missed(Throwable failure) {
    asking = null;
    if (!missed) {
      missed = true;
      LOGGER
          .atWarn()
          .addKeyValue("url", url)
          .addKeyValue("reason", failure.getMessage())
          .log("token keys cannot be fetched; those of before, if any, stay");
    }
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
    client.close();
  }
}
