package io.millrace.broker.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.hub.HotRing.Chunk;
import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import io.millrace.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RingMemoryTest {
  private static final long LIMIT = 1 << 20;

  /** What may have come since it was looked the last time. */
  private static final long SLACK = LIMIT / 64;

  private final RingMemory memory = new RingMemory(LIMIT, () -> 0);

  private static Message message(long offset, int bytes) {
    return new Message(
        "a", 0, offset, 0, null, false, Message.NEVER, Headers.NONE, new byte[bytes]);
  }

  private static void append(HotRing ring, int messages, int bytes) {
    long from = ring.end();
    for (int i = 0; i < messages; i++) {
      ring.append(List.of(message(from + i, bytes)));
    }
  }

  private List<HotRing> rings(int count) {
    return IntStream.range(0, count).mapToObj(i -> new HotRing(0, memory)).toList();
  }

  @Test
  void allPartitionsTogetherTakeNoMoreHoweverManyTheyAre() {
    List<HotRing> rings = rings(500);
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 20_000; i++) {
      append(rings.get(random.nextInt(rings.size())), 1, random.nextInt(10_000));
      assertThat(memory.used()).isLessThanOrEqualTo(LIMIT + SLACK + 10_200);
    }
    assertThat(memory.used()).as("and is used").isGreaterThan(LIMIT / 2);
  }

  @Test
  void theOnlyOneThatIsBusyMayHaveAllOfIt() {
    HotRing busy = rings(100).getFirst();
    append(busy, 5000, 1000);
    assertThat(busy.held()).isGreaterThan(LIMIT - 3 * SLACK);
  }

  @Test
  void whoIsBusyTakesNothingFromWhoHasLess() {
    List<HotRing> rings = rings(2);
    HotRing quiet = rings.getFirst();
    append(quiet, 100, 1000);
    append(rings.getLast(), 5000, 1000);
    assertThat(quiet.start()).isZero();

    append(quiet, 5000, 1000);
    assertThat(quiet.held())
        .as("both are busy now")
        .isBetween(LIMIT / 2 - 4 * SLACK, LIMIT / 2 + 4 * SLACK);
    assertThat(rings.getLast().held()).isBetween(LIMIT / 2 - 4 * SLACK, LIMIT / 2 + 4 * SLACK);
  }

  @Test
  void alsoTheNewestMessageGoesWhereMemoryIsShort() {
    List<HotRing> rings = rings(100);
    rings.forEach(ring -> append(ring, 1, 100_000));
    assertThat(memory.used()).isLessThanOrEqualTo(LIMIT + SLACK + 100_200);
    assertThat(rings).allSatisfy(ring -> assertThat(ring.end()).isEqualTo(1));

    HotRing first = rings.getFirst();
    assertThat(first.start()).as("it is in the log alone").isEqualTo(1);
    append(first, 1, 10);
    assertThat(first.covering(1).messages).extracting(Message::offset).containsExactly(1L);
  }

  @Test
  void whoWalksARingMissesNothingWhileItIsTrimmed() throws Exception {
    Seeds.forEach(
        20,
        random -> {
          HotRing ring = new HotRing(0, memory);
          Chunk at = ring.newest();
          List<Long> walked = new ArrayList<>();
          for (int i = 0; i < 500; i++) {
            append(ring, random.nextInt(5), random.nextInt(3000));
            ring.trim(random.nextInt(5000));
            while (random.nextInt(4) != 0 && at.after() != null) {
              at = walk(at, walked);
            }
            assertThat(ring.covering(ring.start()).from).isEqualTo(ring.start());
          }
          while (at.after() != null) {
            at = walk(at, walked);
          }
          assertThat(walked)
              .isEqualTo(IntStream.range(0, (int) ring.end()).mapToObj(Long::valueOf).toList());
          ring.close();
        });
  }

  private static Chunk walk(Chunk from, List<Long> walked) {
    Chunk next = from.after();
    next.messages.forEach(message -> walked.add(message.offset()));
    return next;
  }

  @Test
  void whatEventLoopsAreBehindIsBoundedInTheSum() {
    long[] lag = {0};
    RingMemory shared = new RingMemory(1000, () -> lag[0]);
    for (int i = 0; i < 10; i++) {
      assertThat(new HotRing(0, shared).held()).isZero();
    }
    lag[0] = 2000;
    assertThat(shared.isFull(100)).as("an equal part is each one's own").isFalse();
    assertThat(shared.isFull(101)).isTrue();
    lag[0] = 1000;
    assertThat(shared.isFull(900)).as("the others leave room").isFalse();
  }
}
