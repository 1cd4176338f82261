package io.millrace.ingest.rtmp;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Pauses the reading of one socket while the stream or the peer cannot take more, or too much waits
 * to be decided about. Confined to the socket's event loop.
 */
final class SocketFlow {
  private static final int MAX_WAITING_BYTES = 1 << 20;

  private final NetSocket socket;
  private final IntSupplier waitingBytes;
  private final Runnable onResume;
  private ReadTurns.@Nullable Member reads;
  private boolean streamIsFull;
  private boolean peerIsFull;
  private boolean paused;
  private boolean released;

  /**
   * @param waitingBytes what has been read and waits
   * @param onResume called when reading goes on
   */
  SocketFlow(NetSocket socket, IntSupplier waitingBytes, Runnable onResume) {
    this.socket = socket;
    this.waitingBytes = waitingBytes;
    this.onResume = onResume;
  }

  void write(Buffer bytes) {
    socket.write(bytes);
    if (socket.writeQueueFull() && !peerIsFull) {
      peerIsFull = true;
      socket.drainHandler(
          v -> {
            peerIsFull = false;
            update();
          });
    }
  }

  /** Takes note of whether the stream can take more; {@link #update} acts on it. */
  void setStreamFull(boolean full) {
    streamIsFull = full;
  }

  boolean isStreamFull() {
    return streamIsFull;
  }

  /** The socket is read in turns with those of its event loop from now on. */
  void join(ReadTurns turns) {
    reads = turns.join(((NetSocketInternal) socket).channelHandlerContext(), paused);
  }

  /** It is read as it comes; one that is paused now is so once it is resumed. */
  void leave() {
    if (reads != null) {
      reads.leave();
    }
  }

  /** Pauses the socket while something is full, resumes it when nothing is. */
  void update() {
    boolean full =
        !released && (streamIsFull || peerIsFull || waitingBytes.getAsInt() > MAX_WAITING_BYTES);
    if (full && !paused) {
      paused = true;
      if (reads != null) {
        reads.pause();
      }
      socket.pause();
    } else if (!full && paused) {
      paused = false;
      onResume.run();
      socket.resume();
      if (reads != null) {
        reads.resume();
      }
    }
  }

  /** Nothing that is read counts any more. */
  void release() {
    released = true;
    update();
  }

  /** The socket is closed: what waits unread in its queue is given back. */
  void closed() {
    if (paused) {
      paused = false;
      socket.resume();
    }
  }
}
