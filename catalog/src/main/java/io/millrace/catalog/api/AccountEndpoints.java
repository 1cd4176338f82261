package io.millrace.catalog.api;

import io.millrace.access.PasswordHash;
import io.millrace.access.RandomToken;
import io.millrace.catalog.Catalog;
import io.millrace.catalog.records.Accounts;
import io.millrace.catalog.records.ApiToken;
import io.millrace.catalog.records.ApiTokens;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** {@code /account} and {@code /tokens}: what belongs to whoever asks. */
final class AccountEndpoints {
  private static final long LIFE_SECONDS = 90L * 24 * 3600;
  private static final long LONGEST_LIFE_SECONDS = 5L * 365 * 24 * 3600;
  private static final int SHORTEST_PASSWORD = 10;

  private final Vertx vertx;
  private final Catalog catalog;
  private final InstantSource clock;

  AccountEndpoints(Vertx vertx, Catalog catalog, InstantSource clock) {
    this.vertx = vertx;
    this.catalog = catalog;
    this.clock = clock;
  }

  List<Endpoint> all() {
    return List.of(
        Endpoint.guarded(HttpMethod.GET, "/account", this::get),
        Endpoint.guarded(HttpMethod.PATCH, "/account", this::change),
        Endpoint.guarded(HttpMethod.GET, "/tokens", this::list),
        Endpoint.guarded(HttpMethod.POST, "/tokens", this::create),
        Endpoint.guarded(HttpMethod.DELETE, "/tokens/:id", this::delete));
  }

  private Future<Answer> get(Call call) {
    String name = call.principal().account();
    return catalog
        .call(call.deadline(), connection -> new Accounts(connection).find(name))
        .map(found -> Paths.found(found, "account", name))
        .map(
            account ->
                Answer.ok(
                    new JsonObject()
                        .put("name", account.name())
                        .put("tenant", account.tenant())
                        .put("role", account.role())
                        .put("createdAt", account.createdAt().toString())));
  }

  private Future<Answer> change(Call call) {
    String name = call.principal().account();
    String password = call.name("password", AccountEndpoints::passwordProblem);
    call.check();
    return vertx
        .executeBlocking(() -> PasswordHash.of(password), false)
        .compose(
            hash ->
                catalog.call(
                    call.deadline(),
                    c -> new Accounts(c).changePassword(name, Objects.requireNonNull(hash))))
        .map(there -> Paths.gone(there, "account", name));
  }

  private Future<Answer> list(Call call) {
    String account = call.principal().account();
    String after = call.after();
    int limit = call.limit();
    call.check();
    return catalog
        .call(
            call.deadline(),
            connection -> new ApiTokens(connection).page(account, after, limit + 1))
        .map(rows -> Pages.answer(rows, limit, AccountEndpoints::json, ApiToken::id));
  }

  private Future<Answer> create(Call call) {
    String label = call.title("label").orElse("");
    Instant expiresAt =
        clock
            .instant()
            .plusSeconds(
                call.seconds("lifetimeSeconds", 1, LONGEST_LIFE_SECONDS).orElse(LIFE_SECONDS));
    call.check();
    String account = call.principal().account();
    String secret = RandomToken.generate(ApiTokens.PREFIX);
    return catalog
        .call(
            call.deadline(),
            connection ->
                new ApiTokens(connection)
                    .create(account, label, RandomToken.hash(secret), expiresAt))
        .map(token -> Answer.created(json(token).put("token", secret)));
  }

  private Future<Answer> delete(Call call) {
    String account = call.principal().account();
    String id = Paths.id(call, "token");
    return catalog
        .call(call.deadline(), connection -> new ApiTokens(connection).delete(account, id))
        .map(there -> Paths.gone(there, "token", id));
  }

  private static Optional<String> passwordProblem(String password) {
    return password.length() < SHORTEST_PASSWORD || password.length() > PasswordHash.LONGEST
        ? Optional.of(
            "must have " + SHORTEST_PASSWORD + " to " + PasswordHash.LONGEST + " characters")
        : Optional.empty();
  }

  private static JsonObject json(ApiToken token) {
    return new JsonObject()
        .put("id", token.id())
        .put("label", token.label())
        .put("createdAt", token.createdAt().toString())
        .put("expiresAt", token.expiresAt().toString());
  }
}
