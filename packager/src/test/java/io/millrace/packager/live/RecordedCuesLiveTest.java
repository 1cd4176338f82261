package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.BroadcastId;
import io.millrace.media.cue.CueRequest;
import io.millrace.media.cue.CueRequest.Kind;
import io.millrace.media.cue.CueTime;
import io.millrace.media.cue.MetadataRequest;
import io.millrace.media.cue.TimedMetadata;
import io.millrace.packager.Asset;
import io.millrace.packager.ClipMoment;
import io.millrace.packager.ClipReply;
import io.millrace.packager.ClipRequest;
import io.millrace.packager.CueReply;
import io.millrace.packager.RecordingConfig;
import io.millrace.storage.ObjectInfo;
import io.millrace.validator.hls.DateRange;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.PlaylistRules;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** HLS S1: what was listed of cue points and timed metadata is in the recording, and in clips. */
class RecordedCuesLiveTest {
  private static final RecordingConfig CONFIG =
      new RecordingConfig(true, 1L << 30, Duration.ofDays(7));
  private static final String TAG = "#EXT-X-DATERANGE:";

  @RegisterExtension final LiveFixture fixture = new LiveFixture();

  /** Lines that any live playlist has had. */
  private final Set<String> told = new LinkedHashSet<>();

  private LiveNode node;

  @BeforeEach
  void start() {
    node = fixture.recordingNode(CONFIG).publish();
    send(3);
  }

  private void send(int segments) {
    for (int i = 0; i < segments; i++) {
      node.send(2).tick();
      LiveNode.await(node.writers.shown());
      node.base()
          .map(base -> node.get(base + "audio/index.m3u8").body().toString())
          .ifPresent(text -> told.addAll(tags(text)));
    }
  }

  private static List<String> tags(String playlist) {
    return playlist.lines().filter(line -> line.startsWith(TAG)).toList();
  }

  private void announce(String id, Kind kind, double at, double seconds) {
    CueRequest request =
        CueRequest.of(
            id,
            kind,
            new CueTime.Media(Math.round(at * 1e9)),
            seconds > 0
                ? Optional.of(Duration.ofMillis(Math.round(seconds * 1e3)))
                : Optional.empty());
    assertThat(LiveNode.await(node.cues.announce(LiveNode.STREAM, request)))
        .isInstanceOf(CueReply.Done.class);
  }

  private void tell(double at) {
    MetadataRequest request =
        new MetadataRequest(
            OptionalLong.of(7),
            new CueTime.Media(Math.round(at * 1e9)),
            Optional.empty(),
            new TimedMetadata.Event("urn:example:poll", "1", Buffer.buffer("a or b?")));
    assertThat(LiveNode.await(node.cues.tell(LiveNode.STREAM, request)))
        .isInstanceOf(CueReply.Done.class);
  }

  private Asset end() {
    LiveNode.await(node.live.end(LiveNode.STREAM, io.millrace.media.EndReason.ENDED_BY_API));
    LiveNode.await(node.writers.shown());
    node.base()
        .map(base -> node.get(base + "audio/index.m3u8").body().toString())
        .ifPresent(text -> told.addAll(tags(text)));
    return LiveNode.awaitPresent(
        () -> {
          node.tick();
          return node.recordings.all().stream().findFirst();
        });
  }

  private String text(Asset asset, String rendition, String file) {
    var answer = node.get("/vod/" + asset.id() + "/b/" + asset.id() + "/" + rendition + "/" + file);
    assertThat(answer.status()).isEqualTo(200);
    return answer.body().toString();
  }

  private MediaPlaylist playlist(Asset asset, String rendition) {
    MediaPlaylist playlist = PlaylistReader.readMedia(text(asset, rendition, "index.m3u8"));
    assertThat(PlaylistRules.live(rendition, playlist)).isEmpty();
    return playlist;
  }

  private String manifest(Asset asset) {
    return node.get("/vod/" + asset.id() + "/manifest.mpd").body().toString();
  }

  private Asset clip(BroadcastId of, int from, int to) {
    ClipReply reply =
        LiveNode.await(
            node.clips.make(new ClipRequest(of, Optional.of(at(from)), Optional.of(at(to)), "")));
    assertThat(reply).isInstanceOf(ClipReply.Made.class);
    return ((ClipReply.Made) reply).asset();
  }

  private static ClipMoment at(int seconds) {
    return new ClipMoment.Offset(Duration.ofSeconds(seconds));
  }

  private List<String> ids(Asset asset) {
    return playlist(asset, "video").dateRanges().stream().map(DateRange::id).distinct().toList();
  }

  private boolean hasChunk() {
    return LiveNode.await(fixture.store().list("", "", 1000)).stream()
        .map(ObjectInfo::key)
        .anyMatch(key -> key.contains("/recording/"));
  }

