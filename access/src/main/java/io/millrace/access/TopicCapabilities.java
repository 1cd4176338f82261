package io.millrace.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * What may be done with which topics; nothing else may be. In JSON, as tokens, keys and the
 * callback's answers have it:
 *
 * <pre>
 *   {"publish": ["sensors/hall/+"], "subscribe": ["sensors/#"], "history": []}
 * </pre>
 *
 * Without {@code history}, what may be subscribed to may be read from history as well.
 */
public record TopicCapabilities(
    List<TopicPattern> publish, List<TopicPattern> subscribe, List<TopicPattern> history) {
  /** Nothing. */
  public static final TopicCapabilities NONE =
      new TopicCapabilities(List.of(), List.of(), List.of());

  /** The namespace that the first publish key opens, and {@code access.anonymousLoopback}. */
  public static final TopicCapabilities PUBLIC = everythingIn("public");

  /** Everything, and reading what the platform says of itself. */
  public static final TopicCapabilities ADMINISTRATOR = administrator();

  /** More patterns of one operation are none, so that each publish is judged in little time. */
  public static final int MOST_PATTERNS = 200;

  public TopicCapabilities {
    publish = List.copyOf(publish);
    subscribe = List.copyOf(subscribe);
    history = List.copyOf(history);
  }

  /** Every operation on every topic of a namespace. */
  public static TopicCapabilities everythingIn(String namespace) {
    List<TopicPattern> all = List.of(new TopicPattern(namespace, "#"));
    return new TopicCapabilities(all, all, all);
  }

  private static TopicCapabilities administrator() {
    List<TopicPattern> all =
        List.of(TopicPattern.EVERYTHING, new TopicPattern(TopicPattern.OWN_NAMESPACE, "#"));
    return new TopicCapabilities(List.of(TopicPattern.EVERYTHING), all, all);
  }

  /** What the words of these texts say, in which every one is a pattern. */
  public static TopicCapabilities of(
      List<String> publish, List<String> subscribe, Optional<List<String>> history) {
    return new TopicCapabilities(
        patterns(publish), patterns(subscribe), patterns(history.orElse(subscribe)));
  }

  /**
   * Reads the JSON form. What cannot be used grants nothing, and is told.
   *
   * @param problems takes a field and what is wrong with it, in words for the user
   */
  public static TopicCapabilities read(
      Map<String, ? extends Object> json, BiConsumer<String, String> problems) {
    for (String field : json.keySet()) {
      if (!field.equals("publish") && !field.equals("subscribe") && !field.equals("history")) {
        problems.accept(field, "is not known here");
      }
    }
    List<TopicPattern> subscribe = patterns(json, "subscribe", problems);
    return new TopicCapabilities(
        patterns(json, "publish", problems),
        subscribe,
        json.get("history") == null ? subscribe : patterns(json, "history", problems));
  }

  /**
   * Whether this may be done with every topic that a filter matches, by one of the patterns. A
   * topic is a filter that matches only itself. Only the program itself publishes to its own
   * namespace, whatever a pattern says. Allocates nothing.
   *
   * @param path a topic's path or a filter's
   */
  public boolean allow(TopicOperation operation, String namespace, String path) {
    if (operation == TopicOperation.PUBLISH && namespace.equals(TopicPattern.OWN_NAMESPACE)) {
      return false;
    }
    List<TopicPattern> patterns = of(operation);
    // By index: this runs for each message that is published.
    for (int i = 0; i < patterns.size(); i++) {
      if (patterns.get(i).covers(namespace, path)) {
        return true;
      }
    }
    return false;
  }

  public List<TopicPattern> of(TopicOperation operation) {
    return switch (operation) {
      case PUBLISH -> publish;
      case SUBSCRIBE -> subscribe;
      case HISTORY -> history;
    };
  }

  /** Whether nothing may be done. */
  public boolean isEmpty() {
    return publish.isEmpty() && subscribe.isEmpty() && history.isEmpty();
  }

  private static List<TopicPattern> patterns(List<String> texts) {
    return texts.stream().flatMap(text -> TopicPattern.parse(text).stream()).toList();
  }

  private static List<TopicPattern> patterns(
      Map<String, ? extends Object> json, String field, BiConsumer<String, String> problems) {
    Object value = json.get(field);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof Iterable<?> texts)) {
      problems.accept(field, "is not a list of patterns");
      return List.of();
    }
    List<TopicPattern> patterns = new ArrayList<>();
    for (Object text : texts) {
      if (patterns.size() == MOST_PATTERNS) {
        problems.accept(field, "has more than " + MOST_PATTERNS + " patterns");
        return List.of();
      }
      if (text instanceof String pattern) {
        TopicPattern.problem(pattern).ifPresent(problem -> problems.accept(field, problem));
        TopicPattern.parse(pattern).ifPresent(patterns::add);
      } else {
        problems.accept(field, "holds what is not a text");
      }
    }
    return patterns;
  }
}
