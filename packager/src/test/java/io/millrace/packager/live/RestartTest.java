package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.EndReason;
import io.millrace.storage.ObjectInfo;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.PlaylistRules;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.hls.UpdateRules;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RestartTest {
  @RegisterExtension final LiveFixture fixture = new LiveFixture();
  private LiveNode node;

  @BeforeEach
  void start() {
    node = fixture.node();
  }

  @Test
  void playsABroadcastThatEndedWithItsNodeUntilItsTimeIsOver() {
    node.publish().send(9);
    node.awaitSegments("video", 4);
    String base = node.base().orElseThrow();
    LiveNode.await(node.live.close());
    LiveNode.await(node.writers.close(Duration.ofSeconds(10)));
    node.kill();

    node = fixture.node();

    for (String rendition : List.of("video", "audio")) {
      MediaPlaylist playlist = node.playlist(rendition).orElseThrow();
      assertThat(playlist.ended()).isTrue();
      assertThat(playlist.seconds().doubleValue()).isBetween(8.9, 9.1);
      for (Segment segment : playlist.segments()) {
        assertThat(segment.gap()).isFalse();
        assertThat(node.get(base + rendition + "/" + segment.uri()).status()).isEqualTo(200);
        assertThat(node.get(base + rendition + "/" + segment.initUri()).status()).isEqualTo(200);
      }
    }
    fixture.clock.advance(Duration.ofSeconds(61));
    node.tick();
    assertThat(node.get(base + "video/index.m3u8").status()).isEqualTo(404);
    assertThat(node.get(base + "video/0-1.m4s").status()).isEqualTo(200);
    node.advance(Duration.ofSeconds(10)).tick();
    Awaitility.await().atMost(40, TimeUnit.SECONDS).until(() -> keys().isEmpty());
    assertThat(node.get("/live/one/index.m3u8").status()).isEqualTo(404);
  }

  @Test
  void removesWhatACrashLeftWithoutAState() {
    node.kill();
    String broadcast = "main/live/one/01M7YZMHG0B2Y153S441CND7V7";
    LiveNode.await(fixture.store().put("~broadcasts/" + broadcast, Buffer.buffer("{}")));
    LiveNode.await(fixture.store().put(broadcast + "/video/0-1.m4s", Buffer.buffer("bytes")));
    LiveNode.await(fixture.store().put("~broadcasts/nonsense", Buffer.buffer("{}")));

    node = fixture.node();

    Awaitility.await().until(() -> keys().isEmpty());
  }

  @Test
  void removesSegmentsThatWereStoredButNeverListed() {
    node.publish().send(9);
    node.awaitSegments("video", 4);
    node.awaitSegments("audio", 4);
    String prefix = "main" + node.base().orElseThrow().replace("/b/", "/");
    LiveNode.awaitPresent(() -> LiveNode.await(fixture.store().head(prefix + "video/3-1.m4s")));
    node.kill();
    LiveNode.await(fixture.store().put(prefix + "video/4-1.m4s", Buffer.buffer("bytes")));

    node = fixture.node();

    assertThat(keys()).contains(prefix + "video/3-1.m4s").doesNotContain(prefix + "video/4-1.m4s");
  }

  /** HLS B11: who has a playlist of before the restart can play what that one listed. */
  @Test
  void whatHadLeftThePlaylistStaysForAsLongAsItIsOwed() {
    node.kill();
    node = fixture.node(Duration.ofSeconds(12));
    node.publish().send(30);
    MediaPlaylist before = node.awaitSegments("video", 14);
    node.awaitSegments("audio", 14);
    String base = node.base().orElseThrow();
    String name = (before.firstSequence() - 1) + "-1.m4s";
    String key = "main" + base.replace("/b/", "/") + "video/" + name;
    LiveNode.awaitPresent(() -> LiveNode.await(fixture.store().head(key)));
    assertThat(node.get(base + "video/" + name).status()).isEqualTo(200);
    Duration owed = Duration.ofMillis(before.seconds().movePointRight(3).longValue() + 2_000);
    node.kill();

    node = fixture.node(Duration.ofSeconds(12));

    assertThat(before.firstSequence()).isGreaterThan(4);
    assertThat(node.get(base + "video/" + name).status()).isEqualTo(200);
    node.advance(owed.minusMillis(500)).tick();
    assertThat(node.get(base + "video/" + name).status()).isEqualTo(200);
    node.advance(Duration.ofSeconds(3)).tick();
    Awaitility.await().atMost(40, TimeUnit.SECONDS).until(() -> !keys().contains(key));
    assertThat(node.get(base + "video/" + name).status()).isEqualTo(404);
  }

  @Test
  void startsBesideAStateThatItCannotRead() {
    node.kill();
    String broadcast = "main/live/one/01M7YZMHG0B2Y153S441CND7V7";
    LiveNode.await(fixture.store().put("~broadcasts/" + broadcast, Buffer.buffer("{}")));
    LiveNode.await(fixture.store().put(broadcast + "/state.json", Buffer.buffer("not json")));

    node = fixture.node();

    assertThat(keys()).contains(broadcast + "/state.json");
    node.publish().send(5);
    assertThat(node.awaitSegments("video", 2).segments()).isNotEmpty();
  }

  /** HLS B3, B4, B5, D3, D4: over removals, reconnects and restarts. */
  @Test
  void numbersAndTheTargetGoOnOverRestartsAndRemovals() {
    node.publish().send(20);
    MediaPlaylist before = node.awaitSegments("video", 9);
    node.awaitSegments("audio", 9);
    for (int restart = 1; restart <= 3; restart++) {
      node.unpublish(EndReason.CONNECTION_LOST);
      node.advance(Duration.ofSeconds(1));
      node.publish().send(10);
      before = follow(before, before.nextSequence() + 4);
      LiveNode.await(node.writers.close(Duration.ofSeconds(10)));
      node.kill();

      fixture.clock.advance(Duration.ofSeconds(4));
      node = fixture.node();
      // Longer groups than the target: it stays what it is.
      node.keyFrameEvery(150).publish().send(16);
      before = follow(before, before.nextSequence() + 5);
      assertThat(before.segments().getLast().uri()).endsWith("-" + (restart + 1) + ".m4s");
    }

    assertThat(before.targetDuration()).isEqualTo(3);
    assertThat(before.firstSequence()).isGreaterThan(20);
    MediaPlaylist sound = node.awaitSegments("audio", before.nextSequence());
    assertThat(sound.targetDuration()).isEqualTo(3);
    long pictures =
        before.discontinuitySequence().orElseThrow()
            + before.segments().stream().filter(Segment::discontinuity).count();
    long sounds =
        sound.discontinuitySequence().orElseThrow()
            + sound.segments().stream().filter(Segment::discontinuity).count();
    // One for each reconnect, one for each restart.
    assertThat(pictures).isEqualTo(6);
    assertThat(sounds).isEqualTo(6);
  }

  private MediaPlaylist follow(MediaPlaylist before, long nextMsn) {
    MediaPlaylist now = node.awaitSegments("video", nextMsn);
    assertThat(UpdateRules.check("video", before, now)).isEmpty();
    assertThat(PlaylistRules.live("video", now)).isEmpty();
    return now;
  }

  private List<String> keys() {
    return LiveNode.await(fixture.store().list("", "", 1000)).stream()
        .map(ObjectInfo::key)
        .toList();
  }
}
