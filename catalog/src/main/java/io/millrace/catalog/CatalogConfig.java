package io.millrace.catalog;

import io.millrace.config.ConfigSection;
import io.millrace.config.Secret;
import java.time.Duration;
import java.util.Optional;

/**
 * Section {@code database}.
 *
 * @param url {@code jdbc:postgresql://host/database} or {@code postgresql://host/database} of a
 *     PostgreSQL 15 or newer, without a password; absent: one of our own, embedded
 * @param user with {@code url}
 * @param password with {@code url}
 * @param poolSize connections at most
 * @param startTimeout how long a start waits for a database that cannot be reached yet
 */
public record CatalogConfig(
    Optional<String> url,
    Optional<String> user,
    Optional<Secret> password,
    int poolSize,
    Duration startTimeout) {

  /** Reads the section {@code database} of the root. */
  public static CatalogConfig read(ConfigSection root) {
    ConfigSection section = root.section("database");
    Optional<String> url =
        section
            .optional("url")
            .map(text -> text.startsWith("postgresql://") ? "jdbc:" + text : text);
    if (url.isPresent() && !url.get().startsWith("jdbc:postgresql:")) {
      section.problem("url", "must start with jdbc:postgresql:// or postgresql://");
    }
    if (url.filter(text -> text.contains("@") || text.contains("password=")).isPresent()) {
      section.problem(
          "url",
          "must hold no user or password, it is shown; write them to database.user and .password");
    }
    return new CatalogConfig(
        url,
        section.optional("user"),
        section.secret("password"),
        section.integer("poolSize", 8, 2, 100),
        section.duration(
            "startTimeout", Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofHours(1)));
  }
}
