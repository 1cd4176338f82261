package io.millrace.packager.segment;

import static io.millrace.packager.segment.CutSegments.seconds;
import static io.millrace.packager.segment.SteadyEncoder.AUDIO;
import static io.millrace.packager.segment.SteadyEncoder.SECOND_AUDIO;
import static io.millrace.packager.segment.SteadyEncoder.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.MediaEvent;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tracks that are announced again while on air: the same, with other parameters, or others. */
class ConfigurationChangeTest {
  private final CutSegments cut = new CutSegments();
  private final Segmenter segmenter = cut.segmenter();
  private final Segmenter transport = cut.transportSegmenter();
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

  /** HLS D1: pictures in the file of sound that joins them can be decoded from its start. */
  @Test
  void soundThatJoinsThePicturesOfATransportStreamBreaksAtTheirKeyFrame() {
    SteadyEncoder joined = new SteadyEncoder(transport);
    joined.announce(VIDEO);
    joined.pictures(0, 2);
    joined.pictures(2, 4);
    joined.pictures(4, 4.48);
    joined.announce(VIDEO, AUDIO);
    joined.sound(4.48, 4.52);
    for (int i = 0; i < 38; i++) {
      joined.laterPicture(4.48 + 0.04 * i);
      joined.sound(4.52 + 0.04 * i, 4.56 + 0.04 * i);
    }
    joined.both(6, 8);
    joined.end();

    assertThat(seconds(cut.all())).containsExactly(2.0, 2.0, 2.0, 2.0);
    assertThat(cut.all()).allMatch(CutSegment::independent);
    assertThat(cut.all().stream().map(CutSegment::discontinuity))
        .containsExactly(false, false, true, false);
    assertThat(cut.all().stream().map(CutSegment::frames)).containsExactly(50, 50, 50, 50);
    assertThat(transport.dropped()).isZero();
    assertThat(SegmentJudge.judge(cut.all(), transport.targetSeconds())).isEmpty();
  }

  /** HLS D1: nothing is listed yet that it could change. */
  @Test
  void soundThatJoinsInTheFirstSegmentOfATransportStreamBreaksNothing() {
    SteadyEncoder joined = new SteadyEncoder(transport);
    joined.announce(VIDEO);
    joined.picture(0, true);
    joined.announce(VIDEO, AUDIO);
    joined.sound(0, 0.04);
    for (int i = 1; i < 50; i++) {
      joined.picture(40L * i, false);
      joined.sound(0.04 * i, 0.04 * i + 0.04);
    }
    joined.both(2, 4);
    joined.end();

    assertThat(cut.all()).noneMatch(CutSegment::discontinuity);
    assertThat(seconds(cut.all())).containsExactly(2.0, 2.0);
    assertThat(SegmentJudge.judge(cut.all(), transport.targetSeconds())).isEmpty();
  }

  /** HLS D1, D4: sound of its own that is in the files of one more track breaks where they do. */
  @Test
  void soundThatJoinsPicturesBreaksTheOtherSoundAtTheSameNumber() {
    SteadyEncoder joined = new SteadyEncoder(transport);
    joined.announce(VIDEO, AUDIO, SECOND_AUDIO);
    three(joined, 0, 2);
    three(joined, 2, 3);
    joined.announce(VIDEO, SECOND_AUDIO);
    for (int i = 0; i < 75; i++) {
      joined.picture(3000 + 40L * i, i == 0 || i == 50);
      joined.sound(SECOND_AUDIO, 3 + 0.04 * i, 3.04 + 0.04 * i);
    }
    joined.announce(VIDEO, AUDIO, SECOND_AUDIO);
    for (int i = 0; i < 25; i++) {
      joined.sound(AUDIO, 6 + 0.04 * i, 6.04 + 0.04 * i);
      joined.sound(SECOND_AUDIO, 6 + 0.04 * i, 6.04 + 0.04 * i);
      joined.laterPicture(6 + 0.04 * i);
    }
    three(joined, 7, 9);
    joined.end();

    List<Boolean> breaks = cut.of("video").stream().map(CutSegment::discontinuity).toList();
    assertThat(breaks.stream().filter(broken -> broken)).hasSize(2);
    assertThat(cut.of("audio-2").stream().map(CutSegment::discontinuity)).isEqualTo(breaks);
    assertThat(cut.of("video")).allMatch(CutSegment::independent);
    assertThat(transport.dropped()).isZero();
  }

  /** HLS D1, D4: a timeline that has just begun breaks no second time. */
  @Test
  void soundThatJoinsBehindTheFirstPictureOfATimelineIsNoSecondBreak() {
    SteadyEncoder joined = new SteadyEncoder(transport);
    joined.announce(VIDEO, AUDIO, SECOND_AUDIO);
    three(joined, 0, 2);
    three(joined, 2, 4);
    joined.accept(new MediaEvent.Discontinuity(4_000_000_000L));
    joined.announce(VIDEO, SECOND_AUDIO);
    joined.picture(4_000, true);
    joined.announce(VIDEO, AUDIO, SECOND_AUDIO);
    for (int at = 4_000; at < 6_000; at += 40) {
      joined.sound(AUDIO, at / 1000.0, at / 1000.0 + 0.04);
      joined.sound(SECOND_AUDIO, at / 1000.0, at / 1000.0 + 0.04);
      joined.laterPicture(at / 1000.0 + 0.04);
    }
    joined.end();

    for (String rendition : List.of("video", "audio-2")) {
      assertThat(cut.of(rendition).stream().map(CutSegment::discontinuity))
          .containsExactly(false, false, true);
    }
    assertThat(transport.dropped()).isZero();
  }

  /** HLS D1: sound whose configuration comes behind the first picture of a publisher. */
  @Test
  void otherSoundThatComesBehindTheFirstPictureOfAPublisherIsNoSecondBreak() {
    encoder.announce(VIDEO, AUDIO);
    encoder.both(0, 2);
    encoder.both(2, 4);
    encoder.accept(new MediaEvent.Discontinuity(4_000_000_000L));
    encoder.announce(VIDEO);
    encoder.picture(4_000, true);
    Track other = RandomBroadcast.audio(Timescale.MILLIS, 44_100);
    encoder.announce(VIDEO, other);
    encoder.sound(other, 4, 4.04);
    for (int i = 1; i < 50; i++) {
      encoder.picture(4_000 + 40L * i, false);
      encoder.sound(other, 4 + 0.04 * i, 4.04 + 0.04 * i);
    }
    encoder.both(6, 8);
    encoder.end();

    for (String rendition : List.of("video", "audio")) {
      assertThat(cut.of(rendition).stream().map(CutSegment::discontinuity))
          .containsExactly(false, false, true, false);
      assertThat(SegmentJudge.judge(cut.of(rendition), segmenter.targetSeconds())).isEmpty();
    }
    assertThat(cut.of("video")).allMatch(CutSegment::independent);
  }

  private static void three(SteadyEncoder encoder, int from, int to) {
    for (int at = from * 1000; at < to * 1000; at += 40) {
      encoder.picture(at, at == from * 1000);
      encoder.sound(AUDIO, at / 1000.0, at / 1000.0 + 0.04);
      encoder.sound(SECOND_AUDIO, at / 1000.0, at / 1000.0 + 0.04);
    }
  }
}
