package io.millrace.packager.segment;

import static io.millrace.packager.segment.CutSegments.seconds;
import static io.millrace.packager.segment.SteadyEncoder.AUDIO;
import static io.millrace.packager.segment.SteadyEncoder.SECOND_AUDIO;
import static io.millrace.packager.segment.SteadyEncoder.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.packager.segment.Arrivals.Telling;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sound that is a rendition of its own beside a picture. */
class FollowingSoundTest {
  private final CutSegments cut = new CutSegments();

  /** HLS B2: an ADTS frame has 8191 bytes at most. */
  @Test
  void soundThatTheContainerCannotCarryIsGapsOfWholeSegments() {
    Segmenter segmenter = cut.transportSegmenter();
    SteadyEncoder encoder = new SteadyEncoder(segmenter);
    encoder.announce(VIDEO, AUDIO, SECOND_AUDIO);
    for (int i = 0; i < 10; i++) {
      encoder.pictures(2 * i, 2 * i + 2);
      encoder.sound(AUDIO, 2 * i, 2 * i + 2);
      encoder.sound(SECOND_AUDIO, 2 * i, 2 * i + 2, Buffer.buffer(new byte[8192]));
    }
    encoder.end();

    assertThat(seconds(cut.of("video"))).hasSize(10).containsOnly(2.0);
    assertThat(seconds(cut.of("audio-2"))).hasSize(10).containsOnly(2.0);
    assertThat(cut.of("audio-2")).allMatch(CutSegment::gap);
    assertThat(segmenter.dropped()).isEqualTo(1000);
  }

  /** HLS B9: some encoders give two frames one timestamp; nothing is missing behind the second. */
  @Test
  void soundInPairsOfFramesLeavesNoGaps() {
    Segmenter segmenter = cut.transportSegmenter();
    SteadyEncoder encoder = new SteadyEncoder(segmenter);
    encoder.announce(AUDIO);
    for (int i = 0; i < 400; i++) {
      long dts = Math.round(i * 2048 / 48.0);
      encoder.send(AUDIO, dts, true, Buffer.buffer("a"));
      encoder.send(AUDIO, dts + 1, true, Buffer.buffer("b"));
    }
    encoder.end();

    assertThat(cut.all()).noneMatch(CutSegment::gap).hasSizeBetween(8, 9);
    assertThat(cut.all().stream().mapToInt(CutSegment::frames).sum()).isEqualTo(800);
  }

  /**
   * HLS F2: sound that begins to come so late that it gets ahead by a number in the middle of a cut
   * that it is not waited for any longer: the last frame then waits for the next one.
   */
  @ParameterizedTest
  @ValueSource(ints = {4_160, 4_230, 4_300, 4_360, 4_430})
  void whatTellsHowLongTheLastFrameLastsIsWaitedForWhereSoundIsAhead(int lateMillis) {
    Segmenter segmenter = cut.segmenter();
    Arrivals arrivals = new Arrivals();
    arrivals.pictures(VIDEO, 25, 50, 0, 24, Telling.plain());
    arrivals.sound(
        AUDIO, 48_000, 24, Telling.plain().arriving(at -> at < 10 ? at : at + lateMillis / 1000.0));
    arrivals.feed(segmenter, cut.all());

    assertThat(SegmentJudge.judge(cut.of("audio"), segmenter.targetSeconds())).isEmpty();
  }

  /** A state is written for a cut of all tracks: it waits for sound in time, and for no other. */
  @Test
  void whatSoundHasYetToCutIsWaitedForWhileItComesInTime() {
    Segmenter segmenter = cut.segmenter();
    SteadyEncoder encoder = new SteadyEncoder(segmenter);
    encoder.announce(VIDEO, AUDIO);
    interleaved(encoder, 0, 1.8, 0);
    encoder.pictures(1.8, 2.04, FollowingSoundTest::isKeyFrame);
    assertThat(cut.of("video")).hasSize(1);
    assertThat(segmenter.isSettled()).isFalse();
    encoder.sound(1.8, 2.04);
    assertThat(cut.of("audio")).hasSize(1);
    assertThat(segmenter.isSettled()).isTrue();

    encoder.pictures(2.04, 3, FollowingSoundTest::isKeyFrame);
    interleaved(encoder, 3, 9, 1);
    assertThat(cut.of("video")).hasSizeGreaterThan(cut.of("audio").size());
    assertThat(segmenter.isSettled()).as("known to be late").isTrue();
  }

  private static boolean isKeyFrame(double seconds) {
    return Math.round(seconds * 1000) % 2000 == 0;
  }

  /** Pictures, and sound that comes some seconds later, in pieces of 200 ms. */
  private static void interleaved(SteadyEncoder encoder, double from, double to, double lag) {
    for (int i = (int) Math.round(from * 5); i < Math.round(to * 5); i++) {
      encoder.pictures(i / 5.0, (i + 1) / 5.0, FollowingSoundTest::isKeyFrame);
      encoder.sound(i / 5.0 - lag, (i + 1) / 5.0 - lag);
    }
  }

  /** Each time it is there makes segments of its own; the picture is not cut into as many. */
  @Test
  void soundThatComesAndGoesForEverStaysNearThePicture() {
    Segmenter segmenter = cut.segmenter();
    SteadyEncoder encoder = new SteadyEncoder(segmenter);
    encoder.announce(VIDEO, AUDIO);
    double soundAt = 0;
    for (int i = 0; i < 200; i++) {
      encoder.pictures(2 * i, 2 * i + 2);
      for (; soundAt < 2 * i + 2; soundAt += 3.6) {
        encoder.sound(AUDIO, soundAt, soundAt + 0.1);
      }
    }
    int before = cut.of("video").size();
    encoder.end();

    assertThat(cut.of("video").size() - before).isBetween(1, 12);
    assertThat(cut.of("audio")).hasSameSizeAs(cut.of("video"));
    assertThat(cut.of("audio").stream().mapToInt(CutSegment::frames).sum()).isEqualTo(112 * 5);
    assertThat(seconds(cut.all())).allMatch(seconds -> seconds < segmenter.targetSeconds() + 0.5);
  }
}
