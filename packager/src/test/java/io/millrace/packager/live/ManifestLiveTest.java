package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.EndReason;
import io.millrace.packager.OriginResponse;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.dash.ManifestReader;
import io.millrace.packager.dash.ManifestReader.Listed;
import io.millrace.validator.dash.Manifest;
import io.millrace.validator.dash.ManifestRules;
import io.millrace.validator.dash.ManifestUpdateRules;
import io.millrace.validator.dash.SegmentTemplate;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.Segment;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.w3c.dom.Element;

/** The DASH manifest of broadcasts, beside their playlists and files. */
class ManifestLiveTest {
  private static final String ADDRESS = "/live/one/manifest.mpd";
  private static final String LOW_LATENCY = "/live/one/low-latency.mpd";
  @RegisterExtension final LiveFixture fixture = new LiveFixture();
  private LiveNode node;

  @BeforeEach
  void start() {
    node = fixture.node();
  }

  // DASH A1, A2, S2, S3, S4, H1
  @Test
  void namesTheFilesOfThePlaylistsAndTheirTimes() throws Exception {
    assertThat(node.get(ADDRESS).status()).isEqualTo(404);
    node.publish();
    assertThat(node.get(ADDRESS).status()).isEqualTo(503);
    node.send(9.08);
    node.awaitSegments("video", 4);
    node.awaitSegments("audio", 4);

    OriginResponse response = node.get(ADDRESS);
    assertThat(response.headers())
        .containsEntry("content-type", "application/dash+xml")
        .containsEntry("cache-control", "public, max-age=1");
    ManifestReader manifest = ManifestReader.read(response.body().toString());
    assertThat(manifest.root.getAttribute("type")).isEqualTo("dynamic");
    assertThat(manifest.periods()).hasSize(1);
    agreesWithThePlaylists(manifest);
  }

  // DASH P1, P2, P3, A6
  @Test
  void lostTimeIsBetweenPeriods() throws Exception {
    node.publish().send(7);
    node.awaitSegments("video", 3);
    Map<String, String> before = periods(read());

    node.unpublish(EndReason.CONNECTION_LOST);
    for (int i = 0; i < 5; i++) {
      node.advance(Duration.ofSeconds(2)).tick();
    }
    node.publish().send(5.08);
    MediaPlaylist video = node.shown("video");
    assertThat(video.segments()).anyMatch(Segment::gap);

    ManifestReader manifest = read();
    agreesWithThePlaylists(manifest);
    assertThat(manifest.periods()).hasSizeGreaterThan(1);
    assertThat(periods(manifest)).containsAllEntriesOf(before);
    Element first = manifest.periods().getFirst();
    Duration start = Duration.parse(first.getAttribute("start"));
    Duration next = Duration.parse(manifest.periods().get(1).getAttribute("start"));
    assertThat(start.plus(Duration.parse(first.getAttribute("duration")))).isLessThan(next);
  }

  // DASH P2
  @Test
  void anotherWriterBeginsAPeriod() throws Exception {
    node.publish().send(7);
    node.awaitSegments("video", 3);
    Map<String, String> before = periods(read());
    node.kill();

    node = fixture.node();
    node.publish().send(5.08);
    node.awaitSegments("video", 5);

    ManifestReader manifest = read();
    agreesWithThePlaylists(manifest);
    assertThat(periods(manifest)).containsAllEntriesOf(before).hasSizeGreaterThan(1);
  }

  // DASH P1
  @Test
  void aPeriodIsTheSameBehindARestart() throws Exception {
    node.publish().send(90);
    Map<String, String> before = periods(read());
    assertThat(node.shown("video").firstSequence()).isPositive();
    node.kill();

    node = fixture.node();

    assertThat(periods(read())).isEqualTo(before).hasSize(1);
  }

  // DASH A2
  @Test
  void isStaticWhenTheBroadcastHasEnded() throws Exception {
    node.publish().send(7);
    node.awaitSegments("video", 3);
    assertThat(read().root.hasAttribute("mediaPresentationDuration")).isFalse();

    node.end();
    LiveNode.awaitPresent(() -> node.playlist("video").filter(MediaPlaylist::ended));

    ManifestReader manifest = read();
    assertThat(manifest.root.getAttribute("type")).isEqualTo("static");
    assertThat(Duration.parse(manifest.root.getAttribute("mediaPresentationDuration")))
        .isBetween(Duration.ofMillis(6900), Duration.ofMillis(7100));
    for (String live :
        List.of("minimumUpdatePeriod", "timeShiftBufferDepth", "suggestedPresentationDelay")) {
      assertThat(manifest.root.hasAttribute(live)).as(live).isFalse();
    }
    assertThat(ManifestReader.children(manifest.root, "UTCTiming")).isEmpty();
  }

