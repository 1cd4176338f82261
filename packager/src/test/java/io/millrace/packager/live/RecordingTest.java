package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.BroadcastId;
import io.millrace.media.EndReason;
import io.millrace.packager.Asset;
import io.millrace.packager.RecordingConfig;
import io.millrace.storage.ObjectInfo;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.PlaylistRules;
import io.millrace.validator.hls.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RecordingTest {
  private static final RecordingConfig CONFIG =
      new RecordingConfig(true, 1L << 30, Duration.ofDays(7));

  /** Room for two of the broadcasts of two minutes below, and some of a third. */
  private static final int MOST = 15_500_000;

  @RegisterExtension final LiveFixture fixture = new LiveFixture();
  private final Map<String, Map<Long, Segment>> listed = new LinkedHashMap<>();
  private LiveNode node;

  @BeforeEach
  void start() {
    node = fixture.recordingNode(CONFIG);
  }

  /** Sends media segment by segment and remembers all that is ever listed. */
  private void send(int segments) {
    for (int i = 0; i < segments; i++) {
      node.send(2).tick();
      look();
    }
  }

  private void look() {
    LiveNode.await(node.writers.shown());
    for (String rendition : List.of("video", "audio")) {
      node.playlist(rendition).ifPresent(playlist -> remember(rendition, playlist));
    }
  }

  private void remember(String rendition, MediaPlaylist playlist) {
    Map<Long, Segment> line = listed.computeIfAbsent(rendition, name -> new LinkedHashMap<>());
    long msn = playlist.firstSequence();
    for (Segment segment : playlist.segments()) {
      line.putIfAbsent(msn, segment);
      msn++;
    }
  }

  private List<String> uris(String rendition) {
    return listed.get(rendition).values().stream().map(Segment::uri).toList();
  }

  private static List<String> uris(MediaPlaylist playlist) {
    return playlist.segments().stream().map(Segment::uri).toList();
  }

  private Asset awaitAsset() {
    return LiveNode.awaitPresent(
        () -> {
          node.tick();
          return node.recordings.all().stream().findFirst();
        });
  }

  private MediaPlaylist recorded(Asset asset, String rendition) {
    String path = "/vod/" + asset.id() + "/b/" + asset.id() + "/" + rendition + "/index.m3u8";
    var answer = node.get(path);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().toString()).contains("#EXT-X-PLAYLIST-TYPE:VOD\n");
    MediaPlaylist playlist = PlaylistReader.readMedia(answer.body().toString());
    assertThat(playlist.ended()).isTrue();
    assertThat(PlaylistRules.live(rendition, playlist)).isEmpty();
    return playlist;
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

  private String state() {
    String key =
        keys().stream().filter(its -> its.endsWith("/state.json")).findFirst().orElseThrow();
    return LiveNode.await(fixture.store().get(key)).orElseThrow().content().toString();
  }

  @Test
  void whatIsPinnedByNowIsNotRemovedForRoom() {
    node.publish();
    send(3);
    node.end();
    Asset asset = awaitAsset();

    LiveNode.await(node.recordings.pin(asset.id(), true));
    assertThat(LiveNode.await(node.recordings.index().removeUnpinned(asset.id()))).isFalse();
    assertThat(node.recordings.all()).extracting(Asset::id).containsExactly(asset.id());

    LiveNode.await(node.recordings.pin(asset.id(), false));
    assertThat(LiveNode.await(node.recordings.index().removeUnpinned(asset.id()))).isTrue();
  }

  @Test
  void theNextBroadcastGoesOnWhenTheRecordingOfTheOneBeforeIsDeleted() {
    node.publish();
    send(3);
    node.end();
    Asset first = awaitAsset();
    node.publish().send(4);
    assertThat(LiveNode.await(node.recordings.remove(first.id()))).isTrue();
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .until(() -> keys().stream().noneMatch(key -> key.contains("/" + first.id() + "/")));

    for (int second = 0; second < 30; second++) {
      node.send(1).tick();
      LiveNode.await(node.writers.shown());
    }

    assertThat(node.live.find(LiveNode.STREAM)).isPresent();
    assertThat(node.playlist("video").orElseThrow().nextSequence()).isGreaterThanOrEqualTo(16);
  }

  @Test
  void anAssetListsWhatWasEverLiveAndServesIt() {
    node.publish();
    send(150);
    node.end();
    Asset asset = awaitAsset();
    look();

    assertThat(asset.duration().toMillis()).isBetween(299_000L, 301_000L);
    long bytes = 0;
    for (String rendition : List.of("video", "audio")) {
      MediaPlaylist playlist = recorded(asset, rendition);
      assertThat(playlist.firstSequence()).isZero();
      assertThat(uris(playlist)).isEqualTo(uris(rendition)).hasSizeGreaterThanOrEqualTo(150);
      assertThat(playlist.seconds().doubleValue()).isBetween(299.9, 300.1);
      for (Segment segment : playlist.segments()) {
        String base = "/vod/" + asset.id() + "/b/" + asset.id() + "/" + rendition + "/";
        var answer = node.get(base + segment.uri());
        assertThat(answer.status()).isEqualTo(200);
        bytes += answer.body().length();
        assertThat(node.get(base + segment.initUri()).status()).isEqualTo(200);
      }
    }
    assertThat(asset.bytes()).isEqualTo(bytes);
    assertThat(node.get("/vod/" + asset.id() + "/index.m3u8").body().toString())
        .contains("b/" + asset.id() + "/video/index.m3u8");
    assertThat(node.get("/vod/" + asset.id() + "/manifest.mpd").body().toString())
        .contains("type=\"static\"");
  }

  /** A state is written with each segment, however long the broadcast lasts. */
  @Test
  void theStateOfALongBroadcastStaysSmall() {
    node.publish();
    send(100);
    int early = state().length();
    send(200);

    assertThat(keys()).filteredOn(key -> key.contains("/recording/")).hasSizeGreaterThan(3);
    assertThat(state().length()).isLessThan(early * 5 / 4);
  }

  /** Nor does it grow with the window, and a restart lists all of that. */
  @Test
  void aLongWindowIsListedAgainThoughTheStateTellsOfItsEndOnly() {
    node.kill();
    node = fixture.recordingNode(CONFIG, Duration.ofMinutes(15));
    node.publish();
    send(300);
    // Some 130 segments of two renditions; all would be twice as much.
    assertThat(state().length()).isLessThan(60_000);
    MediaPlaylist before = node.playlist("video").orElseThrow();
    assertThat(before.firstSequence()).isZero();
    node.kill();

    node = fixture.recordingNode(CONFIG, Duration.ofMinutes(15));

    MediaPlaylist after = node.playlist("video").orElseThrow();
    assertThat(uris(after)).startsWith(uris(before).toArray(String[]::new));
    assertThat(after.segments().subList(0, 299)).noneMatch(Segment::gap);
    node.publish();
    send(200);
    MediaPlaylist later = node.playlist("video").orElseThrow();
    assertThat(later.firstSequence()).isGreaterThan(40);
    assertThat(later.segments().stream().filter(Segment::discontinuity)).hasSize(1);
    node.end();
    Asset asset = awaitAsset();
    String[] last = uris(node.playlist("video").orElseThrow()).toArray(String[]::new);
    assertThat(uris(recorded(asset, "video"))).startsWith(uris(before).toArray(String[]::new));
    assertThat(uris(recorded(asset, "video"))).endsWith(last).doesNotHaveDuplicates();
    assertThat(uris(recorded(asset, "audio"))).hasSameSizeAs(uris(recorded(asset, "video")));
  }

  @Test
  void theAssetStaysWhenTheBroadcastIsGone() {
    node.publish();
    send(20);
    node.end();
    Asset asset = awaitAsset();
    look();
    String base = node.base().orElseThrow();

    node.advance(Duration.ofSeconds(61)).tick().advance(Duration.ofMinutes(5)).tick();

    Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .until(() -> keys().stream().noneMatch(key -> key.startsWith("~broadcasts/")));
    Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .until(() -> keys().stream().noneMatch(key -> key.endsWith("/state.json")));
    assertThat(node.get(base + "video/index.m3u8").status()).isEqualTo(404);
    assertThat(uris(recorded(asset, "video"))).isEqualTo(uris("video"));
    assertThat(node.get("/vod/" + asset.id() + "/b/" + asset.id() + "/video/0-1.m4s").status())
        .isEqualTo(200);
    node.kill();

    node = fixture.recordingNode(CONFIG);

    assertThat(awaitAsset()).isEqualTo(asset);
    assertThat(uris(recorded(asset, "audio"))).isEqualTo(uris("audio"));
  }

  @Test
  void whatWasAcknowledgedBeforeAKillIsInTheAsset() {
    node.publish();
    send(120);
    LiveNode.awaitPresent(
        () -> keys().stream().filter(key -> key.contains("/recording/")).findFirst());
    List<String> acknowledged =
        node.stored.stream()
            .filter(segment -> segment.rendition().equals("video"))
            .map(segment -> segment.object().substring(segment.object().lastIndexOf('/') + 1))
            .toList();
    node.kill();
    node = fixture.recordingNode(CONFIG);
    node.publish();
    send(80);
    node.end();
    Asset asset = awaitAsset();

    MediaPlaylist playlist = recorded(asset, "video");

    List<String> media =
        playlist.segments().stream().filter(s -> !s.gap()).map(Segment::uri).toList();
    assertThat(acknowledged).hasSizeGreaterThan(110);
    assertThat(media).containsAll(acknowledged);
    assertThat(uris(playlist)).hasSizeGreaterThan(199).doesNotHaveDuplicates();
    assertThat(playlist.firstSequence()).isZero();
    assertThat(playlist.segments().stream().filter(Segment::discontinuity)).hasSize(1);
    assertThat(node.recordings.all()).containsExactly(asset);
  }

  @Test
  void aBroadcastThatEndedWithItsNodeBecomesAnAssetAtTheNextStart() {
    node.publish();
    send(90);
    node.kill();
    fixture.clock.advance(Duration.ofMinutes(10));

    node = fixture.recordingNode(CONFIG);
    node.advance(Duration.ofSeconds(31)).tick();
    // Nobody comes within the grace.
    LiveNode.await(node.live.close());
    Asset asset = awaitAsset();

    List<String> media =
        recorded(asset, "video").segments().stream()
            .filter(s -> !s.gap())
            .map(Segment::uri)
            .toList();
    assertThat(media).isEqualTo(uris("video").subList(0, media.size())).hasSizeGreaterThan(85);
  }

  @Test
  void anEndThatTheStoreDoesNotTakeIsTriedAgain() {
    node.publish();
    send(20);
    LiveNode.await(node.writers.shown());
    fixture.store().becomes(FaultyStore.Fault.FULL);
    node.end();
    node.tick().advance(Duration.ofMinutes(10)).tick().tick();
    assertThat(node.recordings.all()).isEmpty();

    fixture.store().becomes(FaultyStore.Fault.NONE);

    Asset asset =
        LiveNode.awaitPresent(
            () -> {
              node.advance(Duration.ofSeconds(6)).tick();
              return node.recordings.all().stream().findFirst();
            });
    assertThat(recorded(asset, "video").segments()).noneMatch(Segment::gap).hasSizeGreaterThan(19);
  }

  @Test
  void aBroadcastWithoutMediaLeavesNothing() {
    node.publish().send(1).unpublish(EndReason.ENDED_BY_API);
    node.end();

    node.tick().advance(Duration.ofMinutes(10)).tick().advance(Duration.ofMinutes(10)).tick();

    assertThat(node.recordings.all()).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void whereThereIsNoRoomWhatLeavesThePlaylistIsAGap() {
    node.publish();
    send(30);
    fixture.store().free(0.05);
    node.advance(Duration.ofSeconds(6)).tick();
    LiveNode.awaitPresent(() -> node.recordings.trouble());
    send(30);
    fixture.store().free(0.50);
    node.advance(Duration.ofSeconds(6)).tick();
    Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .until(() -> node.recordings.trouble().isEmpty());
    send(60);
    node.end();
    Asset asset = awaitAsset();

    MediaPlaylist playlist = recorded(asset, "video");

    long refused = (long) node.metric("millrace_recording_segments_refused");
    long gaps = playlist.segments().stream().filter(Segment::gap).count();
    assertThat(refused).isBetween(50L, 70L);
    // Two more stand for the time that the test let pass.
    assertThat(gaps).isBetween(refused / 2, refused / 2 + 8);
    assertThat(playlist.segments().getFirst().gap()).isFalse();
    assertThat(playlist.segments().getLast().gap()).isFalse();
    for (Segment segment : playlist.segments()) {
      int status =
          node.get("/vod/" + asset.id() + "/b/" + asset.id() + "/video/" + segment.uri()).status();
      assertThat(status).isEqualTo(segment.gap() ? 404 : 200);
    }
  }

  @Test
  void removesTheOldestWhereAllTakeTooMuchButNotThePinnedOne() {
    node.kill();
    node = fixture.recordingNode(new RecordingConfig(true, MOST, Duration.ofDays(7)));
    List<Asset> assets = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      node.publish();
      send(60);
      node.end();
      Set<BroadcastId> before = assets.stream().map(Asset::id).collect(Collectors.toSet());
      assets.add(
          LiveNode.awaitPresent(
              () -> {
                node.tick();
                return node.recordings.all().stream()
                    .filter(asset -> !before.contains(asset.id()))
                    .findFirst();
              }));
      if (i == 0) {
        LiveNode.await(node.recordings.pin(assets.getFirst().id(), true));
      }
      node.advance(Duration.ofMinutes(5)).tick();
    }
    assertThat(assets.stream().mapToLong(Asset::bytes).sum())
        .isBetween(MOST * 9L / 8, MOST * 3L / 2);

    Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .until(
            () -> {
              node.advance(Duration.ofSeconds(6)).tick();
              return node.recordings.all().size() == 2;
            });

    assertThat(node.recordings.all())
        .extracting(Asset::id)
        .containsExactly(assets.get(2).id(), assets.get(0).id());
    Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .until(() -> keys().stream().noneMatch(key -> key.contains(assets.get(1).id().value())));
    assertThat(node.get("/vod/" + assets.get(1).id() + "/index.m3u8").status()).isEqualTo(404);
  }

  @Test
  void aRemovalThatTheStoreInterruptsIsSeenByNobodyAndGoesOn() {
    node.publish();
    send(20);
    node.end();
    Asset asset = awaitAsset();
    node.advance(Duration.ofMinutes(5)).tick();
    fixture.store().becomes(FaultyStore.Fault.KEEPS);

    assertThat(LiveNode.await(node.recordings.remove(asset.id()))).isTrue();

    assertThat(node.recordings.all()).isEmpty();
    assertThat(node.get("/vod/" + asset.id() + "/index.m3u8").status()).isEqualTo(404);
    assertThat(LiveNode.await(node.recordings.remove(asset.id()))).isFalse();
    node.kill();
    fixture.store().becomes(FaultyStore.Fault.NONE);
    node = fixture.recordingNode(CONFIG);
    Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .until(
            () -> {
              node.advance(Duration.ofSeconds(61)).tick();
              return keys().stream().noneMatch(key -> key.contains(asset.id().value()));
            });
    assertThat(node.recordings.all()).isEmpty();
  }
}
