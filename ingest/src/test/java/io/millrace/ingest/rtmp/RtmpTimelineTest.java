package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Seeds;
import org.junit.jupiter.api.Test;

class RtmpTimelineTest {
  private static final long WRAP = 1L << 32;

  private final RtmpTimeline timeline = new RtmpTimeline();

  // RTMP R13
  @Test
  void goesOnWhenThirtyTwoBitsWrapAndTracksCrossTheWrapApart() {
    long start = timeline.place(WRAP - 100);
    assertThat(timeline.place(WRAP - 60) - start).isEqualTo(40);
    assertThat(timeline.place(20) - start).isEqualTo(120);
    assertThat(timeline.place(WRAP - 50) - start).isEqualTo(50);
    assertThat(timeline.place(10) - start).isEqualTo(110);
  }

  // RTMP R13
  @Test
  void goesOnPastThirtyOneBits() {
    timeline.place((1L << 31) - 20);
    assertThat(timeline.place((1L << 31) + 20)).isEqualTo((1L << 31) + 20);
  }

  // RTMP R13
  @Test
  void goesOnWhereAnEncoderWrapsAfterThirtyOneBits() {
    long start = timeline.place((1L << 31) - 20);
    assertThat(timeline.place(20) - start).isEqualTo(40);
    assertThat(timeline.place((1L << 31) - 5) - start).isEqualTo(15);
    assertThat(timeline.place(60) - start).isEqualTo(80);
  }

  // RTMP R13
  @Test
  void countsForMonthsAcrossEveryWrap() {
    Seeds.forEach(
        50,
        random -> {
          RtmpTimeline months = new RtmpTimeline();
          long first = random.nextLong(WRAP);
          long time = first;
          for (int i = 0; i < 10_000; i++) {
            assertThat(months.place(time % WRAP)).isEqualTo(time);
            time += random.nextLong(-2_000, 3_600_000);
            time = Math.max(time, first);
          }
        });
  }

  // RTMP R14
  @Test
  void keepsWhateverTheEncoderDoesWithItsClock() {
    assertThat(timeline.place(1_000_000)).isEqualTo(1_000_000);
    assertThat(timeline.place(80)).isEqualTo(80);
    assertThat(timeline.place(900_000_000)).isEqualTo(900_000_000);
  }
}
