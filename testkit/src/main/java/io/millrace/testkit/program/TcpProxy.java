package io.millrace.testkit.program;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP proxy on loopback whose connections can be cut, and that can become a black hole: it then
 * forwards nothing and closes nothing, so that both ends believe in a connection that is dead.
 */
public final class TcpProxy implements AutoCloseable {
  /** Only the beginning of a connection is of interest. */
  private static final long NOTED_BYTES = 1_000_000;

  private final ServerSocket listener;
  private final int target;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final NavigableMap<Long, Long> sentAt = new ConcurrentSkipListMap<>();
  private final AtomicInteger made = new AtomicInteger();
  private volatile boolean blackHole;
  private volatile boolean isShut;

  /** Listens on a free port and forwards to another one. */
  public TcpProxy(int target) {
    this.target = target;
    try {
      this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /**
   * When the first connection had sent so many bytes towards the target, as {@link
   * System#nanoTime}.
   *
   * @throws IllegalStateException when it hasn't yet
   */
  public long sentAtNanos(long bytes) {
    Map.Entry<Long, Long> passed = sentAt.ceilingEntry(bytes);
    if (passed == null) {
      throw new IllegalStateException("not so much was sent");
    }
    return passed.getValue();
  }

  /** From now on nothing passes, until {@link #letIn}. */
  public void becomeBlackHole() {
    blackHole = true;
  }

  /** From now on each connection is closed as soon as it is made, until {@link #letIn}. */
  public void shutOut() {
    isShut = true;
  }

  /** Connections that are made from now on are forwarded again; those of a black hole stay dead. */
  public void letIn() {
    isShut = false;
    blackHole = false;
  }

  /** Ends the connections that are there; others can be made. */
  public void cut() {
    List<Socket> there = List.copyOf(sockets);
    sockets.removeAll(there);
    there.forEach(TcpProxy::closeQuietly);
  }

  /** How many connections there were. */
  public int made() {
    return made.get();
  }

  @Override
  public void close() {
    closed.countDown();
    closeQuietly(listener);
    sockets.forEach(TcpProxy::closeQuietly);
  }

  private void accept() {
    try {
      while (true) {
        Socket near = listener.accept();
        if (isShut) {
          made.incrementAndGet();
          closeQuietly(near);
          continue;
        }
        Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(near);
        sockets.add(far);
        boolean first = made.incrementAndGet() == 1;
        Thread.ofVirtual().start(() -> forward(near, far, first));
        Thread.ofVirtual().start(() -> forward(far, near, false));
      }
    } catch (IOException e) {
      // The listener was closed: the end of this proxy.
      closed.countDown();
    }
  }

  private void forward(Socket from, Socket to, boolean noted) {
    long total = 0;
    byte[] buffer = new byte[16_384];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (blackHole) {
          closed.await();
          return;
        }
        total += n;
        if (noted && total <= NOTED_BYTES) {
          // Before the target can have them: whoever sees their effect finds the note.
          sentAt.put(total, System.nanoTime());
        }
        out.write(buffer, 0, n);
      }
      if (!blackHole) {
        to.close();
      }
    } catch (IOException e) {
      if (!blackHole) {
        closeQuietly(to);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException closedFromTheOtherSide) {
      // Nothing is left to do.
    }
  }
}
