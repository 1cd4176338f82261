package io.millrace.testkit.validator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.validator.CannotLookException;
import io.millrace.validator.Rule;
import io.millrace.validator.ValidationReport;
import io.millrace.validator.Validator;
import io.millrace.validator.Violation;
import io.millrace.validator.WalkOptions;
import io.millrace.validator.walk.HlsWalker;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A good presentation on a good server breaks no rule; each test breaks one of them. */
class WalkRulesTest {
  @TempDir private static Path folder;
  private static String master;
  private static String media;
  private FakeOrigin origin;

  @BeforeAll
  static void packageTheClip() throws IOException {
    media = PackagedClip.write(folder);
    master = PackagedClip.MULTIVARIANT;
  }

  @BeforeEach
  void serveIt() throws IOException {
    origin = new FakeOrigin();
    origin.putAll(folder);
    origin.put("main.m3u8", master);
  }

  @AfterEach
  void stop() {
    origin.close();
  }

  @Test
  void aGoodPresentationOnAGoodServerBreaksNoRuleAndIsSeenWhole() {
    ValidationReport report = validate("main.m3u8");

    assertThat(report.violations()).isEmpty();
    assertThat(report.warnings()).isEmpty();
    assertThat(report.notes()).isEmpty();
    assertThat(report.looked().segments()).isEqualTo(8);
    assertThat(report.looked().seconds()).isBetween(7.9, 8.1);
    assertThat(report.looked().bytes()).isGreaterThan(100_000);
    assertThat(report.looked().ended()).isTrue();
  }

  @Test
  void aMediaPlaylistCanBeLookedAtByItself() {
    ValidationReport report = validate("media.m3u8");
    assertThat(report.violations()).isEmpty();
    assertThat(report.looked().segments()).isEqualTo(8);
  }

  @Test
  void b1NamesTheLineThatIsMalformedAndReadsOn() {
    origin.put(
        "media.m3u8", media.replaceFirst("#EXT-X-MAP", "#EXT-X-SERVER-CONTROL:x\n#EXT-X-MAP"));
    ValidationReport report = validate("main.m3u8");
    assertThat(rules(report)).containsExactly(Rule.B1);
    assertThat(report.violations().getFirst().place().line()).isPositive();
    assertThat(report.looked().segments()).isEqualTo(8);
  }

  @Test
  void b13NoticesAListedSegmentThatIsMissing() {
    origin.remove("media3.m4s");
    assertThat(rules(validate("main.m3u8"))).containsExactly(Rule.B13);
  }

  @Test
  void b9LeavesAGapAlone() {
    origin.remove("media3.m4s");
    origin.put("media.m3u8", media.replace("media3.m4s", "#EXT-X-GAP\nmedia3.m4s"));
    assertThat(rules(validate("main.m3u8"))).isEmpty();
  }

  @Test
  void b6NoticesABodyThatChangesUnderItsEtag() {
    origin.noConditions();
    origin.put("media.m3u8", open(5));
    try (HlsWalker walker = follow()) {
      await().until(walker::sawAll);
      origin.put("media.m3u8", open(6));
      await().until(() -> walker.walks().getFirst().versionCount() == 2 && walker.sawAll());
      assertThat(walker.violations()).isEmpty();
      origin.headers(headers -> headers.set("ETag", "\"same\""));
      origin.put("media.m3u8", open(7));
      await().until(() -> walker.walks().getFirst().versionCount() == 3);
      origin.put("media.m3u8", open(8));
      awaitBroken(walker, violation -> violation.rule() == Rule.B6);
    }
  }

  @Test
  void b3AndB4AndB5NameTheVersionThatBrokeThem() {
    origin.put("media.m3u8", open(5));
    try (HlsWalker walker = follow()) {
      await().until(walker::sawAll);
      origin.put("media.m3u8", open(6).replace("TARGETDURATION:1", "TARGETDURATION:2"));
      awaitBroken(walker, violation -> violation.rule() == Rule.B3);
      origin.put("media.m3u8", open(4).replace("TARGETDURATION:1", "TARGETDURATION:2"));
      awaitBroken(walker, violation -> violation.rule() == Rule.B5);
      assertThat(walker.violations())
          .extracting(violation -> violation.place().version())
          .contains(2, 3);
    }
  }

