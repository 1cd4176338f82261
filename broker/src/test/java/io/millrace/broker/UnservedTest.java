package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When namespaces that cannot be served are tried again. */
class UnservedTest {
  private final Unserved unserved = new Unserved();

  @Test
  void eachTryIsTwiceAsLateAsTheOneBefore() {
    unserved.begin("a");
    assertThat(unserved.failed("a", 0)).isTrue();
    long now = 0;
    for (long pause = Unserved.FIRST_PAUSE_MILLIS;
        pause < Unserved.LONGEST_PAUSE_MILLIS;
        pause *= 2) {
      assertThat(unserved.due(now + pause - 1)).isEmpty();
      now += pause;
      assertThat(unserved.due(now)).containsExactly("a");
      assertThat(unserved.failed("a", now)).isFalse();
    }
    assertThat(unserved.due(now + Unserved.LONGEST_PAUSE_MILLIS)).containsExactly("a");
  }

  @Test
  void whatIsTriedIsNotTriedAgainMeanwhile() {
    unserved.add("a");
    assertThat(unserved.due(1)).containsExactly("a");
    assertThat(unserved.due(1_000_000)).isEmpty();
    unserved.remove("a");
    unserved.failed("a", 2);
    assertThat(unserved.due(1_000_000)).isEmpty();
  }

  @Test
  void whatIsToldAnewBeginsAnew() {
    unserved.begin("a");
    for (int i = 0; i < 20; i++) {
      unserved.failed("a", 0);
    }
    unserved.begin("a");
    assertThat(unserved.failed("a", 0)).isTrue();
    assertThat(unserved.due(Unserved.FIRST_PAUSE_MILLIS)).containsExactly("a");
  }
}
