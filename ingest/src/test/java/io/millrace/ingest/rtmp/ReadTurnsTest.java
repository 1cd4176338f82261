package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReadTurnsTest {
  private static final int BUFFER = 2048;

  private final AtomicLong nanos = new AtomicLong();
  private final ReadTurns turns = new ReadTurns(nanos::get);
  private final List<EmbeddedChannel> sockets = new ArrayList<>();
  private final List<ReadTurns.Member> members = new ArrayList<>();

  @Test
  void fewPublishersAreReadAsTheirBytesCome() {
    join(ReadTurns.FEW);

    assertThat(isReadAfterBytes(0)).isTrue();
  }

  @Test
  void ofManyEachIsReadOnceATurn() {
    join(20);

    assertThat(isReadAfterBytes(0)).isFalse();
    pass(0, ReadTurns.between(20) - 1);
    assertThat(isRead(0)).isFalse();
    pass(0, 1);
    assertThat(isRead(0)).isTrue();
    assertThat(isReadAfterBytes(0)).isFalse();
  }

  @Test
  void bytesNeverWaitLongerThanTwoPicturesLast() {
    assertThat(ReadTurns.between(ReadTurns.FEW)).isZero();
    assertThat(ReadTurns.between(20)).isEqualTo(40);
    assertThat(ReadTurns.between(10_000)).isEqualTo(ReadTurns.MOST_MILLIS);
  }

  @Test
  void aPausedSocketIsNotReadAtItsTurn() {
    join(20);
    isReadAfterBytes(0);
    members.get(0).pause();

    pass(0, ReadTurns.MOST_MILLIS);
    assertThat(isRead(0)).isFalse();

    members.get(0).resume();
    assertThat(isRead(0)).isTrue();
  }

  @Test
  void aSocketThatIsResumedBeforeItsTurnWaitsForIt() {
    join(20);
    isReadAfterBytes(0);
    members.get(0).pause();
    members.get(0).resume();
    assertThat(isRead(0)).isFalse();

    pass(0, ReadTurns.MOST_MILLIS);
    assertThat(isRead(0)).isTrue();
  }

  @Test
  void aSocketThatWasPausedBeforeItJoinedIsNotReadUntilItIsResumed() {
    join(20, true);
    sockets.get(0).config().setAutoRead(false);
    sockets.get(0).pipeline().fireChannelReadComplete();

    pass(0, ReadTurns.MOST_MILLIS);
    assertThat(isRead(0)).isFalse();

    members.get(0).resume();
    assertThat(isRead(0)).isTrue();
  }

  @Test
  void aSocketThatHoldsMoreThanWasReadDoesNotWait() {
    join(20);
    bytes(0, BUFFER);
    sockets.get(0).pipeline().fireChannelReadComplete();
    assertThat(isRead(0)).isTrue();

    assertThat(isReadAfterBytes(0)).isFalse();
  }

  @Test
  void whoeverLeavesWhilePausedIsReadOnceItIsResumed() {
    join(20);
    isReadAfterBytes(0);
    members.get(0).pause();
    members.get(0).leave();

    pass(0, ReadTurns.MOST_MILLIS);
    assertThat(isRead(0)).isFalse();

    members.get(0).resume();
    assertThat(isRead(0)).isTrue();
  }

  @Test
  void aSocketThatIsGoneBeforeItsTurnLeavesTheOthersTheirs() {
    join(20);
    isReadAfterBytes(0);
    isReadAfterBytes(1);
    var _ = sockets.get(1).close();
    members.get(1).leave();

    pass(0, ReadTurns.between(20));
    assertThat(isRead(0)).isTrue();
    assertThat(turns.members()).isEqualTo(19);
  }

  @Test
  void whoeverLeavesIsReadAtOnceAndTheOthersSoonAsWell() {
    join(ReadTurns.FEW + 1);
    isReadAfterBytes(0);
    members.get(0).leave();
    members.get(0).leave();

    assertThat(isRead(0)).isTrue();
    assertThat(isReadAfterBytes(0)).isTrue();
    assertThat(isReadAfterBytes(1)).isTrue();
  }

  @Test
  void aSocketThatFailsAtItsTurnIsReadAsItsBytesComeAndTheOthersHaveTheirs() {
    List<Handle> handles = joinWithHandles(20);
    isReadAfterBytes(0);
    isReadAfterBytes(1);
    handles.get(0).fails = true;

    pass(0, ReadTurns.between(20));
    assertThat(isRead(0)).isTrue();
    assertThat(isReadAfterBytes(0)).isTrue();
    assertThat(turns.members()).isEqualTo(19);
    assertThat(handles.get(1).reads).isEqualTo(1);
    assertThat(isRead(1)).isFalse();

    members.get(0).leave();
    assertThat(turns.members()).isEqualTo(19);
  }

  @Test
  void aTurnThatTakesLongIsGoneOnWithAfterTheEventLoopsOtherSockets() {
    List<Handle> handles = joinWithHandles(20);
    for (int i = 0; i < 4; i++) {
      isReadAfterBytes(i);
      handles.get(i).takesNanos = TimeUnit.MILLISECONDS.toNanos(ReadTurns.LONGEST_TURN_MILLIS) - 1;
    }

    pass(0, ReadTurns.between(20));
    assertThat(handles.stream().mapToInt(handle -> handle.reads)).startsWith(1, 1, 0, 0);

    pass(2, 0);
    assertThat(handles.stream().mapToInt(handle -> handle.reads)).startsWith(1, 1, 1, 1);
  }

  @Test
  void aBacklogIsNotReadAtOneTurn() {
    List<Handle> handles = joinWithHandles(20);
    isReadAfterBytes(0);
    handles.get(0).bytes = BUFFER;

    pass(0, ReadTurns.between(20));
    assertThat(handles.get(0).reads).isEqualTo(ReadTurns.MOST_READS);
    assertThat(isRead(0)).isTrue();
  }

  private List<Handle> joinWithHandles(int count) {
    List<Handle> handles = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ChannelInboundHandlerAdapter last = new ChannelInboundHandlerAdapter();
      EmbeddedChannel socket = new EmbeddedChannel(last);
      socket.freezeTime();
      sockets.add(socket);
      handles.add(new Handle(i));
      members.add(turns.join(socket.pipeline().context(last), false, Optional.of(handles.get(i))));
    }
    return handles;
  }

  /** Reads a socket at its turn. */
  private final class Handle implements IoHandle {
    private final int socket;
    private int bytes = BUFFER - 1;
    private int reads;
    private long takesNanos;
    private boolean fails;

    private Handle(int socket) {
      this.socket = socket;
    }

    @Override
    public void handle(@Nullable IoRegistration registration, IoEvent event) {
      if (fails) {
        throw new IllegalStateException("cannot be read");
      }
      reads++;
      nanos.addAndGet(takesNanos);
      bytes(socket, bytes);
    }

    @Override
    public void close() {}
  }

  private void join(int count) {
    join(count, false);
  }

  private void join(int count, boolean paused) {
    for (int i = 0; i < count; i++) {
      ChannelInboundHandlerAdapter last = new ChannelInboundHandlerAdapter();
      EmbeddedChannel socket = new EmbeddedChannel(last);
      socket.freezeTime();
      sockets.add(socket);
      members.add(turns.join(socket.pipeline().context(last), paused));
    }
  }

  /** The last read took so many bytes. */
  private void bytes(int socket, int count) {
    var read = sockets.get(socket).unsafe().recvBufAllocHandle();
    read.attemptedBytesRead(BUFFER);
    read.lastBytesRead(count);
  }

  private boolean isReadAfterBytes(int socket) {
    bytes(socket, BUFFER - 1);
    sockets.get(socket).pipeline().fireChannelReadComplete();
    return isRead(socket);
  }

  private boolean isRead(int socket) {
    return sockets.get(socket).config().isAutoRead();
  }

  private void pass(int socket, int millis) {
    sockets.get(socket).advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    sockets.get(socket).runScheduledPendingTasks();
  }
}
