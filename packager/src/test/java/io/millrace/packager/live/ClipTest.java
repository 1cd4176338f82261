package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.BroadcastId;
import io.millrace.packager.Asset;
import io.millrace.packager.AssetSource;
import io.millrace.packager.ClipMoment;
import io.millrace.packager.ClipReply;
import io.millrace.packager.ClipReply.Reason;
import io.millrace.packager.ClipRequest;
import io.millrace.packager.OriginResponse;
import io.millrace.packager.RecordingConfig;
import io.millrace.storage.ObjectInfo;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.PlaylistRules;
import io.millrace.validator.hls.Segment;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Parts of recordings, and of what is on air, as recordings of their own. */
class ClipTest {
  private static final RecordingConfig CONFIG =
      new RecordingConfig(true, 1L << 30, Duration.ofDays(7));

  @RegisterExtension final LiveFixture fixture = new LiveFixture();
  private LiveNode node;

  @BeforeEach
  void start() {
    node = fixture.recordingNode(CONFIG);
  }

  private void send(int segments) {
    for (int i = 0; i < segments; i++) {
      node.send(2).tick();
      LiveNode.await(node.writers.shown());
    }
  }

  private Asset recorded(int segments) {
    node.publish();
    send(segments);
    node.end();
    return LiveNode.awaitPresent(
        () -> {
          node.tick();
          return node.recordings.all().stream().findFirst();
        });
  }

  private static Optional<ClipMoment> at(double seconds) {
    return Optional.of(new ClipMoment.Offset(Duration.ofMillis(Math.round(seconds * 1000))));
  }

  private ClipReply ask(BroadcastId of, Optional<ClipMoment> from, Optional<ClipMoment> to) {
    return LiveNode.await(node.clips.make(new ClipRequest(of, from, to, "The goal")));
  }

  private Asset made(BroadcastId of, Optional<ClipMoment> from, Optional<ClipMoment> to) {
    ClipReply reply = ask(of, from, to);
    assertThat(reply).isInstanceOf(ClipReply.Made.class);
    return ((ClipReply.Made) reply).asset();
  }

  private static AssetSource.Clip cut(Asset asset) {
    return (AssetSource.Clip) asset.source();
  }

  private OriginResponse get(Asset asset, String rendition, String file) {
    return node.get("/vod/" + asset.id() + "/b/" + asset.id() + "/" + rendition + "/" + file);
  }

  private MediaPlaylist playlist(Asset asset, String rendition) {
    OriginResponse answer = get(asset, rendition, "index.m3u8");
    assertThat(answer.status()).isEqualTo(200);
    MediaPlaylist playlist = PlaylistReader.readMedia(answer.body().toString());
    assertThat(playlist.ended()).isTrue();
    assertThat(PlaylistRules.live(rendition, playlist)).isEmpty();
    return playlist;
  }

  private static List<String> uris(MediaPlaylist playlist) {
    return playlist.segments().stream().map(Segment::uri).toList();
  }

  private List<String> keys() {
    return LiveNode.await(fixture.store().list("", "", 1000)).stream()
        .map(ObjectInfo::key)
        .toList();
  }

  private void awaitGone(BroadcastId id) {
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .until(() -> keys().stream().noneMatch(key -> key.contains(id.value())));
  }

