package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.EndReason;
import io.millrace.packager.Asset;
import io.millrace.packager.OriginRequest;
import io.millrace.packager.OriginResponse;
import io.millrace.packager.PackagerConfig.Container;
import io.millrace.packager.RecordingConfig;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.AttributeList;
import io.millrace.validator.hls.DeltaUpdate;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.MultivariantPlaylist;
import io.millrace.validator.hls.MultivariantRules;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.PlaylistRules;
import io.millrace.validator.hls.PresentationRules;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.hls.UpdateRules;
import io.millrace.validator.media.BitRates;
import io.millrace.validator.media.SegmentMedia;
import io.millrace.validator.mp4.Mp4Reader;
import io.millrace.validator.ts.TsReader;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** I-frame playlists beside the media playlists that they are of. HLS M5 */
class IFramePlaylistTest {
  /** As the node's pictures are: those of key frames. */
  private static final int KEY_FRAME = 1000;

  @RegisterExtension final LiveFixture fixture = new LiveFixture();

  private static String name(LiveNode node) {
    return node.base().orElseThrow() + "video/iframes.m3u8";
  }

  private static MediaPlaylist iFrames(LiveNode node, String query) {
    OriginResponse answer = LiveNode.await(node.ask(name(node), query));
    assertThat(answer.status()).isEqualTo(200);
    return read(answer);
  }

  private static MediaPlaylist read(OriginResponse answer) {
    MediaPlaylist playlist = PlaylistReader.readMedia(answer.body().toString());
    assertThat(playlist.iFramesOnly()).isTrue();
    return playlist;
  }

  private static List<Violation> judge(MediaPlaylist playlist) {
    return PlaylistRules.live("iframes", playlist);
  }

  private static MultivariantPlaylist multivariant(LiveNode node, String path) {
    return (MultivariantPlaylist) PlaylistReader.read(node.get(path).body().toString());
  }

  private static byte[] range(LiveNode node, String folder, Segment frame) {
    OriginResponse answer =
        LiveNode.await(
            node.origin.answer(
                new OriginRequest(
                    "GET",
                    folder + frame.uri(),
                    "",
                    Map.of("range", frame.range().orElseThrow().header()))));
    assertThat(answer.status()).isEqualTo(206);
    return answer.body().getBytes();
  }

  private static void holdsOneKeyFrame(LiveNode node, String folder, Segment frame) {
    byte[] init = node.get(folder + frame.initUri()).body().getBytes();
    // It is whole boxes, so it can be read as a segment is.
    SegmentMedia media = Mp4Reader.read(init, range(node, folder, frame));
    assertThat(media.tracks().getFirst().samples())
        .singleElement()
        .satisfies(
            sample -> {
              assertThat(sample.sync()).isTrue();
              assertThat(sample.size()).isEqualTo(KEY_FRAME);
            });
  }

  @Test
  void listsTheKeyFrameOfEachSegmentAndNothingElse() {
    LiveNode node = fixture.node().publish().send(9);
    MediaPlaylist media = node.awaitSegments("video", 4);

    MediaPlaylist iFrames = iFrames(node, "");
    assertThat(judge(iFrames)).isEmpty();
    assertThat(iFrames.hasParts()).isFalse();
    assertThat(iFrames.serverControl()).isEqualTo(media.serverControl());
    assertThat(PresentationRules.checkIFrames(Map.of("v", media), Map.of("i", iFrames))).isEmpty();
    assertThat(iFrames.firstSequence()).isEqualTo(media.firstSequence());
    for (int i = 0; i < iFrames.segments().size(); i++) {
      Segment frame = iFrames.segments().get(i);
      Segment segment = media.segments().get(i);
      assertThat(frame.uri()).isEqualTo(segment.uri());
      assertThat(frame.seconds()).isEqualTo(segment.seconds());
      assertThat(frame.date()).isEqualTo(segment.date());
      holdsOneKeyFrame(node, node.base().orElseThrow() + "video/", frame);
    }
    assertThat(node.get(node.base().orElseThrow() + "audio/iframes.m3u8").status()).isEqualTo(404);
  }

