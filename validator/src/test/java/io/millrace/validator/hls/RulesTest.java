package io.millrace.validator.hls;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every rule once kept and once broken. */
class RulesTest {
  private static final String WHERE = "http://host/index.m3u8";

  @Test
  void aWindowThatMovesByTheRulesBreaksNone() {
    assertThat(update(playlist(0, 0, "", "D", "", ""), playlist(1, 0, "D", "", "", ""))).isEmpty();
    assertThat(update(playlist(1, 0, "D", "", "", ""), playlist(2, 1, "", "", "", ""))).isEmpty();
    assertThat(
            update(
                playlist(2, 1, "", "", "", ""),
                playlist(2, 1, "", "", "", "") + "#EXT-X-ENDLIST\n"))
        .isEmpty();
    assertThat(PlaylistRules.live(WHERE, PlaylistReader.readMedia(playlist(2, 1, "", "D", ""))))
        .isEmpty();
  }

  @Test
  void b2NoticesASegmentAboveTheTarget() {
    assertThat(live(playlist(0, 0, "", "").replace("2.000", "2.500")))
        .containsExactly(Rule.B2, Rule.B2);
    assertThat(live(playlist(0, 0, "", "").replace("2.000", "2.499"))).isEmpty();
  }

  @Test
  void b3NoticesAChangedTarget() {
    String later = playlist(0, 0, "", "", "").replace("DURATION:2", "DURATION:3");
    assertThat(update(playlist(0, 0, "", ""), later)).containsExactly(Rule.B3);
  }

  @Test
  void b4NoticesASequenceThatGoesBackAndARenumberedSegment() {
    assertThat(update(playlist(5, 0, "", ""), playlist(4, 0, "", "", ""))).containsExactly(Rule.B4);
    String renumbered = playlist(0, 0, "", "").replace("seg1.m4s", "other.m4s");
    assertThat(update(playlist(0, 0, "", ""), renumbered)).containsExactly(Rule.B4);
  }

  @Test
  void b5NoticesAnEditInTheMiddleAndARemovedTail() {
    assertThat(update(playlist(0, 0, "", ""), playlist(0, 0, "", "D"))).containsExactly(Rule.B5);
    assertThat(update(playlist(0, 0, "", ""), playlist(0, 0, ""))).containsExactly(Rule.B5);
  }

  @Test
  void b7NoticesAType() {
    assertThat(
            live(
                playlist(0, 0, "")
                    .replace("#EXT-X-MEDIA-S", "#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-MEDIA-S")))
        .containsExactly(Rule.B7);
    assertThat(
            live(
                playlist(1, 0, "")
                    .replace("#EXT-X-MEDIA-S", "#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-MEDIA-S")))
        .containsExactly(Rule.B7);
  }

  @Test
  void b10NoticesAWindowThatGetsTooShort() {
    assertThat(update(playlist(0, 0, "", "", ""), playlist(1, 0, "", "")))
        .containsExactly(Rule.B10);
  }

  @Test
  void b14NoticesAStreamThatGoesOnAfterItsEnd() {
    String ended = playlist(0, 0, "", "") + "#EXT-X-ENDLIST\n";
    assertThat(update(ended, playlist(0, 0, "", "", ""))).containsExactly(Rule.B14, Rule.B14);
    assertThat(live(ended + "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"x\"\n")).containsExactly(Rule.B14);
  }

  @Test
  void d3NoticesARemovedDiscontinuityThatIsNotCounted() {
    assertThat(update(playlist(0, 0, "D", "", "", ""), playlist(1, 0, "", "", "")))
        .containsExactly(Rule.D3);
    assertThat(update(playlist(0, 0, "", "", "", ""), playlist(1, 1, "", "", "")))
        .containsExactly(Rule.D3);
  }