  @Test
  void hasTheSegmentsThatShowTheRangeAndTellsPlayersWhereItBegins() {
    Asset parent = recorded(60);

    Asset clip = made(parent.id(), at(31), at(47.5));

    assertThat(cut(clip))
        .isEqualTo(
            new AssetSource.Clip(
                parent.id(),
                Duration.ofSeconds(31),
                Duration.ofMillis(47_500),
                Duration.ofSeconds(30),
                Duration.ofSeconds(48)));
    assertThat(clip.title()).isEqualTo("The goal");
    assertThat(clip.duration()).isEqualTo(Duration.ofSeconds(18));
    assertThat(clip.startedAt()).isEqualTo(parent.startedAt().plusSeconds(30));
    long bytes = 0;
    for (String rendition : List.of("video", "audio")) {
      List<Segment> whole = playlist(parent, rendition).segments();
      MediaPlaylist playlist = playlist(clip, rendition);
      assertThat(uris(playlist))
          .containsExactly(
              "0-1.m4s", "1-1.m4s", "2-1.m4s", "3-1.m4s", "4-1.m4s", "5-1.m4s", "6-1.m4s",
              "7-1.m4s", "8-1.m4s");
      assertThat(get(clip, rendition, "index.m3u8").body().toString())
          .contains("#EXT-X-START:TIME-OFFSET=1.000000,PRECISE=YES\n")
          .contains("#EXT-X-PLAYLIST-TYPE:VOD\n");
      for (int i = 0; i < 9; i++) {
        Segment segment = playlist.segments().get(i);
        Buffer content = get(clip, rendition, segment.uri()).body();
        assertThat(content).isEqualTo(get(parent, rendition, whole.get(15 + i).uri()).body());
        assertThat(get(clip, rendition, segment.initUri()).status()).isEqualTo(200);
        bytes += content.length();
      }
    }
    assertThat(clip.bytes()).isEqualTo(bytes);
    assertThat(get(clip, "video", "iframes.m3u8").body().toString().lines())
        .filteredOn(line -> line.startsWith("#EXT-X-BYTERANGE:"))
        .hasSize(9);
    assertThat(node.get("/vod/" + clip.id() + "/manifest.mpd").body().toString())
        .contains("type=\"static\"")
        .contains("mediaPresentationDuration=\"PT18S\"");
    assertThat(node.recordings.all()).containsExactly(clip, parent);
  }

  @Test
  void needsNothingOfItsParentAndIsThereAgainAfterARestart() {
    Asset parent = recorded(30);
    Asset clip = made(parent.id(), at(10), at(20));

    node.advance(Duration.ofMinutes(5)).tick();
    assertThat(LiveNode.await(node.recordings.remove(parent.id()))).isTrue();
    awaitGone(parent.id());

    assertThat(playlist(clip, "audio").segments()).hasSize(5);
    assertThat(get(clip, "video", "4-1.m4s").status()).isEqualTo(200);
    node.kill();
    node = fixture.recordingNode(CONFIG);
    assertThat(LiveNode.await(node.recordings.find(clip.id()))).contains(clip);
    assertThat(playlist(clip, "video").segments()).hasSize(5);
    assertThat(keys()).noneMatch(key -> key.startsWith("~broadcasts/"));
    assertThat(LiveNode.await(node.recordings.remove(clip.id()))).isTrue();
    awaitGone(clip.id());
  }

  @Test
  void isCutOutOfWhatIsOnAirAlsoWhereThatHasLongLeftThePlaylists() {
    node.publish();
    send(200);
    BroadcastId onAir = node.live.find(LiveNode.STREAM).orElseThrow().broadcast().id();
    assertThat(keys()).anyMatch(key -> key.contains("/recording/"));

    Asset early = made(onAir, at(0), at(9));
    Asset late = made(onAir, at(-5), Optional.empty());
    Instant moment = late.endedAt().minusSeconds(101);
    Asset dated =
        made(
            onAir,
            Optional.of(new ClipMoment.Date(moment)),
            Optional.of(new ClipMoment.Date(moment.plusSeconds(10))));

    assertThat(uris(playlist(early, "video")))
        .containsExactly("0-1.m4s", "1-1.m4s", "2-1.m4s", "3-1.m4s", "4-1.m4s");
    assertThat(get(early, "audio", "0-1.m4s").status()).isEqualTo(200);
    assertThat(playlist(late, "video").segments()).hasSize(3);
    assertThat(playlist(late, "video").segments()).noneMatch(Segment::gap);
    assertThat(dated.startedAt()).isEqualTo(moment.minusSeconds(1));
    assertThat(playlist(dated, "video").segments()).hasSize(6);
    send(10);
    assertThat(node.playlist("video").orElseThrow().nextSequence()).isGreaterThanOrEqualTo(209);
  }

