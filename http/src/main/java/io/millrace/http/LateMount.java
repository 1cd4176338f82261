package io.millrace.http;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The place of a mount whose handler takes longer to start than the listener may wait for.
 *
 * <pre>
 *   waiting ──open──> handed to the handler, those that wait first
 * </pre>
 *
 * Requests that come before wait for it, since clients that come back after a restart (a browser's
 * {@code EventSource} above all) take an answer of 503 for the end; after {@value
 * #PATIENCE_SECONDS} s, or when too many wait, it is 503. Nothing of a body is read meanwhile.
 * Thread-safe.
 */
public final class LateMount {
  private static final int PATIENCE_SECONDS = 60;
  private static final int MOST_WAITING = 10_000;

  /** A request that waits, on its event loop. */
  private record Waiting(HttpServerRequest request, Context context) {}

  private final Mount mount;
  private final Duration patience;
  private volatile @Nullable Handler<HttpServerRequest> handler;

  // Guarded by itself.
  private final Set<Waiting> waiting = new HashSet<>();

  /**
   * @param prefix as that of {@link Mount}, and so on
   */
  public LateMount(String prefix, List<String> subprotocols, int webSocketBytes) {
    this(prefix, subprotocols, webSocketBytes, Duration.ofSeconds(PATIENCE_SECONDS));
  }

  /** Without WebSocket. */
  public LateMount(String prefix) {
    this(prefix, List.of(), 0);
  }

  LateMount(String prefix, List<String> subprotocols, int webSocketBytes, Duration patience) {
    this.mount = new Mount(prefix, this::requested, subprotocols, webSocketBytes);
    this.patience = patience;
  }

  /** For the listener. */
  public Mount mount() {
    return mount;
  }

  /**
   * From now on requests are the handler's; those that wait are handed to it on their event loops.
   *
   * @throws IllegalArgumentException when it is a mount for another place
   */
  public void open(Mount real) {
    if (!real.prefix().equals(mount.prefix())
        || !real.subprotocols().equals(mount.subprotocols())
        || real.webSocketBytes() != mount.webSocketBytes()) {
      throw new IllegalArgumentException(
          real.prefix() + " is not what " + mount.prefix() + " says");
    }
    List<Waiting> all;
    synchronized (waiting) {
      handler = real.handler();
      all = List.copyOf(waiting);
      waiting.clear();
    }
    all.forEach(one -> one.context.runOnContext(go -> hand(one.request, real.handler())));
  }

  private static void hand(HttpServerRequest request, Handler<HttpServerRequest> to) {
    if (!request.response().closed()) {
      to.handle(request);
      if (!hasMore(request)) {
        request.resume();
      }
    }
  }

  private void requested(HttpServerRequest request) {
    Handler<HttpServerRequest> open = handler;
    if (open != null) {
      open.handle(request);
      return;
    }
    Context context = Objects.requireNonNull(Vertx.currentContext());
    Waiting one = new Waiting(request, context);
    boolean isFull;
    synchronized (waiting) {
      open = handler;
      isFull = waiting.size() >= MOST_WAITING;
      if (open == null && !isFull) {
        waiting.add(one);
      }
    }
    if (open != null) {
      open.handle(request);
    } else if (isFull) {
      refuse(request);
    } else {
      request.pause();
      context.owner().setTimer(patience.toMillis(), id -> giveUp(one));
    }
  }

  /** Whether the handler itself says when the rest is read: a body, or what follows an upgrade. */
  private static boolean hasMore(HttpServerRequest request) {
    return !(request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD))
        || request.headers().contains(HttpHeaders.UPGRADE);
  }

  private void giveUp(Waiting one) {
    boolean isWaiting;
    synchronized (waiting) {
      isWaiting = waiting.remove(one);
    }
    if (isWaiting && !one.request.response().closed()) {
      one.request.resume();
      refuse(one.request);
    }
  }

  private static void refuse(HttpServerRequest request) {
    request.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
    Problems.send(request, new Problem(503, "starting", "this part of the server is starting"));
  }
}
