package io.millrace.packager.captions;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.packager.Golden;
import io.millrace.packager.captions.Caption.Span;
import io.millrace.packager.captions.CaptionPlacement.Align;
import io.millrace.packager.captions.TextStyle.Color;
import io.millrace.testkit.captions.DtvccEncoder;
import io.millrace.testkit.captions.Line21Encoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class WebVttTest {
  private static final long SECOND = 1_000_000_000L;
  private static final CaptionPlacement LOW = new CaptionPlacement(8_467, 1_000, Align.START);

  @Test
  void writesASegmentOfEveryKindOfCue() throws Exception {
    CaptionFeed feed = new CaptionFeed();
    Line21Encoder cc1 = new Line21Encoder(1);
    feed.feed(cc1.popOn().styled(14, 7, false).text("Tom & Jerry").midRow(5, true).text("<3"));
    feed.feed(cc1.endOfCaption()).until(60);
    feed.feed(cc1.rollUp(2).carriageReturn().at(15, 4).text("one --> two")).until(90);
    feed.feed(cc1.carriageReturn().text("♪ É ♪")).until(120);
    Golden.check("captions.vtt", write(feed.cut(CaptionChannel.CC1), 0, 5 * SECOND));
  }

  @Test
  void writesASegmentOfAService() throws Exception {
    CaptionFeed feed = new CaptionFeed();
    DtvccEncoder encoder = new DtvccEncoder();
    encoder.define(0, true, 7, 70, 105, 2, 32).codes(0x97, 0, 0, 2, 0);
    feed.feed(encoder.text("Déjà vu,").codes(0x0D).codes(0x91, 0x30, 0, 0).text("in red"));
    feed.until(50).feed(encoder.codes(0x0C, 0x10, 0x25).text(" over")).until(90);
    Golden.check("service.vtt", write(feed.cut(CaptionChannel.SERVICE1), 0, 4 * SECOND));
  }

  @Test
  void aSegmentWithoutCuesIsAFile() {
    assertThat(write(List.of(), 6 * SECOND, 8 * SECOND))
        .isEqualTo("WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:16.000,MPEGTS:1440000\n\n");
  }

  /** RFC 8216bis 3.1.4: every segment has all cues that are shown in it, with their whole time. */
  @Test
  void aCueThatSpansSegmentsIsInEach() {
    List<TimedCaption> cues =
        List.of(cue(5 * SECOND, 6 * SECOND, "late"), cue(SECOND, 5 * SECOND, "spans"));
    assertThat(write(cues, 0, 2 * SECOND)).contains("spans").doesNotContain("late");
    assertThat(write(cues, 2 * SECOND, 4 * SECOND)).contains("00:00:11.000 --> 00:00:15.000");
    assertThat(write(cues, 4 * SECOND, 6 * SECOND)).containsSubsequence("spans", "late");
    assertThat(write(cues, 6 * SECOND, 8 * SECOND)).doesNotContain("-->");
  }

  /** HLS D8: the map follows 33 bits of 90 kHz, which wrap after 26.5 hours. */
  @Test
  void theMapFollowsTheWrapOfTimeStamps() {
    long wrap = (1L << 33) * 1_000_000 / 90;
    long before = wrap - 11 * SECOND;
    assertThat(write(List.of(), before, before + SECOND))
        .contains("LOCAL:26:30:42.717,MPEGTS:8589844530");
    assertThat(write(List.of(cue(wrap, wrap + SECOND, "x")), wrap, wrap + 2 * SECOND))
        .contains("LOCAL:26:30:53.717,MPEGTS:899938\n")
        .contains("26:30:53.717 --> 26:30:54.717");
    assertThat(write(List.of(), 1000 * 3_600 * SECOND, 1001 * 3_600 * SECOND))
        .contains("LOCAL:1000:00:10.000");
  }

  /** Cues that follow on each other still do, and one of less than a millisecond is none. */
  @Test
  void timesAreRoundedDown() {
    List<TimedCaption> cues =
        List.of(
            cue(1_000_900_000, 1_999_999_999, "a"),
            cue(1_999_999_999, 2_000_400_000, "b"),
            cue(2_000_400_000, 2_000_900_000, "none"));
    assertThat(write(cues, 0, 4 * SECOND))
        .contains("00:00:11.000 --> 00:00:11.999", "00:00:11.999 --> 00:00:12.000")
        .doesNotContain("none");
  }

  /** Media time may begin before 0; files begin ten seconds before it. */
  @Test
  void timesBeforeTheFirstSampleAreWritten() {
    assertThat(write(List.of(cue(-SECOND, SECOND, "early")), -2 * SECOND, 0))
        .contains("LOCAL:00:00:08.000,MPEGTS:720000", "00:00:09.000 --> 00:00:11.000");
  }

  @Test
  void whatMeansSomethingInWebVttIsEscaped() {
    TextStyle style = new TextStyle(Color.GREEN, true, true);
    Caption caption = new Caption(LOW, List.of(List.of(new Span("<b>&amp;\u00A0-->", style))));
    assertThat(write(List.of(new TimedCaption(0, SECOND, caption)), 0, SECOND))
        .endsWith(
            """


            00:00:10.000 --> 00:00:11.000 line:84.67% position:10% align:start
            <c.lime><i><u>&lt;b&gt;&amp;amp;&nbsp;--&gt;</u></i></c>

            """);
  }

  private static TimedCaption cue(long start, long end, String text) {
    return new TimedCaption(
        start, end, new Caption(LOW, List.of(List.of(new Span(text, TextStyle.PLAIN)))));
  }

  private static String write(List<TimedCaption> cues, long from, long until) {
    return WebVttWriter.segment(cues, from, until).toString(StandardCharsets.UTF_8);
  }
}
