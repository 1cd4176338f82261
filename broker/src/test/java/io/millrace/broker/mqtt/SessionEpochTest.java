package io.millrace.broker.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class SessionEpochTest {
  private static final long NOW = 1_790_000_000_000L;

  @Test
  void whoeverTakesItLaterHasTheHigherOneWhateverTheClocksSay() {
    SplittableRandom random = new SplittableRandom(7);
    long epoch = NOW; // of before: the time alone
    for (int i = 0; i < 10_000; i++) {
      long next = SessionEpoch.next(epoch, NOW + random.nextInt(-5, 6), "node-" + i % 3);
      assertThat(next).isGreaterThan(epoch);
      epoch = next;
    }
  }

  @Test
  void nodesThatTakeItInOneMillisecondHaveDifferentOnes() {
    SplittableRandom random = new SplittableRandom(7);
    Set<Long> epochs = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      String node = new UUID(random.nextLong(), random.nextLong()).toString();
      epochs.add(SessionEpoch.next(0, NOW, node));
    }
    assertThat(epochs).hasSize(50);
  }

  /** Neither knows of the other; the one that is lower does not end what the other has. */
  @Test
  void ofTwoNodesThatTakeASessionInOneMillisecondOneHasIt() {
    MemorySessionStore shared = new MemorySessionStore();
    Sessions a = new Sessions(shared, "a", () -> NOW);
    Sessions b = new Sessions(shared, "b", () -> NOW);
    long ofA = take(a);
    long ofB = take(b);
    assertThat(ofA).isNotEqualTo(ofB);

    Sessions first = ofA > ofB ? a : b;
    Sessions second = ofA > ofB ? b : a;
    first.save("k", session(Math.max(ofA, ofB)));
    second.end("k", Math.min(ofA, ofB));

    assertThat(shared.get("k")).map(StoredSession::epoch).contains(Math.max(ofA, ofB));
  }

  private static long take(Sessions sessions) {
    return sessions
        .take(
            "k",
            "its",
            session -> true,
            false,
            new Sessions.Owner() {
              @Override
              public void takenOver(boolean isDiscarded) {}

              @Override
              public void overwritten() {}

              @Override
              public Future<Void> deleted(Predicate<String> isGone) {
                return Future.succeededFuture();
              }
            })
        .result()
        .epoch();
  }

  private static StoredSession session(long epoch) {
    return new StoredSession(
        "a",
        "its",
        epoch,
        "n",
        0,
        60,
        StoredSession.CONNECTED,
        Optional.empty(),
        List.of(),
        List.of(),
        List.of());
  }
}