  @Test
  void b8NoticesAListThatStandsStill() {
    origin.put("media.m3u8", open(5));
    try (HlsWalker walker = follow()) {
      awaitBroken(walker, violation -> violation.rule() == Rule.B8);
    }
  }

  @Test
  void b11NoticesASegmentThatIsGoneAsSoonAsItIsNotListed() {
    origin.put("media.m3u8", open(4));
    try (HlsWalker walker = follow()) {
      await().until(walker::sawAll);
      origin.put("media.m3u8", open(8));
      await().until(() -> walker.walks().getFirst().segments().size() == 8);
      origin.remove("media4.m4s");
      origin.put("media.m3u8", from(5));
      awaitBroken(walker, violation -> violation.rule() == Rule.B11);
    }
  }

  @Test
  void d9AndB15NoticeAPlaylistThatGoesAwayWithItsMediaAndComesBack() {
    origin.put("media.m3u8", open(5));
    try (HlsWalker walker = follow()) {
      await().until(walker::sawAll);
      origin.remove("media4.m4s");
      origin.remove("media.m3u8");
      awaitBroken(walker, violation -> violation.rule() == Rule.B15);
      origin.put("media.m3u8", open(5));
      awaitBroken(walker, violation -> violation.rule() == Rule.D9);
    }
  }

  @Test
  void m1AndM2NoticeWhatTheMultivariantPlaylistSaysWrong() {
    origin.put("main.m3u8", master.replace("avc1.42c00c", "avc1.64001f"));
    assertThat(rules(validate("main.m3u8"))).containsExactly(Rule.M2);
    origin.put("main.m3u8", master.replace("BANDWIDTH=3000000", "BANDWIDTH=3000"));
    assertThat(warnings(validate("main.m3u8"))).containsExactly(Rule.M1_PEAK, Rule.M1_AVERAGE);
  }

  @Test
  void m1IsJudgedByWhatIsDeclaredWhileMoreComes() {
    origin.put("main.m3u8", master.replace("BANDWIDTH=3000000", "BANDWIDTH=3000"));
    origin.put("media.m3u8", open(4));
    try (HlsWalker walker = HlsWalker.follow(origin.at("main.m3u8"))) {
      await()
          .atMost(Duration.ofSeconds(15))
          .until(() -> walker.warnings().stream().anyMatch(each -> each.rule() == Rule.M1_PEAK));
      origin.put("main.m3u8", master);
      origin.put("media.m3u8", media);
      await().atMost(Duration.ofSeconds(15)).until(walker::ended);
      assertThat(walker.warnings()).isEmpty();
    }
  }

  @Test
  void d1NoticesASegmentThatIsNotTheNextOne() {
    origin.put("media3.m4s", origin.get("media5.m4s"));
    assertThat(rules(validate("main.m3u8"))).contains(Rule.D1);
  }

  @Test
  void d2NoticesADiscontinuityThatNoListNeeds() {
    twoLists("media4.m4s");
    assertThat(warnings(validate("main.m3u8"))).containsExactly(Rule.D2);
  }

  /** D4 wants it in the list that needs none, too. */
  @Test
  void d2IsNotSaidOfADiscontinuityThatTheOtherListNeeds() {
    origin.put("other4.m4s", origin.get("media5.m4s"));
    twoLists("other4.m4s");
    ValidationReport report = validate("main.m3u8");
    assertThat(report.looked().segments()).isEqualTo(16);
    assertThat(warnings(report)).doesNotContain(Rule.D2);
  }

  /** A list with a discontinuity that it does not need, and one with this segment behind it. */
  private void twoLists(String fourth) {
    String variant = master.substring(master.indexOf("#EXT-X-STREAM-INF"));
    String list = media.replace("media4.m4s", "#EXT-X-DISCONTINUITY\nmedia4.m4s");
    origin.put("main.m3u8", master + variant.replace("media.", "other."));
    origin.put("media.m3u8", list);
    origin.put("other.m3u8", list.replace("media4.m4s", fourth));
  }

