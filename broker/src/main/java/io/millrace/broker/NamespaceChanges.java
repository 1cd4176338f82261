package io.millrace.broker;

import io.millrace.access.TopicPattern;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.namespace.NamespaceWish;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Makes, changes and deletes the namespaces of a broker, one change after another, so that each
 * builds on what the one before has left. Thread-safe.
 */
public final class NamespaceChanges {
  /** Those that the platform relies on. */
  private static final Set<String> PROTECTED = Set.of("public", TopicPattern.OWN_NAMESPACE);

  /** What came of a change. */
  public sealed interface Outcome {}

  /** There is a new namespace. */
  public record Made(Namespace namespace) implements Outcome {}

  /** It is like this now, or was before. */
  public record Kept(Namespace namespace) implements Outcome {}

  /** It is gone. */
  public record Deleted() implements Outcome {}

  /** There is no such namespace. */
  public record Missing() implements Outcome {}

  /** It is not what whoever asked believes it to be. */
  public record Unexpected() implements Outcome {}

  /**
   * It cannot be.
   *
   * @param reason in words for the user
   */
  public record Refused(String reason) implements Outcome {}

  private final Broker broker;
  private Future<?> last = Future.succeededFuture();

  public NamespaceChanges(Broker broker) {
    this.broker = broker;
  }

  /**
   * Makes a namespace, or changes one.
   *
   * @param name a valid one
   * @param expected whether what is there now is what the change is meant for
   * @return on the caller's context; fails with {@link LogException} when the log cannot do it now
   */
  public Future<Outcome> put(
      String name, NamespaceWish wish, Predicate<Optional<Namespace>> expected) {
    return inTurn(() -> broker.known(name).compose(before -> put(name, wish, expected, before)));
  }

  /** As {@link #put}, only where there is one. */
  public Future<Outcome> change(
      String name, NamespaceWish wish, Predicate<Optional<Namespace>> expected) {
    return inTurn(
        () ->
            broker
                .known(name)
                .compose(
                    before ->
                        before.isEmpty()
                            ? Future.succeededFuture(new Missing())
                            : put(name, wish, expected, before)));
  }

  private Future<Outcome> put(
      String name,
      NamespaceWish wish,
      Predicate<Optional<Namespace>> expected,
      Optional<Namespace> before) {
    if (!expected.test(before)) {
      return Future.succeededFuture(new Unexpected());
    }
    return switch (wish.on(name, before)) {
      case Parsed.Refused<Namespace>(String reason) -> Future.succeededFuture(new Refused(reason));
      case Parsed.Value<Namespace>(Namespace after) -> put(before, after);
    };
  }

  private Future<Outcome> put(Optional<Namespace> before, Namespace after) {
    if (before.filter(after::equals).isPresent()) {
      return Future.succeededFuture(new Kept(after));
    }
    return broker
        .put(after, before)
        .<Outcome>map(
            done -> {
              if (!done) {
                return new Unexpected();
              }
              return before.isPresent() ? new Kept(after) : new Made(after);
            })
        .recover(NamespaceChanges::refused);
  }

  /** Deletes a namespace with all that was published to it; otherwise as {@link #put}. */
  public Future<Outcome> delete(String name, Predicate<Optional<Namespace>> expected) {
    return inTurn(() -> broker.known(name).compose(before -> delete(name, expected, before)));
  }

  private Future<Outcome> delete(
      String name, Predicate<Optional<Namespace>> expected, Optional<Namespace> before) {
    if (before.isEmpty()) {
      // What was expected was held against it when its deletion began.
      return broker.finishDeleting(name).map(done -> done ? new Deleted() : new Missing());
    }
    if (!expected.test(before)) {
      return Future.succeededFuture(new Unexpected());
    }
    if (PROTECTED.contains(name)) {
      return Future.succeededFuture(
          new Refused("the namespace " + name + " is the platform's own and stays"));
    }
    return broker
        .delete(before.get())
        .<Outcome>map(done -> done ? new Deleted() : new Unexpected())
        .recover(NamespaceChanges::refused);
  }

  private static Future<Outcome> refused(Throwable failure) {
    return failure instanceof LogException e && e.reason() == Reason.REFUSED
        ? Future.succeededFuture(new Refused(String.valueOf(e.getMessage())))
        : Future.failedFuture(failure);
  }

  private synchronized Future<Outcome> inTurn(Supplier<Future<Outcome>> change) {
    ContextInternal caller = ContextInternal.current();
    Promise<Outcome> done = caller == null ? Promise.promise() : caller.promise();
    last.onComplete(before -> begin(change).onComplete(done));
    last = done.future();
    return done.future();
  }

  /** Whatever goes wrong, the next one has its turn. */
  private static Future<Outcome> begin(Supplier<Future<Outcome>> change) {
    try {
      return change.get();
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }
}
