package io.millrace.broker.kafka;

import io.millrace.children.ChildProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Reads what one run of the child says: knows when it is ready and at which port, and why it ended.
 * Its warnings and errors go to our log while it serves; what it says while it starts (that it
 * repairs its logs, say) or stops only where somebody looks for it. Thread-safe.
 */
final class ChildOutput {
  private static final Logger LOGGER = LoggerFactory.getLogger("kafka");
  private static final Pattern OWN = Pattern.compile("millrace-kafka (ready|failed) (.+)");
  private static final Pattern EVENT = Pattern.compile("(WARN|ERROR) (\\S+): (.*)");

  private final CompletableFuture<Integer> ready = new CompletableFuture<>();
  private volatile Optional<String> last = Optional.empty();
  private volatile Optional<String> failure = Optional.empty();
  private volatile boolean stopping;

  void line(String line) {
    Matcher own = OWN.matcher(line);
    if (own.matches()) {
      if (own.group(1).equals("ready")) {
        ready.complete(Integer.parseInt(own.group(2)));
      } else {
        // The word before is its exit status too.
        failure = Optional.of(own.group(2).replaceFirst("^[A-Z_]+ ", ""));
      }
      return;
    }
    // The frames of a stack trace would tell nobody why it ended.
    if (!line.isBlank() && !Character.isWhitespace(line.charAt(0))) {
      last = Optional.of(line);
    }
    LOGGER.atLevel(level(line)).addKeyValue("child", "kafka").log(words(line));
  }

  /** From now on nobody needs to hear what it says. */
  void stopping() {
    stopping = true;
  }

  /**
   * @return the port
   * @throws KafkaUnavailableException when it ended, or needs longer than this
   */
  int awaitReady(ChildProcess child, Duration limit) throws IOException {
    var _ = child.exited().thenAccept(status -> ready.complete(-1));
    try {
      int port = ready.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (port > 0) {
        return port;
      }
      ChildEnd end = ChildEnd.of(child.exited().get());
      throw new KafkaUnavailableException(end, reason(end), null);
    } catch (TimeoutException | ExecutionException e) {
      child.stop(Duration.ZERO);
      throw new KafkaUnavailableException(
          ChildEnd.UNKNOWN, "it was not ready in " + limit.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      child.stop(Duration.ZERO);
      Thread.currentThread().interrupt();
      throw new KafkaUnavailableException(ChildEnd.UNKNOWN, "interrupted", e);
    }
  }

  /** Why this run ended, for people: in its own words, or the last that it said. */
  String reason(ChildEnd end) {
    if (failure.isPresent()) {
      return failure.get();
    }
    return end == ChildEnd.KILLED
        ? end.words()
        : last.map(line -> end.words() + "; it said last: " + line).orElse(end.words());
  }

  private Level level(String line) {
    Matcher event = EVENT.matcher(line);
    if (!event.matches() || stopping || !ready.isDone()) {
      return Level.DEBUG;
    }
    return Level.valueOf(event.group(1));
  }

  private static String words(String line) {
    Matcher event = EVENT.matcher(line);
    return event.matches() ? event.group(2) + ": " + event.group(3) : line;
  }
}
