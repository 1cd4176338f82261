package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.Secret;
import io.millrace.packager.Asset;
import io.millrace.packager.ClipReply;
import io.millrace.packager.ClipRequest;
import io.millrace.packager.RecordingConfig;
import io.millrace.storage.ObjectStore;
import io.millrace.storage.ObjectStores;
import io.millrace.storage.S3Config;
import io.millrace.storage.StorageConfig;
import io.millrace.testkit.FakeClock;
import io.millrace.testkit.program.S3Server;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.Segment;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Recordings in a bucket, with the spool in front of it. */
@Timeout(120)
class RecordingS3Test {
  private static final RecordingConfig CONFIG =
      new RecordingConfig(true, 1L << 30, Duration.ofDays(7));

  @TempDir private Path folder;
  private final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T12:00:00Z"));
  private final Vertx vertx = Vertx.vertx();
  private final List<ObjectStore> stores = new ArrayList<>();
  private final List<LiveNode> nodes = new ArrayList<>();
  private S3Server server;
  private String bucket;
  private S3Line line;

  @BeforeEach
  void start() throws IOException {
    server = new S3Server(folder.resolve("buckets"));
    bucket = server.newBucket();
    line = new S3Line(vertx, server.port(), path -> path.contains("/video/"));
  }

  @AfterEach
  void stop() {
    line.release();
    nodes.forEach(LiveNode::kill);
    stores.forEach(store -> LiveNode.await(store.close()));
    server.close();
    LiveNode.await(vertx.close());
  }

  @Test
  void anAssetIsInTheBucketWhenItsSegmentsAre() {
    LiveNode node = node("spool");
    line.hold();
    node.publish().send(24);
    node.end();
    Awaitility.await()
        .until(
            () -> {
              next(node);
              return line.put().stream().anyMatch(path -> path.contains("/recording/"));
            });
    // What is asked of the bucket now comes behind what was asked of it then.
    for (int i = 0; i < 20; i++) {
      LiveNode.await(
          stores.getFirst().putIf("later/" + i, Optional.empty(), Buffer.buffer("later")));
      next(node);
    }
    assertThat(line.put()).noneMatch(path -> path.contains("/~assets/"));
    assertThat(node.recordings.all()).isEmpty();

    line.release();
    Asset asset = awaitAsset(node);
    List<String> there = line.put();
    for (String rendition : List.of("video", "audio")) {
      MediaPlaylist playlist = playlist(node, asset, rendition);
      assertThat(playlist.segments()).hasSizeGreaterThan(10).noneMatch(Segment::gap);
      for (Segment segment : playlist.segments()) {
        assertThat(there).anyMatch(path -> path.endsWith("/" + segment.uri()));
      }
    }
  }

  @Test
  void anAssetIsPlayedFromTheBucketByANodeThatHasNothingOfIt() {
    LiveNode node = node("spool");
    Asset asset = record(node);
    Map<String, Buffer> bytes = bytes(node, asset);
    node.kill();
    nodes.clear();

    LiveNode next = node("another-spool");

    assertThat(bytes(next, asset)).hasSizeGreaterThan(20).isEqualTo(bytes);
    next.tick();
    assertThat(LiveNode.awaitPresent(() -> next.recordings.all().stream().findFirst()).id())
        .isEqualTo(asset.id());
  }

  @Test
  void aClipIsCopiedByTheBucketItselfAndIsThereForEverybody() {
    LiveNode node = node("spool");
    Asset parent = record(node);
    Map<String, Buffer> whole = bytes(node, parent);

    ClipReply reply =
        LiveNode.await(
            node.clips.make(new ClipRequest(parent.id(), Optional.empty(), Optional.empty(), "")));

    assertThat(reply).isInstanceOf(ClipReply.Made.class);
    Asset clip = ((ClipReply.Made) reply).asset();
    Map<String, Buffer> copies = bytes(node("another-spool"), clip);
    assertThat(copies.values()).containsExactlyElementsOf(whole.values());
    assertThat(line.copied())
        .hasSize(copies.size() + 2)
        .allMatch(path -> path.contains(clip.id().value()));
    assertThat(line.put())
        .filteredOn(path -> path.contains(clip.id().value()) && path.endsWith(".m4s"))
        .hasSize(copies.size());
  }

