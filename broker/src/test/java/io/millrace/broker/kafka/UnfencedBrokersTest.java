package io.millrace.broker.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.junit.jupiter.api.Test;

class UnfencedBrokersTest {
  private final UnfencedBrokers patient = new UnfencedBrokers(Duration.ofMinutes(1));
  private final UnfencedBrokers impatient = new UnfencedBrokers(Duration.ZERO);

  @Test
  void waitsForTheFirstBroker() throws Exception {
    Deque<Integer> answers = new ArrayDeque<>(List.of(0, 0, 3));

    assertThat(patient.count(answers::removeFirst)).isEqualTo(3);
  }

  @Test
  void saysThatThereIsNone() {
    assertThatThrownBy(() -> impatient.count(() -> 0))
        .isInstanceOfSatisfying(
            LogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE))
        .hasMessageContaining("no broker");
  }

  @Test
  void triesAgainWhatHadBrokersAMomentAgo() throws Exception {
    AtomicInteger calls = new AtomicInteger();

    patient.run(
        () -> {
          if (calls.incrementAndGet() < 3) {
            throw new ExecutionException(new InvalidReplicationFactorException("all are fenced"));
          }
        });

    assertThat(calls).hasValue(3);
  }

  @Test
  void otherRefusalsAndLastingOnesAreTold() {
    AtomicInteger calls = new AtomicInteger();
    ExecutionException policy = new ExecutionException(new PolicyViolationException("no"));
    ExecutionException fenced =
        new ExecutionException(new InvalidReplicationFactorException("all are fenced"));

    assertThatThrownBy(
            () ->
                patient.run(
                    () -> {
                      calls.incrementAndGet();
                      throw policy;
                    }))
        .isSameAs(policy);
    assertThat(calls).hasValue(1);
    assertThatThrownBy(
            () ->
                impatient.run(
                    () -> {
                      throw fenced;
                    }))
        .isSameAs(fenced);
  }
}
