package io.millrace.app.node;

import io.millrace.access.AccessConfig;
import io.millrace.access.GrantId;
import io.millrace.access.JwtRules;
import io.millrace.access.RevokedTokens;
import io.millrace.app.bridges.RevocationWatch;
import io.millrace.app.bridges.TokenKeyFetch;
import io.millrace.app.bridges.TokenKeyWatch;
import io.millrace.catalog.KnownRevocations;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that others sign ({@code access.jwt}), which of them are revoked, and the watch over their
 * keys: a file, an address.
 */
final class TokensPart implements AutoCloseable {
  /** More than the catalogue has, since not all clocks forget at one time. */
  private static final int MOST_REVOKED = KnownRevocations.MOST + KnownRevocations.MOST / 10;

  /** A revocation is to take effect within two seconds, the database's answer included. */
  private static final Duration REVOCATION_PERIOD = Duration.ofMillis(500);

  /** How soon a changed key file is noticed. */
  private static final Duration FILE_PERIOD = Duration.ofSeconds(5);

  /** How soon keys from an address are noticed to be old, or are asked for again. */
  private static final Duration FETCH_PERIOD = Duration.ofSeconds(10);

  private final RevokedTokens revoked = new RevokedTokens(MOST_REVOKED);
  private final Optional<JwtRules> rules;
  private final Optional<TokenKeyWatch> watch;
  private final Optional<TokenKeyFetch> fetch;
  private final Vertx vertx;
  private final AccessConfig access;
  private final InstantSource clock;
  private @Nullable RevocationWatch revocations;

  /**
   * @throws StartException when the keys cannot be read
   */
  TokensPart(Vertx vertx, AccessConfig access, InstantSource clock) {
    this.vertx = vertx;
    this.access = access;
    this.clock = clock;
    rules = access.jwt().map(jwt -> load(jwt, revoked));
    watch =
        access
            .jwt()
            .filter(jwt -> jwt.keyFile().isPresent())
            .map(jwt -> new TokenKeyWatch(vertx, jwt, rules.orElseThrow(), FILE_PERIOD));
    fetch =
        access
            .jwt()
            .filter(jwt -> jwt.jwksUrl().isPresent())
            .map(jwt -> new TokenKeyFetch(vertx, jwt, rules.orElseThrow(), clock, FETCH_PERIOD));
  }

  private static JwtRules load(AccessConfig.Jwt config, RevokedTokens revoked) {
    try {
      return JwtRules.load(config, revoked);
    } catch (NoSuchFileException e) {
      throw new StartException("access.jwt: there is no file " + e.getFile(), e);
    } catch (IOException e) {
      throw Waiting.failed("access.jwt", e);
    }
  }

  /** Empty where none are taken. */
  Optional<JwtRules> rules() {
    return rules;
  }

  /** Those that are not believed any more. */
  RevokedTokens revoked() {
    return revoked;
  }

  /**
   * From now on believes no token that the catalogue says is revoked; blocks until those are known
   * that have been so far. Nothing where no tokens are taken.
   *
   * @param ended hears of each
   */
  void follow(KnownRevocations known, Consumer<GrantId> ended) {
    if (access.jwt().isEmpty()) {
      return;
    }
    revocations =
        new RevocationWatch(
            vertx,
            known::read,
            revoked,
            access.jwt().get().clockSkew(),
            jti -> ended.accept(GrantId.token(jti)),
            clock,
            REVOCATION_PERIOD);
    Waiting.forStart("access.jwt", revocations.look());
  }

  @Override
  public void close() {
    if (revocations != null) {
      revocations.close();
    }
    watch.ifPresent(TokenKeyWatch::close);
    fetch.ifPresent(TokenKeyFetch::close);
  }
}
