package io.millrace.access;

import java.util.Optional;

/**
 * Topics that a grant is for, written {@code namespace/path}: in the path {@code +} is one level,
 * whatever it is, and {@code #}, which comes last, is any number of them, also none. {@code #}
 * alone is every namespace of the grant's tenant but the platform's own, {@code sys}.
 *
 * <p>Unlike a subscription's, a pattern's wildcards stand for levels that begin with {@code $} too:
 * {@code ns/#} is all of a namespace.
 *
 * @param namespace as {@link Names#namespaceProblem} allows, or {@code #} in {@link #EVERYTHING}
 * @param path a topic's path with wildcards
 */
public record TopicPattern(String namespace, String path) {
  /** Every namespace of a tenant. */
  public static final TopicPattern EVERYTHING = new TopicPattern("#", "#");

  /** The namespace of the platform's own events, which is opened by its name only. */
  public static final String OWN_NAMESPACE = "sys";

  private static final int LONGEST_PATH = 1024;
  private static final int MOST_LEVELS = 32;

  /**
   * @throws IllegalArgumentException with words for the user, when it is no pattern
   */
  public TopicPattern {
    if (!(namespace.equals("#") && path.equals("#"))) {
      Names.namespaceProblem(namespace)
          .or(() -> pathProblem(path))
          .ifPresent(
              problem -> {
                throw new IllegalArgumentException(problem);
              });
    }
  }

  /** Empty when the text is no pattern; {@link #problem} says why. */
  public static Optional<TopicPattern> parse(String text) {
    if (problem(text).isPresent()) {
      return Optional.empty();
    }
    int slash = text.indexOf('/');
    return Optional.of(
        slash < 0
            ? EVERYTHING
            : new TopicPattern(text.substring(0, slash), text.substring(slash + 1)));
  }

  /** What is wrong with a pattern's text, in words for the user; empty when it is fine. */
  public static Optional<String> problem(String text) {
    if (text.equals("#")) {
      return Optional.empty();
    }
    int slash = text.indexOf('/');
    if (slash < 0) {
      return Optional.of(
          "a pattern is written namespace/path, or # for every namespace, not "
              + Names.quoted(text));
    }
    return Names.namespaceProblem(text.substring(0, slash))
        .or(() -> pathProblem(text.substring(slash + 1)));
  }

  /**
   * Whether every topic that a filter matches is one of this pattern's. A topic is a filter that
   * matches only itself, so this answers for topics too. Allocates nothing.
   *
   * @param filterPath a topic's path, or a filter's, which follows MQTT 5 section 4.7
   */
  public boolean covers(String filterNamespace, String filterPath) {
    boolean here =
        namespace.equals("#")
            ? !filterNamespace.equals(OWN_NAMESPACE)
            : namespace.equals(filterNamespace);
    return here && covers(filterPath);
  }

  private boolean covers(String filter) {
    int at = 0;
    int filterAt = 0;
    // The index of a level's first character; beyond the end by one when there are no more levels.
    while (at <= path.length()) {
      if (isLevel(path, at, '#')) {
        return true;
      }
      if (filterAt > filter.length()) {
        return false;
      }
      if (isLevel(filter, filterAt, '#')) {
        // It matches what ends here, too; but at the very start there is no such topic.
        return filterAt == 0 && path.equals("+/#");
      }
      int end = endOfLevel(path, at);
      int filterEnd = endOfLevel(filter, filterAt);
      if (!isLevel(path, at, '+')
          && !(end - at == filterEnd - filterAt
              && path.regionMatches(at, filter, filterAt, end - at))) {
        return false;
      }
      at = end + 1;
      filterAt = filterEnd + 1;
    }
    return filterAt > filter.length();
  }

  /** Whether the level that begins here is just this wildcard. */
  private static boolean isLevel(String path, int at, char wildcard) {
    return at < path.length()
        && path.charAt(at) == wildcard
        && (at + 1 == path.length() || path.charAt(at + 1) == '/');
  }

  private static int endOfLevel(String path, int from) {
    int slash = path.indexOf('/', from);
    return slash < 0 ? path.length() : slash;
  }

  private static Optional<String> pathProblem(String path) {
    if (path.isEmpty()) {
      return Optional.of("a pattern's path is empty; write namespace/# for all of a namespace");
    }
    if (path.length() > LONGEST_PATH) {
      return Optional.of("a pattern's path has at most " + LONGEST_PATH + " characters");
    }
    int levels = 0;
    for (int at = 0; at <= path.length(); at = endOfLevel(path, at) + 1) {
      levels++;
      int end = endOfLevel(path, at);
      String level = path.substring(at, end);
      boolean wildcard = level.indexOf('+') >= 0 || level.indexOf('#') >= 0;
      if (wildcard && (level.length() > 1 || (level.equals("#") && end < path.length()))) {
        return Optional.of(
            "a pattern has '+' as a whole level and '#' as its whole last level only, not "
                + Names.quoted(path));
      }
    }
    if (levels > MOST_LEVELS) {
      return Optional.of("a pattern has at most " + MOST_LEVELS + " levels, not " + levels);
    }
    return path.chars().anyMatch(Character::isISOControl)
        ? Optional.of("a pattern holds control characters: " + Names.quoted(path))
        : Optional.empty();
  }

  /** As it is written. */
  @Override
  public String toString() {
    return namespace.equals("#") ? "#" : namespace + "/" + path;
  }
}
