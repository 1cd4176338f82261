package io.millrace.packager.segment;

import static io.millrace.packager.segment.SteadyEncoder.AUDIO;
import static io.millrace.packager.segment.SteadyEncoder.SECOND_AUDIO;
import static io.millrace.packager.segment.SteadyEncoder.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.packager.cmaf.CmafFormat;
import io.millrace.packager.ts.TransportFormat;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Sound that is a rendition of its own beside a picture. */
class FollowingSoundTest {
  private static final CutRules RULES =
      new CutRules(Duration.ofSeconds(2), Optional.empty(), Duration.ofMillis(334));

  private final List<CutSegment> cut = new ArrayList<>();

  /** HLS B2: an ADTS frame has 8191 bytes at most. */
  @Test
  void soundThatTheContainerCannotCarryIsGapsOfWholeSegments() {
    Segmenter segmenter = new Segmenter(RULES, new TransportFormat(Set.of(), cut::add));
    SteadyEncoder encoder = new SteadyEncoder(segmenter);
    encoder.announce(VIDEO, AUDIO, SECOND_AUDIO);
    for (int i = 0; i < 10; i++) {
      encoder.pictures(2 * i, 2 * i + 2);
      encoder.sound(AUDIO, 2 * i, 2 * i + 2);
      encoder.sound(SECOND_AUDIO, 2 * i, 2 * i + 2, Buffer.buffer(new byte[8192]));
    }
    encoder.end();

    assertThat(of("video").stream().map(FollowingSoundTest::seconds)).hasSize(10).containsOnly(2.0);
    assertThat(of("audio-2").stream().map(FollowingSoundTest::seconds))
        .hasSize(10)
        .containsOnly(2.0);
    assertThat(of("audio-2")).allMatch(CutSegment::gap);
    assertThat(segmenter.dropped()).isEqualTo(1000);
  }

  /** Each time it is there makes segments of its own; the picture is not cut into as many. */
  @Test
  void soundThatComesAndGoesForEverStaysNearThePicture() {
    Segmenter segmenter = new Segmenter(RULES, new CmafFormat(RULES, cut::add));
    SteadyEncoder encoder = new SteadyEncoder(segmenter);
    encoder.announce(VIDEO, AUDIO);
    double soundAt = 0;
    for (int i = 0; i < 200; i++) {
      encoder.pictures(2 * i, 2 * i + 2);
      for (; soundAt < 2 * i + 2; soundAt += 3.6) {
        encoder.sound(AUDIO, soundAt, soundAt + 0.1);
      }
    }
    int before = of("video").size();
    encoder.end();

    assertThat(of("video").size() - before).isBetween(1, 12);
    assertThat(of("audio")).hasSameSizeAs(of("video"));
    assertThat(of("audio").stream().mapToInt(CutSegment::frames).sum()).isEqualTo(112 * 5);
    for (CutSegment segment : cut) {
      assertThat(seconds(segment)).isLessThan(segmenter.targetSeconds() + 0.5);
    }
  }

  private List<CutSegment> of(String rendition) {
    return cut.stream().filter(segment -> segment.rendition().equals(rendition)).toList();
  }

  private static double seconds(CutSegment segment) {
    return segment.timescale().toSeconds(segment.durationTicks());
  }
}