  @Test
  void d6NoticesDatesThatDisagreeWithDurations() {
    String dated =
        """
        #EXTM3U
        #EXT-X-VERSION:3
        #EXT-X-TARGETDURATION:2
        #EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:00:00.000Z
        #EXTINF:2.000,
        a.ts
        #EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:00:02.000Z
        #EXTINF:2.000,
        b.ts
        """;
    assertThat(live(dated)).isEmpty();
    assertThat(live(dated.replace(":02.000Z", ":02.100Z"))).containsExactly(Rule.D6);
    // More than a duration has nanoseconds, and more than it has milliseconds.
    String centuries = dated.replace("2026-11-21T10:00:00", "2826-11-21T10:00:00");
    assertThat(live(centuries)).containsExactly(Rule.D6);
    String aeons = dated.replace("2026-11-21T10:00:02", "+999999999-11-21T10:00:02");
    assertThat(live(aeons.replace("#EXTINF:2.000,\nb", "#EXT-X-DISCONTINUITY\n#EXTINF:2.000,\nb")))
        .containsExactly(Rule.B9);
  }

  @Test
  void b1NoticesTheWrongTypeAndStrayCharacters() {
    assertThat(PlaylistRules.body(WHERE, "application/vnd.apple.mpegurl", "#EXTM3U\n")).isEmpty();
    assertThat(PlaylistRules.body(WHERE, "application/x-mpegURL", "#EXTM3U\n")).hasSize(1);
    assertThat(PlaylistRules.body(WHERE, "application/vnd.apple.mpegurl", "\uFEFF#EXTM3U\n"))
        .hasSize(2);
    assertThat(PlaylistRules.body(WHERE, "application/vnd.apple.mpegurl", "#EXTM3U\n\u0001\n"))
        .hasSize(1);
  }

  @Test
  void m1NoticesAVariantWithoutCodecsAndAPeakAboveItsBandwidth() {
    AttributeList attributes = AttributeList.parse("BANDWIDTH=1000", 1);
    var variant = new MultivariantPlaylist.Variant("v.m3u8", attributes);
    var playlist = new MultivariantPlaylist(6, false, List.of(variant), List.of(), List.of());
    assertThat(rules(MultivariantRules.check(WHERE, playlist)))
        .containsExactly(Rule.M1, Rule.M1_SHOULD);
    assertThat(MultivariantRules.peak(WHERE, variant, 1250, true)).isEmpty();
    assertThat(rules(MultivariantRules.peak(WHERE, variant, 1251, true)))
        .containsExactly(Rule.M1_PEAK);
    assertThat(rules(MultivariantRules.peak(WHERE, variant, 1150, false)))
        .containsExactly(Rule.M1_PEAK);
  }

  @Test
  void b2AcceptsAnyLengthOfNumberAndB12AsksForTheVersionThatIsNeeded() {
    assertThat(live(playlist(0, 0, "").replace("VERSION:6", "VERSION:5")))
        .containsExactly(Rule.B12);
    assertThat(live("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n")).isEmpty();
    assertThat(live("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.0,\na.ts\n"))
        .containsExactly(Rule.B12);
    String ranged =
        """
        #EXTM3U
        #EXT-X-VERSION:3
        #EXT-X-TARGETDURATION:2
        #EXTINF:2.0,
        #EXT-X-BYTERANGE:10@0
        a.ts
        """;
    assertThat(live(ranged)).containsExactly(Rule.B12);
  }

  @Test
  void b7NoticesThatAnEventRemovesAndThatOnDemandChanges() {
    String event = "#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-MEDIA-S";
    assertThat(
            update(
                playlist(0, 0, "", "", "", "").replace("#EXT-X-MEDIA-S", event),
                playlist(1, 0, "", "", "", "").replace("#EXT-X-MEDIA-S", event)))
        .containsExactly(Rule.B7);
    String vod = "#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-MEDIA-S";
    assertThat(
            update(
                playlist(0, 0, "").replace("#EXT-X-MEDIA-S", vod),
                playlist(0, 0, "", "").replace("#EXT-X-MEDIA-S", vod)))
        .containsExactly(Rule.B7);
  }

  @Test
  void b8NoticesAListThatStandsStillButNotTheSilenceBeforeItsEnd() {
    long second = 1_000_000_000L;
    StalenessRules rules = new StalenessRules(WHERE);
    assertThat(rules.updated(0, false, 2)).isEmpty();
    rules.unchanged(3 * second);
    assertThat(rules.judge(2)).as("within 1.5 targets and a second").isEmpty();
    assertThat(rules.updated(3 * second, false, 2)).isEmpty();
    rules.unchanged(8 * second);
    assertThat(rules(rules.judge(2))).containsExactly(Rule.B8);
    assertThat(rules(rules.updated(8 * second, false, 2))).containsExactly(Rule.B8);
    rules.unchanged(14 * second);
    assertThat(rules.updated(14 * second, true, 2)).isEmpty();
  }

