package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.EndReason;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.codec.OpusConfiguration;
import io.millrace.packager.OriginResponse;
import io.millrace.packager.PackagerConfig.Container;
import io.millrace.storage.DirectoryObjectStore;
import io.millrace.testkit.FakeClock;
import io.millrace.validator.hls.MediaPlaylist;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose {@code packager.container} is {@code ts}. */
class TransportLiveTest {
  @TempDir Path directory;
  private final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T12:00:00Z"));
  private final Vertx storeVertx = Vertx.vertx();
  private DirectoryObjectStore store;
  private LiveNode node;

  @BeforeEach
  void start() {
    store = new DirectoryObjectStore(storeVertx, directory, new PrometheusRegistry());
    node = new LiveNode(store, clock, Container.TS);
  }

  @AfterEach
  void stop() {
    node.kill();
    LiveNode.await(storeVertx.close());
  }

  @Test
  void picturesAndSoundAreOnePlaylistWithoutHeaders() {
    node.publish().send(9);
    node.awaitSegments("video", 4);

    // HLS B12, B16
    String playlist = text("video/index.m3u8");
    assertThat(playlist).contains("#EXT-X-VERSION:3\n").doesNotContain("#EXT-X-MAP");
    OriginResponse segment = node.get(node.base().orElseThrow() + "video/0-1.ts");
    assertThat(segment.headers()).containsEntry("content-type", "video/mp2t");
    assertThat(segment.body().length() % 188).isZero();
    String multivariant = node.get("/live/one/index.m3u8").body().toString();
    // HLS M1
    assertThat(multivariant)
        .contains("CODECS=\"avc1.64001E,mp4a.40.2\"")
        .doesNotContain("#EXT-X-MEDIA:");
    assertThat(node.get(node.base().orElseThrow() + "audio/index.m3u8").status()).isEqualTo(404);
    assertThat(node.get("/live/one/still.mp4").status()).isEqualTo(200);
  }

  // HLS M1
  @Test
  void theRateOfPicturesIsTheirOwnWhereSoundBeginsBeforeThem() {
    node.publish()
        .keyFrameEvery(1)
        .send(0.04, List.of(LiveNode.AUDIO))
        .send(0.04)
        .keyFrameEvery(50)
        .send(9);
    MediaPlaylist playlist = node.awaitSegments("video", 4);
    assertThat(playlist.segments().getFirst().gap()).isFalse();
    assertThat(node.get("/live/one/index.m3u8").body().toString()).contains("FRAME-RATE=25.000");
  }

  @Test
  void furtherSoundIsARenditionBesideThatOfThePicture() {
    Track second = new Track(new TrackId(3), LiveNode.AUDIO.format(), LiveNode.AUDIO.timescale());
    node.publish(LiveNode.VIDEO, LiveNode.AUDIO, second).send(9);
    node.awaitSegments("video", 4);
    node.awaitSegments("audio", 4);

    assertThat(node.get("/live/one/index.m3u8").body().toString().lines())
        .filteredOn(line -> line.startsWith("#EXT-X-MEDIA:"))
        .satisfiesExactly(
            own -> assertThat(own).contains("DEFAULT=YES").doesNotContain("URI="),
            other -> assertThat(other).contains("DEFAULT=NO").contains("audio/index.m3u8"));
    int listed = text("audio/index.m3u8").length();

    node.shown("video");
    node.kill();
    node = new LiveNode(store, clock, Container.TS);
    node.publish(LiveNode.VIDEO, LiveNode.AUDIO, second).send(9);
    node.awaitSegments("video", 7);
    node.awaitSegments("audio", 7);
    assertThat(text("audio/index.m3u8")).hasSizeGreaterThan(listed);
    assertThat(node.get(node.base().orElseThrow() + "audio-2/index.m3u8").status()).isEqualTo(404);
  }

  @Test
  void aBroadcastKeepsItsContainerWhateverIsConfiguredAfterARestart() {
    node.publish().send(9);
    node.awaitSegments("video", 4);
    String prefix = "main" + node.base().orElseThrow().replace("/b/", "/");
    LiveNode.awaitPresent(() -> LiveNode.await(store.head(prefix + "video/3-1.ts")));
    node.shown("video");
    node.kill();
    node = new LiveNode(store, clock, Container.CMAF);

    node.publish().send(9);

    MediaPlaylist playlist = node.awaitSegments("video", 7);
    assertThat(playlist.segments()).allMatch(segment -> segment.uri().endsWith(".ts"));
    assertThat(playlist.segments().stream().limit(4)).noneMatch(segment -> segment.gap());
    assertThat(text("video/index.m3u8")).contains("#EXT-X-DISCONTINUITY\n");
    String base = node.base().orElseThrow();
    playlist.segments().stream()
        .filter(segment -> !segment.gap())
        .forEach(
            segment ->
                assertThat(node.get(base + "video/" + segment.uri()).status()).isEqualTo(200));

    node.end();
    clock.advance(Duration.ofSeconds(1));
    node.publish().send(9);
    node.awaitSegments("video", 4);
    assertThat(text("video/index.m3u8")).contains("0-1.m4s");
  }

  @Test
  void aPublisherOfWhatCannotBeCarriedIsRefusedInWords() {
    OpusConfiguration stereo = new OpusConfiguration(2, 312, 48_000, 0, 0, Buffer.buffer());
    Track opus = new Track(new TrackId(2), new TrackFormat.Opus(stereo), new Timescale(48_000));

    assertThatThrownBy(() -> node.publish(LiveNode.VIDEO, opus))
        .hasStackTraceContaining("MPEG-TS, which cannot carry Opus; use AAC or AC-3");

    node.unpublish(EndReason.MALFORMED);
    clock.advance(Duration.ofSeconds(1));
    node.publish().send(9);
    node.awaitSegments("video", 4);
  }

  private String text(String path) {
    return node.get(node.base().orElseThrow() + path).body().toString();
  }
}
