package io.millrace.broker.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When a client counts as lost. */
class LifeSignsTest {
  private static final long STUCK = LifeSigns.STUCK_MILLIS;

  private final LifeSigns signs = new LifeSigns(0);

  @Test
  void aClientThatIsReadFromIsHeardInTime() {
    signs.agreed(90_000, 0);
    assertThat(signs.look(89_999, true, false)).isEmpty();
    signs.heard(60_000);
    assertThat(signs.look(149_999, true, false)).isEmpty();
    assertThat(signs.look(150_000, true, false)).contains("heard");
  }

  @Test
  void aClientThatIsNotReadFromIsNotAskedToBeHeard() {
    signs.agreed(90_000, 0);
    assertThat(signs.look(80_000, false, false)).isEmpty();
    assertThat(signs.look(10 * STUCK, false, false)).isEmpty();
    // From when it is read from again it has all the time that was agreed.
    assertThat(signs.look(10 * STUCK + 89_999, true, false)).isEmpty();
    assertThat(signs.look(10 * STUCK + 90_000, true, false)).contains("heard");
  }

  @Test
  void aClientThatTakesNothingOfWhatWaitsIsLost() {
    signs.agreed(90_000, 0);
    assertThat(signs.look(1000, true, true)).isEmpty();
    assertThat(signs.look(STUCK + 999, false, true)).isEmpty();
    signs.took(2000);
    assertThat(signs.look(STUCK + 1999, false, true)).isEmpty();
    assertThat(signs.look(STUCK + 2000, false, true)).contains("taken");
  }

  @Test
  void oneWithoutAKeepAliveIsLostByThatToo() {
    signs.agreed(0, 0);
    assertThat(signs.look(100 * STUCK, true, false)).isEmpty();
    assertThat(signs.look(101 * STUCK, false, true)).contains("taken");
  }

  @Test
  void aLongKeepAliveIsHowLongItMayTakeNothing() {
    signs.agreed(2 * STUCK, 0);
    assertThat(signs.look(2 * STUCK - 1, false, true)).isEmpty();
    assertThat(signs.look(2 * STUCK, false, true)).contains("taken");
  }
}
