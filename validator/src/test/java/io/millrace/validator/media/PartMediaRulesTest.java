package io.millrace.validator.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.LiveList;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.mp4.Mp4Reader;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** L3, L5, L7 and L28, kept and broken. */
class PartMediaRulesTest {
  private static final int NUMBER = 9;
  private static final String LIST = LiveList.at(42);
  private static final Optional<BigDecimal> TARGET = Optional.of(new BigDecimal("0.5"));

  @Test
  void partsThatAreTheirSegmentBreakNoRule() {
    assertThat(Mp4Reader.read(LiveMedia.init(), LiveMedia.segment(NUMBER)).flaws()).isEmpty();
    assertThat(rules(LIST, parts(), LiveMedia.segment(NUMBER))).isEmpty();
  }

  /** HLS L3: neither the first part, which is independent, nor the segment's last. */
  @Test
  void l3NoticesShortPartsThatTheNextFrameWouldHaveFittedInto() {
    assertThat(rules(LIST, "0.588", PartMediaRulesTest::media)).isEmpty();
    assertThat(rules(LIST, "0.600", PartMediaRulesTest::media)).containsExactly(Rule.L3, Rule.L3);
  }

  /** HLS L3: parts hold whole frames, and the target is never exceeded. */
  @Test
  void l3OnlyWarnsWhereTheNextFrameIsTooLong() {
    assertThat(rules(LIST, "0.600", bytes -> media(bytes).map(PartMediaRulesTest::inOneFrame)))
        .containsExactly(Rule.L3_FRAMES, Rule.L3_FRAMES);
  }

  private static List<Rule> rules(
      String list, String target, Function<byte[], Optional<SegmentMedia>> reader) {
    return PartMediaRules.check(
            "a",
            segment(list),
            Optional.of(new BigDecimal(target)),
            parts(),
            LiveMedia.segment(NUMBER),
            reader)
        .stream()
        .map(Violation::rule)
        .toList();
  }

  private static SegmentMedia inOneFrame(SegmentMedia media) {
    return new SegmentMedia(
        media.tracks().stream().map(PartMediaRulesTest::inOneFrame).toList(), List.of());
  }

  private static TrackMedia inOneFrame(TrackMedia track) {
    MediaSample first = track.samples().getFirst();
    long ticks = track.samples().stream().mapToLong(MediaSample::duration).sum();
    MediaSample all =
        new MediaSample(first.dts(), first.pts(), ticks, 1, first.sync(), first.access());
    return new TrackMedia(
        track.id(), track.format(), track.timescale(), track.exact(), List.of(all));
  }

  /** HLS L5: what the attribute says is true. */
  @Test
  void l5NoticesIndependentOfAPartWithoutAKeyFrame() {
    String list = LIST.replace("\"9.2.m4s\"", "\"9.2.m4s\",INDEPENDENT=YES");
    assertThat(rules(list, parts(), LiveMedia.segment(NUMBER))).containsExactly(Rule.L5);
  }

  /** HLS L5: the IETF text recommends to say it. */
  @Test
  void l5NoticesAKeyFrameThatIsNotSaid() {
    String list = LIST.replace("\"9.0.m4s\",INDEPENDENT=YES", "\"9.0.m4s\"");
    assertThat(rules(list, parts(), LiveMedia.segment(NUMBER))).containsExactly(Rule.L5_SHOULD);
  }

  /** HLS L7. */
  @Test
  void l7NoticesOtherSamplesAndOtherDurations() {
    List<byte[]> other = parts();
    other.set(3, LiveMedia.part(NUMBER, 2));
    assertThat(rules(LIST, other, LiveMedia.segment(NUMBER))).containsExactly(Rule.L7);
    String shorter = LIST.replace("0.500,URI=\"9.1", "0.490,URI=\"9.1");
    assertThat(rules(shorter, parts(), LiveMedia.segment(NUMBER))).containsExactly(Rule.L7);
    assertThat(
            PartMediaRules.check(
                "a",
                segment(LIST),
                TARGET,
                other,
                LiveMedia.segment(NUMBER),
                bytes -> Optional.empty()))
        .as("of what cannot be read, by its bytes")
        .extracting(Violation::rule)
        .containsExactly(Rule.L7);
  }

  /** HLS L7: a part says the target at most, however long its last frame is. */
  @Test
  void l7OnlyWarnsWhereTheLastFrameLastsLonger() {
    String list = LIST.replace("0.500,URI=\"9.2", "0.470,URI=\"9.2");
    assertThat(rules(list, "0.470", PartMediaRulesTest::media))
        .as("the last one of twelve frames")
        .containsExactly(Rule.L7_FRAMES);
    String shorter = LIST.replace("0.500,URI=\"9.2", "0.450,URI=\"9.2");
    assertThat(rules(shorter, "0.450", PartMediaRulesTest::media))
        .as("the last two of them")
        .containsExactly(Rule.L7);
    assertThat(rules(list, "0.480", PartMediaRulesTest::media))
        .as("less than the target")
        .containsExactly(Rule.L7);
  }

  /** HLS L7: RFC 8216bis 3.2 wants the same samples, not the same bytes. */
  @Test
  void l7OnlyWarnsOfTheSameSamplesInOtherBytes() {
    assertThat(rules(LIST, parts(), LiveMedia.segmentInOne(NUMBER)))
        .containsExactly(Rule.L7_SHOULD);
  }

  /** HLS L28. */
  @Test
  void l28WantsEveryPartOfSoundIndependent() {
    Function<byte[], Optional<SegmentMedia>> sound =
        bytes -> media(bytes).map(PartMediaRulesTest::asSound);
    List<Violation> found =
        PartMediaRules.check("a", segment(LIST), TARGET, parts(), LiveMedia.segment(NUMBER), sound);
    assertThat(found).extracting(Violation::rule).containsExactly(Rule.L28, Rule.L28, Rule.L28);
    String all = LIST.replaceAll("(\"9\\.[123]\\.m4s\")", "$1,INDEPENDENT=YES");
    assertThat(
            PartMediaRules.check(
                "a", segment(all), TARGET, parts(), LiveMedia.segment(NUMBER), sound))
        .isEmpty();
  }

  private static Optional<SegmentMedia> media(byte[] bytes) {
    return Optional.of(Mp4Reader.read(LiveMedia.init(), bytes));
  }

  private static SegmentMedia asSound(SegmentMedia media) {
    TrackFormat opus = TrackFormat.audio("Opus", 48_000, 2);
    return new SegmentMedia(
        media.tracks().stream()
            .map(
                track ->
                    new TrackMedia(
                        track.id(), opus, track.timescale(), track.exact(), track.samples()))
            .toList(),
        List.of());
  }

  private static List<byte[]> parts() {
    List<byte[]> parts = new ArrayList<>();
    for (int i = 0; i < LiveList.PARTS; i++) {
      parts.add(LiveMedia.part(NUMBER, i));
    }
    return parts;
  }

  private static Segment segment(String list) {
    return PlaylistReader.readMedia(list).segments().stream()
        .filter(segment -> segment.sequence() == NUMBER)
        .findFirst()
        .orElseThrow();
  }

  private static List<Rule> rules(String list, List<byte[]> parts, byte[] whole) {
    return PartMediaRules.check("a", segment(list), TARGET, parts, whole, PartMediaRulesTest::media)
        .stream()
        .map(Violation::rule)
        .toList();
  }
}
