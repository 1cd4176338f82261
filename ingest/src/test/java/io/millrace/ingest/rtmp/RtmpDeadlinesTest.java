package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.Configuration;
import io.millrace.ingest.IngestConfig;
import io.millrace.ingest.rtmp.RtmpSession.Phase;
import java.util.Map;
import org.junit.jupiter.api.Test;

// RTMP R4
class RtmpDeadlinesTest {
  private static final long SECOND = 1_000_000_000L;

  private final RtmpDeadlines deadlines =
      new RtmpDeadlines(
          IngestConfig.read(new Configuration(Map.of(), Map.of(), Map.of()).root()), 0);

  @Test
  void tricklingBytesDontProlongTheHandshake() {
    for (int i = 1; i < 10; i++) {
      deadlines.heard(i * SECOND);
      assertThat(deadlines.expired(i * SECOND)).isEmpty();
    }
    assertThat(deadlines.left(9 * SECOND)).isEqualTo(SECOND);
    assertThat(deadlines.expired(10 * SECOND)).contains(CloseReason.HANDSHAKE_TIMEOUT);
  }

  @Test
  void commandsMustLeadToAPublication() {
    assertThat(deadlines.enter(Phase.COMMANDS, 9 * SECOND)).isTrue();
    assertThat(deadlines.enter(Phase.COMMANDS, 18 * SECOND)).isFalse();
    deadlines.heard(18 * SECOND);
    assertThat(deadlines.expired(18 * SECOND)).isEmpty();
    assertThat(deadlines.expired(19 * SECOND)).contains(CloseReason.PUBLISH_TIMEOUT);
  }

  @Test
  void aDecisionThatNeverComesIsARefusal() {
    deadlines.enter(Phase.DECIDING, SECOND);
    assertThat(deadlines.expired(11 * SECOND)).contains(CloseReason.UNDECIDED);
    assertThat(deadlines.words(CloseReason.UNDECIDED)).contains("could not decide");
    assertThat(deadlines.words(CloseReason.IDLE)).isEqualTo("nothing was sent for 30.0 s");
  }

  @Test
  void aPublisherMustOnlyNotFallSilent() {
    deadlines.enter(Phase.PUBLISHING, SECOND);
    for (int i = 1; i < 100; i++) {
      deadlines.heard(29 * SECOND * i);
      assertThat(deadlines.expired(29 * SECOND * i)).isEmpty();
    }
    assertThat(deadlines.expired((99 * 29 + 30) * SECOND)).contains(CloseReason.IDLE);
  }
}
