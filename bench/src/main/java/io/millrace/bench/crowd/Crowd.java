package io.millrace.bench.crowd;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/**
 * Many clients on sockets of their own, all read by one thread: counts what comes, and how long
 * after the time at which it should have been sent. What they say is said when all that has come is
 * read, so that it makes no delivery late.
 */
public final class Crowd implements AutoCloseable {
  /** How many connections are opened at the same time, where it does not matter. */
  public static final int SOME_AT_ONCE = 50;

  private static final int RECEIVE_BYTES = 64 * 1024;
  private static final long HIGHEST_MICROS = 60_000_000;

  private static final class Member {
    private final SocketChannel channel;
    private final Conversation conversation;
    private ByteBuffer rest = ByteBuffer.allocate(0);

    private Member(SocketChannel channel, Conversation conversation) {
      this.channel = channel;
      this.conversation = conversation;
    }
  }

  private final Selector selector;
  private final InetSocketAddress address;
  private final int size;
  private final int atOnce;
  private final IntFunction<Conversation> conversations;
  private final Thread thread;
  private final AtomicInteger subscribed = new AtomicInteger();
  private final ByteBuffer received = ByteBuffer.allocateDirect(RECEIVE_BYTES);
  private int opened;
  private final Deque<Member> toSay = new ArrayDeque<>();
  private volatile boolean allSayNext;
  private volatile boolean isClosed;
  private volatile boolean isCounting;
  private volatile long lastNanos = System.nanoTime();
  private volatile String failure = "";
  private Histogram micros = new Histogram(HIGHEST_MICROS, 3);

  /**
   * Begins to open connections.
   *
   * @param atOnce how many are not subscribed yet at the same time
   */
  public Crowd(
      InetSocketAddress address, int size, int atOnce, IntFunction<Conversation> conversations)
      throws IOException {
    this.selector = Selector.open();
    this.address = address;
    this.size = size;
    this.atOnce = atOnce;
    this.conversations = conversations;
    this.thread = Thread.ofPlatform().name("crowd").daemon().start(this::run);
  }

  public int subscribed() {
    if (!failure.isEmpty()) {
      throw new IllegalStateException(failure);
    }
    return subscribed.get();
  }

  /** Each one that is connected says what it has to say next, as soon as can be. */
  public void sayNextOfAll() {
    allSayNext = true;
    selector.wakeup();
  }

  /** From now on what comes is counted. */
  public void count() {
    synchronized (this) {
      micros = new Histogram(HIGHEST_MICROS, 3);
    }
    isCounting = true;
  }

  /** How many have come since {@link #count}. */
  public long soFar() {
    synchronized (this) {
      return micros.getTotalCount();
    }
  }

  /** Whether nothing has come for two seconds. */
  public boolean isQuiet() {
    return System.nanoTime() - lastNanos > 2_000_000_000L;
  }

  /** What has come since {@link #count}: the time of each delivery, in microseconds. */
  public Histogram counted() {
    isCounting = false;
    synchronized (this) {
      return micros.copy();
    }
  }

  private void run() {
    try {
      while (!isClosed) {
        while (opened < size && opened - subscribed.get() < atOnce) {
          open();
        }
        int ready =
            toSay.isEmpty() ? selector.select(this::serve, 100) : selector.selectNow(this::serve);
        if (allSayNext) {
          allSayNext = false;
          selector.keys().forEach(key -> toSay.add((Member) key.attachment()));
        } else if (ready == 0) {
          sayNext();
        }
      }
    } catch (IOException | RuntimeException e) {
      failure = String.valueOf(e);
    }
  }

  private void sayNext() throws IOException {
    for (Member member = toSay.poll(); member != null; member = toSay.poll()) {
      say(member, member.conversation.next());
    }
  }

  private void open() throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    channel.connect(address);
    Member member = new Member(channel, conversations.apply(opened));
    channel.register(selector, SelectionKey.OP_CONNECT, member);
    opened++;
  }

  private void serve(SelectionKey key) {
    Member member = (Member) key.attachment();
    try {
      if (key.isConnectable()) {
        member.channel.finishConnect();
        key.interestOps(SelectionKey.OP_READ);
        say(member, member.conversation.hello());
      } else {
        read(member);
      }
    } catch (IOException | RuntimeException e) {
      failure = String.valueOf(e);
      key.cancel();
    }
  }

  /** What is said is short and fits into an empty socket. */
  private static void say(Member member, byte[] bytes) throws IOException {
    if (member.channel.write(ByteBuffer.wrap(bytes)) != bytes.length) {
      throw new IOException("the socket did not take " + bytes.length + " bytes");
    }
  }

  private void read(Member member) throws IOException {
    received.clear();
    received.put(member.rest);
    if (member.channel.read(received) < 0) {
      throw new IOException("the server has closed a connection");
    }
    received.flip();
    long now = System.nanoTime();
    for (int length = member.conversation.unit(received);
        length > 0;
        length = member.conversation.unit(received)) {
      hear(member, length, now);
      received.position(received.position() + length);
    }
    member.rest =
        received.hasRemaining()
            ? ByteBuffer.allocate(received.remaining()).put(received).flip()
            : member.rest.clear().limit(0);
  }

  private void hear(Member member, int length, long now) {
    switch (member.conversation.hear(received, length)) {
      case STEP -> toSay.add(member);
      case SUBSCRIBED -> subscribed.incrementAndGet();
      case MESSAGE -> count(member, length, now);
      case ANSWER -> {
        count(member, length, now);
        toSay.add(member);
      }
      case OTHER -> {}
    }
  }

  private void count(Member member, int length, long now) {
    lastNanos = now;
    if (isCounting) {
      long late = Math.max(0, now - member.conversation.dueNanos(received, length)) / 1000;
      synchronized (this) {
        micros.recordValue(Math.min(HIGHEST_MICROS, late));
      }
    }
  }

  @Override
  public void close() throws IOException {
    isClosed = true;
    selector.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }
}
