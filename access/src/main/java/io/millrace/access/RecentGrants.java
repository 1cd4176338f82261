package io.millrace.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.millrace.access.TopicDecision.Granted;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What secrets opened a moment ago, so that a client that shows its own with each request has it
 * looked up about twice a second and not each time. Who comes while the answer is on its way looks
 * it up too: the one under way may have begun before the key was there.
 *
 * <p>Only what was granted is kept: a wrong secret is looked up whenever it is shown, and takes
 * nobody's place. Where nobody has {@link #heard} of a revocation, what was revoked opens nothing
 * after {@link #GOOD_FOR}, and a connection that it has opened in that time ends as all do that it
 * had opened before, both within the two seconds that are promised. The secrets themselves are not
 * kept, but their HMAC-SHA-256 with a key of this process. Thread-safe.
 */
public final class RecentGrants {
  /** From the moment in which a secret began to be looked up. */
  static final Duration GOOD_FOR = Duration.ofMillis(500);

  private static final int MOST = 10_000;
  private static final int LONGEST = JwtRules.LONGEST;
  private static final String HMAC = "HmacSHA256";

  private record Recent(Granted granted, Instant since) {}

  private final InstantSource clock;
  private final SecretKeySpec key;
  private final Cache<String, Recent> bySecret;

  public RecentGrants(InstantSource clock) {
    this.clock = clock;
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    this.key = new SecretKeySpec(random, HMAC);
    this.bySecret =
        Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(GOOD_FOR.multipliedBy(2)).build();
  }

  /**
   * What a secret opens.
   *
   * @param lookup where it has not been looked up a moment ago; never fails
   */
  public Future<TopicDecision> of(String secret, Supplier<Future<TopicDecision>> lookup) {
    if (secret.length() > LONGEST) {
      return lookup.get();
    }
    String keyed = keyed(secret);
    Instant now = clock.instant();
    Recent recent = bySecret.getIfPresent(keyed);
    if (recent != null && isGood(recent, now)) {
      return Future.succeededFuture(recent.granted);
    }
    return lookup
        .get()
        .onSuccess(
            decided -> {
              if (decided instanceof Granted granted) {
                bySecret.put(keyed, new Recent(granted, now));
              }
            });
  }

  /** A clock that was set back makes nothing good for longer. */
  private static boolean isGood(Recent recent, Instant now) {
    return !now.isBefore(recent.since)
        && now.isBefore(recent.since.plus(GOOD_FOR))
        && recent.granted.grant().expiresAt().map(now::isBefore).orElse(true);
  }

  /**
   * Keys in use were asked about; when one has been revoked, everything is looked up again.
   *
   * @param ids of those in use
   * @param good those of them that are still good
   */
  public void heard(Set<String> ids, Set<String> good) {
    if (!good.containsAll(ids)) {
      bySecret.invalidateAll();
    }
  }

  /** How many are kept. */
  long size() {
    return bySecret.estimatedSize();
  }

  private String keyed(String secret) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      byte[] hash = mac.doFinal(secret.getBytes(StandardCharsets.UTF_8));
      return new String(hash, StandardCharsets.ISO_8859_1);
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every JDK has " + HMAC, e);
    }
  }
}