  /** Every put is taken and none is answered in time, for twice the window. */
  @Test
  void aBroadcastGoesOnInFrontOfABucketThatAnswersNothing() {
    S3Line hole = new S3Line(vertx, server.port(), path -> true);
    LiveNode node = node("spool", hole, Duration.ofSeconds(5));
    // What nobody has taken when the bucket falls silent begins when it answers again.
    node.publish().send(4).tick();
    node.awaitSegments("video", 1);
    hole.hold();
    Map<String, Buffer> live = new LinkedHashMap<>();
    for (int i = 0; i < 20; i++) {
      node.send(2).tick();
      MediaPlaylist shown = node.shown("video");
      assertThat(shown.segments()).noneMatch(Segment::gap);
      assertThat(shown.nextSequence()).isGreaterThanOrEqualTo(i);
      for (Segment segment : shown.segments()) {
        var answer = node.get(node.base().orElseThrow() + "video/" + segment.uri());
        assertThat(answer.status()).isEqualTo(200);
        live.put("video/" + segment.uri(), answer.body());
      }
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(stores.getFirst().trouble().orElse(""))
                    .contains("the bucket has taken nothing for")
                    .contains("wait on this machine's disk"));
    // A header and the segments before, of more than twenty.
    assertThat(hole.put()).filteredOn(path -> path.contains("/video/")).hasSizeLessThan(5);
    node.end();

    hole.release();
    Asset asset = awaitAsset(node);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> stores.getFirst().trouble().isEmpty());

    // Of what was live to a viewer nothing is missing for one who has the bucket alone.
    assertThat(bytes(node("another-spool"), asset))
        .hasSizeGreaterThan(20)
        .containsAllEntriesOf(live);
  }

  private Asset record(LiveNode node) {
    node.publish().send(24);
    node.end();
    return awaitAsset(node);
  }

  private Asset awaitAsset(LiveNode node) {
    return LiveNode.awaitPresent(
        () -> {
          next(node);
          return node.recordings.all().stream().findFirst();
        });
  }

  private void next(LiveNode node) {
    clock.advance(Duration.ofSeconds(1));
    node.tick();
  }

  private static MediaPlaylist playlist(LiveNode node, Asset asset, String rendition) {
    return PlaylistReader.readMedia(get(node, asset, rendition + "/index.m3u8").toString());
  }

  private static Map<String, Buffer> bytes(LiveNode node, Asset asset) {
    Map<String, Buffer> bytes = new LinkedHashMap<>();
    for (String rendition : List.of("video", "audio")) {
      for (Segment segment : playlist(node, asset, rendition).segments()) {
        String path = rendition + "/" + segment.uri();
        bytes.put(path, get(node, asset, path));
      }
    }
    return bytes;
  }

  private static Buffer get(LiveNode node, Asset asset, String path) {
    var answer = node.get("/vod/" + asset.id() + "/b/" + asset.id() + "/" + path);
    assertThat(answer.status()).as(path).isEqualTo(200);
    return answer.body();
  }

  /** A node with a window of 20 s that records, and a disk of its own. */
  private LiveNode node(String spool) {
    return node(spool, line, Duration.ofSeconds(30));
  }

  /**
   * @param timeout of each request, and of trying again
   */
  private LiveNode node(String spool, S3Line to, Duration timeout) {
    S3Config config =
        new S3Config(
            S3Server.endpoint(to.port()),
            bucket,
            "us-east-1",
            true,
            new S3Config.Credentials.Keys(
                S3Server.ACCESS_KEY, new Secret(S3Server.SECRET_KEY), Optional.empty()),
            new S3Config.Encryption.ByBucket(),
            64,
            timeout,
            timeout,
            5 << 20,
            new S3Config.Spool(folder.resolve(spool), 64 << 20, 32));
    ObjectStore store =
        ObjectStores.open(
            vertx,
            new StorageConfig(StorageConfig.Kind.S3, folder.resolve("unused"), Optional.of(config)),
            new PrometheusRegistry());
    stores.add(store);
    LiveNode node = LiveNode.recording(store, clock, CONFIG, Duration.ofSeconds(20));
    nodes.add(node);
    return node;
  }
}
