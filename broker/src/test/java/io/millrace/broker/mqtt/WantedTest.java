package io.millrace.broker.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.door.Answer;
import io.millrace.broker.door.Refusal;
import io.millrace.broker.hub.Start;
import io.millrace.broker.mqtt.Properties.Pair;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the user properties of a SUBSCRIBE may say, and what is said of those that may not. */
class WantedTest {
  /**
   * @param pairs names and values
   */
  private static Answer<Wanted> of(String... pairs) {
    List<Pair> user = new ArrayList<>();
    for (int i = 0; i < pairs.length; i += 2) {
      user.add(new Pair(pairs[i], pairs[i + 1]));
    }
    return Wanted.of(new Properties(new EnumMap<>(Property.class), user));
  }

  private static Wanted given(String... pairs) {
    return ((Answer.Given<Wanted>) of(pairs)).value();
  }

  private static Refusal refused(String... pairs) {
    return ((Answer.Refused<Wanted>) of(pairs)).refusal();
  }

  @Test
  void propertiesOfTheClientsOwnSayNothing() {
    assertThat(given()).isEqualTo(Wanted.ALL);
    assertThat(given("mr", "1", "last", "x", "MR-last", "x")).isEqualTo(Wanted.ALL);
  }

  @Test
  void allWishesAreTakenTogether() {
    assertThat(given("mr-last", "5", "own", "word", "mr-where", "p.t > 1", "mr-positions", "true"))
        .isEqualTo(new Wanted("last=5", "p.t > 1", true));
  }

  @Test
  void asManyLastMessagesAsThereMayBeAreTakenAndNoMore() {
    int most = Start.Last.MOST;
    assertThat(given("mr-last", "1").start()).contains(new Start.Last(1));
    assertThat(given("mr-last", String.valueOf(most)).start()).contains(new Start.Last(most));
    assertThat(refused("mr-last", String.valueOf(most + 1)).message())
        .isEqualTo("last is a number from 1 to " + most);
  }

  @ParameterizedTest
  @CsvSource({
    "mr-last, 0",
    "mr-last, -1",
    "mr-last, 1.5",
    "mr-last, ''",
    "mr-last, many",
    "mr-last, 99999999999999999999",
    "mr-since, ''",
    "mr-since, -1",
    "mr-since, 99999999999999999999",
    "mr-since, yesterday",
    "mr-since, 2026-02-31T12:00:00Z",
    "mr-positions, ''",
    "mr-positions, yes",
    "mr-positions, TRUE",
  })
  void whatIsNoNumberTimeOrAnswerIsRefusedAsABadRequest(String name, String value) {
    Refusal refusal = refused(name, value);
    assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_REQUEST);
    assertThat(refusal.message()).contains(name.substring(3)).contains(" is ");
  }

  @Test
  void whatIsNoPositionIsRefusedAsThat() {
    assertThat(refused("mr-after", "x").code()).isEqualTo(Refusal.Code.BAD_POSITION);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mr-last", "mr-since", "mr-after"})
  void whereToBeginHasABoundThatIsLookedAtFirst(String name) {
    assertThat(refused(name, "1".repeat(20_001)).message())
        .isEqualTo(name + " has more than 20000 characters");
    assertThat(refused(name, "1".repeat(20_000)).message()).doesNotContain("20000");
  }

  @Test
  void onlyOneSaysWhereToBegin() {
    assertThat(refused("mr-last", "1", "mr-since", "0").message())
        .isEqualTo("only one of mr-last, mr-since and mr-after says where to begin");
    assertThat(refused("mr-last", "1", "mr-last", "1").code()).isEqualTo(Refusal.Code.BAD_REQUEST);
  }

  @Test
  void aConditionComesOnce() {
    assertThat(refused("mr-where", "p.t > 1", "mr-where", "p.t > 2").message())
        .isEqualTo("mr-where comes twice; && joins conditions");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mr-", "mr-first", "mr-Last", "mr-gap"})
  void whatIsNotKnownIsNamed(String name) {
    assertThat(refused(name, "1").message())
        .isEqualTo(
            "there is no "
                + name
                + "; a subscription may have mr-last, mr-since, mr-after, mr-where and"
                + " mr-positions");
  }
}