  @Test
  void b9NoticesTimeThatIsNowhereAndIsContentWithAGap() {
    assertThat(live(dated("", "10:00:02"))).isEmpty();
    assertThat(live(dated("#EXT-X-DISCONTINUITY\n", "10:00:03"))).isEmpty();
    assertThat(live(dated("#EXT-X-DISCONTINUITY\n", "10:00:08"))).containsExactly(Rule.B9);
    assertThat(live(dated("#EXT-X-GAP\n#EXTINF:2,\ng.ts\n#EXT-X-DISCONTINUITY\n", "10:00:04")))
        .isEmpty();
  }

  @Test
  void b16NoticesFragmentsWithoutAnInitSection() {
    assertThat(live(playlist(0, 0, "").replace("#EXT-X-MAP:URI=\"init.mp4\"\n", "")))
        .containsExactly(Rule.B16);
  }

  @Test
  void d5NoticesADiscontinuityWithoutADateAndAListWithoutAny() {
    assertThat(live(dated("#EXT-X-DISCONTINUITY\n", "10:00:02"))).isEmpty();
    String undated =
        dated("#EXT-X-DISCONTINUITY\n", "10:00:02")
            .replace("#EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:00:02.000Z\n", "");
    assertThat(live(undated)).containsExactly(Rule.D5);
    assertThat(
            presentation(
                dated("", "10:00:02"), "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n"))
        .containsExactly(Rule.D5);
  }

  @Test
  void d6NoticesADateThatGoesBackOverADiscontinuity() {
    assertThat(live(dated("#EXT-X-DISCONTINUITY\n", "09:00:00"))).containsExactly(Rule.D6);
  }

  @Test
  void d4AndD7AndM6CompareThePlaylistsOfAPresentation() {
    String list = dated("", "10:00:02");
    assertThat(presentation(list, list)).isEmpty();
    assertThat(presentation(list, list.replace("DURATION:2", "DURATION:3")))
        .containsExactly(Rule.D7);
    assertThat(
            presentation(
                list,
                list.replace(
                    "#EXT-X-TARGET", "#EXT-X-SERVER-CONTROL:HOLD-BACK=9.0\n#EXT-X-TARGET")))
        .containsExactly(Rule.D7);
    assertThat(presentation(list, dated("#EXT-X-DISCONTINUITY\n", "10:00:02")))
        .containsExactly(Rule.D4);
    assertThat(
            presentation(
                list, list.replace("#EXT-X-TARGET", "#EXT-X-MEDIA-SEQUENCE:1\n#EXT-X-TARGET")))
        .containsExactly(Rule.M6, Rule.M6);
  }

  /**
   * Behind a break dates may go back a little: then the segment that is awaited starts near one.
   */
  @Test
  void aSegmentIsNotComparedBeforeTheOtherListHasIt() {
    String behind = dated("", "10:00:02").replace("2,\nb", "0.7,\nb");
    String ahead =
        behind
            + "#EXT-X-DISCONTINUITY\n#EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:00:02.200Z\n"
            + "#EXTINF:2,\nc.ts\n";
    assertThat(presentation(behind, ahead)).isEmpty();
    assertThat(presentation(ahead, ahead.replace("#EXT-X-DISCONTINUITY\n", "")))
        .containsExactly(Rule.D4);
  }

  /** RFC 8216bis 4.4.3.2: numbers of their own are allowed, so it is a warning. */
  @Test
  void m6NoticesSegmentsOfOneNumberThatAreFarApart() {
    String list = dated("", "10:00:02");
    assertThat(presentation(list, list.replace("T10:00:0", "T10:00:1"))).containsExactly(Rule.M6);
    assertThat(presentation(list, list.replace("00:02", "00:03").replace("00:00", "00:01")))
        .isEmpty();
  }

  @Test
  void d4IsNotMisledByAShortSegmentThatStartsNearTheNext() {
    String list =
        """
        #EXTM3U
        #EXT-X-TARGETDURATION:2
        #EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:00:00.000Z
        #EXTINF:0.020,
        0.m4s
        #EXT-X-DISCONTINUITY
        #EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:00:00.020Z
        #EXTINF:2.000,
        1.m4s
        """;
    assertThat(presentation(list, list.replace("00.020Z", "00.007Z"))).isEmpty();
  }

