package io.millrace.catalog.api;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.millrace.access.PasswordHash;
import io.millrace.access.RandomToken;
import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogMetrics;
import io.millrace.catalog.LocalCredential;
import io.millrace.catalog.SignIn;
import io.millrace.catalog.records.Account;
import io.millrace.catalog.records.Accounts;
import io.millrace.catalog.records.ApiTokens;
import io.millrace.http.ClientAddress;
import io.millrace.http.TrustedProxies;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds out who is asking: HTTP Basic with an account's password, or a bearer token: one that the
 * API has issued, or this machine's local credential. A password that was right is remembered for a
 * minute (as a hash with a key of this process), for Argon2 is slow on purpose; the account is
 * looked up every time. Guessers of passwords have to wait; tokens of 160 random bits cannot be
 * guessed, so that whoever has one is not locked out by a guesser behind the same address.
 */
public final class Authenticator {
  private static final int LONGEST_HEADER = 1024;
  private static final Duration REMEMBERED = Duration.ofMinutes(1);
  private static final int MOST_REMEMBERED = 1000;

  private final Catalog catalog;
  private final Optional<LocalCredential> local;
  private final CatalogMetrics metrics;
  private final InstantSource clock;
  private final TrustedProxies proxies;
  private final FailureLimiter limiter = new FailureLimiter();
  private final PasswordChecks checks;
  private final String processKey = RandomToken.generate("");
  private final String noPassword = PasswordHash.of(RandomToken.generate(""));

  /** Digest of name and password, to the stored hash that it matched. */
  private final Cache<String, String> right =
      Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).expireAfterWrite(REMEMBERED).build();

  public Authenticator(
      Vertx vertx,
      Catalog catalog,
      Optional<LocalCredential> local,
      CatalogMetrics metrics,
      InstantSource clock,
      TrustedProxies proxies) {
    this.checks = new PasswordChecks(vertx);
    this.catalog = catalog;
    this.local = local;
    this.metrics = metrics;
    this.clock = clock;
    this.proxies = proxies;
  }

  /** As the API would answer, for what is served beside it. */
  public Future<SignIn> signIn(HttpServerRequest request) {
    return authenticate(request, Catalog.Deadline.fromNow())
        .<SignIn>map(who -> new SignIn.Accepted(who.account()))
        .otherwise(
            failure -> {
              ApiProblem problem = ApiRouter.problem(request, failure);
              return new SignIn.Refused(problem.problem(), problem.retryAfter());
            });
  }

  /**
   * Fails with {@link ApiProblem} (401, 429) or with what the catalogue failed with.
   *
   * @param deadline of the request
   */
  Future<Principal> authenticate(HttpServerRequest request, Catalog.Deadline deadline) {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    ClientAddress client = proxies.clientOf(request);
    String peer = client.host();
    if (header == null || header.length() > LONGEST_HEADER) {
      return Future.failedFuture(refusal("sign in with HTTP Basic or a bearer token"));
    }
    int space = header.indexOf(' ');
    String scheme = header.substring(0, Math.max(space, 0)).toLowerCase(Locale.ROOT);
    String value = header.substring(space + 1).strip();
    Future<Optional<Principal>> who =
        switch (scheme) {
          case "basic" -> basic(value, peer, deadline);
          case "bearer" -> bearer(value, client, deadline);
          default -> Future.succeededFuture(Optional.empty());
        };
    return who.map(
        found -> {
          metrics.authenticated(found.isPresent() ? "accepted" : "refused");
          return found.orElseThrow(() -> refusal("the name, password or token is wrong"));
        });
  }

  private Future<Optional<Principal>> bearer(
      String token, ClientAddress client, Catalog.Deadline deadline) {
    if (local.isPresent() && local.get().matches(token)) {
      return Future.succeededFuture(
          client.isThisMachine()
              ? Optional.of(new Principal(LocalCredential.ACCOUNT))
              : Optional.empty());
    }
    byte[] hash = RandomToken.hash(token);
    return catalog
        .ask(deadline, connection -> new ApiTokens(connection).accountOf(hash, clock.instant()))
        .map(account -> account.map(Principal::new));
  }

  private Future<Optional<Principal>> basic(
      String encoded, String peer, Catalog.Deadline deadline) {
    String decoded;
    try {
      decoded = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return Future.succeededFuture(Optional.empty());
    }
    int colon = decoded.indexOf(':');
    if (colon < 0 || decoded.indexOf('\0') >= 0) {
      return Future.succeededFuture(Optional.empty());
    }
    String name = decoded.substring(0, colon);
    String password = decoded.substring(colon + 1);
    return catalog
        .ask(deadline, connection -> new Accounts(connection).find(name))
        .compose(account -> verify(account, name, password, peer));
  }

  private Future<Optional<Principal>> verify(
      Optional<Account> account, String name, String password, String peer) {
    // Somebody who does not exist takes as long as a wrong password.
    String stored = account.map(Account::passwordHash).orElse(noPassword);
    String digest = HexFormat.of().formatHex(RandomToken.hash(processKey + name + '\0' + password));
    if (account.isPresent() && stored.equals(right.getIfPresent(digest))) {
      return Future.succeededFuture(Optional.of(new Principal(name)));
    }
    Optional<Duration> wait = limiter.waitFor(peer, clock.instant());
    if (wait.isPresent()) {
      metrics.authenticated("limited");
      return Future.failedFuture(
          ApiProblem.later(
              429, "too-many-failures", "too many failed sign-ins; wait a moment", wait.get()));
    }
    return checks
        .matches(peer, password, stored)
        .map(
            matches -> {
              if (!matches || account.isEmpty()) {
                limiter.failed(peer, clock.instant());
                return Optional.empty();
              }
              limiter.succeeded(peer);
              right.put(digest, stored);
              return Optional.of(new Principal(name));
            });
  }

  private static ApiProblem refusal(String detail) {
    return new ApiProblem(401, "unauthorized", detail);
  }
}
