package io.millrace.edge;

import io.millrace.config.ConfigSection;
import io.millrace.config.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * The section {@code edge}, and the secret of the section {@code origin}.
 *
 * @param memoryBytes for cached objects, outside the Java heap
 * @param origin another node's origin; absent when it is in this process
 * @param originSecret what that origin asks for
 * @param viewerTimeout how long a viewer counts after the last request
 * @param upstreamTimeout for a whole answer of the origin; longer than it may hold a blocking
 *     playlist request (3 target durations)
 */
public record EdgeConfig(
    long memoryBytes,
    Optional<URI> origin,
    Optional<Secret> originSecret,
    Duration viewerTimeout,
    Duration upstreamTimeout) {
  private static final long LEAST_MEMORY = 1L << 20;
  private static final long MOST_MEMORY = 1L << 40;
  private static final Duration LEAST_TIMEOUT = Duration.ofSeconds(1);

  public static EdgeConfig read(ConfigSection root) {
    ConfigSection section = root.section("edge");
    return new EdgeConfig(
        section.direct("memory", 256L << 20, LEAST_MEMORY, MOST_MEMORY),
        origin(section),
        root.section("origin").secret("sharedSecret"),
        section.duration(
            "viewerTimeout", Duration.ofSeconds(15), LEAST_TIMEOUT, Duration.ofHours(1)),
        section.duration(
            "upstreamTimeout", Duration.ofSeconds(45), LEAST_TIMEOUT, Duration.ofMinutes(10)));
  }

  EdgeConfig withUpstreamTimeout(Duration timeout) {
    return new EdgeConfig(memoryBytes, origin, originSecret, viewerTimeout, timeout);
  }

  private static Optional<URI> origin(ConfigSection section) {
    Optional<URI> origin = section.uri("origin");
    if (origin.isPresent() && !isServer(origin.get())) {
      section.problem("origin", "must be like 'http://10.0.0.1:8081', with no path");
      return Optional.empty();
    }
    return origin;
  }

  private static boolean isServer(URI uri) {
    boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    String path = uri.getPath();
    return http && uri.getHost() != null && (path == null || path.isEmpty() || path.equals("/"));
  }
}