  // DASH L1, A6
  @Test
  void theLowLatencyOneNamesTheSegmentThatGrowsOnceItsFirstPartIsThere() {
    node.publish().send(7.5);
    node.awaitSegments("video", 3);
    List<Manifest> versions = new ArrayList<>();
    int grew = 0;
    for (int i = 0; i < 30; i++) {
      node.send(0.2);
      LiveNode.await(node.writers.shown());
      Manifest whole = judged(ADDRESS);
      Manifest near = judged(LOW_LATENCY);
      for (int each = 0; each < 2; each++) {
        SegmentTemplate listed = template(whole, each);
        SegmentTemplate nearer = template(near, each);
        int more = nearer.segments().size() - listed.segments().size();
        assertThat(more).isBetween(0, 1);
        assertThat(nearer.segments().subList(0, listed.segments().size()))
            .extracting(SegmentTemplate.Listed::time)
            .isEqualTo(listed.segments().stream().map(SegmentTemplate.Listed::time).toList());
        if (more == 1) {
          grew++;
          SegmentTemplate.Listed growing = nearer.segments().getLast();
          assertThat(node.get(nearer.address(growing).getPath().replace(".m4s", ".0.m4s")).status())
              .isEqualTo(200);
        }
      }
      versions.add(near);
    }
    assertThat(grew).isGreaterThan(20);
    for (int i = 1; i < versions.size(); i++) {
      assertThat(ManifestUpdateRules.check(LOW_LATENCY, versions.get(i - 1), versions.get(i)))
          .isEmpty();
    }
    assertThat(versions.getLast().latency()).contains(Duration.ofMillis(2002));
    assertThat(template(versions.getLast(), 0).growing()).isTrue();

    node.end();
    LiveNode.awaitPresent(() -> node.playlist("video").filter(MediaPlaylist::ended));
    assertThat(node.get(LOW_LATENCY).body().toString())
        .isEqualTo(node.get(ADDRESS).body().toString());
  }

  private Manifest judged(String address) {
    URI uri = URI.create(address);
    Manifest manifest =
        io.millrace.validator.dash.ManifestReader.read(uri, node.get(address).body().getBytes());
    assertThat(ManifestRules.check(address, manifest)).isEmpty();
    return manifest;
  }

  private static SegmentTemplate template(Manifest manifest, int representation) {
    return manifest
        .periods()
        .getLast()
        .representations()
        .toList()
        .get(representation)
        .template()
        .orElseThrow();
  }

  // DASH L2: who asks part after part is told that it has them all, also of what an end cut short.
  @Test
  void aSegmentsPartsEndWithNoMoreParts() {
    node.publish().send(7.5);
    node.awaitSegments("video", 3);
    endsWithNoMoreParts(newest());
    OriginResponse further = node.get(newest().replace(".m4s", ".99.m4s"));
    assertThat(further.body().toString()).contains("segment-not-found");

    node.send(0.7);
    node.end();
    LiveNode.awaitPresent(() -> node.playlist("video").filter(MediaPlaylist::ended));
    endsWithNoMoreParts(newest());
  }

  /** The path of the last picture segment that the manifest lists. */
  private String newest() {
    SegmentTemplate listed = template(judged(ADDRESS), 0);
    return listed.address(listed.segments().getLast()).getPath();
  }

  private void endsWithNoMoreParts(String segment) {
    Buffer parts = Buffer.buffer();
    int part = 0;
    OriginResponse answer = node.get(segment.replace(".m4s", ".0.m4s"));
    while (answer.status() == 200) {
      parts.appendBuffer(answer.body());
      part++;
      answer = node.get(segment.replace(".m4s", "." + part + ".m4s"));
    }
    assertThat(parts).isEqualTo(node.get(segment).body());
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body().toString()).contains("no-more-parts");
    assertThat(answer.headers()).containsEntry("cache-control", "public, max-age=1");
  }

  // DASH H1
  @Test
  void aTransportStreamHasNone() {
    node.kill();
    node = new LiveNode(fixture.store(), fixture.clock, PackagerConfig.Container.TS);
    try {
      node.publish().send(7);
      node.awaitSegments("video", 3);

      OriginResponse response = node.get(ADDRESS);
      assertThat(response.status()).isEqualTo(404);
      assertThat(response.body().toString()).contains("no-manifest", "MPEG-TS");
    } finally {
      node.kill();
    }
  }

  private ManifestReader read() throws Exception {
    LiveNode.await(node.writers.shown());
    return ManifestReader.read(node.get(ADDRESS).body().toString());
  }

  /** Starts by id. */
  private static Map<String, String> periods(ManifestReader manifest) {
    Map<String, String> starts = new HashMap<>();
    manifest.periods().forEach(p -> starts.put(p.getAttribute("id"), p.getAttribute("start")));
    return starts;
  }

  private void agreesWithThePlaylists(ManifestReader manifest) {
    Map<String, Segment> listed = new HashMap<>();
    for (String rendition : List.of("video", "audio")) {
      MediaPlaylist playlist = node.playlist(rendition).orElseThrow();
      playlist.segments().stream()
          .filter(segment -> !segment.gap())
          .forEach(segment -> listed.put(rendition + "/" + segment.uri(), segment));
    }
    assertThat(manifest.segments).hasSize(listed.size());
    for (Listed each : manifest.segments) {
      assertThat(node.get("/live/one/" + each.header()).status()).isEqualTo(200);
      OriginResponse file = node.get("/live/one/" + each.address());
      assertThat(file.status()).isEqualTo(200);
      assertThat(decodeTime(file.body())).as(each.address()).isEqualTo(each.ticks());
      String name = each.address().replaceAll("^b/[^/]+/", "");
      Instant date = listed.get(name).date().orElseThrow();
      assertThat(Duration.between(date, each.date()).abs())
          .as(each.address())
          .isLessThanOrEqualTo(Duration.ofMillis(1));
    }
  }

  /** Of the first fragment; pictures here are shown in the order of decoding, with no delay. */
  private static long decodeTime(Buffer segment) {
    int at = segment.toString(StandardCharsets.ISO_8859_1).indexOf("tfdt");
    assertThat(segment.getByte(at + 4)).isEqualTo((byte) 1);
    return segment.getLong(at + 8);
  }
}
