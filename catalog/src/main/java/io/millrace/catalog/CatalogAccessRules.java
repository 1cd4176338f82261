package io.millrace.catalog;

import io.millrace.access.AccessDecision;
import io.millrace.access.AccessDecision.Allowed;
import io.millrace.access.AccessDecision.Reason;
import io.millrace.access.AccessDecision.Refused;
import io.millrace.access.AccessRequest;
import io.millrace.access.AccessRules;
import io.millrace.access.Action;
import io.millrace.access.JwtRules;
import io.millrace.access.Names;
import io.millrace.access.Playback;
import io.millrace.access.Refusals;
import io.millrace.catalog.records.App;
import io.millrace.catalog.records.Key;
import io.millrace.http.OutageLog;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may publish and play, by the catalogue: publishing needs a key of the app (or a token that
 * the customer signed), playing what the app's playback says. A revoked key is refused at once.
 * While the database is away, apps known within 30 minutes and keys used within 5 are still good;
 * all else is refused as undecided. Thread-safe.
 */
public final class CatalogAccessRules implements AccessRules {
  private static final Logger LOGGER = LoggerFactory.getLogger(CatalogAccessRules.class);

  private final KnownApps apps;
  private final KnownKeys keys;
  private final Optional<JwtRules> tokens;
  private final CatalogMetrics metrics;
  private final InstantSource clock;
  private final OutageLog outage = new OutageLog(Duration.ofSeconds(10));

  public CatalogAccessRules(
      KnownApps apps,
      KnownKeys keys,
      Optional<JwtRules> tokens,
      CatalogMetrics metrics,
      InstantSource clock) {
    this.apps = apps;
    this.keys = keys;
    this.tokens = tokens;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public Future<AccessDecision> decide(AccessRequest request) {
    return apps.find(request.app())
        .compose(app -> decide(request, app))
        .map(this::noted)
        .otherwise(failure -> undecided(request, failure))
        .onSuccess(decision -> count(request.action(), decision));
  }

  private Future<AccessDecision> decide(AccessRequest request, Optional<App> found) {
    if (found.isEmpty()) {
      return decided(
          new Refused(Reason.NO_SUCH_APP, "there is no app '" + shown(request.app()) + "' here"));
    }
    App app = found.get();
    Optional<String> wrongName = Names.streamProblem(request.stream());
    if (wrongName.isPresent()) {
      return decided(new Refused(Reason.NOT_ALLOWED, wrongName.get()));
    }
    if (request.action() == Action.PLAY && app.playback() == Playback.PUBLIC) {
      return decided(new Allowed(app.tenant()));
    }
    if (request.credential().isEmpty()) {
      return decided(Refusals.noCredential(request.action()));
    }
    String credential = request.credential().get();
    if (tokens.isPresent() && JwtRules.isToken(credential)) {
      JwtRules rules = tokens.get();
      return rules
          .keyOf(credential)
          .map(looked -> rules.decide(request, app.tenant(), clock.instant()));
    }
    if (request.action() == Action.PLAY) {
      return decided(Refusals.wrongCredential(request.action()));
    }
    return byKey(request, app, credential);
  }

  private Future<AccessDecision> byKey(AccessRequest request, App app, String credential) {
    return keys.find(credential).map(key -> judge(request, app, key, clock.instant()));
  }

  private static AccessDecision judge(
      AccessRequest request, App app, Optional<Key> key, Instant now) {
    boolean opens =
        key.isPresent()
            && key.get().app().equals(app.name())
            && key.get().opens().opens(request.stream());
    if (!opens) {
      return Refusals.wrongCredential(Action.PUBLISH);
    }
    return key.get().expiresAt().map(now::isBefore).orElse(true)
        ? new Allowed(app.tenant(), key.map(Key::id))
        : new Refused(Reason.EXPIRED, "the publish key has expired");
  }

  private AccessDecision undecided(AccessRequest request, Throwable failure) {
    outage
        .failed(System.nanoTime())
        .ifPresent(
            refused ->
                LOGGER
                    .atWarn()
                    .addKeyValue("app", shown(request.app()))
                    .addKeyValue("action", request.action())
                    .addKeyValue("reason", failure.getMessage())
                    .addKeyValue("refused", refused)
                    .log("access cannot be decided, so it is refused"));
    return Refusals.undecided();
  }

  private AccessDecision noted(AccessDecision decision) {
    outage
        .answered()
        .ifPresent(
            refused ->
                LOGGER.atInfo().addKeyValue("refused", refused).log("access is decided again"));
    return decision;
  }

  private void count(Action action, AccessDecision decision) {
    metrics.decided(
        word(action),
        switch (decision) {
          case Allowed _ -> "allowed";
          case Refused refused -> word(refused.reason());
        });
  }

  private static Future<AccessDecision> decided(AccessDecision decision) {
    return Future.succeededFuture(decision);
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** A name that came from outside, fit for a message. */
  private static String shown(String name) {
    String clean = name.replaceAll("\\p{Cntrl}", "?");
    return clean.length() > 63 ? clean.substring(0, 63) + "…" : clean;
  }
}