  @Test
  void isDeclaredWithTheRatesOfItsRanges() {
    LiveNode node = fixture.node().publish().send(9);
    node.awaitSegments("video", 4);

    MultivariantPlaylist playlist = multivariant(node, "/live/one/index.m3u8");
    assertThat(MultivariantRules.check("multivariant", playlist)).isEmpty();
    AttributeList stream = playlist.iFrames().getFirst();
    assertThat(playlist.iFrames()).hasSize(1);
    assertThat("/live/one/" + stream.text("URI").orElseThrow()).isEqualTo(name(node));
    assertThat(stream.text("CODECS")).contains("avc1.64001E");
    assertThat(stream.text("RESOLUTION")).contains("854x480");
    BitRates measured = new BitRates(3);
    iFrames(node, "")
        .segments()
        .forEach(
            frame ->
                measured.add(frame.seconds().doubleValue(), frame.range().orElseThrow().length()));
    assertThat(measured.peak()).isPositive();
    // Of 8 s it has seen a seventh of the minute for which it leaves room.
    assertThat(stream.decimal("BANDWIDTH").orElseThrow().doubleValue())
        .isBetween(measured.peak(), measured.peak() * 1.7);
    assertThat(stream.decimal("AVERAGE-BANDWIDTH").orElseThrow().doubleValue())
        .isBetween(measured.average(), measured.average() + 1000);
  }

  @Test
  void aSegmentThatStartsInsideAGroupIsAGap() {
    LiveNode node =
        fixture
            .node(Duration.ofMinutes(2), Optional.of(Duration.ofSeconds(6)), 64 << 20)
            .publish()
            .keyFrameEvery(375)
            .send(40);
    node.awaitSegments("video", 6);

    MediaPlaylist iFrames = iFrames(node, "");
    assertThat(judge(iFrames)).isEmpty();
    MediaPlaylist media = node.playlist("video").orElseThrow();
    assertThat(iFrames.segments()).extracting(Segment::gap).contains(true, false);
    assertThat(media.segments()).noneMatch(Segment::gap);
    for (Segment frame : iFrames.segments()) {
      if (frame.gap()) {
        assertThat(frame.range()).isEmpty();
      } else {
        holdsOneKeyFrame(node, node.base().orElseThrow() + "video/", frame);
      }
    }
  }

  @Test
  void keepsTheRulesThroughLossesAReconnectAndARestart() {
    LiveNode node = fixture.node().publish().send(9);
    node.awaitSegments("video", 4);
    String path = name(node);
    MediaPlaylist before = iFrames(node, "");
    node.unpublish(EndReason.CONNECTION_LOST);
    for (int second = 0; second < 12; second++) {
      node.advance(Duration.ofSeconds(1)).tick();
      node.shown("video");
      before = follows(before, iFrames(node, ""));
    }
    node.publish().send(7).tick();
    node.shown("video");
    before = follows(before, iFrames(node, ""));
    assertThat(before.segments()).anyMatch(Segment::gap).anyMatch(Segment::discontinuity);
    node.kill();

    LiveNode next = fixture.node();
    next.publish().send(9).tick();
    next.awaitSegments("video", before.nextSequence() + 2);
    assertThat(name(next)).isEqualTo(path);
    MediaPlaylist after = follows(before, iFrames(next, ""));
    MediaPlaylist media = next.playlist("video").orElseThrow();
    assertThat(PresentationRules.checkIFrames(Map.of("v", media), Map.of("i", after))).isEmpty();
    for (int i = 0; i < after.segments().size(); i++) {
      Segment frame = after.segments().get(i);
      assertThat(frame.gap()).isEqualTo(media.segments().get(i).gap());
      if (!frame.gap()) {
        holdsOneKeyFrame(next, next.base().orElseThrow() + "video/", frame);
      }
    }
  }

  private static MediaPlaylist follows(MediaPlaylist before, MediaPlaylist now) {
    assertThat(judge(now)).isEmpty();
    assertThat(UpdateRules.check("iframes", before, now)).isEmpty();
    return now;
  }

  /** HLS L13: there are no parts to be waited for. */
  @Test
  void isHeldUntilTheWholeSegmentIsThere() {
    LiveNode node = fixture.node().publish().send(4.4);
    node.awaitSegments("video", 2);
    Future<OriginResponse> whole = node.ask(name(node), "_HLS_msn=2");
    Future<OriginResponse> part = node.ask(name(node), "_HLS_msn=2&_HLS_part=0");
    node.send(1);
    node.shown("video");
    assertThat(whole.isComplete()).isFalse();
    assertThat(part.isComplete()).isFalse();

    node.send(1);
    assertThat(read(LiveNode.await(whole)).nextSequence()).isEqualTo(3);
    assertThat(read(LiveNode.await(part)).nextSequence()).isEqualTo(3);
    assertThat(LiveNode.await(node.ask(name(node), "_HLS_part=0")).status()).isEqualTo(400);
  }

