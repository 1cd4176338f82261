package io.millrace.broker.topic;

import io.millrace.access.Names;
import io.millrace.broker.Parsed;
import java.util.Optional;

/**
 * Where the topics of a client are: put before each topic and filter that it names, and taken off
 * each topic that it is told. So devices with fixed topics work in any namespace.
 */
public sealed interface MountPoint {
  /** The client writes namespaces itself. */
  MountPoint NONE = new None();

  /** Reads a namespace, or {@code namespace/levels}, none of them empty. */
  static Parsed<MountPoint> parse(String text) {
    int slash = text.indexOf('/');
    if (text.endsWith("/") || text.contains("//")) {
      // Topics may have empty levels; here one is a slip that every topic would have.
      return new Parsed.Refused<>(
          "write it without a slash at the end and without an empty level, not "
              + Names.quoted(text));
    }
    try {
      return new Parsed.Value<>(
          slash < 0 ? new At(text) : new At(text.substring(0, slash), text.substring(slash + 1)));
    } catch (IllegalArgumentException e) {
      return new Parsed.Refused<>(String.valueOf(e.getMessage()));
    }
  }

  /** The topic that the client means. */
  Parsed<Topic> topic(String text);

  /** The filter that the client means; {@code $share/…} has been taken off before. */
  Parsed<TopicFilter> filter(String text);

  /** What the client calls a topic; empty when the topic is not below the mount point. */
  Optional<String> text(Topic topic);

  /**
   * Whether a topic that matches the mounted filter is none that the client's own filter matches: a
   * prefix takes the client's first level away from the first place, where a wildcard does not
   * match {@code $} (MQTT 5 section 4.7.2).
   *
   * @param filter as the client wrote it
   * @param topic as the client calls it
   */
  static boolean hides(String filter, String topic) {
    return topic.startsWith("$") && (filter.startsWith("+") || filter.startsWith("#"));
  }

  /** No mount point. */
  record None() implements MountPoint {
    @Override
    public Parsed<Topic> topic(String text) {
      return Topic.parse(text);
    }

    @Override
    public Parsed<TopicFilter> filter(String text) {
      return TopicFilter.parse(text);
    }

    @Override
    public Optional<String> text(Topic topic) {
      return Optional.of(topic.toString());
    }
  }

  /**
   * A namespace, or a part of one.
   *
   * @param namespace as {@link Names#namespaceProblem} allows
   * @param prefix the levels before those of the client, without a slash at the end; empty for the
   *     whole namespace
   */
  record At(String namespace, String prefix) implements MountPoint {
    /**
     * @throws IllegalArgumentException with words for the user, when a name is not allowed
     */
    public At {
      Names.namespaceProblem(namespace)
          .or(() -> prefix.isEmpty() ? Optional.empty() : prefixProblem(prefix))
          .ifPresent(
              problem -> {
                throw new IllegalArgumentException(problem);
              });
    }

    private static Optional<String> prefixProblem(String prefix) {
      return TopicNames.pathProblem(prefix)
          .or(
              () ->
                  TopicNames.pathProblem(prefix + "/x")
                      .map(problem -> "it leaves no room for a topic: " + problem));
    }

    /** The whole of a namespace. */
    public At(String namespace) {
      this(namespace, "");
    }

    @Override
    public Parsed<Topic> topic(String text) {
      Optional<String> problem = TopicNames.pathProblem(text);
      return problem.isPresent()
          ? new Parsed.Refused<>(problem.get())
          : Topic.of(namespace, mounted(text));
    }

    @Override
    public Parsed<TopicFilter> filter(String text) {
      Optional<String> problem = TopicNames.filterProblem(text);
      return problem.isPresent()
          ? new Parsed.Refused<>(problem.get())
          : TopicFilter.of(namespace, mounted(text));
    }

    @Override
    public Optional<String> text(Topic topic) {
      if (!topic.namespace().equals(namespace)) {
        return Optional.empty();
      }
      String path = topic.path();
      if (prefix.isEmpty()) {
        return Optional.of(path);
      }
      int slash = prefix.length();
      // A topic whose path is the prefix itself, or the prefix and a slash, has no name below.
      return path.length() > slash + 1 && path.charAt(slash) == '/' && path.startsWith(prefix)
          ? Optional.of(path.substring(slash + 1))
          : Optional.empty();
    }

    private String mounted(String text) {
      return prefix.isEmpty() ? text : prefix + "/" + text;
    }
  }
}
