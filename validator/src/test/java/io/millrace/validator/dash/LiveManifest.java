package io.millrace.validator.dash;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * The text of a manifest that keeps the rules: segments of two seconds of pictures, as {@code
 * LiveMedia} makes them, and of sound; a target of two seconds.
 */
@SuppressWarnings("InlineFormatString")
public final class LiveManifest {
  public static final URI ADDRESS = URI.create("http://host/live/manifest.mpd");

  /** When the broadcast began. */
  public static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

  private static final String HEAD =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" \
      type="dynamic" minBufferTime="PT2S" maxSegmentDuration="PT2.5S"
      availabilityStartTime="2026-11-23T10:00:00Z" publishTime="%s" minimumUpdatePeriod="PT1S" \
      suggestedPresentationDelay="PT6S" timeShiftBufferDepth="PT%dS">
      """;

  private static final String PERIOD =
      """
      <Period id="%d" start="PT%dS">
      <AdaptationSet id="1" contentType="video" mimeType="video/mp4" startWithSAP="1">
      <Accessibility schemeIdUri="urn:scte:dash:cc:cea-608:2015" value="CC1=und"/>
      <Representation id="video" bandwidth="9000" codecs="vp09.00.10.08" width="16" height="16" \
      frameRate="24">
      <SegmentTemplate timescale="24" presentationTimeOffset="%d" startNumber="%d"
      initialization="video/init.mp4"
      media="video/$Number$.m4s">
      <SegmentTimeline>
      <S t="%d" d="48" r="%d"/>
      </SegmentTimeline>
      </SegmentTemplate>
      </Representation>
      </AdaptationSet>
      """;

  private static final String SOUND =
      """
      <AdaptationSet id="101" contentType="audio" mimeType="audio/mp4">
      <Representation id="audio" bandwidth="9000" codecs="mp4a.40.2">
      <AudioChannelConfiguration \
      schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:2011" value="2"/>
      <SegmentTemplate timescale="48000" presentationTimeOffset="%d" startNumber="%d"
      initialization="audio/init.mp4"
      media="audio/$Number$.m4s">
      <SegmentTimeline>
      <S t="%d" d="96000" r="%d"/>
      </SegmentTimeline>
      </SegmentTemplate>
      </Representation>
      </AdaptationSet>
      """;

  private LiveManifest() {}

  /** With pictures and sound, from one number up to another that is not listed. */
  public static String at(int first, int next) {
    return head(first, next) + period(0, first, next) + tail();
  }

  /** With pictures alone. */
  public static String pictures(int first, int next) {
    return head(first, next) + start(0, first, next) + "</Period>\n" + tail();
  }

  /** With pictures alone, of which time is lost before a number: another period begins there. */
  public static String broken(int first, int at, int next) {
    return head(first, next)
        + start(0, first, at - 1)
        + "</Period>\n"
        + start(at, at, next)
        + "</Period>\n"
        + tail();
  }

  /** With pictures alone, of a period that began at a number behind lost time. */
  public static String behind(int at, int next) {
    return head(at, next) + start(at, at, next) + "</Period>\n" + tail();
  }

  /**
   * With pictures alone, for players that are close to the edge: the last segment grows, and is
   * expected to last so many ticks.
   */
  public static String growing(int first, int next, int expected) {
    String last = " r=\"" + (next - first - 1) + "\"/>";
    String others = " r=\"" + (next - first - 2) + "\"/>\n<S d=\"" + expected + "\"/>";
    return pictures(first, next)
        .replace(last, others)
        .replace("timeShiftBufferDepth=\"PT16S\"", "timeShiftBufferDepth=\"PT14S\"")
        .replace(
            "startNumber",
            "availabilityTimeOffset=\"1.5\" availabilityTimeComplete=\"false\" startNumber")
        .replace(
            "<Period",
            "<ServiceDescription id=\"0\"><Latency target=\"2000\"/></ServiceDescription>\n<Period");
  }

  /** What it is when it has ended. */
  public static String ended(String live, int next) {
    return live.replace("type=\"dynamic\"", "type=\"static\"")
        .replaceFirst(" suggestedPres[^>]*>", " mediaPresentationDuration=\"PT" + next * 2 + "S\">")
        .replaceFirst(" minimumUpdatePeriod=\"[^\"]*\"", "")
        .replaceFirst("availabilityStartTime=\"[^\"]*\" publishTime=\"[^\"]*\"", "")
        .replaceFirst("<UTCTiming[^>]*>\n", "");
  }

  static Manifest read(String text) {
    return ManifestReader.read(ADDRESS, text.getBytes(StandardCharsets.UTF_8));
  }

  static List<Rule> rules(List<Violation> violations) {
    return violations.stream().map(Violation::rule).distinct().toList();
  }

  private static String head(int first, int next) {
    int depth = Math.max(6, (next - first) * 2);
    return HEAD.formatted(START.plusSeconds(next * 2L), depth);
  }

  private static String tail() {
    return "<UTCTiming schemeIdUri=\"urn:mpeg:dash:utc:http-iso:2014\" value=\"time\"/>\n</MPD>\n";
  }

  private static String period(int id, int first, int next) {
    return start(id, first, next)
        + SOUND.formatted(id * 96_000, first, first * 96_000, next - first - 1)
        + "</Period>\n";
  }

  private static String start(int id, int first, int next) {
    return PERIOD.formatted(id, id * 2, id * 48, first, first * 48, next - first - 1);
  }
}
