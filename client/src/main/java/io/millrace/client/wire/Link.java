package io.millrace.client.wire;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket to the server. Sending is thread-safe and does not wait: frames are queued, in
 * their order, and it is the caller who bounds how many. What is received is handed to the receiver
 * by one thread at a time, the next when it returns.
 *
 * <pre>
 *   opening ──opened──> open ──lost (once, whatever happens)──> gone
 * </pre>
 */
public final class Link {
  /** Hears what comes; one call at a time. */
  public interface Receiver {
    void opened(Link link);

    void received(Link link, byte[] frame);

    /**
     * The connection is gone, or could not be made. Called once, on a thread of its own.
     *
     * @param closeCode of RFC 6455 section 7.4, 0 where there is none
     */
    void lost(Link link, int closeCode, String reason, @Nullable Throwable cause);
  }

  private static final String SUBPROTOCOL = "millrace.cbor";
  private static final int LONGEST_FRAME = 64 << 20;
  private static final int PROTOCOL_ERROR = 1002;
  private static final int TOO_BIG = 1009;

  /** Each time after so long without a word it is looked whether somebody is there. */
  private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** The first is answered by a reset, the second closes the socket, the third is refused. */
  private static final int PROBES = 4;

  private final Receiver receiver;
  private final Queue<ByteBuffer> unsent = new ArrayDeque<>();
  private final ByteArrayOutputStream fragments = new ByteArrayOutputStream();
  private volatile @Nullable WebSocket socket;
  private volatile long heardAt = System.nanoTime();
  private volatile boolean isHandling;
  private boolean isSending;
  private boolean isLost;

  // Of whoever probes.
  private long probedSince;
  private int probes;

  private Link(Receiver receiver) {
    this.receiver = receiver;
  }

  /** Begins to connect; the receiver hears how it went. */
  @SuppressWarnings("FutureReturnValueIgnored") // its failure is told
  public static Link open(HttpClient client, URI uri, Duration timeout, Receiver receiver) {
    Link link = new Link(receiver);
    try {
      client
          .newWebSocketBuilder()
          .connectTimeout(timeout)
          .subprotocols(SUBPROTOCOL)
          .buildAsync(uri, link.new Listening())
          .whenComplete(
              (opened, failure) -> {
                if (failure != null) {
                  link.lost(0, "cannot connect to " + shown(uri), failure);
                }
              });
    } catch (IllegalArgumentException e) {
      link.lost(0, "this is not an address of a WebSocket: " + shown(uri), e);
    }
    return link;
  }

  /** Without what might be secret. */
  private static String shown(URI uri) {
    return uri.getScheme() + "://" + uri.getHost() + ":" + uri.getPort() + uri.getPath();
  }

  /** Sends a frame behind all others, or never when the link is lost. */
  public void send(byte[] frame) {
    synchronized (unsent) {
      if (isLost) {
        return;
      }
      unsent.add(ByteBuffer.wrap(frame));
      if (isSending || socket == null) {
        return;
      }
      isSending = true;
    }
    pump();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // its failure is told
  private void pump() {
    WebSocket to = socket;
    while (to != null) {
      ByteBuffer next;
      synchronized (unsent) {
        next = unsent.poll();
        if (next == null) {
          isSending = false;
          return;
        }
      }
      CompletableFuture<WebSocket> sent = to.sendBinary(next, true);
      if (!sent.isDone() || sent.isCompletedExceptionally()) {
        sent.whenComplete(
            (done, failure) -> {
              if (failure == null) {
                pump();
              } else {
                lost(0, "cannot send", failure);
              }
            });
        return;
      }
    }
  }

  /** Nanoseconds for which nothing was heard although something could be. */
  public long silentNanos() {
    return isHandling ? 0 : System.nanoTime() - heardAt;
  }

  /**
   * Notices a connection that was closed unheard, when called now and then by one thread at a time.
   * The JDK's WebSocket loses the end of a connection that comes while a listener is at work (seen
   * with 25.0.3: its transport has counted no demand for it, and the error ends in its selector).
   * Who sends to a connection that is closed hears of it in the end; a pong that nobody asked for
   * needs no answer (RFC 6455 section 5.5.3).
   */
  @SuppressWarnings("FutureReturnValueIgnored") // its failure is told
  public void probe() {
    WebSocket open = socket;
    long since = heardAt;
    if (since != probedSince) {
      probedSince = since;
      probes = 0;
    }
    if (open == null || probes == PROBES || silentNanos() < (probes + 1) * PROBE_NANOS) {
      return;
    }
    probes++;
    open.sendPong(ByteBuffer.allocate(0))
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                lost(0, "the connection is lost", failure);
              }
            });
  }

  /** Ends the connection in order, as far as the other side goes along. */
  @SuppressWarnings("FutureReturnValueIgnored") // its failure is told
  public void close() {
    WebSocket open = socket;
    if (open != null) {
      open.sendClose(WebSocket.NORMAL_CLOSURE, "")
          .whenComplete((done, failure) -> lost(WebSocket.NORMAL_CLOSURE, "closed", null));
    } else {
      abort("closed");
    }
  }

  /** Ends the connection at once. */
  public void abort(String reason) {
    lost(0, reason, null);
  }

  private void lost(int closeCode, String reason, @Nullable Throwable cause) {
    synchronized (unsent) {
      if (isLost) {
        return;
      }
      isLost = true;
      unsent.clear();
    }
    WebSocket open = socket;
    if (open != null) {
      open.abort();
    }
    // Apart from whoever sends, who may hold what the receiver needs.
    Thread.startVirtualThread(() -> receiver.lost(this, closeCode, reason, cause));
  }

  /** The socket's side; called by one thread at a time. */
  private final class Listening implements WebSocket.Listener {
    @Override
    public void onOpen(WebSocket opened) {
      socket = opened;
      boolean isLate;
      synchronized (unsent) {
        isLate = isLost;
      }
      if (isLate) {
        opened.abort();
        return;
      }
      heard();
      receiver.opened(Link.this);
      opened.request(1);
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
      heard();
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      if (fragments.size() + bytes.length > LONGEST_FRAME) {
        lost(TOO_BIG, "the server sent a frame that is too long", null);
        return null;
      }
      if (!last) {
        fragments.writeBytes(bytes);
      } else if (fragments.size() == 0) {
        handle(bytes);
      } else {
        fragments.writeBytes(bytes);
        byte[] whole = fragments.toByteArray();
        fragments.reset();
        handle(whole);
      }
      from.request(1);
      return null;
    }

    private void handle(byte[] frame) {
      isHandling = true;
      try {
        receiver.received(Link.this, frame);
      } finally {
        heard();
        isHandling = false;
      }
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      lost(PROTOCOL_ERROR, "the server does not speak " + SUBPROTOCOL, null);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer data) {
      // The pong goes by itself.
      heard();
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket from, ByteBuffer data) {
      heard();
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      lost(code, reason.isEmpty() ? "the server closed the connection" : reason, null);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
      lost(0, "the connection is lost", failure);
    }

    private void heard() {
      heardAt = System.nanoTime();
    }
  }
}
