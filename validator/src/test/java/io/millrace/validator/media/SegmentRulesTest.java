package io.millrace.validator.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.Segment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Two segments of pictures and sound, right and broken in every way. */
class SegmentRulesTest {
  private static final TrackFormat VIDEO = TrackFormat.video("avc1.64001e", 640, 360);
  private static final TrackFormat AUDIO = TrackFormat.audio("mp4a.40.2", 48_000, 2);
  private static final String LIST =
      """
      #EXTM3U
      #EXT-X-VERSION:6
      #EXT-X-TARGETDURATION:2
      #EXT-X-MAP:URI="init.mp4"
      #EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:00:00.000Z
      #EXTINF:2.000,
      0.m4s
      #EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:00:02.000Z
      #EXTINF:2.000,
      1.m4s
      """;

  @Test
  void whatGoesOnBreaksNoRule() {
    assertThat(rules(LIST, media(0), media(2))).isEmpty();
  }

  @Test
  void d1NoticesAJumpALostTrackANewTrackAndAnotherFormat() {
    assertThat(rules(LIST, media(0), media(2.1))).containsExactly(Rule.D1, Rule.D1, Rule.D6);
    assertThat(rules(LIST, media(0), videoOnly(media(2)))).containsExactly(Rule.D1);
    assertThat(rules(LIST, videoOnly(media(0)), media(2))).containsExactly(Rule.D1);
    TrackFormat larger = TrackFormat.video("avc1.64001e", 1280, 720);
    assertThat(rules(LIST, media(0), replaced(media(2), track -> formatted(track, larger))))
        .containsExactly(Rule.D1);
  }

  @Test
  void d1AllowsAnAnnouncedTrackToBeSilent() {
    SegmentMedia silent =
        new SegmentMedia(media(0).tracks().subList(0, 1), Set.of(1L, 2L), List.of());
    assertThat(rules(LIST, silent, media(2))).isEmpty();
    SegmentMedia falling =
        new SegmentMedia(media(2).tracks().subList(0, 1), Set.of(1L, 2L), List.of());
    assertThat(rules(LIST, media(0), falling)).isEmpty();
  }

  @Test
  void d1AllowsAnythingBehindADiscontinuity() {
    assertThat(rules(withDiscontinuity(), media(0), media(7))).isEmpty();
  }

  @Test
  void d2NoticesADiscontinuityWhereNothingChanges() {
    assertThat(rules(withDiscontinuity(), media(0), media(2))).containsExactly(Rule.D2);
    TrackFormat larger = TrackFormat.video("avc1.64001e", 1280, 720);
    assertThat(
            rules(
                withDiscontinuity(),
                media(0),
                replaced(media(2), track -> formatted(track, larger))))
        .isEmpty();
  }

  @Test
  void d6NoticesADateThatTheTimestampsDoNotFollow() {
    String late = LIST.replace("10:00:02.000Z", "10:00:02.100Z");
    assertThat(rules(late, media(0), media(2))).containsExactly(Rule.D6);
  }

  /** Pictures and sound alone by turns; the pictures' dates are ever later than their times. */
  @Test
  void d6NoticesADriftThatAddsUpWhereTheDatedTrackAlternates() {
    assertThat(alternating(0)).isEmpty();
    assertThat(alternating(0.2)).isEqualTo(List.of(Rule.D6, Rule.D6, Rule.D6, Rule.D6));
    assertThat(alternating(0.6)).hasSize(5);
  }

  /** Six segments; at each change of the track the dates drift by so much. */
  private static List<Rule> alternating(double drift) {
    StringBuilder list = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n");
    SegmentMedia[] media = new SegmentMedia[6];
    for (int i = 0; i < media.length; i++) {
      Instant date = Instant.parse("2026-11-21T10:00:00Z").plusMillis(Math.round(i * drift * 1000));
      list.append("#EXT-X-PROGRAM-DATE-TIME:").append(date.plusSeconds(2L * i));
      list.append("\n#EXTINF:2.000,\n").append(i).append(".ts\n");
      List<TrackMedia> both = media(2 * i).tracks();
      TrackMedia only = inexact(both.get(i % 2));
      media[i] = new SegmentMedia(List.of(only), Set.of(1L, 2L), List.of());
    }
    return rules(list.toString(), media);
  }

  @Test
  void f1NoticesADurationThatIsNotThatOfTheSamples() {
    assertThat(rules(LIST.replaceFirst("2.000,", "1.990,"), media(0), media(2)))
        .containsExactly(Rule.F1);
  }

  @Test
  void f1LeavesMpegTsTheDurationOfItsLastFrame() {
    UnaryOperator<TrackMedia> unsure = SegmentRulesTest::inexact;
    String list = LIST.replaceFirst("2.000,", "1.970,");
    assertThat(rules(list, replaced(media(0), unsure), replaced(media(2), unsure))).isEmpty();
    assertThat(
            rules(
                LIST.replaceFirst("2.000,", "1.900,"),
                replaced(media(0), unsure),
                replaced(media(2), unsure)))
        .containsExactly(Rule.F1);
  }

