package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.packager.Asset;
import io.millrace.packager.RecordingConfig;
import io.millrace.storage.ObjectInfo;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What leaves the playlists while there is no room to record it, when the node stops meanwhile. */
class RefusedSegmentsTest {
  private static final RecordingConfig CONFIG =
      new RecordingConfig(true, 1L << 30, Duration.ofDays(7));

  @RegisterExtension final LiveFixture fixture = new LiveFixture();
  private LiveNode node;

  @Test
  void aBroadcastThatGoesOnRemovesWhatItDidNotKeep() {
    Set<String> refused = refuseAndKill();
    node = fixture.recordingNode(CONFIG);
    assertThat(keys()).as("somebody may still ask for them").containsAll(refused);

    node.publish();
    send(60);

    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .until(
            () -> {
              send(1);
              return keys().stream().noneMatch(refused::contains);
            });
    node.end();
    assertRecorded(awaitAsset());
  }

  @Test
  void aBroadcastThatEndsWithItsNodeRemovesWhatItDidNotKeep() {
    Set<String> refused = refuseAndKill();
    fixture.clock.advance(Duration.ofMinutes(10));
    node = fixture.recordingNode(CONFIG);
    node.advance(Duration.ofSeconds(31)).tick();
    LiveNode.await(node.live.close());
    Asset asset = awaitAsset();
    node.kill();
    node = fixture.recordingNode(CONFIG);

    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .until(
            () -> {
              node.advance(Duration.ofSeconds(61)).tick();
              return keys().stream().noneMatch(key -> key.startsWith("~broadcasts/"));
            });

    assertThat(keys()).doesNotContainAnyElementsOf(refused);
    assertRecorded(asset);
  }

  /** The objects of segments that have been refused, and that the store has when the node dies. */
  private Set<String> refuseAndKill() {
    node = fixture.recordingNode(CONFIG);
    node.publish();
    send(30);
    fixture.store().free(0.05);
    node.advance(Duration.ofSeconds(6)).tick();
    LiveNode.awaitPresent(() -> node.recordings.trouble());
    Set<String> listed = listed();
    // A window of 20 s: these have left it, and nobody may have asked for them for so long yet.
    send(8);
    Set<String> refused = new HashSet<>(listed);
    refused.removeAll(listed());
    assertThat(refused).hasSizeGreaterThan(8);
    Set<String> keys =
        keys().stream()
            .filter(key -> refused.stream().anyMatch(key::endsWith))
            .collect(Collectors.toSet());
    assertThat(keys).hasSameSizeAs(refused);
    LiveNode.await(node.writers.shown());
    node.kill();
    fixture.store().free(0.5);
    return keys;
  }

  private void assertRecorded(Asset asset) {
    for (String rendition : List.of("video", "audio")) {
      String base = "/vod/" + asset.id() + "/b/" + asset.id() + "/" + rendition + "/";
      List<Segment> segments =
          PlaylistReader.readMedia(node.get(base + "index.m3u8").body().toString()).segments();
      assertThat(segments).hasSizeGreaterThan(35);
      for (Segment segment : segments) {
        assertThat(node.get(base + segment.uri()).status())
            .as(base + segment.uri())
            .isEqualTo(segment.gap() ? 404 : 200);
      }
    }
  }

  private Set<String> listed() {
    Set<String> listed = new HashSet<>();
    for (String rendition : List.of("video", "audio")) {
      node.shown(rendition).segments().stream()
          .filter(segment -> !segment.gap())
          .forEach(segment -> listed.add("/" + rendition + "/" + segment.uri()));
    }
    return listed;
  }

  private void send(int segments) {
    for (int i = 0; i < segments; i++) {
      node.send(2).tick();
    }
  }

  private Asset awaitAsset() {
    return LiveNode.awaitPresent(
        () -> {
          node.tick();
          return node.recordings.all().stream().findFirst();
        });
  }

  private List<String> keys() {
    List<String> keys = new ArrayList<>();
    String after = "";
    List<ObjectInfo> page;
    do {
      page = LiveNode.await(fixture.store().list("", after, 1000));
      page.forEach(info -> keys.add(info.key()));
      after = page.isEmpty() ? "" : page.getLast().key();
    } while (page.size() == 1000);
    return keys;
  }
}
