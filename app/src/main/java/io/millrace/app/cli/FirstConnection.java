package io.millrace.app.cli;

import io.millrace.client.ConnectionListener;
import io.millrace.client.MillraceException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocketHandshakeException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether a client is let in when it connects for the first time, and if not, why. What will not
 * change by itself is told at once: nobody listens, the host is not known, there are no topics, the
 * credential is not good. A server that starts is waited for. Thread-safe.
 */
final class FirstConnection implements ConnectionListener {
  private static final int NOT_FOUND = 404;
  private static final int UNAVAILABLE = 503;

  private final URI server;
  private final ConnectionListener then;
  private final CountDownLatch decided = new CountDownLatch(1);

  // Guarded by this.
  private boolean isIn;
  private @Nullable MillraceException trouble;
  private boolean isRefused;

  /**
   * @param then hears everything too
   */
  FirstConnection(URI server, ConnectionListener then) {
    this.server = server;
    this.then = then;
  }

  /**
   * Waits until the client is in.
   *
   * @throws UnavailableException when the server cannot be reached or serves no topics
   * @throws CommandFailedException when it does not let the client in
   */
  void await(Duration patience) throws InterruptedException {
    boolean isDecided = decided.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    synchronized (this) {
      if (isIn) {
        return;
      }
      if (isRefused && trouble != null) {
        throw new CommandFailedException(String.valueOf(trouble.getMessage()));
      }
      throw new UnavailableException(words() + (isDecided ? "" : within(patience)));
    }
  }

  @Override
  public void connected(String principal) {
    synchronized (this) {
      isIn = true;
    }
    decided.countDown();
    then.connected(principal);
  }

  @Override
  public void disconnected(MillraceException reason) {
    synchronized (this) {
      trouble = reason;
    }
    if (isForGood(reason)) {
      decided.countDown();
    }
    then.disconnected(reason);
  }

  @Override
  public void closed(MillraceException reason) {
    synchronized (this) {
      if (!isIn) {
        trouble = reason;
        isRefused = true;
      }
    }
    decided.countDown();
    then.closed(reason);
  }

  private static boolean isForGood(MillraceException reason) {
    return status(reason).filter(status -> status != UNAVAILABLE).isPresent()
        || (isNobody(reason) && cause(reason, HttpTimeoutException.class).isEmpty());
  }

  /** Whether no connection was made at all, or nothing was said on it. */
  private static boolean isNobody(MillraceException reason) {
    return cause(reason, ConnectException.class).isPresent()
        || cause(reason, UnresolvedAddressException.class).isPresent()
        || cause(reason, UnknownHostException.class).isPresent()
        || cause(reason, HttpTimeoutException.class).isPresent();
  }

  /** What was answered instead of a WebSocket. */
  private static Optional<Integer> status(MillraceException reason) {
    return cause(reason, WebSocketHandshakeException.class)
        .filter(handshake -> handshake.getResponse() != null)
        .map(handshake -> handshake.getResponse().statusCode());
  }

  private static <T> Optional<T> cause(Throwable failure, Class<T> kind) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (kind.isInstance(each)) {
        return Optional.of(kind.cast(each));
      }
    }
    return Optional.empty();
  }

  private String words() {
    MillraceException last = trouble;
    if (last == null || isNobody(last)) {
      return noServer(server);
    }
    Optional<Integer> status = status(last);
    if (status.isPresent()) {
      return switch (status.get()) {
        case NOT_FOUND ->
            "the server at " + server + " has no topics: it runs without the role broker";
        case UNAVAILABLE -> "the topics of the server at " + server + " are not ready";
        default ->
            "what answers at " + server + " is no Millrace server (status " + status.get() + ")";
      };
    }
    return cause(last, IOException.class).isPresent()
        ? "the server at " + server + " ends the connection"
        : "the server at " + server + " does not let anybody in now: " + last.getMessage();
  }

  private static String within(Duration patience) {
    return " (waited " + patience.toMillis() / 1000.0 + " s)";
  }

  /** What is said where nobody answers. */
  static String noServer(URI server) {
    return "no server answers at "
        + server
        + "; start one with 'millrace serve', or say where it is with --server";
  }
}
