package io.millrace.transcoding;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Track;
import io.millrace.transcoding.protocol.Frame;
import io.millrace.transcoding.protocol.RungWish;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SourceQueueTest {
  private static final List<Track> TRACKS =
      List.of(MediaFixture.pictures(640, 360), MediaFixture.sound());
  private static final List<RungWish> RUNGS = List.of(new RungWish(4, 240, 400_000));

  private final SourceQueue queue =
      new SourceQueue(new SourceQueue.Limits(5, 10_000, 1_000_000_000L, 20_000));

  @BeforeEach
  void begin() {
    queue.tracks(TRACKS, RUNGS);
  }

  /** What may be sent now, in short. */
  private List<String> sent() {
    List<String> frames = new ArrayList<>();
    for (Frame frame = queue.poll(); frame != null; frame = queue.poll()) {
      frames.add(
          switch (frame) {
            case Frame.Tracks _ -> "tracks";
            case Frame.SourceSample(var sample, boolean startsSegment) ->
                (startsSegment ? "start " : "")
                    + (sample.track() == 1 ? "picture " : "sound ")
                    + sample.dts();
            case Frame.Break(long nanos) -> "break " + nanos / 1_000_000;
            case Frame.End() -> "end";
            default -> frame.toString();
          });
    }
    return frames;
  }

  @Test
  void whatComesIsSentInItsOrder() {
    queue.sample(MediaFixture.picture(0, true));
    queue.sample(MediaFixture.sound(1));
    queue.discontinuity(40_000_000);
    queue.end();

    assertThat(sent()).containsExactly("tracks", "picture 0", "sound 1", "break 40", "end");
  }

  @Test
  void aSegmentStartsWithTheNextPictureAndNoOther() {
    queue.sample(MediaFixture.picture(0, true));
    queue.startSegment();
    queue.sample(MediaFixture.sound(1));
    queue.sample(MediaFixture.picture(40, false));
    queue.sample(MediaFixture.picture(80, false));

    assertThat(sent())
        .containsExactly("tracks", "picture 0", "sound 1", "start picture 40", "picture 80");
  }

  @Test
  void noMoreIsSentThanMayBeOwed() {
    for (int i = 0; i < 8; i++) {
      queue.sample(MediaFixture.picture(i * 40L, i == 0));
    }

    assertThat(sent()).hasSize(1 + 5);
    assertThat(queue.isOwed()).isTrue();
    assertThat(sent()).isEmpty();
    queue.answered(2);
    assertThat(sent()).containsExactly("picture 200", "picture 240");
    queue.answered(6);
    assertThat(sent()).containsExactly("picture 280");
    queue.answered(1);
    assertThat(queue.isOwed()).isFalse();
  }

  @Test
  void oneThatIsTooSlowGoesOnWithTheNextKeyFrameBehindABreak() {
    queue.sample(MediaFixture.picture(0, true));
    sent();
    for (long time = 40; time <= 1_200; time += 40) {
      queue.sample(MediaFixture.picture(time, false));
    }
    assertThat(queue.dropped()).isEqualTo(30);
    queue.answered(5);
    // It has caught up, but this continues nothing.
    queue.sample(MediaFixture.picture(1_240, false));
    queue.sample(MediaFixture.sound(1_240));
    assertThat(sent()).isEmpty();
    queue.sample(MediaFixture.picture(1_280, true));
    queue.sample(MediaFixture.picture(1_320, false));

    assertThat(sent()).containsExactly("break 1280", "tracks", "picture 1280", "picture 1320");
    assertThat(queue.dropped()).isEqualTo(32);
  }

  @Test
  void aKeyFrameThatComesBeforeItHasCaughtUpIsDroppedToo() {
    queue.sample(MediaFixture.picture(0, true));
    sent();
    queue.sample(MediaFixture.picture(1_100, false));
    queue.sample(MediaFixture.picture(1_140, true));
    assertThat(sent()).isEmpty();
    queue.answered(1);
    queue.sample(MediaFixture.picture(1_180, true));

    assertThat(sent()).containsExactly("break 1180", "tracks", "picture 1180");
  }

  @Test
  void aBreakThatLeapsFarIsNotTakenForSlowness() {
    queue.sample(MediaFixture.picture(0, true));
    sent();
    queue.discontinuity(1_000_000_000_000L);
    queue.sample(MediaFixture.picture(1_000_000, true));
    queue.discontinuity(0);
    queue.sample(MediaFixture.picture(0, true));

    assertThat(sent()).containsExactly("break 1000000", "picture 1000000", "break 0", "picture 0");
  }

  @Test
  void bytesAreBoundedToo() {
    for (int i = 0; i < 300; i++) {
      queue.sample(MediaFixture.picture(i, i == 0));
    }
    assertThat(queue.dropped()).isPositive();
  }

  @Test
  void theNextTranscoderBeginsAtAKeyFrameWithTheTracksAsTheyAreThen() {
    queue.sample(MediaFixture.picture(0, true));
    sent();
    queue.restart();
    queue.sample(MediaFixture.picture(40, false));
    queue.tracks(TRACKS.subList(0, 1), RUNGS);
    queue.discontinuity(60_000_000);
    queue.sample(MediaFixture.picture(80, true));

    assertThat(queue.isOwed()).isFalse();
    assertThat(sent()).containsExactly("tracks", "picture 80");
    assertThat(queue.dropped()).isEqualTo(2);
  }

  @Test
  void aSourceWithoutKeyFramesIsNotWaitedForForEver() {
    queue.restart();
    for (long time = 0; time <= 12_000; time += 1_000) {
      queue.sample(MediaFixture.picture(time, false));
    }
    assertThat(sent()).isEmpty();
    queue.sample(MediaFixture.picture(12_040, false));

    assertThat(sent()).containsExactly("tracks", "picture 12040");
  }

  @Test
  void soundAloneGoesOnAnywhere() {
    queue.tracks(TRACKS.subList(1, 2), RUNGS);
    queue.restart();
    queue.sample(MediaFixture.sound(5));

    assertThat(sent()).containsExactly("tracks", "sound 5");
  }
}
