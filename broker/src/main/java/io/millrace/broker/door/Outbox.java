package io.millrace.broker.door;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be written to one connection, bounded in bytes. Frames are collected as bytes and
 * written together; what was given to the socket counts until the system has taken it. Belongs to
 * the connection's event loop.
 *
 * <pre>
 *   offer ──> collected ──flush──> in flight ──written──> gone, and there is room again
 * </pre>
 */
public final class Outbox {
  /** The socket. */
  public interface Wire {
    /** A buffer to collect in, of at least so many bytes. */
    ByteBuf buffer(int bytes);

    /**
     * Writes and flushes.
     *
     * @param bytes belong to the wire now
     * @param written called once on the event loop, also when the connection failed
     */
    void write(ByteBuf bytes, Runnable written);

    /** There is room again, after there was none; called apart from everything else. */
    void roomAgain();

    /**
     * The connection has to end at once.
     *
     * @param word why, for the counter
     */
    void cut(String word);
  }

  private static final int FIRST_BYTES = 512;

  private static final String OVERFLOW = "overflow";
  private static final String FAILED = "failed";

  /** The words that a connection is cut with. */
  static final List<String> CUTS = List.of(OVERFLOW, FAILED);

  private final DoorLoop loop;
  private final Wire wire;
  private final int limit;
  private @Nullable ByteBuf collected;
  private long inFlight;

  /** Of what waits: answers and notices. */
  private long forced;

  private int forcedCollected;
  private boolean wasFull;
  private boolean isFlushing;
  private boolean isClosed;

  public Outbox(DoorLoop loop, Wire wire) {
    this.loop = loop;
    this.wire = wire;
    this.limit = loop.config().outboxBytes();
  }

  /** Bytes that wait. */
  public long used() {
    return inFlight + (collected == null ? 0 : collected.readableBytes());
  }

  /** Bytes that there is room for. */
  public long room() {
    return Math.max(0, limit - used());
  }

  /** Whether the other side is to be heard no more until there is room. */
  public boolean isFull() {
    return used() >= limit;
  }

  /**
   * A place for a message's frame.
   *
   * @param bytes the frame's length; one that is longer than the outbox is taken when it is empty
   * @return to be written to at once; null when there is no room, then the wire hears when there is
   */
  public @Nullable ByteBuf offer(int bytes) {
    return takes(bytes) ? place(bytes) : null;
  }

  /** Whether {@link #offer} would take a frame; where not, the wire hears when there is room. */
  public boolean takes(int bytes) {
    long used = used();
    if (isClosed || (used > 0 && used + bytes > limit)) {
      wasFull = true;
      return false;
    }
    return true;
  }

  /**
   * A place for an answer or a notice, which are taken beyond the limit too.
   *
   * @return to be written to at once; null when the connection has ended
   */
  public @Nullable ByteBuf force(int bytes) {
    if (isClosed) {
      return null;
    }
    if (forced > 4L * limit) {
      // More answers wait than a client can have asked for honestly.
      wire.cut(OVERFLOW);
      return null;
    }
    forced += bytes;
    forcedCollected += bytes;
    return place(bytes);
  }

  private ByteBuf place(int bytes) {
    if (used() + bytes >= limit) {
      wasFull = true;
    }
    if (collected == null) {
      collected = wire.buffer(Math.max(FIRST_BYTES, bytes));
    }
    return collected;
  }

  /** A round is over: what was collected is written, now or with what comes soon. */
  public void flush() {
    if (!isFlushing && collected != null) {
      isFlushing = true;
      loop.coalesce(this);
    }
  }

  /** Writes what was collected. */
  public void write() {
    isFlushing = false;
    ByteBuf bytes = collected;
    if (bytes == null || isClosed) {
      return;
    }
    collected = null;
    int size = bytes.readableBytes();
    int answers = forcedCollected;
    forcedCollected = 0;
    inFlight += size;
    wire.write(bytes, () -> written(size, answers));
  }

  private void written(int size, int answers) {
    inFlight -= size;
    forced -= answers;
    if (wasFull && !isClosed && used() <= limit / 2) {
      wasFull = false;
      // Not within a round of the fan-out, whose flush this may be.
      loop.later(this::roomAgain);
    }
  }

  private void roomAgain() {
    if (!isClosed) {
      wire.roomAgain();
    }
  }

  /** It could not be written, and nothing can follow what is missing. */
  void failed() {
    wire.cut(FAILED);
  }

  /** The connection has ended. */
  public void close() {
    isClosed = true;
    if (collected != null) {
      collected.release();
      collected = null;
    }
  }
}
