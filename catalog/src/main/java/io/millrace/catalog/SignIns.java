package io.millrace.catalog;

import io.millrace.access.AccessDecision.Reason;
import io.millrace.access.AccessDecision.Refused;
import io.millrace.access.AdministratorTokens;
import io.millrace.access.GrantId;
import io.millrace.access.RandomToken;
import io.millrace.access.RecentGrants;
import io.millrace.access.Refusals;
import io.millrace.access.StaticKeyRules;
import io.millrace.access.TopicCredential;
import io.millrace.access.TopicDecision;
import io.millrace.access.TopicGrant;
import io.millrace.catalog.api.Authenticator;
import io.millrace.catalog.records.ApiToken;
import io.millrace.catalog.records.ApiTokens;
import io.millrace.http.TrustedProxies;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/**
 * Who signs in as an administrator: with an account's password, an API token, or on this machine
 * with the local credential. The two that are tokens open topics as well. Thread-safe.
 */
public final class SignIns implements AdministratorTokens {
  private static final TopicDecision UNKNOWN =
      new Refused(Reason.WRONG_CREDENTIAL, "no administrator's token");

  private final Catalog catalog;
  private final LocalCredential local;
  private final InstantSource clock;
  private final Authenticator authenticator;
  private final RecentGrants recent;

  /**
   * @param proxies whose word about the client's address counts
   */
  public SignIns(
      Vertx vertx,
      Catalog catalog,
      LocalCredential local,
      CatalogMetrics metrics,
      InstantSource clock,
      TrustedProxies proxies) {
    this.catalog = catalog;
    this.local = local;
    this.clock = clock;
    this.recent = new RecentGrants(clock);
    this.authenticator =
        new Authenticator(vertx, catalog, Optional.of(local), metrics, clock, proxies);
  }

  /** Asks who sent a request; completes on its context, and never fails. */
  public Future<SignIn> signIn(HttpServerRequest request) {
    return authenticator.signIn(request);
  }

  Authenticator authenticator() {
    return authenticator;
  }

  @Override
  public Future<Optional<TopicDecision>> open(String secret, TopicCredential shown) {
    if (local.matches(secret)) {
      return Future.succeededFuture(Optional.of(local.topics(shown)));
    }
    if (!secret.startsWith(ApiTokens.PREFIX)) {
      return Future.succeededFuture(Optional.empty());
    }
    return recent
        .of(secret, () -> look(secret))
        .map(decided -> decided.equals(UNKNOWN) ? Optional.empty() : Optional.of(decided));
  }

  private Future<TopicDecision> look(String secret) {
    byte[] hash = RandomToken.hash(secret);
    return catalog
        .ask(connection -> new ApiTokens(connection).find(hash, clock.instant()))
        .map(found -> found.<TopicDecision>map(SignIns::granted).orElse(UNKNOWN))
        .otherwise(failure -> Refusals.undecided());
  }

  private static TopicDecision granted(ApiToken token) {
    return new TopicDecision.Granted(
        TopicGrant.ofAdministrator(
            StaticKeyRules.TENANT,
            token.account(),
            Optional.of(token.expiresAt()),
            Set.of(GrantId.apiToken(token.id()))));
  }

  /** Those of these API tokens, by id, that are still good; fails while the database is away. */
  public Future<Set<String>> good(Set<String> ids) {
    return catalog
        .call(connection -> new ApiTokens(connection).good(ids, clock.instant()))
        .onSuccess(good -> recent.heard(ids, good));
  }
}
