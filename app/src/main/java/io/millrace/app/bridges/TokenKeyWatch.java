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
 * nothing, is said once and tried again at each look. Thread-safe.
 */
public final class TokenKeyWatch implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(TokenKeyWatch.class);

  /**
   * @param key the file's own, which an exchange by renaming changes; none on some file systems
   */
  private record Version(FileTime changed, long bytes, @Nullable Object key) {}

  private final Vertx vertx;
  private final AccessConfig.Jwt config;
  private final JwtRules rules;
  private final Path file;
  private final long timer;
  // Of the worker that looks; one looks at a time.
  private @Nullable Version inForce;
  private @Nullable Version refused;

  /**
   * @param config with a key file, which the rules have been loaded from
   */
  public TokenKeyWatch(Vertx vertx, AccessConfig.Jwt config, JwtRules rules, Duration period) {
    this.vertx = vertx;
    this.config = config;
    this.rules = rules;
    this.file = config.keyFile().orElseThrow();
    this.timer = vertx.setPeriodic(period.toMillis(), id -> look());
  }

  private void look() {
    vertx
        .executeBlocking(this::takeChanges)
        .onFailure(failure -> LOGGER.atError().setCause(failure).log("token keys not looked at"));
  }

  /**
   * Looks at the file once; blocks on it. The first look reads in any case: the file may have
   * changed since the start read it.
   *
   * @return whether its keys were taken
   */
  synchronized boolean takeChanges() {
    // Before the file is read: what is written meanwhile is another version.
    Version now = version(file);
    if (now == null || now.equals(inForce)) {
      return false;
    }
    try {
      rules.reload(config);
    } catch (IOException e) {
      if (!now.equals(refused)) {
        LOGGER
            .atWarn()
            .addKeyValue("file", file)
            .addKeyValue("reason", e.getMessage())
            .log("changed token keys cannot be used; those of before stay");
      }
      refused = now;
      return false;
    }
    if (inForce != null || refused != null) {
      LOGGER.atInfo().addKeyValue("file", file).log("changed token keys are in force");
    }
    inForce = now;
    refused = null;
    return true;
  }

  /** None while the file is not there, as in the middle of an exchange. */
  private static @Nullable Version version(Path file) {
    try {
      BasicFileAttributes its = Files.readAttributes(file, BasicFileAttributes.class);
      return new Version(its.lastModifiedTime(), its.size(), its.fileKey());
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }
}
