package io.millrace.broker.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.topic.Topic;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TopicPausesTest {
  private static final long NOW = Long.MAX_VALUE - 50;
  private static final long MILLI = Duration.ofMillis(1).toNanos();
  private static final Topic TOPIC = new Topic("plant", "a");
  private static final Refusal REFUSAL = new Refusal(Refusal.Code.UNAVAILABLE, "not now");

  private final TopicPauses pauses = new TopicPauses();

  @Test
  void aTopicIsRefusedForATenthOfASecondAndNoOther() {
    pauses.begin(TOPIC, REFUSAL, NOW);
    assertThat(pauses.lasting(TOPIC, NOW + 99 * MILLI)).isEqualTo(REFUSAL);
    assertThat(pauses.lasting(new Topic("plant", "b"), NOW)).isNull();
    assertThat(pauses.lasting(TOPIC, NOW + 100 * MILLI)).isNull();
    assertThat(pauses.isEmpty()).isTrue();
  }

  @Test
  void eachRefusalBeginsAnotherOne() {
    pauses.begin(TOPIC, REFUSAL, NOW);
    pauses.begin(TOPIC, REFUSAL, NOW + 60 * MILLI);
    assertThat(pauses.lasting(TOPIC, NOW + 159 * MILLI)).isNotNull();
    assertThat(pauses.lasting(TOPIC, NOW + 160 * MILLI)).isNull();
  }

  @Test
  void whatIsOverIsForgottenAndNoMoreThanSoManyAreKept() {
    for (int i = 0; i < TopicPauses.MOST + 10; i++) {
      pauses.begin(new Topic("plant", "t" + i), REFUSAL, NOW);
    }
    assertThat(pauses.size()).isEqualTo(TopicPauses.MOST);
    assertThat(pauses.lasting(new Topic("plant", "t9"), NOW)).isNull();
    assertThat(pauses.lasting(new Topic("plant", "t10"), NOW)).isNotNull();

    pauses.begin(TOPIC, REFUSAL, NOW + 100 * MILLI);
    assertThat(pauses.size()).isEqualTo(1);
  }
}
