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
import io.millrace.config.ValueText;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Who may publish and play, by the catalogue: publishing needs a key of the app (or a token that
 * the customer signed), playing what the app's playback says. A revoked key is refused at once.
 * While the database is away, apps known within 30 minutes and keys used within 5 are still good;
 * all else is refused as undecided. Thread-safe.
 */
public final class CatalogAccessRules implements AccessRules {
  private final KnownApps apps;
  private final KnownKeys keys;
  private final Optional<JwtRules> tokens;
  private final Decisions decisions;
  private final InstantSource clock;

  public CatalogAccessRules(
      KnownApps apps,
      KnownKeys keys,
      Optional<JwtRules> tokens,
      CatalogMetrics metrics,
      InstantSource clock) {
    this.apps = apps;
    this.keys = keys;
    this.tokens = tokens;
    this.decisions = new Decisions(metrics);
    this.clock = clock;
  }

  @Override
  public Future<AccessDecision> decide(AccessRequest request) {
    return decisions.ended(
        ValueText.word(request.action()),
        apps.find(request.app()).compose(app -> decide(request, app)),
        Refusals.undecided());
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

  private static Future<AccessDecision> decided(AccessDecision decision) {
    return Future.succeededFuture(decision);
  }

  /** A name that came from outside, fit for a message. */
  private static String shown(String name) {
    String clean = name.replaceAll("\\p{Cntrl}", "?");
    return clean.length() > 63 ? clean.substring(0, 63) + "…" : clean;
  }
}
