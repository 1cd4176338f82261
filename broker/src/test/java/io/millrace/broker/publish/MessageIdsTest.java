package io.millrace.broker.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.LogException;
import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import io.millrace.broker.publish.MessageIds.Claim;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageIdsTest {
  private static final long NOW = 10_000_000;

  private final MessageIds ids = new MessageIds(3 * 210);
  private final List<String> told = new ArrayList<>();

  private AppendResult telling(String name) {
    return new AppendResult() {
      @Override
      public void appended(int partition, long offset, long timestamp) {
        told.add(name + " at " + offset);
      }

      @Override
      public void failed(LogException reason) {
        told.add(name + " failed: " + reason.reason());
      }
    };
  }

  private AppendResult claimed(String id, String name, long now) {
    return ((Claim.First) ids.claim("a", id, telling(name), now)).result();
  }

  private static Message message(String id, long offset, long timestamp) {
    return new Message(
        "a", 0, offset, timestamp, id, false, Message.NEVER, Headers.NONE, new byte[0]);
  }

  @Test
  void theSecondOfAnIdGetsTheFirstOnesResult() {
    claimed("x", "first", NOW).appended(0, 7, NOW);
    assertThat(ids.claim("a", "x", telling("second"), NOW + 1000)).isEqualTo(new Claim.Known());
    assertThat(told).containsExactly("first at 7", "second at 7");
  }

  @Test
  void oneThatComesWhileTheFirstIsUnderWayWaitsForIt() {
    AppendResult first = claimed("x", "first", NOW);
    assertThat(ids.claim("a", "x", telling("second"), NOW)).isEqualTo(new Claim.Known());
    assertThat(told).isEmpty();
    first.appended(0, 7, NOW);
    assertThat(told).containsExactly("first at 7", "second at 7");
  }

  @Test
  void afterARefusalTheIdMayBeUsedAgain() {
    AppendResult first = claimed("x", "first", NOW);
    assertThat(ids.claim("a", "x", telling("second"), NOW)).isEqualTo(new Claim.Known());
    first.failed(new LogException(LogException.Reason.OVERLOADED, "too much"));
    assertThat(told).containsExactly("first failed: OVERLOADED", "second failed: OVERLOADED");
    claimed("x", "third", NOW).appended(0, 8, NOW);
    assertThat(told).endsWith("third at 8");
  }

  @Test
  void whatTheLogDidNotAnswerToIsInDoubtUntilItIsSettled() {
    claimed("x", "first", NOW).failed(new LogException(LogException.Reason.UNAVAILABLE, "away"));
    assertThat(ids.claim("a", "x", telling("again"), NOW)).isEqualTo(new Claim.Doubt());
    ids.settle("a", "x");
    claimed("x", "third", NOW + 1).appended(0, 8, NOW + 1);
    assertThat(told).containsExactly("first failed: UNAVAILABLE", "third at 8");
    // What was remembered of the first does not shorten the time of the third.
    assertThat(ids.claim("a", "x", telling("late"), NOW + 150_000)).isEqualTo(new Claim.Known());
  }

  @Test
  void whatTheTailHasReadIsThereWhateverTheLogAnswers() {
    AppendResult first = claimed("x", "first", NOW);
    ids.saw(message("x", 9, NOW), NOW + 1);
    first.failed(new LogException(LogException.Reason.UNAVAILABLE, "away"));
    assertThat(told).containsExactly("first at 9");
  }

  @Test
  void whatTheLogHasAfterAllIsNotPublishedAgain() {
    claimed("x", "first", NOW).failed(new LogException(LogException.Reason.UNAVAILABLE, "away"));
    ids.saw(message("x", 9, NOW), NOW + 1);
    assertThat(ids.claim("a", "x", telling("again"), NOW + 2)).isEqualTo(new Claim.Known());
    assertThat(told).endsWith("again at 9");
  }

  @Test
  void anIdIsOfItsTopic() {
    claimed("x", "first", NOW).appended(0, 7, NOW);
    assertThat(ids.claim("b", "x", telling("other"), NOW)).isInstanceOf(Claim.First.class);
  }

  @Test
  void idsAreForgottenAfterTwoMinutes() {
    claimed("x", "first", NOW).appended(0, 7, NOW);
    assertThat(ids.claim("a", "x", telling("late"), NOW + 149_999)).isEqualTo(new Claim.Known());
    assertThat(ids.claim("a", "x", telling("later"), NOW + 150_000))
        .isInstanceOf(Claim.First.class);
    ids.saw(message("old", 1, NOW), NOW + 120_000);
    assertThat(ids.claim("a", "old", telling("old"), NOW + 120_000))
        .isInstanceOf(Claim.First.class);
  }

  @Test
  void moreThanItHoldsAreRefusedAndNoneForgotten() {
    claimed("1", "1", NOW).appended(0, 1, NOW);
    claimed("2", "2", NOW).appended(0, 2, NOW);
    claimed("3", "3", NOW).appended(0, 3, NOW);
    assertThatThrownBy(() -> ids.claim("a", "4", telling("4"), NOW))
        .isInstanceOfSatisfying(
            LogException.class,
            e -> assertThat(e.reason()).isEqualTo(LogException.Reason.OVERLOADED));
    assertThat(ids.claim("a", "1", telling("again"), NOW)).isEqualTo(new Claim.Known());
    assertThat(ids.size()).isEqualTo(3);
  }
}