  /** HLS L20 to L22 */
  @Test
  void aDeltaUpdateIsTheWholeOfIt() {
    LiveNode node = fixture.node(Duration.ofMinutes(2)).publish();
    for (int i = 0; i < 30; i++) {
      node.send(2).tick();
    }
    node.shown("video");
    MediaPlaylist whole = iFrames(node, "");
    for (String directive : List.of("YES", "v2")) {
      MediaPlaylist delta = iFrames(node, "_HLS_skip=" + directive);
      assertThat(delta.skip()).isPresent();
      assertThat(DeltaUpdate.check("iframes", whole, delta, directive.equals("v2"))).isEmpty();
    }
  }

  @Test
  void beginsWhereAShiftedStreamDoes() {
    Instant began = fixture.clock.instant();
    LiveNode node = fixture.node(Duration.ofMinutes(2)).publish();
    for (int i = 0; i < 30; i++) {
      node.send(2).tick();
    }
    node.shown("video");
    String query = "start=" + began.plusSeconds(21);
    OriginResponse multivariant = LiveNode.await(node.ask("/live/one/index.m3u8", query));
    assertThat(multivariant.body().toString()).contains("/video/iframes.m3u8?start=");

    String text = LiveNode.await(node.ask(name(node), query)).body().toString();
    assertThat(text).contains("#EXT-X-START:TIME-OFFSET=");
    MediaPlaylist iFrames = PlaylistReader.readMedia(text);
    MediaPlaylist media =
        PlaylistReader.readMedia(
            LiveNode.await(node.ask(node.base().orElseThrow() + "video/index.m3u8", query))
                .body()
                .toString());
    assertThat(judge(iFrames)).isEmpty();
    assertThat(iFrames.firstSequence()).isEqualTo(media.firstSequence()).isEqualTo(10);
    assertThat(iFrames.segments())
        .extracting(Segment::uri)
        .isEqualTo(media.segments().stream().map(Segment::uri).toList());
    holdsOneKeyFrame(node, node.base().orElseThrow() + "video/", iFrames.segments().getFirst());
  }

  @Test
  void ofARecordingListsAllOfIt() {
    LiveNode node = fixture.recordingNode(new RecordingConfig(true, 1L << 30, Duration.ofDays(7)));
    node.publish();
    for (int i = 0; i < 30; i++) {
      node.send(2).tick();
      LiveNode.await(node.writers.shown());
    }
    node.end();
    Asset asset =
        LiveNode.awaitPresent(
            () -> {
              node.tick();
              return node.recordings.all().stream().findFirst();
            });
    String base = "/vod/" + asset.id() + "/";
    MultivariantPlaylist playlist = multivariant(node, base + "index.m3u8");
    String address = playlist.iFrames().getFirst().text("URI").orElseThrow();
    OriginResponse answer = node.get(base + address);
    assertThat(answer.body().toString()).contains("#EXT-X-PLAYLIST-TYPE:VOD\n");
    MediaPlaylist iFrames = read(answer);
    assertThat(judge(iFrames)).isEmpty();
    assertThat(iFrames.ended()).isTrue();
    assertThat(iFrames.segments()).hasSize(30).noneMatch(Segment::gap);
    String folder = base + address.replace("iframes.m3u8", "");
    iFrames.segments().forEach(frame -> holdsOneKeyFrame(node, folder, frame));
    assertThat(node.get(folder.replace("video", "audio") + "iframes.m3u8").status()).isEqualTo(404);
  }

  @Test
  void inATransportStreamARangeHasTheTablesAndOnePicture() {
    LiveNode node = new LiveNode(fixture.store(), fixture.clock, Container.TS);
    try {
      node.publish().send(9);
      node.awaitSegments("video", 4);
      MediaPlaylist iFrames = iFrames(node, "");
      assertThat(judge(iFrames)).isEmpty();
      assertThat(iFrames.segments()).hasSizeGreaterThanOrEqualTo(4);
      assertThat(multivariant(node, "/live/one/index.m3u8").iFrames().getFirst().text("CODECS"))
          .contains("avc1.64001E");
      for (Segment frame : iFrames.segments()) {
        byte[] bytes = range(node, node.base().orElseThrow() + "video/", frame);
        assertThat(bytes.length % 188).isZero();
        SegmentMedia media = new TsReader().read(bytes, false);
        assertThat(media.tracks().getFirst().samples()).hasSize(1);
      }
    } finally {
      node.kill();
    }
  }
}
