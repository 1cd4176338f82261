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

  /** CMAF may write offsets below 0, so that the first picture is shown at 0. */
  @Test
  void picturesMayBeShownBeforeTheirTimeOfDecoding() {
    accept(0, 0);
    accept(1, 3);
    accept(2, 1);
    accept(3, 2);
    accept(4, 6);
    accept(5, 4);
    accept(6, 5);
    accept(7, 7);
    order.flush();
    assertThat(shown).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
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
