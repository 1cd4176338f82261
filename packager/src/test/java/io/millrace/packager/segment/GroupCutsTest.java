package io.millrace.packager.segment;

import static io.millrace.packager.segment.CutSegments.seconds;
import static io.millrace.packager.segment.SteadyEncoder.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Where groups of pictures are cut into segments. */
class GroupCutsTest {
  private final CutSegments cut = new CutSegments();

  @Test
  void cutsAtKeyFramesAndInsideAGroupThatWouldBeTooLong() {
    encode(cut.segmenter(), 2, 8);

    // HLS B2: as long as rounding allows, until the group is known to be too long for any segment.
    assertThat(seconds(cut.all())).containsExactly(2.0, 3.4, 3.0, 1.6);
    assertThat(cut.all().stream().map(CutSegment::independent))
        .containsExactly(true, true, false, false);
  }

  @Test
  void aGroupThatIsAFrameLongerThanTheFixedTargetIsNotCut() {
    encode(cut.segmenter(Duration.ofSeconds(2)), 2.04, 2.04, 2.04);

    // HLS B2, M3: 2.04 s are 2 s when rounded.
    assertThat(seconds(cut.all())).containsExactly(2.04, 2.04, 2.04);
    assertThat(cut.all()).allMatch(CutSegment::independent);
  }

  @Test
  void takesTheEarlierKeyFrameWhereTheNextMayBeOutOfReach() {
    encode(cut.segmenter(Duration.ofSeconds(3)), 2.8, 1, 2.8, 1, 2.8, 1, 2.8);

    assertThat(cut.all()).allMatch(CutSegment::independent);
    assertThat(seconds(cut.all())).allMatch(seconds -> seconds <= 3);
  }

  @Test
  void oneGroupTooLongForAnySegmentDoesNotMakeLaterSegmentsShort() {
    encode(cut.segmenter(Duration.ofSeconds(3)), 1, 1, 20, 1, 1, 1, 1, 1);

    assertThat(seconds(cut.all())).endsWith(2.0, 2.0);
  }

  @Test
  void joinsShortGroupsUntilTheWishIsReached() {
    double[] groups = new double[12];
    Arrays.fill(groups, 0.48);
    encode(cut.segmenter(), groups);

    assertThat(seconds(cut.all())).containsExactly(2.4, 2.4, 0.96);
    assertThat(cut.all()).allMatch(CutSegment::independent);
  }

  @Test
  void dropsAndCountsPicturesBeforeTheFirstKeyFrame() {
    Segmenter segmenter = cut.segmenter();
    SteadyEncoder encoder = new SteadyEncoder(segmenter);
    encoder.announce(VIDEO);
    encoder.laterPicture(0);
    encoder.laterPicture(0.04);
    encoder.pictures(0.08, 2.08);
    encoder.end();

    assertThat(segmenter.dropped()).isEqualTo(2);
    assertThat(cut.all()).hasSize(1);
    assertThat(cut.all().get(0).frames()).isEqualTo(50);
  }

  /** Groups of so many seconds, to the end. */
  private static void encode(Segmenter segmenter, double... groups) {
    SteadyEncoder encoder = new SteadyEncoder(segmenter);
    encoder.announce(VIDEO);
    encoder.groups(groups);
    encoder.end();
  }
}
