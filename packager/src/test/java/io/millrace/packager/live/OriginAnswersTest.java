package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.http.Problem;
import io.millrace.packager.OriginRequest;
import io.millrace.packager.OriginResponse;
import io.millrace.validator.hls.MultivariantPlaylist;
import io.millrace.validator.hls.MultivariantRules;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.PlaylistRules;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class OriginAnswersTest {
  @RegisterExtension final LiveFixture fixture = new LiveFixture();
  private LiveNode node;

  @BeforeEach
  void start() {
    node = fixture.node();
  }

  @Test
  void tellsUnknownFromStarting() {
    // HLS H9
    OriginResponse unknown = node.get("/live/one/index.m3u8");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.headers())
        .containsEntry("content-type", Problem.MEDIA_TYPE)
        .containsEntry("cache-control", "public, max-age=1");

    node.publish();
    OriginResponse starting = node.get("/live/one/index.m3u8");
    assertThat(starting.status()).isEqualTo(503);
    assertThat(starting.headers())
        .containsEntry("retry-after", "1")
        .containsEntry("cache-control", "no-store");
    assertThat(node.get("/live/one/still.mp4").status()).isEqualTo(503);
  }

  @Test
  void playlistsAreKeptForASecondHoweverLongTheTargetDuration() {
    // HLS H4
    node.kill();
    node = fixture.node(Duration.ofSeconds(60), Optional.of(Duration.ofSeconds(12)), 64 << 20);
    node.publish().send(7);
    node.awaitSegments("video", 3);

    String multivariant = "/live/one/index.m3u8";
    MultivariantPlaylist playlist =
        (MultivariantPlaylist) PlaylistReader.read(node.get(multivariant).body().toString());
    String media = "/live/one/" + playlist.variants().getFirst().uri();
    for (String path : List.of(multivariant, media)) {
      assertThat(node.get(path).headers())
          .as(path)
          .containsEntry("cache-control", "public, max-age=1");
    }
  }

  @Test
  void describesTheVariant() {
    node.publish().send(7);
    node.awaitSegments("video", 3);
    node.awaitSegments("audio", 3);

    OriginResponse response = node.get("/live/one/index.m3u8");
    String body = response.body().toString();
    assertThat(PlaylistRules.body("m", response.headers().get("content-type"), body)).isEmpty();
    MultivariantPlaylist playlist = (MultivariantPlaylist) PlaylistReader.read(body);
    assertThat(MultivariantRules.check("m", playlist)).isEmpty();
    assertThat(body)
        .contains("CODECS=\"avc1.64001E,mp4a.40.2\"")
        .contains("RESOLUTION=")
        .contains("FRAME-RATE=25.000")
        .contains("CHANNELS=\"2\"")
        .contains("AUDIO=\"audio\"")
        .contains("CLOSED-CAPTIONS=NONE");
  }

  /** HLS H8; H1 is the edge's: the origin has one form for all. */
  @Test
  void saysThatAPlaylistHasNotChanged() {
    node.publish().send(5);
    String media = LiveNode.awaitPresent(() -> node.base()) + "video/index.m3u8";

    for (String path : List.of("/live/one/index.m3u8", media)) {
      OriginResponse first = node.get(path);
      String etag = first.headers().get("etag");
      assertThat(get(path, Map.of("accept-encoding", "gzip"))).isEqualTo(first);
      OriginResponse again = get(path, Map.of("if-none-match", "\"old\", " + etag));
      assertThat(again.status()).isEqualTo(304);
      assertThat(again.headers()).containsEntry("etag", etag);
      assertThat(again.body().length()).isZero();
      OriginResponse head =
          LiveNode.await(node.origin.answer(new OriginRequest("HEAD", path, "", Map.of())));
      assertThat(head.headers()).isEqualTo(first.headers());
      assertThat(head.body().length()).isZero();
    }
    String old = node.get(media).headers().get("etag");
    node.send(2.04);
    LiveNode.awaitPresent(
        () ->
            Optional.of(get(media, Map.of("if-none-match", old)))
                .filter(response -> response.status() == 200));
  }

  @Test
  void refusesOtherMethodsAndForeignBroadcasts() {
    node.publish().send(5);
    String base = LiveNode.awaitPresent(() -> node.base());

    OriginResponse post =
        LiveNode.await(
            node.origin.answer(new OriginRequest("POST", "/live/one/index.m3u8", "", Map.of())));
    assertThat(post.status()).isEqualTo(405);
    assertThat(post.headers()).containsEntry("allow", "GET, HEAD");
    assertThat(node.get(base.replace("/one/", "/two/") + "video/index.m3u8").status())
        .isEqualTo(404);
    assertThat(node.get(base + "video/99-1.m4s").status()).isEqualTo(404);
    assertThat(node.get(base + "video/0-2.m4s").status()).isEqualTo(404);
    assertThat(node.get(base + "video/init-0123456789abcdef.mp4").status()).isEqualTo(404);
  }

  @Test
  void servesOldSegmentsFromTheStore() {
    node.publish().send(19);
    node.awaitSegments("video", 9);
    String segment = LiveNode.awaitPresent(() -> node.base()) + "video/0-1.m4s";
    OriginResponse fromMemory = node.get(segment);

    String key = "main" + segment.replace("/b/", "/");
    LiveNode.awaitPresent(() -> LiveNode.await(fixture.store().head(key)));
    int before = fixture.store().reads();
    Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .until(
            () -> {
              node.send(0.4).tick();
              node.get(segment);
              return fixture.store().reads() > before;
            });
    OriginResponse again = node.get(segment);

    assertThat(again.body()).isEqualTo(fromMemory.body());
    assertThat(again.headers()).isEqualTo(fromMemory.headers());
    assertThat(again.headers()).containsEntry("cache-control", "public, max-age=29, immutable");
  }

  private OriginResponse get(String path, Map<String, String> headers) {
    return LiveNode.await(node.origin.answer(new OriginRequest("GET", path, "", headers)));
  }
}
