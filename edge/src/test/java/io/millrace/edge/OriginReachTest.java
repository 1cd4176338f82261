package io.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class OriginReachTest {
  private static final Future<String> ANSWER = Future.succeededFuture("404");
  private static final Future<String> REFUSAL = Future.failedFuture(new OriginRefusesException());
  private static final Future<String> SILENCE = Future.failedFuture(new IOException("gone"));

  @Test
  void anEdgeIsNotReadyBeforeItsOriginHasAnswered() {
    assertThat(OriginReach.UNREACHED.after(SILENCE)).isEqualTo(OriginReach.UNREACHED);
    assertThat(OriginReach.UNREACHED.isReady()).isFalse();
    assertThat(OriginReach.UNREACHED.after(ANSWER)).isEqualTo(OriginReach.ANSWERS);
    assertThat(OriginReach.ANSWERS.isReady()).isTrue();
  }

  @Test
  void anEdgeWhoseOriginGoesAwayStillServesWhatItHas() {
    OriginReach away = OriginReach.ANSWERS.after(SILENCE);
    assertThat(away).isEqualTo(OriginReach.AWAY);
    assertThat(away.isReady()).isTrue();
    assertThat(away.after(SILENCE)).isEqualTo(OriginReach.AWAY);
    assertThat(away.after(ANSWER)).isEqualTo(OriginReach.ANSWERS);
  }

  @Test
  void anEdgeThatIsRefusedIsNeverReady() {
    for (OriginReach before : OriginReach.values()) {
      OriginReach refused = before.after(REFUSAL);
      assertThat(refused.isReady()).isFalse();
      assertThat(refused.words()).contains("origin.sharedSecret");
    }
    assertThat(OriginReach.REFUSES.after(SILENCE)).isEqualTo(OriginReach.REFUSES);
    assertThat(OriginReach.REFUSES.after(ANSWER)).isEqualTo(OriginReach.ANSWERS);
  }
}
