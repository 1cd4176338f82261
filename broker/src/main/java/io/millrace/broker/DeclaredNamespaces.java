package io.millrace.broker;

import io.millrace.access.Names;
import io.millrace.access.PublishLimits;
import io.millrace.broker.NamespaceChanges.Outcome;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.namespace.NamespaceWish;
import io.millrace.config.ConfigSection;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The namespaces that the configuration declares ({@code broker.namespaces}): made at the start
 * where they are missing, changed where they are otherwise, never deleted. A setting that is left
 * out stays what it is.
 *
 * @param wishes by name, in the file's order
 */
public record DeclaredNamespaces(Map<String, NamespaceWish> wishes) {
  /** None. */
  public static final DeclaredNamespaces NONE = new DeclaredNamespaces(Map.of());

  private static final Logger LOGGER = LoggerFactory.getLogger(DeclaredNamespaces.class);
  private static final String PATH = "broker.namespaces";

  public DeclaredNamespaces {
    wishes = new LinkedHashMap<>(wishes);
  }

  /** Reads the key {@code namespaces} of the section {@code broker}. */
  public static DeclaredNamespaces read(ConfigSection broker) {
    Map<String, NamespaceWish> wishes = new LinkedHashMap<>();
    broker
        .named("namespaces")
        .forEach(
            (name, its) -> {
              Names.namespaceProblem(name)
                  .ifPresent(problem -> broker.problem("namespaces", problem));
              NamespaceWish wish = wish(its);
              wish.check(its::problem);
              wishes.put(name, wish);
            });
    return new DeclaredNamespaces(wishes);
  }

  private static NamespaceWish wish(ConfigSection section) {
    return new NamespaceWish(
        section.integer("partitions", 1, Namespace.MOST_PARTITIONS),
        section.choice("durability", Durability.class),
        section.duration("retention"),
        section.bytes("retentionBytes"),
        section
            .bytes("maxMessageSize")
            .map(bytes -> Math.toIntExact(Math.min(Integer.MAX_VALUE, bytes))),
        section.integer("maxWildcardFilters", 0, Namespace.MOST_WILDCARD_FILTERS),
        section
            .integer("messagesPerSecond", 1, Math.toIntExact(PublishLimits.MOST))
            .map(Integer::longValue),
        section.bytes("bytesPerSecond"));
  }

  /**
   * Makes them so.
   *
   * @return fails with the path of what cannot be, when all have been tried. That a namespace has
   *     grown beyond what is declared is only logged: partitions do not shrink, and a server that
   *     does not start would help nobody
   */
  Future<Void> apply(Broker broker, NamespaceChanges changes) {
    List<String> problems = new ArrayList<>();
    Future<?> all = Future.succeededFuture();
    for (Map.Entry<String, NamespaceWish> declared : wishes.entrySet()) {
      String name = declared.getKey();
      String path = PATH + "." + name;
      all =
          all.compose(done -> broker.known(name))
              .compose(before -> apply(broker, changes, path, name, declared.getValue(), before))
              .onSuccess(
                  outcome -> outcome.flatMap(is -> problem(path, is)).ifPresent(problems::add));
    }
    return all.compose(
        done ->
            problems.isEmpty()
                ? Future.succeededFuture()
                : Future.failedFuture(new IllegalStateException(String.join("; ", problems))));
  }

  /** Empty where the log cannot serve the namespace now: it is left as it is. */
  private static Future<Optional<Outcome>> apply(
      Broker broker,
      NamespaceChanges changes,
      String path,
      String name,
      NamespaceWish wish,
      Optional<Namespace> before) {
    if (before.isPresent() && broker.namespace(name).isEmpty()) {
      LOGGER
          .atWarn()
          .addKeyValue("path", path)
          .log("a declared namespace cannot be served now and keeps its settings");
      return Future.succeededFuture(Optional.empty());
    }
    return changes.put(name, notShrinking(path, wish, before), anything -> true).map(Optional::of);
  }

  private static NamespaceWish notShrinking(
      String path, NamespaceWish wish, Optional<Namespace> before) {
    if (before.isEmpty()
        || wish.partitions().isEmpty()
        || wish.partitions().get() >= before.get().partitions()) {
      return wish;
    }
    LOGGER
        .atWarn()
        .addKeyValue("path", path + ".partitions")
        .addKeyValue("declared", wish.partitions().get())
        .addKeyValue("partitions", before.get().partitions())
        .log("a declared namespace has grown and keeps its partitions");
    return wish.withPartitions(before.get().partitions());
  }

  private static Optional<String> problem(String path, Outcome outcome) {
    return outcome instanceof NamespaceChanges.Refused(String reason)
        ? Optional.of(path + ": " + reason)
        : Optional.empty();
  }
}
