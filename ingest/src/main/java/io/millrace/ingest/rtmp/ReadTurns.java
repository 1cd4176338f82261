package io.millrace.ingest.rtmp;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoHandle;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.EpollSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the publishers of one event loop in turns where there are many. A read costs about the same
 * for one message as for all of the last {@value #MOST_MILLIS} ms, and an encoder sends each
 * message by itself. So a socket that has been read empty is looked at again at the next turn; with
 * few publishers at once. One that holds more than was read, a backlog, does not wait.
 *
 * <p>With epoll a socket is read at its turn without asking epoll about it, as long as each turn
 * finds something: that spares asking, being told, and no longer asking.
 *
 * <pre>
 *   read as bytes come ──read empty, many publish──► waits ──turn──► read at once ──some──► waits
 *          ▲                                           │                │
 *          └────────── turn, without epoll ────────────┘                │
 *          └────────────────────── nothing, or a backlog ───────────────┘
 * </pre>
 *
 * <p>A turn lasts no longer than {@value #LONGEST_TURN_MILLIS} ms and what one socket has to say:
 * who is left has its turn after the event loop has seen to its other sockets and timers. A socket
 * whose turn fails takes no more of them, and is read as its bytes come.
 *
 * <p>Confined to the event loop.
 */
public final class ReadTurns {
  /** Up to so many there is time enough for every read. */
  static final int FEW = 8;

  /** How long bytes wait at most: as long as two pictures of 25 a second last. */
  static final int MOST_MILLIS = 80;

  /** After so many reads at one turn what is left is a backlog. */
  static final int MOST_READS = 2;

  /** How long the event loop does nothing else. */
  static final int LONGEST_TURN_MILLIS = 5;

  private static final Logger LOGGER = LoggerFactory.getLogger(ReadTurns.class);
  private static final EpollIoEvent READABLE = () -> EpollIoOps.EPOLLIN;

  private final LongSupplier nanoTime;
  private List<Member> waiting = new ArrayList<>();
  private int members;
  private long reads;
  private boolean armed;

  /** Measures turns by the system's clock. */
  public ReadTurns() {
    this(System::nanoTime);
  }

  /**
   * @param nanoTime what turns are measured by
   */
  ReadTurns(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * From now on a publisher's socket takes turns.
   *
   * @param socket the last handler of its channel
   * @param paused whether the socket is, so that it is not read before it is resumed
   */
  Member join(ChannelHandlerContext socket, boolean paused) {
    // With epoll the channel is its own handle, and needs no registration to look at.
    return join(
        socket,
        paused,
        socket.channel() instanceof EpollSocketChannel epoll
            ? Optional.of((IoHandle) epoll.unsafe())
            : Optional.empty());
  }

  /**
   * @param handle reads the socket without asking whether there is something
   */
  Member join(ChannelHandlerContext socket, boolean paused, Optional<IoHandle> handle) {
    members++;
    return new Member(socket, paused, handle);
  }

  /** Sockets that take turns. */
  int members() {
    return members;
  }

  /** How often a socket was read at its turn without being asked about. */
  long reads() {
    return reads;
  }

  /** Milliseconds from one turn to the next; 0 when bytes are read as they come. */
  static int between(int publishers) {
    return publishers <= FEW ? 0 : Math.min(MOST_MILLIS, 2 * publishers);
  }

  private void await(Member member) {
    waiting.add(member);
    if (!armed) {
      armed = true;
      var _ =
          member.channel.eventLoop().schedule(this::turn, between(members), TimeUnit.MILLISECONDS);
    }
  }

  private void turn() {
    armed = false;
    List<Member> due = waiting;
    waiting = new ArrayList<>(due.size());
    turnsOf(due, 0);
  }

  /** One task's share of a turn; whatever becomes of one member, the others have theirs. */
  private void turnsOf(List<Member> due, int from) {
    long start = nanoTime.getAsLong();
    for (int i = from; i < due.size(); i++) {
      if (nanoTime.getAsLong() - start >= TimeUnit.MILLISECONDS.toNanos(LONGEST_TURN_MILLIS)) {
        int next = i;
        Runnable rest = () -> turnsOf(due, next);
        // Tasks that are executed come before the sockets, those that are scheduled after them.
        var _ = due.get(i).channel.eventLoop().schedule(rest, 0, TimeUnit.NANOSECONDS);
        return;
      }
      due.get(i).takeTurn();
    }
  }

  /** One publisher's socket. */
  final class Member extends ChannelInboundHandlerAdapter {
    private final Channel channel;
    private final Optional<IoHandle> handle;
    private boolean waits;
    private boolean reading;
    private boolean paused;
    private boolean left;

    private Member(ChannelHandlerContext socket, boolean paused, Optional<IoHandle> handle) {
      this.channel = socket.channel();
      this.handle = handle;
      this.paused = paused;
      socket.pipeline().addBefore(socket.name(), null, this);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.fireChannelReadComplete();
      if (!left && !paused && !waits && !reading && between(members) > 0 && isReadEmpty()) {
        waits = true;
        channel.config().setAutoRead(false);
        await(this);
      }
    }

    /** Netty also pauses after so many reads; a full buffer says that there is more. */
    private boolean isReadEmpty() {
      var read = channel.unsafe().recvBufAllocHandle();
      return read.lastBytesRead() < read.attemptedBytesRead();
    }

    /** The socket itself is being paused, and is not to be read at its turn. */
    void pause() {
      paused = true;
    }

    /** The socket has been resumed. */
    void resume() {
      paused = false;
      read();
    }

    /** From now on it is read as bytes come, unless it is paused: then once it is resumed. */
    void leave() {
      if (!left) {
        left = true;
        members--;
        if (channel.pipeline().context(this) != null) {
          channel.pipeline().remove(this);
        }
        read();
      }
    }

    /** Whatever is thrown, an error as well, must not leave the socket unread for ever. */
    @SuppressWarnings("CatchingUnchecked")
    private void takeTurn() {
      try {
        turn();
      } catch (Throwable e) {
        LOGGER
            .atError()
            .setCause(e)
            .addKeyValue("peer", channel.remoteAddress())
            .log("socket could not be read at its turn and is read as its bytes come");
        leave();
      }
    }

    private void turn() {
      waits = false;
      if (left || paused) {
        return;
      }
      if (handle.isPresent() && readSome(handle.get())) {
        waits = true;
        await(this);
      } else {
        read();
      }
    }

    /**
     * Reads what is there, as if epoll had told of it.
     *
     * @return whether there was something, all of it has been read, and more is expected
     */
    private boolean readSome(IoHandle socket) {
      boolean some = false;
      boolean empty = false;
      reading = true;
      try {
        for (int i = 0; i < MOST_READS && !empty && isToBeRead(); i++) {
          socket.handle(null, READABLE);
          reads++;
          empty = isReadEmpty();
          some |= channel.unsafe().recvBufAllocHandle().lastBytesRead() > 0;
        }
      } finally {
        reading = false;
      }
      return some && empty && isToBeRead() && between(members) > 0;
    }

    private boolean isToBeRead() {
      return !left && !paused && channel.isActive();
    }

    private void read() {
      if (!paused && (left || !waits)) {
        channel.config().setAutoRead(true);
      }
    }
  }
}
