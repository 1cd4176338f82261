package io.millrace.validator.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.LiveList;
import io.millrace.validator.hls.PlaylistReader;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** L23 over two playlists. */
class RenditionReportsTest {
  private static final long MILLI = 1_000_000;
  private static final URI A = URI.create("http://host/a/index.m3u8");
  private static final URI B = URI.create("http://host/b/index.m3u8?token=x");

  private final RenditionReports reports = new RenditionReports();

  @Test
  void reportsThatAreTrueBreakNoRule() {
    for (int parts = 40; parts < 60; parts++) {
      assertThat(took(A, parts, parts, parts * 500L, true)).isEmpty();
      assertThat(took(B, parts, parts, parts * 500L + 10, true)).isEmpty();
    }
  }

  /** HLS L23. */
  @Test
  void l23NoticesAReportThatIsMissing() {
    assertThat(took(A, 42, 0, 0, true)).containsExactly(Rule.L23);
    assertThat(took(B, LiveList.at(42) + report(A, 42), 0, false)).isEmpty();
  }

  /** HLS L23. */
  @Test
  void l23NoticesAReportOfWhatHadCome() {
    assertThat(took(B, 43, 43, 1000, true)).isEmpty();
    assertThat(took(A, 43, 42, 1200, true)).as("they may have overtaken each other").isEmpty();
    assertThat(took(A, 44, 42, 1500, false)).as("a cached answer may be older").isEmpty();
    assertThat(took(A, 45, 42, 1500, 900, true)).as("asked for before").isEmpty();
    assertThat(took(A, 46, 42, 1500, true)).containsExactly(Rule.L23);
  }

  /** HLS L23: the segment whose parts were reported is there, or a gap. */
  @Test
  void aRestartMayLoseThePartsThatWereReported() {
    assertThat(took(B, 43, 43, 1000, true)).isEmpty();
    assertThat(took(A, 43, 43, 1100, true)).isEmpty();
    String lost = LiveList.at(44).replaceAll("(?m)^#EXT-X-P(ART:|RELOAD).*\n", "");
    assertThat(took(B, lost, 2000, true)).isEmpty();
  }

  /** HLS L23. */
  @Test
  void l23NoticesAReportOfWhatIsNotListed() {
    assertThat(took(B, 43, 43, 1000, true)).isEmpty();
    assertThat(took(A, 43, 45, 1100, true)).isEmpty();
    assertThat(took(B, 44, 44, 1150, 1050, true)).as("asked for before").isEmpty();
    assertThat(took(B, 44, 44, 1300, 1200, true)).containsExactly(Rule.L23);
  }

  @Test
  void whatIsNotWrittenIsAsInThePlaylistItself() {
    assertThat(took(B, 42, 42, 0, true)).isEmpty();
    String report = "#EXT-X-RENDITION-REPORT:URI=\"../b/index.m3u8\"\n";
    assertThat(took(A, LiveList.at(42) + report, 1000, true)).isEmpty();
  }

  private List<Rule> took(URI uri, int parts, int reported, long millis, boolean held) {
    return took(uri, parts, reported, millis, millis, held);
  }

  private List<Rule> took(
      URI uri, int parts, int reported, long millis, long sentMillis, boolean held) {
    String report = reported == 0 ? "" : report(uri.equals(A) ? B : A, reported);
    return took(uri, LiveList.at(parts) + report, millis, sentMillis, held);
  }

  private List<Rule> took(URI uri, String list, long millis, boolean held) {
    return took(uri, list, millis, millis, held);
  }

  private List<Rule> took(URI uri, String list, long millis, long sentMillis, boolean held) {
    return reports
        .took(
            uri,
            PlaylistReader.readMedia(list),
            held,
            sentMillis * MILLI,
            millis * MILLI,
            Set.of(uri.equals(A) ? B : A))
        .stream()
        .map(Violation::rule)
        .toList();
  }

  private static String report(URI of, int parts) {
    return "#EXT-X-RENDITION-REPORT:URI=\"..%s\",LAST-MSN=%d,LAST-PART=%d\n"
        .formatted(of.getPath(), (parts - 1) / LiveList.PARTS, (parts - 1) % LiveList.PARTS);
  }
}
