package io.millrace.catalog.api;

import io.millrace.catalog.CatalogException;
import io.millrace.http.FieldProblem;
import io.vertx.core.Future;
import java.util.List;

/** What the database's refusals mean to whoever asked. */
final class Refused {
  private static final String UNIQUE_VIOLATION = "23505";
  private static final String FOREIGN_KEY_VIOLATION = "23503";

  private Refused() {}

  /** A name that another row has already is a conflict. */
  static <T> Future<T> whenTaken(Future<T> future, String what, String name) {
    return future.recover(
        failure ->
            Future.failedFuture(
                isState(failure, UNIQUE_VIOLATION)
                    ? new ApiProblem(
                        409, what + "-exists", "the " + what + " '" + name + "' is there already")
                    : failure));
  }

  /** A row that others depend on cannot go. */
  static <T> Future<T> whenInUse(Future<T> future, String what, String name) {
    return future.recover(
        failure ->
            Future.failedFuture(
                isState(failure, FOREIGN_KEY_VIOLATION)
                    ? new ApiProblem(
                        409, what + "-in-use", "the " + what + " '" + name + "' is still in use")
                    : failure));
  }

  /** A row that the new one depends on is not there. */
  static <T> Future<T> whenMissing(Future<T> future, String field, String detail) {
    return future.recover(
        failure ->
            Future.failedFuture(
                isState(failure, FOREIGN_KEY_VIOLATION)
                    ? ApiProblem.invalid(List.of(new FieldProblem(field, detail)))
                    : failure));
  }

  private static boolean isState(Throwable failure, String state) {
    return failure instanceof CatalogException e && e.sqlState().equals(state);
  }
}
