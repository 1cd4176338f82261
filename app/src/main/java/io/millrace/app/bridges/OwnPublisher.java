package io.millrace.app.bridges;

import io.millrace.access.AccessDecision;
import io.millrace.access.AccessRequest;
import io.millrace.access.AccessRules;
import io.millrace.access.Action;
import io.millrace.access.PublishKey;
import io.millrace.access.StaticKeyRules;
import io.millrace.config.Secret;
import io.millrace.media.StreamKey;
import io.vertx.core.Future;

/**
 * Lets this process publish one stream to itself with a key of its own that nobody else knows and
 * that is never stored; everything else is up to the rules behind. Thread-safe.
 *
 * @param stream what may be published
 * @param key made at each start
 */
public record OwnPublisher(StreamKey stream, Secret key) {
  public static OwnPublisher of(StreamKey stream) {
    return new OwnPublisher(stream, new Secret(PublishKey.generate()));
  }

  /** The rules with this publisher let in. */
  public AccessRules before(AccessRules rules) {
    return request ->
        isOwn(request)
            ? Future.succeededFuture(new AccessDecision.Allowed(StaticKeyRules.TENANT))
            : rules.decide(request);
  }

  private boolean isOwn(AccessRequest request) {
    return request.action() == Action.PUBLISH
        && request.app().equals(stream.app())
        && request.stream().equals(stream.stream())
        && request.credential().map(key::matches).orElse(false);
  }
}