  @Test
  void m4NoticesIncompleteAndAmbiguousGroups() {
    String good =
        """
        #EXTM3U
        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="en",DEFAULT=YES,AUTOSELECT=YES,URI="en.m3u8"
        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="fr",AUTOSELECT=YES,URI="fr.m3u8"
        #EXT-X-STREAM-INF:BANDWIDTH=1,AVERAGE-BANDWIDTH=1,CODECS="mp4a.40.2",AUDIO="a"
        v.m3u8
        """;
    assertThat(multivariant(good)).isEmpty();
    assertThat(multivariant(good.replace("NAME=\"fr\"", "NAME=\"en\""))).containsExactly(Rule.M4);
    assertThat(multivariant(good.replace("\"fr\",", "\"fr\",DEFAULT=YES,")))
        .containsExactly(Rule.M4);
    assertThat(
            multivariant(good.replace("DEFAULT=YES,AUTOSELECT=YES", "DEFAULT=YES,AUTOSELECT=NO")))
        .containsExactly(Rule.M4);
    assertThat(multivariant(good.replace("AUDIO=\"a\"", "AUDIO=\"b\""))).containsExactly(Rule.M4);
    assertThat(
            multivariant(good.replace("GROUP-ID=\"a\",NAME=\"fr\"", "GROUP-ID=\"b\",NAME=\"fr\"")))
        .containsExactly(Rule.M4);
    assertThat(multivariant(good.replace(",NAME=\"fr\"", ""))).contains(Rule.M4);
    assertThat(multivariant(good + "#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"c\",NAME=\"x\"\n"))
        .containsExactly(Rule.M4);
  }

  @Test
  void m4NoticesLanguagesThatAreNoneAndChoicesThatAreTwo() {
    String good =
        """
        #EXTM3U
        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="x",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,URI="x"
        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="y",LANGUAGE="de",AUTOSELECT=YES,URI="y"
        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="z",LANGUAGE="de",URI="z"
        #EXT-X-STREAM-INF:BANDWIDTH=1,AVERAGE-BANDWIDTH=1,CODECS="mp4a.40.2",AUDIO="a"
        v.m3u8
        """;
    assertThat(multivariant(good)).isEmpty();
    assertThat(multivariant(good.replace("\"en\"", "\"12\""))).containsExactly(Rule.M4);
    assertThat(multivariant(good.replace("\"en\"", "\"de\""))).containsExactly(Rule.M4_SHOULD);
    assertThat(
            multivariant(good.replace("\"en\"", "\"de\",CHARACTERISTICS=\"public.easy-to-read\"")))
        .isEmpty();
  }

  @Test
  void m1AsksForResolutionAndFrameRateOfPictures() {
    String video =
        """
        #EXTM3U
        #EXT-X-STREAM-INF:BANDWIDTH=1,AVERAGE-BANDWIDTH=1,CODECS="avc1.64001e",RESOLUTION=1x1,FRAME-RATE=25
        v.m3u8
        """;
    assertThat(multivariant(video)).isEmpty();
    assertThat(multivariant(video.replace(",RESOLUTION=1x1", ""))).containsExactly(Rule.M1_SHOULD);
    assertThat(multivariant(video.replace("BANDWIDTH=1,AVERAGE", "AVERAGE")))
        .containsExactly(Rule.M1);
  }