  @Test
  void w1NoticesTextThatIsNoWebVtt() {
    putText("LOCAL:00:00:00.000,MPEGTS:0");
    assertThat(validate("main.m3u8").violations()).isEmpty();
    assertThat(validate("main.m3u8").looked().segments()).isEqualTo(16);

    origin.put("media3.vtt", "WEBVTT\n\n00:00:03.500 -> 00:00:03.900\nthree\n");
    ValidationReport report = validate("main.m3u8");
    assertThat(rules(report)).containsExactly(Rule.W1);
    assertThat(report.violations().getFirst().place().toString()).contains("media3.vtt", "line 4");
  }

  /** An hour is off, or the map has not followed the timestamps. */
  @Test
  void d8NoticesTextThatIsShownBesideOtherMedia() {
    putText("LOCAL:00:00:10.000,MPEGTS:0");
    assertThat(rules(validate("main.m3u8"))).containsExactly(Rule.D8_TEXT);
    putText("LOCAL:00:00:00.000,MPEGTS:" + (1L << 32));
    assertThat(rules(validate("main.m3u8"))).containsExactly(Rule.D8_TEXT);
  }

  /** Subtitles are as live as the rest: only such as never change may differ. */
  @Test
  void d7HoldsForTextToo() {
    putText("LOCAL:00:00:00.000,MPEGTS:0");
    String text = media.replaceAll("#EXT-X-MAP.*\n", "").replace(".m4s", ".vtt");
    String longer = text.replaceAll("TARGETDURATION:\\d+", "TARGETDURATION:9");
    origin.put("text.m3u8", longer.replaceAll("#EXT-X-PLAYLIST-TYPE.*\n", ""));
    assertThat(rules(validate("main.m3u8"))).containsExactly(Rule.D7);
    origin.put(
        "text.m3u8",
        longer.replaceAll("#EXT-X-PLAYLIST-TYPE.*\n", "") + "#EXT-X-PLAYLIST-TYPE:VOD\n");
    assertThat(validate("main.m3u8").violations()).isEmpty();
  }

  /** A cue in the middle of each segment, by a clock of its own. */
  private void putText(String map) {
    origin.put(
        "main.m3u8",
        master.replace("#EXT-X-STREAM-INF:", "#EXT-X-STREAM-INF:SUBTITLES=\"t\",")
            + "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"t\",NAME=\"t\",URI=\"text.m3u8\"\n");
    origin.put("text.m3u8", media.replaceAll("#EXT-X-MAP.*\n", "").replace(".m4s", ".vtt"));
    for (int i = 0; i < 8; i++) {
      origin.put(
          "media" + i + ".vtt",
          "WEBVTT\nX-TIMESTAMP-MAP=%s\n\n00:00:0%d.400 --> 00:00:0%d.600\n<i>text</i>\n"
              .formatted(map, i, i));
    }
  }

  @Test
  void f2NoticesATruncatedSegmentAndNamesTheByte() {
    byte[] whole = origin.get("media3.m4s");
    origin.put("media3.m4s", Arrays.copyOf(whole, whole.length - 10));
    ValidationReport report = validate("main.m3u8");
    assertThat(rules(report)).contains(Rule.F2);
    assertThat(report.violations())
        .anySatisfy(
            violation -> {
              assertThat(violation.place().address()).endsWith("media3.m4s");
              assertThat(violation.place().path()).startsWith("byte ");
            });
  }

  @Test
  void h1NoticesPlaylistsThatAreNotCompressedAndCompressionWithoutVary() {
    String padded = media.replace("#EXT-X-MAP", "#" + "x".repeat(2000) + "\n#EXT-X-MAP");
    origin.put("media.m3u8", padded);
    assertThat(warnings(validate("main.m3u8"))).isEmpty();
    origin.headers(headers -> headers.remove("Vary"));
    assertThat(warnings(validate("main.m3u8"))).containsExactly(Rule.H1);
    origin.noCompression();
    assertThat(warnings(validate("main.m3u8"))).containsExactly(Rule.H1);
  }

  @Test
  void h2NoticesAnswersThatPagesOfOtherOriginsMayNotRead() {
    origin.headers(headers -> headers.remove("Access-Control-Allow-Origin"));
    assertThat(warnings(validate("main.m3u8"))).containsOnly(Rule.H2);
  }

