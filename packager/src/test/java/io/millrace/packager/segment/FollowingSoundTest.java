package io.millrace.packager.segment;

import static io.millrace.packager.segment.CutSegments.seconds;
import static io.millrace.packager.segment.SteadyEncoder.AUDIO;
import static io.millrace.packager.segment.SteadyEncoder.SECOND_AUDIO;
import static io.millrace.packager.segment.SteadyEncoder.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

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
