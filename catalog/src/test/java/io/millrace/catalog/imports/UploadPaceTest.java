package io.millrace.catalog.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class UploadPaceTest {
  private static final Instant BEGIN = Instant.parse("2026-11-21T12:00:00Z");

  private final UploadPace pace = new UploadPace(BEGIN);

  @Test
  void whoBringsEnoughInEachHalfMinuteIsWaitedFor() {
    for (int half = 1; half <= 10; half++) {
      assertThat(pace.isTooSlow(half * UploadPace.LEAST_BYTES, true, BEGIN.plusSeconds(half * 30L)))
          .isFalse();
    }
  }

  @Test
  void whoBringsLessInOneIsNotWhateverCameBefore() {
    assertThat(pace.isTooSlow(1 << 30, true, BEGIN.plusSeconds(30))).isFalse();
    long more = (1 << 30) + UploadPace.LEAST_BYTES - 1;
    assertThat(pace.isTooSlow(more, true, BEGIN.plusSeconds(59))).isFalse();
    assertThat(pace.isTooSlow(more, true, BEGIN.plusSeconds(60))).isTrue();
  }

  @Test
  void aDiskThatIsWaitedForIsNotTheSendersFault() {
    assertThat(pace.isTooSlow(0, false, BEGIN.plusSeconds(29))).isFalse();
    assertThat(pace.isTooSlow(0, true, BEGIN.plusSeconds(58))).isFalse();
    assertThat(pace.isTooSlow(0, true, BEGIN.plusSeconds(59))).isTrue();
  }
}
