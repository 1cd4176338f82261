package io.millrace.broker.door;

import io.millrace.broker.hub.OpenNamespace;
import io.millrace.broker.publish.Publisher;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The namespaces that this node serves. Thread-safe; quick, for it is asked for each publish. */
@FunctionalInterface
public interface Namespaces {
  /** The one of this name, where it is served now. */
  Optional<Served> find(String name);

  /** Whether there is one of this name, served or not. */
  default boolean isKnown(String name) {
    return find(name).isPresent();
  }

  /** The names of all that are served now. */
  default Set<String> served() {
    return Set.of();
  }

  /**
   * Says who hears of each namespace that is deleted, before another one of its name is served.
   *
   * @param told gets the names of all that were deleted since it heard last, on any thread; what
   *     comes next waits for its answer, and where it fails it is told again
   */
  default void whenDeleted(Function<Set<String>, Future<Void>> told) {
    // Where none is ever deleted nobody hears of it.
  }

  /** Why nothing can be done with one that is not {@linkplain #find served}. */
  default Refusal missing(String name) {
    return isKnown(name)
        ? new Refusal(
            Refusal.Code.UNAVAILABLE,
            "the namespace '" + name + "' cannot be served at the moment; try again shortly")
        : Refusal.noSuchNamespace(name);
  }

  /** A namespace and the way into it. */
  record Served(OpenNamespace namespace, Publisher publisher) {}
}
