package io.millrace.packager.captions;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PictureOrderTest {
  private final List<Long> shown = new ArrayList<>();
  private final PictureOrder order = new PictureOrder((pts, _) -> shown.add(pts));

  @Test
  void aPictureWithoutReorderingIsGivenOnAtOnce() {
    accept(0, 0);
    assertThat(shown).containsExactly(0L);
    accept(1, 1);
    assertThat(shown).containsExactly(0L, 1L);
  }

  /** I P B B with a delay of one picture: each is given on when its time of decoding has come. */
  @Test
  void reorderedPicturesWaitForThoseBeforeThem() {
    accept(0, 1);
    accept(1, 4);
    assertThat(shown).containsExactly(1L);
    accept(2, 2);
    accept(3, 3);
    assertThat(shown).containsExactly(1L, 2L, 3L);
    order.releaseBefore(4);
    assertThat(shown).hasSize(3);
    order.releaseBefore(5);
    assertThat(shown).containsExactly(1L, 2L, 3L, 4L);
  }

  /**
   * CMAF may write offsets below 0, so that the first picture is shown at 0. How far below is not
   * known before the first.
   */
  @Test
  void picturesMayBeShownBeforeTheirTimeOfDecoding() {
    accept(0, 0);
    for (long group = 0; group < 12; group += 4) {
      accept(group + 1, group + 4);
      accept(group + 2, group + 2);
      accept(group + 3, group + 1);
      accept(group + 4, group + 3);
    }
    order.flush();
    assertThat(shown).containsExactly(0L, 2L, 1L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L);
  }

  @Test
  void offsetsThatAreADelayHoldNoMoreThanDecodersReorder() {
    for (int i = 0; i < 100; i++) {
      accept(i, i + 1_000_000);
    }
    assertThat(shown).hasSize(100 - 32).isSorted();
    order.flush();
    assertThat(shown).hasSize(100).isSorted();
  }

  /** Groups of pictures in any order of decoding that a delay of their length allows. */
  @Test
  void anyReorderingIsUndone() {
    Seeds.forEach(
        300,
        random -> {
          List<Long> given = new ArrayList<>();
          PictureOrder any = new PictureOrder((pts, _) -> given.add(pts));
          int group = 1 + random.nextInt(16);
          long dts = 0;
          for (long first = 0; first < 100; first += group) {
            List<Long> pictures =
                new ArrayList<>(LongStream.range(first, first + group).boxed().toList());
            while (!pictures.isEmpty()) {
              any.accept(
                  dts++, group + pictures.remove(random.nextInt(pictures.size())), Buffer.buffer());
            }
          }
          any.flush();
          assertThat(given).hasSize((int) dts).isSorted();
        });
  }

  private void accept(long dts, long pts) {
    order.accept(dts, pts, Buffer.buffer());
  }
}