  @Test
  void aRangeThatThereIsNotIsRefusedWithWords() {
    Asset parent = recorded(10);

    refused(parent, at(20), Optional.empty(), "from: is outside of the recording, which lasts 20.");
    refused(parent, at(-21), Optional.empty(), "from: is outside");
    refused(parent, at(0), at(22), "to: is outside of the recording");
    refused(parent, at(8), at(8), "to: is not behind from: 8.000 s are no later than 8.000 s");
    refused(parent, at(8), at(6), "to: is not behind from");
    refused(
        parent,
        Optional.of(new ClipMoment.Date(parent.startedAt().minusSeconds(60))),
        Optional.empty(),
        "from: is before the first picture");
    assertThat(ask(BroadcastId.create(Instant.now()), at(0), at(1)))
        .isInstanceOfSatisfying(
            ClipReply.Refused.class, no -> assertThat(no.reason()).isEqualTo(Reason.UNKNOWN));
    assertThat(node.recordings.all()).containsExactly(parent);
  }

  private void refused(
      Asset parent, Optional<ClipMoment> from, Optional<ClipMoment> to, String words) {
    assertThat(ask(parent.id(), from, to))
        .isInstanceOfSatisfying(
            ClipReply.Refused.class,
            no -> {
              assertThat(no.reason()).isEqualTo(Reason.RANGE);
              assertThat(no.words()).startsWith(words);
            });
  }

  @Test
  void nothingStaysWhereTheStoreDoesNotTakeItOrLacksSomething() {
    Asset parent = recorded(20);
    List<String> before = keys();
    fixture.store().becomes(FaultyStore.Fault.FULL);
    assertThat(ask(parent.id(), at(2), at(9)))
        .isInstanceOfSatisfying(
            ClipReply.Refused.class, no -> assertThat(no.reason()).isEqualTo(Reason.NOT_STORED));
    fixture.store().becomes(FaultyStore.Fault.NONE);
    LiveNode.await(fixture.store().delete("main/live/one/" + parent.id() + "/audio/4-1.m4s"));

    assertThat(ask(parent.id(), at(2), at(9)))
        .isInstanceOfSatisfying(
            ClipReply.Refused.class, no -> assertThat(no.reason()).isEqualTo(Reason.GONE));

    assertThat(keys())
        .isEqualTo(before.stream().filter(key -> !key.endsWith("/audio/4-1.m4s")).toList());
    assertThat(node.recordings.all()).containsExactly(parent);
  }

  @Test
  void whatACrashLeftOfOneIsRemovedByTheNextStart() {
    Asset parent = recorded(5);
    BroadcastId half = BroadcastId.create(Instant.now());
    LiveNode.await(fixture.store().put("~broadcasts/main/live/one/" + half, Buffer.buffer("{}")));
    LiveNode.await(
        fixture.store().put("main/live/one/" + half + "/video/0-1.m4s", Buffer.buffer("x")));
    node.kill();

    node = fixture.recordingNode(CONFIG);

    awaitGone(half);
    assertThat(LiveNode.await(node.recordings.find(parent.id()))).contains(parent);
  }

  @Test
  void isRefusedWhereWhatMustStayLeavesNoRoomForIt() {
    node.kill();
    node = fixture.recordingNode(new RecordingConfig(true, 1_500_000, Duration.ofDays(7)));
    // Nothing is pinned, but retention must not take what the clip is made of.
    Asset parent = recorded(10);
    assertThat(parent.bytes()).isBetween(800_000L, 1_400_000L);

    assertThat(ask(parent.id(), Optional.empty(), Optional.empty()))
        .isInstanceOfSatisfying(
            ClipReply.Refused.class,
            no -> {
              assertThat(no.reason()).isEqualTo(Reason.NO_ROOM);
              assertThat(no.words()).contains("recording.maxBytes (1500000)");
            });
    assertThat(ask(parent.id(), at(0), at(1))).isInstanceOf(ClipReply.Made.class);
  }

  @Test
  void aLongOneIsThereLaterThanTheAnswer() {
    Asset parent = recorded(60);

    ClipReply reply =
        LiveNode.await(
            node.clips(fixture.store(), Duration.ofMillis(1))
                .make(new ClipRequest(parent.id(), Optional.empty(), Optional.empty(), "")));

    assertThat(reply).isInstanceOf(ClipReply.BeingMade.class);
    BroadcastId id = ((ClipReply.BeingMade) reply).id();
    Asset clip =
        LiveNode.awaitPresent(
            () -> node.recordings.all().stream().filter(a -> a.id().equals(id)).findFirst());
    assertThat(playlist(clip, "video").segments()).hasSize(60);
  }
}
