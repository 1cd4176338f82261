package io.millrace.validator.dash;

import static io.millrace.validator.dash.LiveManifest.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestReaderTest {
  private static final String START = "<MPD xmlns='urn:mpeg:dash:schema:mpd:2011' ";

  @Test
  void namesEveryFileOfATimeline() {
    Manifest manifest =
        read(
            START
                + """
                type='dynamic' availabilityStartTime='2026-11-23T10:00:00+01:00'>
                <BaseURL>a/</BaseURL>
                <Period id='p' start='PT1M0.5S'><BaseURL>b/</BaseURL>
                <AdaptationSet mimeType='video/mp4' codecs='avc1.42c01e' frameRate='30000/1001'>
                <SegmentTemplate timescale='10' presentationTimeOffset='100' startNumber='7'
                  initialization='$RepresentationID$/$$.mp4'
                  media='$RepresentationID$/$Bandwidth$-$Number%03d$-$Time$.m4s'>
                <SegmentTimeline><S t='100' d='20' r='1'/><S d='15'/></SegmentTimeline>
                </SegmentTemplate>
                <Representation id='v' bandwidth='500'/>
                </AdaptationSet></Period></MPD>
                """);

    assertThat(manifest.availabilityStart()).contains(Instant.parse("2026-11-23T09:00:00Z"));
    Manifest.Period period = manifest.periods().getFirst();
    Manifest.Representation video = period.representations().findFirst().orElseThrow();
    assertThat(video.codecs()).isEqualTo("avc1.42c01e");
    assertThat(video.frameRate().orElseThrow()).isBetween(29.96, 29.98);
    SegmentTemplate template = video.template().orElseThrow();
    assertThat(template.header()).contains(URI.create("http://host/live/a/b/v/$.mp4"));
    assertThat(template.segments().stream().map(template::address).map(URI::getPath))
        .containsExactly(
            "/live/a/b/v/500-007-100.m4s",
            "/live/a/b/v/500-008-120.m4s",
            "/live/a/b/v/500-009-140.m4s");
    assertThat(period.first()).isEqualTo(Duration.ofMillis(60_500));
    assertThat(period.end()).isEqualTo(Duration.ofSeconds(66));
  }

  @Test
  void aTimelineThatIsRepeatedGoesToTheEndOfItsPeriod() {
    String period =
        """
        <Period id='p' start='PT0S' %s><AdaptationSet><Representation id='v'>
        <SegmentTemplate media='$Number$'><SegmentTimeline><S t='0' d='2' r='-1'/></SegmentTimeline>
        </SegmentTemplate></Representation></AdaptationSet></Period></MPD>
        """;
    assertThat(listed(START + ">" + period.formatted("duration='PT7S'"))).hasSize(4);
    Manifest open = read(START + " type='dynamic'>" + period.formatted(""));
    assertThat(open.periods().getFirst().representations().findFirst().orElseThrow().template())
        .hasValueSatisfying(template -> assertThat(template.openEnded()).isTrue());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<MPD>",
        "<MPD/>",
        "<Other xmlns='urn:mpeg:dash:schema:mpd:2011'/>",
        START + "type='other'/>",
        START + "minimumUpdatePeriod='2s'/>",
        START + "availabilityStartTime='yesterday'/>",
        START
            + "availabilityStartTime='+999999999-12-31T23:59:59Z'><Period start='P9999999D'/></MPD",
        START + "><Period start='PT99999999999999999999S'/></MPD>",
        START
            + "><Period><AdaptationSet><SegmentTemplate timescale='0'/><Representation/>"
            + "</AdaptationSet></Period></MPD>",
        START
            + "><Period><AdaptationSet><SegmentTemplate><SegmentTimeline><S d='1' r='2000000000'/>"
            + "</SegmentTimeline></SegmentTemplate><Representation/></AdaptationSet></Period></MPD>",
        START + "><BaseURL>http://not an address</BaseURL></MPD>"
      })
  void whatIsNoManifestIsRefused(String text) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(MalformedManifestException.class);
  }

  /** Neither files, nor other servers, nor texts that grow. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!DOCTYPE MPD SYSTEM 'file:///etc/passwd'>" + START + "/>",
        "<!DOCTYPE MPD [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + START + ">&x;</MPD>",
        "<!DOCTYPE MPD [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]>" + START + "profiles='&b;'/>",
        START + ">&other;</MPD>"
      })
  void aDocumentTypeIsRefused(String text) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(MalformedManifestException.class);
  }

  @Test
  void aDeepOrLongDocumentIsRefused() {
    String deep = START + ">" + "<a>".repeat(40) + "</a>".repeat(40) + "</MPD>";
    assertThatThrownBy(() -> read(deep)).hasMessageContaining("too deep");
    String many = START + ">" + "<a/>".repeat(500_000) + "</MPD>";
    assertThatThrownBy(() -> read(many)).hasMessageContaining("too many");
  }

  @Test
  void whatIsWrongIsNamedByItsLine() {
    assertThatThrownBy(() -> read(START + ">\n<Period\nstart='soon'/></MPD>"))
        .hasMessageContaining("line 3")
        .hasMessageContaining("soon");
    byte[] latin = (START + "profiles='é'/>").getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> ManifestReader.read(LiveManifest.ADDRESS, latin))
        .hasMessageContaining("UTF-8");
  }

  private static List<SegmentTemplate.Listed> listed(String text) {
    return read(text)
        .periods()
        .getFirst()
        .representations()
        .findFirst()
        .orElseThrow()
        .template()
        .orElseThrow()
        .segments();
  }
}
