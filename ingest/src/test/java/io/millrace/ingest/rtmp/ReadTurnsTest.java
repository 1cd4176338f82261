package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReadTurnsTest {
  private static final int BUFFER = 2048;

  private final ReadTurns turns = new ReadTurns();
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
