package io.millrace.broker.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.topic.TopicFilter;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The gaps that a client is still to be told of. */
class OwnSubscriptionTest {
  private static final int MOST = 64;

  @SuppressWarnings("NullAway") // nothing is sent
  private static OwnSubscription toTell(List<String> gaps) {
    OwnSubscription one =
        new OwnSubscription(
            null,
            "plant/#",
            new TopicFilter("plant", "#"),
            false,
            new SubscriptionOptions(1, false, false, 0),
            Wanted.ALL,
            0);
    one.begunBefore(null, null, gaps);
    return one;
  }

  private static List<String> gaps(String of, int count) {
    return IntStream.range(0, count).mapToObj(i -> of + i).toList();
  }

  @Test
  void whatTakesAnothersPlaceHasItsGapsBehindItsOwnAsManyAsAreTold() {
    List<String> own = gaps("own", 10);
    List<String> before = gaps("before", MOST);
    OwnSubscription one = toTell(own);
    one.isToTell(toTell(before));
    assertThat(one.stored().untold())
        .isEqualTo(Stream.concat(own.stream(), before.stream().limit(MOST - 10)).toList());
  }

  @Test
  void whatHasAsManyAsAreToldTakesNoMore() {
    List<String> own = gaps("own", MOST);
    OwnSubscription one = toTell(own);
    one.isToTell(toTell(gaps("before", 1)));
    assertThat(one.stored().untold()).isEqualTo(own);
  }
}
