package io.millrace.broker.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PublishPausesTest {
  private static final long NOW = Long.MAX_VALUE - 50;
  private static final long MILLI = Duration.ofMillis(1).toNanos();

  private final PublishPauses pauses = new PublishPauses();

  @Test
  void aNamespaceIsRefusedForATenthOfASecond() {
    pauses.begin("plant", "the credential", NOW);
    assertThat(pauses.lasting("plant", NOW + 99 * MILLI))
        .isEqualTo(new PublishPauses.Pause("the credential", NOW + 100 * MILLI));
    assertThat(pauses.lasting("other", NOW)).isNull();
    assertThat(pauses.lasting("plant", NOW + 100 * MILLI)).isNull();
  }

  @Test
  void eachRefusalBeginsAnotherOne() {
    pauses.begin("plant", "the credential", NOW);
    pauses.begin("plant", "the namespace plant", NOW + 60 * MILLI);
    assertThat(pauses.lasting("plant", NOW + 159 * MILLI)).isNotNull();
    assertThat(pauses.lasting("plant", NOW + 160 * MILLI)).isNull();
  }
}
