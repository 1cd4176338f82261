package io.millrace.app.bridges;

import io.vertx.core.http.HttpServerRequest;

/** Whoever can send an asset as one MP4 file. Thread-safe. */
@FunctionalInterface
public interface Exports {
  /**
   * Answers a GET or HEAD, with ranges; the right to it has been judged.
   *
   * @param asset the id, of the form of an asset's
   * @param rung which rung of the picture; empty for the top one
   */
  void send(HttpServerRequest request, String asset, String rung);
}
