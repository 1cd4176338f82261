package io.millrace.broker.rest;

import io.millrace.broker.door.Fields.BadFieldException;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;

/** The parameters of an address: a mistake in a name is told, not passed over. */
final class Parameters {
  /** What any address may have: a credential, and one that may be there again. */
  private static final String TOKEN = "token";

  private static final String REPEATED = "filter";

  private Parameters() {}

  /**
   * Finds parameters that mean nothing here, and those that are there twice.
   *
   * @throws BadFieldException when there is one
   */
  static void check(HttpServerRequest request, Set<String> known) {
    MultiMap all = request.params();
    for (String name : all.names()) {
      if (!known.contains(name) && !name.equals(TOKEN)) {
        throw new BadFieldException(
            "the parameter '" + BadFieldException.shown(name) + "' is not known here");
      }
      if (!name.equals(REPEATED) && all.getAll(name).size() > 1) {
        throw new BadFieldException("the parameter '" + name + "' is there twice");
      }
    }
  }
}
