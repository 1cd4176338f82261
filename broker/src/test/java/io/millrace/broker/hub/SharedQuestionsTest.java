package io.millrace.broker.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SharedQuestionsTest {
  private final List<String> asked = new ArrayList<>();
  private final List<Promise<Integer>> answers = new ArrayList<>();
  private final SharedQuestions<String, Integer> questions =
      new SharedQuestions<>(
          question -> {
            asked.add(question);
            Promise<Integer> answer = Promise.promise();
            answers.add(answer);
            return answer.future();
          });

  @Test
  void whoAsksWhileTheSameIsUnderWayHasTheNextAnswerWithAllOthers() {
    Future<Integer> first = questions.ask("end");
    List<Future<Integer>> others = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      others.add(questions.ask("end"));
    }
    assertThat(asked).containsExactly("end");

    answers.get(0).complete(1);
    assertThat(first.result()).isEqualTo(1);
    assertThat(others).noneMatch(Future::isComplete);
    assertThat(asked).containsExactly("end", "end");

    answers.get(1).complete(2);
    assertThat(others).allMatch(one -> one.result() == 2);
    assertThat(asked).hasSize(2);
  }

  @Test
  void questionsThatDifferDoNotWaitForEachOther() {
    questions.ask("start");
    questions.ask("end");
    assertThat(asked).containsExactly("start", "end");
  }

  @Test
  void itIsAskedAgainAfterAnAnswerAndAfterAFailure() {
    Future<Integer> first = questions.ask("end");
    Future<Integer> second = questions.ask("end");
    answers.get(0).fail("away");
    assertThat(first.failed()).isTrue();
    answers.get(1).complete(2);
    assertThat(second.result()).isEqualTo(2);
    Future<Integer> third = questions.ask("end");
    answers.get(2).complete(3);
    assertThat(third.result()).isEqualTo(3);
  }

  @Test
  void oneThatCannotEvenBePutFails() {
    SharedQuestions<String, Integer> broken =
        new SharedQuestions<>(
            question -> {
              throw new IllegalStateException("closed");
            });
    assertThat(broken.ask("end").failed()).isTrue();
    assertThat(broken.ask("end").failed()).isTrue();
  }
}
