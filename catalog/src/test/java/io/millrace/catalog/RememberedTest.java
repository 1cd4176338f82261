package io.millrace.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.FakeClock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RememberedTest {
  private final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T12:00:00Z"));
  private final List<Promise<Map<String, Integer>>> questions = new ArrayList<>();
  private final List<Set<String>> asked = new ArrayList<>();
  private final Remembered<String, Integer> remembered = remembered(Duration.ofSeconds(10));

  private Remembered<String, Integer> remembered(Duration lenient) {
    return new Remembered<>(
        new Remembered.Terms(
            100,
            Duration.ofSeconds(2),
            lenient,
            Duration.ofMinutes(30),
            Duration.ofSeconds(2),
            Duration.ofMillis(50)),
        clock,
        keys -> {
          Promise<Map<String, Integer>> question = Promise.promise();
          asked.add(keys);
          questions.add(question);
          return question.future();
        });
  }

  private void answer(Map<String, Integer> answer) {
    questions.getLast().complete(answer);
  }

  private void fail() {
    questions
        .getLast()
        .fail(new CatalogException("the database cannot be reached", true, new IOException()));
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void asksOnceForEqualQuestionsAtOneTimeAndNotAgainWhileTheAnswerIsFresh() throws Exception {
    Future<Optional<Integer>> first = remembered.get("a");
    Future<Optional<Integer>> second = remembered.get("a");
    answer(Map.of("a", 1));

    assertThat(get(first)).contains(1);
    assertThat(get(second)).contains(1);
    clock.advance(Duration.ofMillis(1999));
    assertThat(remembered.get("a").result()).contains(1);
    assertThat(asked).hasSize(1);
  }

  @Test
  void givesARecentAnswerAtOnceAndTheNewOneFromThenOn() {
    remembered.get("a");
    answer(Map.of("a", 1));
    clock.advance(Duration.ofSeconds(3));

    assertThat(remembered.get("a").result()).contains(1);
    assertThat(remembered.get("a").result()).contains(1);
    assertThat(asked).hasSize(2);
    answer(Map.of("a", 2));
    assertThat(remembered.get("a").result()).contains(2);
  }

  @Test
  void waitsForTheAnswerToWhatWasKnownLongAgo() throws Exception {
    remembered.get("a");
    answer(Map.of("a", 1));
    clock.advance(Duration.ofSeconds(11));

    Future<Optional<Integer>> later = remembered.get("a");
    assertThat(later.isComplete()).isFalse();
    answer(Map.of("a", 2));
    assertThat(get(later)).contains(2);
  }

  @Test
  void keepsNobodyWaitingLongForWhoDoesNotAnswerAndTheNextNotAtAll() throws Exception {
    remembered.get("a");
    answer(Map.of("a", 1));
    clock.advance(Duration.ofMinutes(5));

    assertThat(get(remembered.get("a"))).contains(1);
    assertThat(remembered.get("a").result()).contains(1);
    assertThat(asked).hasSize(2);
    fail();
    assertThat(remembered.get("a").result()).contains(1);
    assertThat(asked).hasSize(3);
    answer(Map.of("a", 2));
    clock.advance(Duration.ofSeconds(11));
    assertThat(remembered.get("a").isComplete()).isFalse();
  }

  @Test
  void failsForWhatItDoesNotKnowWhenPatienceEnds() {
    assertThat(remembered.get("a"))
        .satisfies(
            unknown ->
                assertThat(unknown.toCompletionStage().toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(5))
                    .withThrowableThat()
                    .withMessageContaining("does not answer"));
  }

  @Test
  void forgetsWhatIsTooOldWhileNobodyAnswers() {
    remembered.get("a");
    answer(Map.of("a", 1));
    clock.advance(Duration.ofMinutes(31));

    Future<Optional<Integer>> tooOld = remembered.get("a");
    fail();
    assertThat(tooOld.failed()).isTrue();
  }

  @Test
  void remembersForAMomentThatSomethingIsNotThereWithoutLosingWhatIs() {
    remembered.get("real");
    answer(Map.of("real", 1));
    IntStream.range(0, 1000)
        .forEach(
            i -> {
              remembered.get("invented" + i);
              answer(Map.of());
            });
    int before = asked.size();

    assertThat(remembered.get("invented999").result()).isEmpty();
    assertThat(remembered.get("real").result()).contains(1);
    assertThat(asked).hasSize(before);
    clock.advance(Duration.ofSeconds(2));
    remembered.get("invented999");
    assertThat(asked).hasSize(before + 1);
  }

  @Test
  void asksForAllThatItDoesNotKnowAtOnce() throws Exception {
    remembered.get("a");
    answer(Map.of("a", 1));

    Future<Map<String, Integer>> all = remembered.getAll(Set.of("a", "b", "c"));
    assertThat(asked.getLast()).containsExactlyInAnyOrder("b", "c");
    answer(Map.of("b", 2));
    assertThat(get(all)).isEqualTo(Map.of("a", 1, "b", 2));
    assertThat(remembered.getAll(Set.of("a", "b", "c")).result()).hasSize(2);
    assertThat(asked).hasSize(2);
  }

  @Test
  void anAnswerFromBeforeAChangeIsNotKept() throws Exception {
    Future<Optional<Integer>> early = remembered.get("a");
    remembered.forget("a");
    answer(Map.of("a", 1));

    assertThat(get(early)).contains(1);
    assertThat(remembered.get("a").isComplete()).isFalse();
    assertThat(asked).hasSize(2);
  }

  @Test
  void alwaysWaitsForTheAnswerWhereThatIsAsked() {
    Remembered<String, Integer> strict = remembered(Duration.ZERO);
    strict.get("a");
    answer(Map.of("a", 1));
    clock.advance(Duration.ofSeconds(3));
    strict.get("a");
    fail();

    assertThat(strict.get("a").isComplete()).isFalse();
  }
}
