package io.millrace.catalog.api;

import io.millrace.access.RevokedToken;
import io.millrace.catalog.Catalog;
import io.millrace.catalog.records.Revocation;
import io.millrace.catalog.records.Revocations;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code /tokens/revoked}: single tokens that others sign, before they expire. */
final class RevocationEndpoints {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  private final Catalog catalog;
  private final InstantSource clock;

  RevocationEndpoints(Catalog catalog, InstantSource clock) {
    this.catalog = catalog;
    this.clock = clock;
  }

  List<Endpoint> all() {
    return List.of(
        Endpoint.guarded(HttpMethod.GET, "/tokens/revoked", this::list),
        Endpoint.guarded(HttpMethod.POST, "/tokens/revoked", this::revoke));
  }

  private Future<Answer> list(Call call) {
    String after = call.after();
    if (!after.isEmpty() && !NUMBER.matcher(after).matches()) {
      call.problem("after", "is not what 'next' said");
    }
    int limit = call.limit();
    call.check();
    long behind = after.isEmpty() ? Long.MIN_VALUE : Long.parseLong(after);
    Instant now = clock.instant();
    return catalog
        .call(
            call.deadline(), connection -> new Revocations(connection).page(behind, limit + 1, now))
        .map(
            rows ->
                Pages.answer(
                    rows, limit, RevocationEndpoints::json, row -> String.valueOf(row.number())));
  }

  private Future<Answer> revoke(Call call) {
    Instant now = clock.instant();
    RevokedToken token = token(call, now);
    String account = call.principal().account();
    return catalog
        .call(
            call.deadline(), connection -> new Revocations(connection).revoke(account, token, now))
        .map(revoked -> Answer.created(json(revoked.orElseThrow(RevocationEndpoints::tooMany))));
  }

  private static ApiProblem tooMany() {
    return new ApiProblem(
        409,
        "too-many-revoked-tokens",
        Revocations.MOST
            + " tokens are revoked that have not expired; have their signer change its key");
  }

  /** A whole token, or its id and its end. */
  private static RevokedToken token(Call call, Instant now) {
    Optional<String> whole = call.optionalName("token", text -> problem(RevokedToken::of, text));
    Optional<String> jti = call.optionalName("jti", RevokedToken::problem);
    Optional<String> expiresAt =
        call.optionalName("expiresAt", text -> problem(RevocationEndpoints::instant, text));
    boolean isOneOfTheTwo =
        whole.isPresent()
            ? jti.isEmpty() && expiresAt.isEmpty()
            : jti.isPresent() && expiresAt.isPresent();
    if (!isOneOfTheTwo) {
      call.problem("token", "or 'jti' with 'expiresAt' is needed, one of the two");
    }
    call.check();
    RevokedToken token =
        whole
            .map(RevokedToken::of)
            .orElseGet(() -> new RevokedToken(jti.orElseThrow(), instant(expiresAt.orElseThrow())));
    // One that has just ended may still be believed for the skew of clocks.
    if (token.expiresAt().isBefore(now.minus(Revocations.KEPT_AFTER_EXPIRY))) {
      call.problem(whole.isPresent() ? "token" : "expiresAt", "ended more than a day ago");
    }
    call.check();
    return token;
  }

  /** Reads a text. */
  @FunctionalInterface
  private interface Reading {
    Object of(String text);
  }

  private static Optional<String> problem(Reading reading, String text) {
    try {
      var _ = reading.of(text);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("is no time such as 2026-11-22T12:00:00Z", e);
    }
  }

  private static JsonObject json(Revocation revocation) {
    return new JsonObject()
        .put("jti", revocation.token().jti())
        .put("expiresAt", revocation.token().expiresAt().toString())
        .put("account", revocation.account())
        .put("revokedAt", revocation.revokedAt().toString());
  }
}
