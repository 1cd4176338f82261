package io.millrace.client;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait for their answer, by their ids, in their order, and whether each was ever
 * given to a connection. Guarded by the session's lock.
 */
final class OpenRequests {
  /** One that has waited for too long, and what is to be said of it. */
  record Late(Request request, MillraceException reason) {
    void fail() {
      request.fail(reason);
    }
  }

  private final Map<String, Request> byId = new LinkedHashMap<>();

  /** Those that no connection was given, so that the server cannot know of them. */
  private final Set<String> unsent = new HashSet<>();

  /**
   * Takes one in.
   *
   * @param isSent whether there is a connection, which is given it now
   */
  void add(String id, Request request, boolean isSent) {
    byId.put(id, request);
    if (!isSent) {
      unsent.add(id);
    }
  }

  @Nullable Request get(String id) {
    return byId.get(id);
  }

  @Nullable Request remove(String id) {
    unsent.remove(id);
    return byId.remove(id);
  }

  /** Gives all of them to a connection. */
  void sendAll(Consumer<byte[]> connection) {
    unsent.clear();
    byId.values().forEach(request -> connection.accept(request.frame()));
  }

  /** Takes those out whose time is over. */
  List<Late> removeLate(long nowNanos) {
    List<Late> late = new ArrayList<>();
    byId.entrySet()
        .removeIf(
            entry -> {
              Request request = entry.getValue();
              if (nowNanos - request.deadline() < 0) {
                return false;
              }
              late.add(new Late(request, reason(unsent.remove(entry.getKey()))));
              return true;
            });
    return late;
  }

  private static MillraceException reason(boolean isUnsent) {
    return isUnsent
        ? new MillraceException(
            MillraceException.UNREACHABLE, "it was not sent: there was no connection in time")
        : new MillraceException(
            MillraceException.TIMEOUT, "no answer came in time; whether it was done is not known");
  }

  /** Takes all of them out. */
  List<Request> removeAll() {
    List<Request> all = List.copyOf(byId.values());
    byId.clear();
    unsent.clear();
    return all;
  }

  /** The outcomes of all messages that have none yet; none of them fails. */
  CompletableFuture<?>[] publishes() {
    return byId.values().stream()
        .filter(Request.Publish.class::isInstance)
        .map(request -> ((Request.Publish) request).result().handle((done, failed) -> done))
        .toArray(CompletableFuture<?>[]::new);
  }
}
