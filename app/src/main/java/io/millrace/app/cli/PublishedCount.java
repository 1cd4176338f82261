package io.millrace.app.cli;

import io.millrace.client.MillraceException;
import io.millrace.client.Published;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What became of each message, by its number from 1 on. Nothing is begun any more after the first
 * that fails, so that what failed is as much as may be under way at most. Thread-safe.
 */
final class PublishedCount {
  /** With these nobody knows whether the log has a message. */
  private static final Set<String> UNKNOWN =
      Set.of(MillraceException.TIMEOUT, MillraceException.CLOSED);

  private static final Set<String> NO_SERVER =
      Set.of(MillraceException.TIMEOUT, MillraceException.UNREACHABLE);

  /** Messages that follow one another and failed alike. */
  private record Stretch(long from, long to, MillraceException reason) {
    private boolean goesOn(long number, MillraceException with) {
      return number == to + 1 && with.code().equals(reason.code());
    }

    private boolean isUnknown() {
      return UNKNOWN.contains(reason.code());
    }

    private long count() {
      return to - from + 1;
    }

    private String words(boolean isOnlyOne) {
      String which =
          isOnlyOne
              ? "the message "
              : from == to ? "message " + from + " " : "messages " + from + " to " + to + " ";
      String fate =
          isUnknown()
              ? "may or may not be published"
              : from == to ? "is not published" : "are not published";
      return which + fate + ": " + reason.getMessage() + " (" + reason.code() + ")";
    }

    private JsonObject json() {
      return new JsonObject()
          .put("from", from)
          .put("to", to)
          .put("code", reason.code())
          .put("message", reason.getMessage());
    }
  }

  private final Map<Long, MillraceException> failures = new TreeMap<>();
  private long begun;
  private long acknowledged;
  private boolean isOver;
  private boolean isCut;
  private Optional<String> position = Optional.empty();

  /** The number of the next message; empty when no more is to be published. */
  synchronized Optional<Long> begin() {
    if (!failures.isEmpty()) {
      isCut = true;
      return Optional.empty();
    }
    return Optional.of(++begun);
  }

  /** What comes of a message that was begun. */
  void outcome(long number, CompletableFuture<Published> outcome) {
    var _ = outcome.whenComplete((published, failure) -> answered(number, published, failure));
  }

  private synchronized void answered(
      long number, @Nullable Published published, @Nullable Throwable failure) {
    if (published != null) {
      acknowledged++;
      position = published.position();
    } else {
      failures.put(number, exception(failure));
    }
    notifyAll();
  }

  private static MillraceException exception(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof MillraceException e
        ? e
        : new MillraceException("failed", String.valueOf(cause));
  }

  /** There are no more messages. */
  synchronized void over() {
    isOver = true;
    notifyAll();
  }

  /** Waits until nothing more is begun, and what was begun has its answer. */
  synchronized void await() throws InterruptedException {
    while (!(isOver || !failures.isEmpty()) || acknowledged + failures.size() < begun) {
      wait();
    }
  }

  /** What is to be said of messages that failed; empty when none has. */
  synchronized Optional<String> problem() {
    if (failures.isEmpty()) {
      return Optional.empty();
    }
    StringBuilder words = new StringBuilder();
    if (begun > 1) {
      words.append(acknowledged).append(" of ").append(begun).append(" messages are published");
    }
    for (Stretch stretch : stretches()) {
      words.append(words.isEmpty() ? "" : "\n  ").append(stretch.words(begun == 1));
    }
    if (!isOver || isCut) {
      words.append("\n  what comes after message ").append(begun).append(" is not published");
    }
    return Optional.of(words.toString());
  }

  /** Whether everything that failed did so for want of a server. */
  synchronized boolean isServerMissing() {
    return failures.values().stream().allMatch(reason -> NO_SERVER.contains(reason.code()));
  }

  private List<Stretch> stretches() {
    List<Stretch> stretches = new ArrayList<>();
    failures.forEach(
        (number, reason) -> {
          Stretch last = stretches.isEmpty() ? null : stretches.getLast();
          if (last != null && last.goesOn(number, reason)) {
            stretches.set(stretches.size() - 1, new Stretch(last.from, number, last.reason));
          } else {
            stretches.add(new Stretch(number, number, reason));
          }
        });
    return stretches;
  }

  synchronized JsonObject json() {
    List<Stretch> stretches = stretches();
    long unknown = stretches.stream().filter(Stretch::isUnknown).mapToLong(Stretch::count).sum();
    JsonObject said =
        new JsonObject()
            .put("published", acknowledged)
            .put("failed", failures.size() - unknown)
            .put("unknown", unknown);
    position.ifPresent(last -> said.put("position", last));
    if (!stretches.isEmpty()) {
      said.put("code", stretches.getFirst().reason.code());
      said.put("failures", new JsonArray(stretches.stream().map(Stretch::json).toList()));
    }
    return said;
  }
}