  @Test
  void f1NoticesSoundThatReachesFarBeyondThePicture() {
    assertThat(rules(LIST, withSound(-4, 6))).containsExactly(Rule.F1);
    assertThat(rules(LIST, withSound(0, 6))).containsExactly(Rule.F1);
    assertThat(rules(LIST, withSound(-0.6, 2))).containsExactly(Rule.F1);
    assertThat(rules(LIST, withSound(1, 1.6))).containsExactly(Rule.F1);
    assertThat(rules(LIST, withSound(-3, 2))).as("of another segment").containsExactly(Rule.F1);
  }

  @Test
  void f1AllowsATimelineToStartWithSoundIfItsDurationSaysSo() {
    String list = LIST.replaceFirst("2.000,", "3.000,").replace("10:00:02", "10:00:03");
    assertThat(rules(list, withSound(-1, 3), media(12))).isEmpty();
    assertThat(rules(list, withSound(-2, 4), media(12))).isNotEmpty();
    String later = LIST.replace("2.000,\n1.", "3.000,\n1.");
    assertThat(rules(later, media(8), withSound(-1, 3))).contains(Rule.F1);
  }

  @Test
  void f1AllowsSoundToBeSilentForAWhileAndToBeInterleaved() {
    assertThat(rules(LIST, withSound(1.5, 0.5))).isEmpty();
    assertThat(rules(LIST, withSound(0, 0.5))).isEmpty();
    assertThat(rules(LIST, withSound(-0.46, 2))).isEmpty();
    assertThat(rules(LIST, withSound(0.46, 2))).isEmpty();
    assertThat(rules(LIST, withSound(-0.04, 2.08))).isEmpty();
  }

  /**
   * D6: pictures that are decoded ever longer before they are shown; the sound is of either time.
   */
  @Test
  void f1AllowsSoundOfTheTimeAtWhichAPictureIsDecoded() {
    assertThat(rules(LIST, decodedBefore(4, 0), decodedBefore(4, 2))).isEmpty();
    assertThat(rules(LIST, decodedBefore(1, 0), decodedBefore(4, 2))).isEmpty();
    assertThat(rules(LIST, decodedBefore(14, 0))).containsExactly(Rule.F1);
    assertThat(rules(LIST, withSound(-4, 2))).containsExactly(Rule.F1);
  }

  /** D6, D7: a date is held against the time of decoding, unless that is long before. */
  @Test
  void clocksAgreeByTheTimeOfShowingOnlyWhereThatIsLongAfterDecoding() {
    SegmentRules.Anchor usual = new SegmentRules.Anchor(1, 100, 99.9);
    assertThat(usual.secondsTo(new SegmentRules.Anchor(2, 100.2, 99.9)))
        .isCloseTo(0.2, within(1e-9));
    assertThat(usual.secondsTo(new SegmentRules.Anchor(2, 100, 99.6))).isZero();
    assertThat(usual.secondsTo(new SegmentRules.Anchor(2, 104, 99.9))).isZero();
  }

  /** Key frames, two seconds apart, that are shown so much later than the sound beside them. */
  private static SegmentMedia decodedBefore(double delay, double start) {
    long pts = Math.round((start + delay) * 90_000);
    long dts = Math.round(start * 90_000);
    MediaSample picture = new MediaSample(dts, pts, 180_000, 100, true, Access.KEY);
    return new SegmentMedia(
        List.of(
            new TrackMedia(1, VIDEO, 90_000, false, List.of(picture)),
            inexact(track(2, AUDIO, 48_000, 960, 100, start))),
        List.of());
  }

  /** D8: the picture's timestamps may wrap before the sound's do. */
  @Test
  void f1ComparesTracksThroughAWrap() {
    double wrap = (1L << 33) / 90_000.0;
    TrackMedia picture = inexact(track(1, VIDEO, 90_000, 3600, 50, wrap - 0.01));
    TrackMedia sound = inexact(track(2, AUDIO, 90_000, 1920, 94, 0));
    assertThat(rules(LIST, new SegmentMedia(List.of(picture, sound), List.of()))).isEmpty();
  }

  @Test
  void m3NoticesASegmentThatDoesNotStartWithAKeyFrame() {
    String independent = LIST.replace("#EXT-X-MAP", "#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MAP");
    assertThat(rules(independent, media(0), media(2))).isEmpty();
    for (Access access : List.of(Access.NONE, Access.OPEN)) {
      SegmentMedia broken = replaced(media(2), track -> starting(track, access));
      assertThat(rules(independent, media(0), broken))
          .hasSize(access == Access.NONE ? 1 : 0)
          .allMatch(Rule.M3::equals);
      // Where nothing is promised it only costs the viewer who joins there.
      assertThat(rules(LIST, media(0), broken))
          .hasSize(access == Access.NONE ? 1 : 0)
          .allMatch(Rule.M3_SHOULD::equals);
    }
  }

