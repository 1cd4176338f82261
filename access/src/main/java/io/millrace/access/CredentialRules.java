package io.millrace.access;

import io.millrace.access.AccessDecision.Reason;
import io.millrace.access.AccessDecision.Refused;
import io.millrace.access.TopicDecision.Granted;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rules by what is presented. The first that is there decides alone, so that a wrong key is
 * never helped by a certificate or by coming from this machine:
 *
 * <ol>
 *   <li>a secret: a token that the customer signed, else a key
 *   <li>a client certificate, by {@code access.certificates}
 *   <li>nothing: on this machine, where {@code access.anonymousLoopback} says so, it opens {@code
 *       public}
 * </ol>
 *
 * Thread-safe.
 */
public final class CredentialRules implements TopicRules {
  private static final TopicGrant ANONYMOUS =
      new TopicGrant(
          StaticKeyRules.TENANT,
          "anonymous",
          Optional.empty(),
          Set.of(),
          TopicCapabilities.PUBLIC,
          PublishLimits.NONE);

  private final Optional<JwtRules> tokens;
  private final TopicKeys keys;
  private final Map<String, TopicCapabilities> certificates;
  private final boolean anonymousLoopback;
  private final InstantSource clock;

  /**
   * @param tokens empty where none are taken
   */
  public CredentialRules(
      AccessConfig config, Optional<JwtRules> tokens, TopicKeys keys, InstantSource clock) {
    this.tokens = tokens;
    this.keys = keys;
    this.certificates = config.certificates();
    this.anonymousLoopback = config.anonymousLoopback();
    this.clock = clock;
  }

  @Override
  public Future<TopicDecision> authenticate(TopicCredential credential) {
    if (credential.secret().isPresent()) {
      return bySecret(credential.secret().get());
    }
    return Future.succeededFuture(
        credential
            .certificate()
            .map(subject -> byCertificate(subject, credential.certificateEndsAt()))
            .orElseGet(() -> byNothing(credential.isLocal())));
  }

  private Future<TopicDecision> bySecret(String secret) {
    if (tokens.isPresent() && JwtRules.isToken(secret)) {
      JwtRules rules = tokens.get();
      return rules.keyOf(secret).map(looked -> rules.grant(secret, clock.instant()));
    }
    return keys.open(secret);
  }

  private TopicDecision byCertificate(String subject, Optional<Instant> endsAt) {
    if (!endsAt.map(clock.instant()::isBefore).orElse(true)) {
      return new Refused(Reason.EXPIRED, "the certificate has expired");
    }
    TopicCapabilities topics = certificates.get(subject);
    if (topics == null || topics.isEmpty()) {
      return Refusals.noTopics("the certificate");
    }
    return new Granted(
        new TopicGrant(
            StaticKeyRules.TENANT,
            "certificate:" + subject,
            endsAt,
            Set.of(),
            topics,
            PublishLimits.NONE));
  }

  private TopicDecision byNothing(boolean isLocal) {
    return anonymousLoopback && isLocal ? new Granted(ANONYMOUS) : Refusals.noTopicCredential();
  }
}
