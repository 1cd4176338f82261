package io.millrace.app.bridges;

import io.millrace.access.AccessConfig;
import io.millrace.access.JwtRules;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up the keys that players' and publishers' tokens are checked with when their file changes,
 * so that a signer can rotate its keys while the server runs. A file that cannot be used changes
 * nothing and is said once. Thread-safe.
 */
public final class TokenKeyWatch implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(TokenKeyWatch.class);

  private record Version(FileTime changed, long bytes) {}

  private final Vertx vertx;
  private final AccessConfig.Jwt config;
  private final JwtRules rules;
  private final Path file;
  private final long timer;
  // Of the worker that looks; one looks at a time.
  private @Nullable Version seen;

  /**
   * @param config with a key file, which the rules have been loaded from
   */
  public TokenKeyWatch(Vertx vertx, AccessConfig.Jwt config, JwtRules rules, Duration period) {
    this.vertx = vertx;
    this.config = config;
    this.rules = rules;
    this.file = config.keyFile().orElseThrow();
    this.seen = version(file);
    this.timer = vertx.setPeriodic(period.toMillis(), id -> look());
  }

  private void look() {
    vertx
        .executeBlocking(this::takeChanges)
        .onFailure(failure -> LOGGER.atError().setCause(failure).log("token keys not looked at"));
  }

  private synchronized boolean takeChanges() {
    Version now = version(file);
    if (now == null || now.equals(seen)) {
      return false;
    }
    seen = now;
    try {
      rules.reload(config);
      LOGGER.atInfo().addKeyValue("file", file).log("changed token keys are in force");
      return true;
    } catch (IOException e) {
      LOGGER
          .atWarn()
          .addKeyValue("file", file)
          .addKeyValue("reason", e.getMessage())
          .log("changed token keys cannot be used; those of before stay");
      return false;
    }
  }

  /** None while the file is not there, as in the middle of an exchange. */
  private static @Nullable Version version(Path file) {
    try {
      BasicFileAttributes its = Files.readAttributes(file, BasicFileAttributes.class);
      return new Version(its.lastModifiedTime(), its.size());
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }
}
