package io.millrace.catalog;

import io.millrace.config.ConfigSection;
import io.millrace.config.Secret;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
  /** What is between the two slashes and the database. */
  private static final Pattern HOSTS = Pattern.compile("jdbc:postgresql://([^/?]*).*");

  /** Behind the colon of a host; those of an IPv6 address are within brackets. */
  private static final Pattern PORT = Pattern.compile("(?:^|,)(?:\\[[^]]*]|[^:,\\[]*):([^,]*)");

  private static final int MOST_PORT = 65_535;

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
    } else {
      url.flatMap(CatalogConfig::wrongPort)
          .ifPresent(
              port ->
                  section.problem(
                      "url",
                      "'"
                          + port
                          + "' is no port from 1 to 65535; write for example"
                          + " postgresql://db.example.com:5432/millrace"));
    }
    return new CatalogConfig(
        url,
        section.optional("user"),
        section.secret("password"),
        section.integer("poolSize", 8, 2, 100),
        section.duration(
            "startTimeout", Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofHours(1)));
  }

  /** Of all hosts the first port that is none; the driver's own words would come at the start. */
  private static Optional<String> wrongPort(String url) {
    Matcher hosts = HOSTS.matcher(url);
    return hosts.matches()
        ? PORT.matcher(hosts.group(1))
            .results()
            .map(found -> found.group(1))
            .filter(text -> !isPort(text))
            .findFirst()
        : Optional.empty();
  }

  private static boolean isPort(String text) {
    if (!text.matches("\\d{1,5}")) {
      return false;
    }
    int port = Integer.parseInt(text);
    return port >= 1 && port <= MOST_PORT;
  }
}
