package io.millrace.packager.segment;

import static io.millrace.packager.segment.CutSegments.seconds;
import static io.millrace.packager.segment.SteadyEncoder.AUDIO;
import static io.millrace.packager.segment.SteadyEncoder.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Timescale;
import io.millrace.media.Track;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tracks that are announced again while on air: the same, with other parameters, or others. */
class ConfigurationChangeTest {
  private final CutSegments cut = new CutSegments();
  private final Segmenter segmenter = cut.segmenter();
  private final SteadyEncoder encoder = new SteadyEncoder(segmenter);

  /** HLS D2. */
  @Test
  void ignoresTracksThatAreTheSame() {
    encoder.announce(VIDEO);
    encoder.pictures(0, 1);
    encoder.announce(RandomBroadcast.video(Timescale.MILLIS));
    encoder.pictures(1, 2);
    encoder.end();

    assertThat(cut.all()).hasSize(1);
    assertThat(cut.all().get(0).discontinuity()).isFalse();
  }

  /** HLS D2: and every picture is behind its own header. */
  @Test
  void cutsWithoutADiscontinuityWhereAnotherParameterSetComes() {
    Track retuned = RandomBroadcast.retunedVideo(Timescale.MILLIS);
    encoder.announce(VIDEO, AUDIO);
    encoder.both(0, 2);
    encoder.both(2, 3);
    encoder.announce(retuned, AUDIO);
    encoder.both(3, 5);
    encoder.both(5, 7);
    encoder.end();

    List<CutSegment> pictures = cut.of("video");
    assertThat(seconds(pictures)).containsExactly(2.0, 1.0, 2.0, 2.0);
    assertThat(pictures.stream().map(CutSegment::frames)).containsExactly(50, 25, 50, 50);
    assertThat(pictures).allMatch(CutSegment::independent);
    assertThat(pictures.get(1).header()).isEqualTo(pictures.get(0).header());
    assertThat(pictures.get(2).header()).isNotEqualTo(pictures.get(0).header());
    assertThat(pictures.get(3).header()).isEqualTo(pictures.get(2).header());
    assertThat(seconds(cut.of("audio"))).containsExactly(2.0, 1.0, 2.0, 2.0);
    assertThat(cut.all()).noneMatch(CutSegment::discontinuity);
    assertThat(segmenter.dropped()).isZero();
  }

  /** HLS D1. */
  @Test
  void anotherSizeOfPictureIsOneDiscontinuity() {
    encoder.announce(VIDEO, AUDIO);
    encoder.both(0, 2);
    encoder.both(2, 3);
    encoder.announce(RandomBroadcast.smallVideo(Timescale.MILLIS), AUDIO);
    encoder.both(3, 5);
    encoder.both(5, 7);
    encoder.end();

    for (String rendition : List.of("video", "audio")) {
      assertThat(cut.of(rendition).stream().map(CutSegment::discontinuity))
          .containsExactly(false, false, true, false);
    }
  }

  /** HLS D1. */
  @Test
  void startsAnewWhereSoundChangesItsRate() {
    encoder.announce(AUDIO);
    encoder.sound(0, 3);
    encoder.announce(RandomBroadcast.audio(Timescale.MILLIS, 44_100));
    encoder.sound(3, 6);
    encoder.end();

    List<CutSegment> changes = cut.all().stream().filter(CutSegment::discontinuity).toList();
    assertThat(changes).hasSize(1);
    assertThat(changes.get(0).header()).isNotEqualTo(cut.all().get(0).header());
    assertThat(changes.get(0).mediaNanos()).isEqualTo(3_000_000_000L);
  }

  /** HLS D1: of what has no sample yet there is nothing that could change. */
  @Test
  void aConfigurationThatTheFirstKeyFrameCorrectsIsNoChange() {
    encoder.announce(VIDEO, AUDIO);
    encoder.sound(0, 0.04);
    encoder.announce(RandomBroadcast.smallVideo(Timescale.MILLIS), AUDIO);
    encoder.pictures(0, 2);
    encoder.sound(0.04, 2);
    encoder.both(2, 4);
    encoder.end();

    assertThat(cut.all()).noneMatch(CutSegment::discontinuity);
    assertThat(cut.of("video").stream().map(CutSegment::header).distinct()).hasSize(1);
    assertThat(seconds(cut.all())).containsOnly(2.0);
  }
}
