package io.millrace.broker.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.kafka.ReadQueue.Added;
import io.millrace.broker.kafka.ReadQueue.Waiting;
import io.millrace.broker.kafka.ReadQueue.Wish;
import io.millrace.broker.log.HistoryReader.Slice;
import io.millrace.broker.log.LogException;
import io.vertx.core.Promise;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class ReadQueueTest {
  private final ReadQueue queue = new ReadQueue(2, 3);

  @Test
  void thoseWhoWantTheSameShareOneRead() throws InterruptedException {
    Promise<Slice> first = Promise.promise();
    Promise<Slice> second = Promise.promise();
    assertThat(queue.add(wish(0, 5), true, 0, first)).isEqualTo(Added.QUEUED);
    assertThat(queue.add(wish(0, 5), true, 0, second)).isEqualTo(Added.SHARED);
    assertThat(queue.size()).isEqualTo(1);
    Slice slice = new Slice(List.of(), 5, 5);
    queue.take(1).complete(slice);
    assertThat(first.future().result()).isSameAs(slice);
    assertThat(second.future().result()).isSameAs(slice);
  }

  @Test
  void aReadThatHasBegunIsNotShared() throws InterruptedException {
    queue.add(wish(0, 5), true, 0, Promise.promise());
    Waiting begun = queue.take(0);
    assertThat(queue.add(wish(0, 5), true, 0, Promise.promise())).isEqualTo(Added.QUEUED);
    assertThat(begun.waiters()).hasSize(1);
  }

  @Test
  void aPartitionsLongReadsGoToOneReaderInOrderAndShortOnesToAny() throws InterruptedException {
    int reader = Math.floorMod(new TopicPartition("t", 0).hashCode(), 2);
    queue.add(wish(0, 1), false, 0, Promise.promise());
    queue.add(wish(0, 2), false, 0, Promise.promise());
    queue.add(wish(0, 3), true, 0, Promise.promise());
    assertThat(queue.take(1 - reader).wish()).isEqualTo(wish(0, 3));
    assertThat(queue.take(reader).wish()).isEqualTo(wish(0, 1));
    assertThat(queue.take(reader).wish()).isEqualTo(wish(0, 2));
  }

  @Test
  void longReadsHaveTheirTurnHoweverManyShortOnesWait() throws InterruptedException {
    ReadQueue busy = new ReadQueue(1, 1000);
    busy.add(wish(0, 1000), false, 0, Promise.promise());
    for (int i = 0; i < 100; i++) {
      busy.add(wish(0, i), true, 0, Promise.promise());
    }
    int before = 0;
    while (busy.take(0).wish().from() != 1000) {
      before++;
    }
    assertThat(before).isEqualTo(16);
  }

  @Test
  void whatNothingHasComeForHasItsTurnBehindOthersAndIsSharedAgain() throws InterruptedException {
    ReadQueue one = new ReadQueue(1, 3);
    Promise<Slice> first = Promise.promise();
    Promise<Slice> second = Promise.promise();
    one.add(wish(0, 1), false, 7, first);
    one.add(wish(1, 1), false, 8, Promise.promise());
    Waiting silent = one.take(0);
    one.add(wish(0, 1), false, 9, second);
    assertThat(one.again(silent, false)).isTrue();
    assertThat(one.size()).isEqualTo(2);
    assertThat(one.take(0).wish()).isEqualTo(wish(1, 1));
    Waiting next = one.take(0);
    Slice slice = new Slice(List.of(), 1, 1);
    next.complete(slice);
    assertThat(first.future().result()).isSameAs(slice);
    assertThat(second.future().result()).isSameAs(slice);
    assertThat(one.size()).isZero();
    one.close();
    assertThat(one.again(next, false)).isFalse();
  }

  @Test
  void eachWaitsAsLongAsItMayItself() throws InterruptedException {
    ReadQueue one = new ReadQueue(1, 3);
    Promise<Slice> first = Promise.promise();
    Promise<Slice> second = Promise.promise();
    Promise<Slice> third = Promise.promise();
    one.add(wish(0, 1), false, 7, first);
    Waiting silent = one.take(0);
    one.add(wish(0, 1), false, 9, second);
    one.again(silent, false);
    one.add(wish(0, 1), false, 11, third);
    Waiting all = one.take(0);
    LogException late = new LogException(LogException.Reason.UNAVAILABLE, "late");

    assertThat(all.failLate(107, 100, late)).isFalse();
    assertThat(all.failLate(109, 100, late)).isTrue();
    assertThat(first.future().cause()).isSameAs(late);
    assertThat(second.future().isComplete()).isFalse();
    assertThat(all.failLate(111, 100, late)).isTrue();
    assertThat(second.future().cause()).isSameAs(late);
    assertThat(all.isOver()).isFalse();
    assertThat(third.future().isComplete()).isFalse();
    assertThat(all.failLate(112, 100, late)).isTrue();
    assertThat(all.isOver()).isTrue();
  }

  @Test
  void tooManyAreRefusedButSharingIsNot() {
    for (int i = 0; i < 3; i++) {
      assertThat(queue.add(wish(0, i), true, 0, Promise.promise())).isEqualTo(Added.QUEUED);
    }
    assertThat(queue.add(wish(0, 3), true, 0, Promise.promise())).isEqualTo(Added.FULL);
    assertThat(queue.add(wish(0, 2), true, 0, Promise.promise())).isEqualTo(Added.SHARED);
  }

  @Test
  void whatWaitsWhenItIsClosedIsHandedBack() throws InterruptedException {
    queue.add(wish(0, 1), true, 0, Promise.promise());
    queue.add(wish(1, 1), false, 0, Promise.promise());
    assertThat(queue.close()).hasSize(2);
    assertThat(queue.take(0)).isNull();
    assertThat(queue.add(wish(0, 1), true, 0, Promise.promise())).isEqualTo(Added.CLOSED);
  }

  private static Wish wish(int partition, long from) {
    return new Wish(new TopicPartition("t", partition), from, Long.MAX_VALUE, 100);
  }
}
