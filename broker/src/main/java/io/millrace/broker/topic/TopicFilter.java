package io.millrace.broker.topic;

import io.millrace.access.Names;
import io.millrace.broker.Parsed;
import java.util.Optional;

/**
 * What somebody subscribes to, written {@code namespace/path} with wildcards in the path: {@code +}
 * is one level, whatever it is, and {@code #}, which comes last, is any number of them, also none
 * (MQTT 5 section 4.7). A filter is of one namespace.
 *
 * @param namespace as {@link Names#namespaceProblem} allows
 * @param path as {@link TopicNames#filterProblem} allows
 */
public record TopicFilter(String namespace, String path) {
  /**
   * @throws IllegalArgumentException with words for the user, when a name is not allowed
   */
  public TopicFilter {
    problem(namespace, path)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem);
            });
  }

  /** Reads the text form. */
  public static Parsed<TopicFilter> parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return new Parsed.Refused<>("a filter is written namespace/path, not " + Names.quoted(text));
    }
    return of(text.substring(0, slash), text.substring(slash + 1));
  }

  /** The filter of names that come from outside. */
  public static Parsed<TopicFilter> of(String namespace, String path) {
    Optional<String> problem = problem(namespace, path);
    return problem.isPresent()
        ? new Parsed.Refused<>(problem.get())
        : new Parsed.Value<>(new TopicFilter(namespace, path));
  }

  /** Whether the filter has no wildcard, so that only the topic of its own text matches. */
  public boolean isExact() {
    return path.indexOf('+') < 0 && path.indexOf('#') < 0;
  }

  public boolean matches(Topic topic) {
    return namespace.equals(topic.namespace()) && matches(topic.path());
  }

  /**
   * Whether a path of the filter's namespace matches. A wildcard in the first place does not match
   * a path that begins with {@code $} (MQTT 5 section 4.7.2).
   */
  public boolean matches(String topicPath) {
    if (topicPath.startsWith("$") && (path.startsWith("+") || path.startsWith("#"))) {
      return false;
    }
    int at = 0;
    int topicAt = 0;
    // The index of a level's first character; beyond the end by one when there are no more levels.
    while (at <= path.length()) {
      if (path.startsWith("#", at)) {
        return true;
      }
      if (topicAt > topicPath.length()) {
        return false;
      }
      int end = endOfLevel(path, at);
      int topicEnd = endOfLevel(topicPath, topicAt);
      if (!path.startsWith("+", at)
          && !(end - at == topicEnd - topicAt
              && path.regionMatches(at, topicPath, topicAt, end - at))) {
        return false;
      }
      at = end + 1;
      topicAt = topicEnd + 1;
    }
    return topicAt > topicPath.length();
  }

  private static int endOfLevel(String path, int from) {
    int slash = path.indexOf('/', from);
    return slash < 0 ? path.length() : slash;
  }

  private static Optional<String> problem(String namespace, String path) {
    return Names.namespaceProblem(namespace).or(() -> TopicNames.filterProblem(path));
  }

  /** {@code namespace/path}. */
  @Override
  public String toString() {
    return namespace + "/" + path;
  }
}