  @Test
  void aRecordingSaysWhatThePlaylistsSaid() {
    announce("early", Kind.SPLICE, 12, 4);
    announce("cancelled", Kind.SPLICE, 30, 4);
    tell(21);
    send(5);
    LiveNode.await(node.cues.end(LiveNode.STREAM, "cancelled", new CueTime.NextCut()));
    announce("moment", Kind.MARK, 40, 0);
    told.removeIf(line -> line.contains("cancelled"));
    // Long behind the window, and in chunks.
    send(140);
    announce("late", Kind.SPLICE, 320, 6);
    announce("open", Kind.RANGE, 322, 0);
    send(20);
    Asset asset = end();

    assertThat(told).hasSize(7);
    for (String rendition : List.of("video", "audio")) {
      assertThat(tags(text(asset, rendition, "index.m3u8")))
          .containsExactlyInAnyOrderElementsOf(told);
      playlist(asset, rendition);
    }
    assertThat(text(asset, "video", "index.m3u8"))
        .containsSubsequence("\n0-1.m4s", "\"early\"", "\n60-1.m4s", "\"late\"");
    assertThat(text(asset, "video", "iframes.m3u8")).doesNotContain(TAG);
    String manifest = manifest(asset);
    assertThat(manifest)
        .contains("<Event presentationTime=\"12000\" duration=\"4000\" id=\"2\">")
        .contains("<Event presentationTime=\"320000\" duration=\"6000\"")
        .contains("<InbandEventStream schemeIdUri=\"urn:example:poll\" value=\"1\"/>");
    assertThat(text(asset, "video", "10-1.m4s")).contains("urn:example:poll", "a or b?");
  }

  @Test
  void whatHasBeenListedOutlivesKills() {
    announce("early", Kind.SPLICE, 12, 4);
    tell(13);
    // It has left the playlists, and is in no chunk.
    send(30);
    assertThat(hasChunk()).isFalse();
    assertThat(node.playlist("video").orElseThrow().dateRanges()).isEmpty();
    node.kill();
    node = fixture.recordingNode(CONFIG).publish();
    send(60);
    LiveNode.awaitPresent(() -> hasChunk() ? Optional.of(true) : Optional.empty());
    send(2);
    node.kill();
    node = fixture.recordingNode(CONFIG).publish();
    send(3);
    Asset asset = end();

    assertThat(tags(text(asset, "video", "index.m3u8"))).containsExactlyElementsOf(told).hasSize(2);
    assertThat(manifest(asset)).contains("presentationTime=\"12000\"", "urn:example:poll");
    node.kill();
    node = fixture.recordingNode(CONFIG);
    assertThat(tags(text(asset, "audio", "index.m3u8"))).containsExactlyElementsOf(told);
  }

  @Test
  void aClipHasWhatItOverlaps() {
    announce("before", Kind.SPLICE, 12, 4);
    announce("into", Kind.SPLICE, 34, 10);
    announce("in", Kind.MARK, 46, 0);
    tell(47);
    send(30);
    announce("behind", Kind.SPLICE, 70, 4);
    announce("across", Kind.RANGE, 66.5, 100);
    send(20);
    Asset whole = end();

    Asset clip = clip(whole.id(), 40, 68);

    assertThat(ids(clip)).containsExactly("into", "in", "across");
    assertThat(text(clip, "audio", "index.m3u8"))
        .containsSubsequence("\"into\"", "\n0-1.m4s", "\"across\"");
    assertThat(tags(text(clip, "video", "index.m3u8"))).isSubsetOf(told).hasSize(5);
    // 6 s of it have passed; its return is 4 s into the clip, and that of "across" is behind it.
    assertThat(manifest(clip))
        .contains("<Event presentationTime=\"0\" duration=\"4000\"")
        .contains("<Event presentationTime=\"6000\"", "<Event presentationTime=\"26500\"")
        .contains("urn:example:poll");
    assertThat(ids(clip(clip.id(), 10, 20))).isEmpty();
    assertThat(tags(text(clip(clip.id(), 2, 8), "video", "index.m3u8")))
        .isSubsetOf(told)
        .hasSize(3);
  }

  @Test
  void aClipOfWhatIsOnAirHasThemToo() {
    announce("early", Kind.SPLICE, 12, 4);
    send(60);
    announce("open", Kind.RANGE, 126, 0);
    announce("planned", Kind.SPLICE, 150, 4);
    send(4);

    BroadcastId onAir = node.live.find(LiveNode.STREAM).orElseThrow().broadcast().id();

    assertThat(ids(clip(onAir, 8, 20))).containsExactly("early");
    assertThat(ids(clip(onAir, 100, 132))).containsExactly("open");
    List<String> all = new ArrayList<>(ids(clip(onAir, 0, 132)));
    assertThat(all).containsExactly("early", "open");
  }
}
