package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.EndReason;
import io.millrace.packager.OriginResponse;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.dash.ManifestReader;
import io.millrace.packager.dash.ManifestReader.Listed;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.Segment;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
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
