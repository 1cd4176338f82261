package io.millrace.access;

import io.millrace.access.AccessDecision.Allowed;
import io.millrace.access.AccessDecision.Reason;
import io.millrace.access.AccessDecision.Refused;
import io.millrace.config.Secret;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * The rules of a node without a catalogue: apps and keys are what the configuration says, and all
 * belong to the tenant {@code default}. A credential in the form of a token is judged by the token
 * rules, where there are any.
 */
public final class StaticKeyRules implements AccessRules {
  /** Who owns everything where nobody says otherwise. */
  public static final String TENANT = "default";

  private final Map<String, AccessConfig.StaticApp> apps;
  private final Optional<JwtRules> tokens;
  private final InstantSource clock;

  public StaticKeyRules(
      Map<String, AccessConfig.StaticApp> apps, Optional<JwtRules> tokens, InstantSource clock) {
    this.apps = Map.copyOf(apps);
    this.tokens = tokens;
    this.clock = clock;
  }

  @Override
  public Future<AccessDecision> decide(AccessRequest request) {
    Future<Void> looked =
        tokens.isPresent() && request.credential().map(JwtRules::isToken).orElse(false)
            ? tokens.get().keyOf(request.credential().get())
            : Future.succeededFuture();
    return looked.map(key -> decideNow(request));
  }

  private AccessDecision decideNow(AccessRequest request) {
    AccessConfig.StaticApp app = apps.get(request.app());
    if (app == null) {
      return new Refused(Reason.NO_SUCH_APP, "there is no app '" + request.app() + "' here");
    }
    if (request.action() == Action.PLAY && app.playback() == Playback.PUBLIC) {
      return new Allowed(TENANT);
    }
    if (request.credential().isEmpty()) {
      return Refusals.noCredential(request.action());
    }
    String credential = request.credential().get();
    if (tokens.isPresent() && JwtRules.isToken(credential)) {
      return tokens.get().decide(request, TENANT, clock.instant());
    }
    return request.action() == Action.PUBLISH && opens(app, credential)
        ? new Allowed(TENANT)
        : Refusals.wrongCredential(request.action());
  }

  /** Compares with every key, so that the time tells nothing about which came near. */
  private static boolean opens(AccessConfig.StaticApp app, String credential) {
    boolean opens = false;
    for (Secret key : app.publishKeys()) {
      opens |= key.matches(credential);
    }
    return opens && credential.length() <= PublishKey.LONGEST;
  }
}
