package io.millrace.app.bridges;

import io.millrace.access.AdministratorTokens;
import io.millrace.broker.Administrators;
import io.millrace.catalog.LocalCredential;
import io.millrace.catalog.SignIn;
import io.millrace.catalog.SignIns;
import io.millrace.http.Problem;
import io.millrace.http.TrustedProxies;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/**
 * Who may administer topics, and look into them for that.
 *
 * @param administrators judge requests
 * @param tokens open topics
 */
public record Administration(Administrators administrators, AdministratorTokens tokens) {
  private static final String BEARER = "bearer ";

  /** Those whom the catalogue knows. */
  public static Administration of(SignIns signIns) {
    return new Administration(
        request -> signIns.signIn(request).map(Administration::decision), signIns);
  }

  /**
   * Whoever has this machine's credential: the only administrator of a node without a catalogue.
   *
   * @param proxies whose word about the client's address counts
   */
  public static Administration of(LocalCredential local, TrustedProxies proxies) {
    return new Administration(
        request -> Future.succeededFuture(decide(local, proxies, request)),
        (secret, shown) ->
            Future.succeededFuture(
                local.matches(secret) ? Optional.of(local.topics(shown)) : Optional.empty()));
  }

  private static Administrators.Decision decision(SignIn signIn) {
    return switch (signIn) {
      case SignIn.Accepted(String account) -> new Administrators.Allowed(account);
      case SignIn.Refused refused ->
          new Administrators.Refused(refused.problem(), refused.retryAfter());
    };
  }

  private static Administrators.Decision decide(
      LocalCredential local, TrustedProxies proxies, HttpServerRequest request) {
    String header = Optional.ofNullable(request.getHeader(HttpHeaders.AUTHORIZATION)).orElse("");
    return header.regionMatches(true, 0, BEARER, 0, BEARER.length())
            && local.matches(header.substring(BEARER.length()).strip())
            && proxies.clientOf(request).isThisMachine()
        ? new Administrators.Allowed(LocalCredential.ACCOUNT)
        : new Administrators.Refused(
            new Problem(
                401,
                "unauthorized",
                "this node has no catalogue, so it is administered on its own machine only, with"
                    + " the credential in its data directory"),
            Optional.empty());
  }
}