  @Test
  void h3NoticesMediaWithoutEtagCachingOrRanges() {
    origin.headers(
        headers -> {
          headers.remove("ETag");
          headers.remove("Cache-Control");
        });
    origin.noRanges();
    assertThat(warnings(validate("main.m3u8"))).containsExactly(Rule.H3, Rule.H3, Rule.H3);
  }

  @Test
  void h4NoticesALivePlaylistThatCachesKeep() {
    origin.put("media.m3u8", open(5));
    origin.headers(headers -> headers.set("Cache-Control", "max-age=600"));
    try (HlsWalker walker = follow()) {
      await().until(walker::sawAll);
      assertThat(walker.warnings()).extracting(Violation::rule).contains(Rule.H4);
    }
  }

  @Test
  void h8NoticesThatHeadIsNotKnown() {
    origin.noHead();
    assertThat(warnings(validate("main.m3u8"))).contains(Rule.H8);
  }

  @Test
  void h9NoticesAnEmptyPlaylist() {
    origin.put("media.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-ENDLIST\n");
    assertThat(rules(validate("media.m3u8"))).contains(Rule.H9);
  }

  @Test
  void whatCannotBeLookedAtIsSaidInWords() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    origin.put("page.m3u8", "<!doctype html><title>x</title>");
    refused(origin.at("none.m3u8"), "404");
    refused(origin.at("page.m3u8"), "is no HLS playlist", "<!doctype html>");
    refused(URI.create("http://localhost:" + closed + "/a.m3u8"), "nothing listens there");
    refused(URI.create("http://no-such-host.invalid/a.m3u8"), "no such host");
    refused(URI.create("file:///etc/passwd"), "not an address");
  }

  @Test
  void aServerThatSpeaksNoTlsIsSaidToFailAtTls() throws IOException {
    try (ServerSocket plain = new ServerSocket(0)) {
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  while (true) {
                    try (Socket socket = plain.accept()) {
                      socket
                          .getOutputStream()
                          .write(
                              "HTTP/1.1 400 Bad Request\r\n\r\n"
                                  .getBytes(StandardCharsets.US_ASCII));
                    }
                  }
                } catch (IOException closed) {
                  // The test is over.
                }
              });
      refused(
          URI.create("https://localhost:" + plain.getLocalPort() + "/a.m3u8"), "cannot be read");
    }
  }

  private static void refused(URI address, String... words) {
    assertThatThrownBy(
            () ->
                Validator.validate(
                    address, Duration.ofSeconds(5), WalkOptions.defaults(), looked -> {}))
        .isInstanceOf(CannotLookException.class)
        .hasMessageContainingAll(words);
  }

  private HlsWalker follow() {
    return HlsWalker.follow(origin.at("main.m3u8"));
  }

  private static void awaitBroken(HlsWalker walker, Predicate<Violation> wanted) {
    await()
        .atMost(Duration.ofSeconds(15))
        .until(() -> walker.violations().stream().anyMatch(wanted));
  }

  /** The first segments, of a list that goes on. */
  private static String open(int segments) {
    int end = media.indexOf("media" + (segments - 1) + ".m4s") + "mediaN.m4s\n".length();
    return media.substring(0, end);
  }

  /** All but the first segments, of a list that goes on. */
  private static String from(int first) {
    List<String> lines = new ArrayList<>(open(8).lines().toList());
    int start = lines.indexOf("media" + (first - 1) + ".m4s") + 1;
    int head =
        lines.stream()
            .filter(line -> line.startsWith("#EXT-X-MAP"))
            .findFirst()
            .map(lines::indexOf)
            .orElseThrow();
    return (String.join("\n", lines.subList(0, head + 1)).replace("SEQUENCE:0", "SEQUENCE:" + first)
        + "\n"
        + String.join("\n", lines.subList(start, lines.size()))
        + "\n");
  }

  private ValidationReport validate(String name) {
    return Validator.validate(
        origin.at(name), Duration.ofSeconds(20), WalkOptions.defaults().eager(), looked -> {});
  }

  private static Set<Rule> rulesOf(List<Violation> violations) {
    return violations.stream().map(Violation::rule).collect(Collectors.toSet());
  }

  private static List<Rule> rules(ValidationReport report) {
    return rulesOf(report.violations()).stream().toList();
  }

  private static List<Rule> warnings(ValidationReport report) {
    return report.warnings().stream().map(Violation::rule).toList();
  }
}
