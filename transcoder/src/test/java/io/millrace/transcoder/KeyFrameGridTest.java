package io.millrace.transcoder;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

/** With 25 pictures a second, in milliseconds, and a wish of 2 s. */
class KeyFrameGridTest {
  private final KeyFrameGrid grid = new KeyFrameGrid(2_000);

  private List<Long> keys(long until, LongPredicate fixed) {
    List<Long> keys = new ArrayList<>();
    for (long time = 0; time < until; time += 40) {
      if (grid.isKey(time, fixed.test(time))) {
        keys.add(time);
      }
    }
    return keys;
  }

  @Test
  void groupsOfTheWishesLengthStayAsTheyAre() {
    assertThat(keys(8_000, time -> time % 2_000 == 0)).containsExactly(0L, 2_000L, 4_000L, 6_000L);
  }

  @Test
  void groupsThatAreALittleLongerGetNone() {
    assertThat(keys(7_000, time -> time % 2_240 == 0)).containsExactly(0L, 2_240L, 4_480L, 6_720L);
  }

  @Test
  void aKeyFrameThatIsALittleLateGetsNoneBeforeIt() {
    List<Long> source = List.of(0L, 2_240L, 4_560L, 6_720L, 9_200L);

    assertThat(keys(9_400, source::contains)).isEqualTo(source);
  }

  @Test
  void shortGroupsStayAsTheyAre() {
    assertThat(keys(3_000, time -> time % 520 == 0))
        .containsExactly(0L, 520L, 1_040L, 1_560L, 2_080L, 2_600L);
  }

  @Test
  void longGroupsAreDividedEvenlyOnceTheyAreKnown() {
    List<Long> keys = keys(24_000, time -> time % 8_000 == 0);

    assertThat(keys).startsWith(0L, 2_480L, 4_960L, 7_440L);
    assertThat(keys.stream().filter(time -> time >= 8_000))
        .containsExactly(8_000L, 10_000L, 12_000L, 14_000L, 16_000L, 18_000L, 20_000L, 22_000L);
  }

  /** Segments of six seconds in groups of thirty. */
  @Test
  void whatIsCutAtTheSameIntervalIsDividedEvenlyToo() {
    List<Long> keys = keys(30_040, time -> time % 6_000 == 0);

    assertThat(keys.stream().filter(time -> time >= 6_000))
        .containsExactly(
            6_000L, 8_000L, 10_000L, 12_000L, 14_000L, 16_000L, 18_000L, 20_000L, 22_000L, 24_000L,
            26_000L, 28_000L, 30_000L);
  }

  @Test
  void aSourceWithoutFurtherKeyFramesGetsThem() {
    assertThat(keys(9_000, time -> time == 0)).containsExactly(0L, 2_480L, 4_960L, 7_440L);
  }

  @Test
  void theFirstPictureIsOneWhateverTheSourceSays() {
    assertThat(keys(40, _ -> false)).containsExactly(0L);
  }
}
