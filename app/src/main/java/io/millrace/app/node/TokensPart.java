package io.millrace.app.node;

import io.millrace.access.AccessConfig;
import io.millrace.access.JwtRules;
import io.millrace.access.RevokedTokens;
import io.millrace.app.bridges.TokenKeyWatch;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Optional;

/** Tokens that others sign ({@code access.jwt}), and the watch over the file with their keys. */
final class TokensPart implements AutoCloseable {
  private static final int MOST_REVOKED = 100_000;

  /** How soon a changed key file is noticed. */
  private static final Duration FILE_PERIOD = Duration.ofSeconds(5);

  private final Optional<JwtRules> rules;
  private final Optional<TokenKeyWatch> watch;

  /**
   * @throws StartException when the keys cannot be read
   */
  TokensPart(Vertx vertx, AccessConfig access) {
    rules = access.jwt().map(TokensPart::load);
    watch =
        access
            .jwt()
            .filter(jwt -> jwt.keyFile().isPresent())
            .map(jwt -> new TokenKeyWatch(vertx, jwt, rules.orElseThrow(), FILE_PERIOD));
  }

  private static JwtRules load(AccessConfig.Jwt config) {
    try {
      return JwtRules.load(config, new RevokedTokens(MOST_REVOKED));
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

  @Override
  public void close() {
    watch.ifPresent(TokenKeyWatch::close);
  }
}
