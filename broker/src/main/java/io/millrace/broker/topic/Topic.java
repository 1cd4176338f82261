package io.millrace.broker.topic;

import io.millrace.access.Names;
import io.millrace.broker.Parsed;
import java.util.Optional;

/**
 * The address of messages, written {@code namespace/path/of/topic}.
 *
 * @param namespace as {@link Names#namespaceProblem} allows
 * @param path as {@link TopicNames#pathProblem} allows; the key of the topic's records. Levels may
 *     be empty, as in MQTT: {@code a}, {@code /a} and {@code a/} are three paths
 */
public record Topic(String namespace, String path) {
  /**
   * @throws IllegalArgumentException with words for the user, when a name is not allowed
   */
  public Topic {
    problem(namespace, path)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem);
            });
  }

  /** Reads the text form. */
  public static Parsed<Topic> parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return new Parsed.Refused<>("a topic is written namespace/path, not " + Names.quoted(text));
    }
    return of(text.substring(0, slash), text.substring(slash + 1));
  }

  /** The topic of names that come from outside. */
  public static Parsed<Topic> of(String namespace, String path) {
    Optional<String> problem = problem(namespace, path);
    return problem.isPresent()
        ? new Parsed.Refused<>(problem.get())
        : new Parsed.Value<>(new Topic(namespace, path));
  }

  private static Optional<String> problem(String namespace, String path) {
    return Names.namespaceProblem(namespace).or(() -> TopicNames.pathProblem(path));
  }

  /** {@code namespace/path/of/topic}. */
  @Override
  public String toString() {
    return namespace + "/" + path;
  }
}
