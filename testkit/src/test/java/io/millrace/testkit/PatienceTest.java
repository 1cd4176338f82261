package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.awaitility.core.ConditionEvaluationListener;
import org.awaitility.core.EvaluatedCondition;
import org.junit.jupiter.api.Test;

final class PatienceTest {
  @Test
  void whatSaysNoTimeOfItsOwnIsWaitedForThatLong() {
    Duration[] left = new Duration[1];
    ConditionEvaluationListener<Object> looking =
        (EvaluatedCondition<Object> condition) ->
            left[0] = Duration.ofMillis(condition.getRemainingTimeInMS());
    await().conditionEvaluationListener(looking).until(() -> true);
    assertThat(left[0]).isBetween(Patience.DEFAULT.dividedBy(2), Patience.DEFAULT);
  }
}