  @Test
  void m3TakesAnOpenGroupWithPicturesThatAreShownBeforeItsStartForDependent() {
    String independent = LIST.replace("#EXT-X-MAP", "#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MAP");
    SegmentMedia leading =
        replaced(
            media(2),
            track -> {
              List<MediaSample> samples = new ArrayList<>(track.samples());
              MediaSample first = samples.getFirst();
              samples.set(0, sample(first, first.pts() + 90_000 * 2, Access.OPEN));
              return new TrackMedia(
                  track.id(), track.format(), track.timescale(), track.exact(), samples);
            });
    assertThat(rules(independent, media(0), leading)).containsExactly(Rule.M3);
  }

  @Test
  void flawsOfAFileKeepTheirRuleAndTheirPlace() {
    Flaw flaw = new Flaw(Rule.F2, "moof[0]", "words");
    SegmentMedia media = new SegmentMedia(media(0).tracks(), List.of(flaw));
    List<Violation> found =
        new SegmentRules().accept("http://host/0.m4s", segments(LIST).getFirst(), media, false);
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().place()).hasToString("http://host/0.m4s, moof[0]");
  }

  private static String withDiscontinuity() {
    int second = LIST.lastIndexOf("#EXT-X-PROGRAM");
    return LIST.substring(0, second) + "#EXT-X-DISCONTINUITY\n" + LIST.substring(second);
  }

  private static List<Rule> rules(String list, SegmentMedia... media) {
    SegmentRules rules = new SegmentRules();
    List<Rule> found = new ArrayList<>();
    List<Segment> segments = segments(list);
    boolean independent = PlaylistReader.readMedia(list).independentSegments();
    for (int i = 0; i < media.length; i++) {
      rules
          .accept("http://host/" + i, segments.get(i), media[i], independent)
          .forEach(violation -> found.add(violation.rule()));
    }
    return found;
  }

  private static List<Segment> segments(String list) {
    MediaPlaylist playlist = PlaylistReader.readMedia(list);
    return playlist.segments();
  }

  /** Two seconds at 25 frames a second, with sound. */
  private static SegmentMedia media(double start) {
    return new SegmentMedia(
        List.of(track(1, VIDEO, 90_000, 3600, 50, start), track(2, AUDIO, 48_000, 960, 100, start)),
        List.of());
  }

  /** Two seconds of pictures at 10 s, and sound that starts so much later. */
  private static SegmentMedia withSound(double later, double seconds) {
    int frames = (int) Math.round(seconds * 50);
    return new SegmentMedia(
        List.of(
            track(1, VIDEO, 90_000, 3600, 50, 10),
            track(2, AUDIO, 48_000, 960, frames, 10 + later)),
        List.of());
  }

  private static TrackMedia inexact(TrackMedia track) {
    return new TrackMedia(track.id(), track.format(), track.timescale(), false, track.samples());
  }

  private static TrackMedia track(
      long id, TrackFormat format, long timescale, long duration, int count, double start) {
    List<MediaSample> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long dts = Math.round(start * timescale) + i * duration;
      boolean key = i == 0 || format.kind() == TrackFormat.Kind.AUDIO;
      samples.add(new MediaSample(dts, dts, duration, 100, key, key ? Access.KEY : Access.NONE));
    }
    return new TrackMedia(id, format, timescale, true, samples);
  }

  private static SegmentMedia videoOnly(SegmentMedia media) {
    return new SegmentMedia(media.tracks().subList(0, 1), List.of());
  }

  private static SegmentMedia replaced(SegmentMedia media, UnaryOperator<TrackMedia> change) {
    List<TrackMedia> tracks = new ArrayList<>(media.tracks());
    tracks.set(0, change.apply(tracks.getFirst()));
    return new SegmentMedia(tracks, List.of());
  }

  private static TrackMedia formatted(TrackMedia track, TrackFormat format) {
    return new TrackMedia(track.id(), format, track.timescale(), true, track.samples());
  }

  private static TrackMedia starting(TrackMedia track, Access access) {
    List<MediaSample> samples = new ArrayList<>(track.samples());
    samples.set(0, sample(samples.getFirst(), samples.getFirst().pts(), access));
    return new TrackMedia(track.id(), track.format(), track.timescale(), track.exact(), samples);
  }

  private static MediaSample sample(MediaSample from, long pts, Access access) {
    return new MediaSample(from.dts(), pts, from.duration(), from.size(), from.sync(), access);
  }
}