  @Test
  void m5NoticesPartsAndTheInitSectionInAnIFramePlaylist() {
    String list =
        """
        #EXTM3U
        #EXT-X-VERSION:6
        #EXT-X-TARGETDURATION:2
        #EXT-X-I-FRAMES-ONLY
        #EXT-X-MAP:URI="a.mp4",BYTERANGE="100@0"
        #EXTINF:2,
        #EXT-X-BYTERANGE:50@100
        a.mp4
        """;
    assertThat(live(list)).isEmpty();
    assertThat(live(list.replace("50@100", "50@99"))).containsExactly(Rule.M5);
    assertThat(live(list + "#EXT-X-PART:DURATION=1,URI=\"p\"\n")).containsExactly(Rule.M5);
    String many =
        """
        #EXTM3U
        #EXT-X-STREAM-INF:BANDWIDTH=1,AVERAGE-BANDWIDTH=1,CODECS="mp4a.40.2"
        v.m3u8
        #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,AVERAGE-BANDWIDTH=1,CODECS="avc1.1",RESOLUTION=1x1,URI="i"
        """;
    assertThat(multivariant(many)).isEmpty();
    assertThat(multivariant(many.replace(",URI=\"i\"", ""))).containsExactly(Rule.M5);
    assertThat(multivariant(many.replace(",URI", ",CLOSED-CAPTIONS=NONE,URI")))
        .containsExactly(Rule.M5);
    assertThat(multivariant(many.replace(",CODECS=\"avc1.1\"", "")))
        .containsExactly(Rule.M1_SHOULD);
  }

  @Test
  void m5ComparesAnIFramePlaylistWithTheOthers() {
    String media = dated("#EXT-X-DISCONTINUITY\n", "10:00:02");
    String iFrames = media.replace("#EXTINF", "#EXT-X-BYTERANGE:9@0\n#EXTINF");
    assertThat(iFrames(media, iFrames)).isEmpty();
    assertThat(iFrames(media, iFrames.replace("DURATION:2", "DURATION:3")))
        .containsExactly(Rule.D7);
    assertThat(
            iFrames(
                media, iFrames.replace("DURATION:2\n", "DURATION:3\n#EXT-X-PLAYLIST-TYPE:VOD\n")))
        .isEmpty();
    assertThat(iFrames(media, iFrames.replace("#EXT-X-DISCONTINUITY\n", "")))
        .containsExactly(Rule.D4);
    // It may number its pictures as it likes.
    assertThat(
            iFrames(
                media, iFrames.replace("DURATION:2\n", "DURATION:2\n#EXT-X-MEDIA-SEQUENCE:7\n")))
        .isEmpty();
  }

  private static List<Rule> iFrames(String media, String iFrames) {
    return rules(
        PresentationRules.checkIFrames(
            Map.of("a", PlaylistReader.readMedia(media)),
            Map.of("b", PlaylistReader.readMedia(iFrames))));
  }

  /** Two dated segments, with something between them. */
  private static String dated(String between, String time) {
    return "#EXTM3U\n#EXT-X-TARGETDURATION:2\n"
        + "#EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:00:00.000Z\n#EXTINF:2,\na.ts\n"
        + between
        + "#EXT-X-PROGRAM-DATE-TIME:2026-11-21T"
        + time
        + ".000Z\n#EXTINF:2,\nb.ts\n";
  }

  private static List<Rule> presentation(String one, String other) {
    return rules(
        PresentationRules.check(
            Map.of(
                "http://host/1.m3u8",
                PlaylistReader.readMedia(one),
                "http://host/2.m3u8",
                PlaylistReader.readMedia(other))));
  }

  private static List<Rule> multivariant(String body) {
    return rules(MultivariantRules.check(WHERE, (MultivariantPlaylist) PlaylistReader.read(body)));
  }

  /** A playlist of two-second segments; "D" puts a discontinuity before one. */
  private static String playlist(int first, int discontinuities, String... segments) {
    StringBuilder text =
        new StringBuilder("#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n")
            .append("#EXT-X-MEDIA-SEQUENCE:")
            .append(first)
            .append("\n#EXT-X-DISCONTINUITY-SEQUENCE:")
            .append(discontinuities)
            .append("\n#EXT-X-MAP:URI=\"init.mp4\"\n");
    for (int i = 0; i < segments.length; i++) {
      text.append(segments[i].isEmpty() ? "" : "#EXT-X-DISCONTINUITY\n")
          .append("#EXTINF:2.000,\nseg")
          .append(first + i)
          .append(".m4s\n");
    }
    return text.toString();
  }

  private static List<Rule> update(String before, String after) {
    return rules(
        UpdateRules.check(
            WHERE, PlaylistReader.readMedia(before), PlaylistReader.readMedia(after)));
  }

  private static List<Rule> live(String body) {
    return rules(PlaylistRules.live(WHERE, PlaylistReader.readMedia(body)));
  }

  private static List<Rule> rules(List<Violation> violations) {
    return violations.stream().map(Violation::rule).toList();
  }
}
