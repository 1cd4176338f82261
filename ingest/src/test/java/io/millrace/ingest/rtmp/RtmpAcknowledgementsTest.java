package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RtmpAcknowledgementsTest {
  private final RtmpAcknowledgements acknowledgements = new RtmpAcknowledgements();

  // RTMP R16
  @Test
  void nothingIsOwedToAPeerWithoutAWindow() {
    acknowledgements.received(1L << 40);
    assertThat(acknowledgements.due()).isEmpty();
  }

  // RTMP R16
  @Test
  void aFullWindowIsAcknowledgedOnce() {
    acknowledgements.window(1000);
    acknowledgements.received(999);
    assertThat(acknowledgements.due()).isEmpty();
    acknowledgements.received(1);
    assertThat(acknowledgements.due()).hasValue(1000);
    assertThat(acknowledgements.due()).isEmpty();
    acknowledgements.received(2500);
    assertThat(acknowledgements.due()).hasValue(3500);
  }

  // RTMP R16
  @Test
  void theNumberWrapsAtThirtyTwoBitsAndGoesOn() {
    acknowledgements.window(1L << 30);
    List<Long> told = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      acknowledgements.received(1L << 30);
      acknowledgements.due().ifPresent(told::add);
    }
    assertThat(told).containsExactly(1L << 30, 2L << 30, 3L << 30, 0L, 1L << 30);
  }

  // RTMP R16
  @Test
  void aWindowOfNothingIsNoEndlessLoop() {
    acknowledgements.window(0);
    acknowledgements.received(1);
    assertThat(acknowledgements.due()).hasValue(1);
    assertThat(acknowledgements.due()).isEmpty();
  }
}
