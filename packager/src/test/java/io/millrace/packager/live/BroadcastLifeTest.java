package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.EndReason;
import io.millrace.packager.OriginResponse;
import io.millrace.storage.ObjectInfo;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.PlaylistRules;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.hls.UpdateRules;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BroadcastLifeTest {
  @RegisterExtension final LiveFixture fixture = new LiveFixture();
  private LiveNode node;

  @BeforeEach
  void start() {
    node = fixture.node();
  }

  @Test
  void listsSegmentsThatAnswerTheMomentTheyAreListed() {
    node.publish();
    assertThat(node.get("/live/one/index.m3u8").status()).isEqualTo(503);
    node.send(7);

    for (String rendition : List.of("video", "audio")) {
      MediaPlaylist playlist = node.awaitSegments(rendition, 3);
      assertThat(playlist.targetDuration()).isEqualTo(3);
      assertThat(playlist.ended()).isFalse();
      assertThat(PlaylistRules.live(rendition, playlist)).isEmpty();
      String base = node.base().orElseThrow() + rendition + "/";
      for (Segment segment : playlist.segments()) {
        // HLS B13, B16
        assertThat(node.get(base + segment.uri()).status()).isEqualTo(200);
        assertThat(node.get(base + segment.initUri()).status()).isEqualTo(200);
      }
    }
    OriginResponse still = node.get("/live/one/still.mp4");
    assertThat(still.status()).isEqualTo(200);
    assertThat(still.headers()).containsEntry("content-type", "video/mp4");
  }

  @Test
  void oneStateTellsOfACutOfAllTracks() {
    node.publish().send(4.04);
    assertThat(node.shown("audio").nextSequence()).isEqualTo(2);
    int states = fixture.store().conditionalPuts();

    for (int i = 3; i <= 7; i++) {
      node.send(2);
      assertThat(node.shown("video").nextSequence()).isEqualTo(i);
      assertThat(node.playlist("audio").orElseThrow().nextSequence()).isEqualTo(i);
    }

    assertThat(fixture.store().conditionalPuts() - states).isEqualTo(5);
  }

  @Test
  void aCutThatOneTrackHasNotMadeIsShownAllTheSame() {
    node.publish().send(3);
    assertThat(node.shown("video").nextSequence()).isEqualTo(1);
    int states = fixture.store().conditionalPuts();

    node.send(1.2, List.of(LiveNode.VIDEO));
    assertThat(fixture.store().conditionalPuts()).isEqualTo(states);
    node.send(0.04, List.of(LiveNode.VIDEO));

    assertThat(node.awaitSegments("video", 2).nextSequence()).isEqualTo(2);
    assertThat(node.playlist("audio").orElseThrow().nextSequence()).isEqualTo(1);
    assertThat(fixture.store().conditionalPuts()).isEqualTo(states + 1);
  }

  @Test
  void aCutThatOneTrackHasNotMadeIsShownWhenNothingComesAnyMore() {
    node.publish().send(3);
    assertThat(node.shown("video").nextSequence()).isEqualTo(1);
    node.send(1.04, List.of(LiveNode.VIDEO));

    node.advance(Duration.ofMillis(200)).tick();

    assertThat(node.awaitSegments("video", 2).nextSequence()).isEqualTo(2);
  }

  @Test
  void keepsToTheRulesWhileTheWindowMoves() {
    node.publish();
    MediaPlaylist before = null;
    for (int i = 1; i <= 30; i++) {
      node.send(2.04);
      if (i < 2) {
        continue;
      }
      MediaPlaylist now = node.awaitSegments("video", i);
      if (before != null) {
        assertThat(UpdateRules.check("video", before, now)).isEmpty();
      }
      assertThat(PlaylistRules.live("video", now)).isEmpty();
      before = now;
    }
    assertThat(before.firstSequence()).isPositive();
    // HLS B10: at least the window.
    assertThat(before.seconds().doubleValue()).isBetween(20.0, 22.5);
  }

  @Test
  void deletesFromTheStoreWhatNobodyCanAskForAnyMore() {
    node.publish();
    // One by one: what has left the window before anybody was told of it may go at once.
    for (int i = 1; i < 20; i++) {
      node.send(2.04);
      node.awaitSegments("video", i - 1);
    }
    assertThat(segmentFiles()).contains("video/0-1.m4s");

    node.advance(Duration.ofSeconds(60)).tick();

    org.awaitility.Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .until(() -> !segmentFiles().contains("video/0-1.m4s"));
    MediaPlaylist playlist = node.playlist("video").orElseThrow();
    String base = node.base().orElseThrow() + "video/";
    for (Segment segment : playlist.segments()) {
      if (!segment.gap()) {
        assertThat(node.get(base + segment.uri()).status()).isEqualTo(200);
      }
    }
  }

  @Test
  void deletesLaterWhatTheStoreKeptInAnOutage() {
    node.publish();
    for (int i = 1; i < 20; i++) {
      node.send(2.04);
      node.awaitSegments("video", i - 1);
    }
    fixture.store().becomes(FaultyStore.Fault.KEEPS);
    node.advance(Duration.ofSeconds(60)).tick();
    org.awaitility.Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .until(() -> fixture.store().refusedDeletes() > 0);
    assertThat(segmentFiles()).contains("video/0-1.m4s");

    fixture.store().becomes(FaultyStore.Fault.NONE);
    node.tick();
    node.advance(Duration.ofSeconds(61)).tick();

    org.awaitility.Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .until(() -> !segmentFiles().contains("video/0-1.m4s"));
  }

  @Test
  void fillsThePlaylistWithGapsWhileTheEncoderIsGone() {
    node.publish();
    node.send(9);
    MediaPlaylist before = node.awaitSegments("video", 4);
    node.unpublish(EndReason.CONNECTION_LOST);

    // HLS B8: an update within 1.5 target durations; what had come of the open segment, then a gap.
    node.advance(Duration.ofMillis(4400)).tick();
    MediaPlaylist flushed = node.awaitSegments("video", before.nextSequence() + 2);
    assertThat(flushed.segments().reversed().stream().limit(2).map(Segment::gap))
        .containsExactly(true, false);
    assertThat(UpdateRules.check("video", before, flushed)).isEmpty();
    node.advance(Duration.ofSeconds(3)).tick();
    MediaPlaylist gap = node.awaitSegments("video", before.nextSequence() + 3);
    // HLS B9
    assertThat(gap.segments().getLast().gap()).isTrue();
    assertThat(gap.segments().getLast().seconds().intValue()).isEqualTo(3);
    assertThat(UpdateRules.check("video", flushed, gap)).isEmpty();
    assertThat(node.awaitSegments("audio", gap.nextSequence()).segments().getLast().gap()).isTrue();

    node.publish().send(5);
    MediaPlaylist after = node.awaitSegments("video", gap.nextSequence() + 2);
    // HLS D9: numbers go on, with one discontinuity.
    assertThat(UpdateRules.check("video", gap, after)).isEmpty();
    assertThat(after.segments().stream().filter(Segment::discontinuity)).hasSize(1);
    Segment resumed =
        after.segments().stream().filter(Segment::discontinuity).findFirst().orElseThrow();
    assertThat(resumed.date()).contains(node.clockMap().anchors().getLast().wall());
    assertThat(PlaylistRules.live("video", after)).isEmpty();
  }

  /** HLS B8, B9, D9: an outage of seconds, seen by ticks before, during and after it. */
  @Test
  void aPublisherThatComesBackStartsWithAWholeSegmentBehindOneDiscontinuity() {
    node.publish();
    node.send(9);
    MediaPlaylist before = node.awaitSegments("video", 4);
    node.unpublish(EndReason.CONNECTION_LOST);
    node.advance(Duration.ofMillis(4400)).tick();
    node.awaitSegments("video", before.nextSequence() + 1);
    node.advance(Duration.ofMillis(2800));

    node.publish().send(1.2);
    node.tick();
    node.send(4);

    MediaPlaylist after = node.awaitSegments("video", before.nextSequence() + 4);
    assertThat(UpdateRules.check("video", before, after)).isEmpty();
    List<Segment> news =
        after.segments().stream().filter(s -> s.sequence() >= before.nextSequence()).toList();
    assertThat(news).extracting(Segment::gap).startsWith(false, true);
    assertThat(news.stream().filter(Segment::discontinuity)).hasSize(1);
    List<Segment> back =
        news.stream().dropWhile(segment -> !segment.discontinuity()).limit(2).toList();
    assertThat(back).extracting(segment -> segment.seconds().doubleValue()).containsOnly(2.0);
  }

  @Test
  void listsTheRestButNoGapsWhileACleanEndIsWaitedFor() {
    node.publish().send(9);
    MediaPlaylist before = node.awaitSegments("video", 4);
    node.unpublish(EndReason.UNPUBLISHED);

    node.advance(Duration.ofMillis(4400)).tick();
    MediaPlaylist flushed = node.awaitSegments("video", before.nextSequence() + 1);
    assertThat(flushed.segments().getLast().gap()).isFalse();
    node.advance(Duration.ofSeconds(9)).tick();
    assertThat(node.playlist("video")).contains(flushed);
    node.end();

    MediaPlaylist ended =
        LiveNode.awaitPresent(() -> node.playlist("video").filter(MediaPlaylist::ended));
    assertThat(ended.segments()).isEqualTo(flushed.segments());
  }

  @Test
  void soundThatJoinsLaterHasTheDiscontinuityNumbersOfThePicture() {
    node.publishPicturesOnly().send(5).unpublish(EndReason.CONNECTION_LOST);
    node.publishPicturesOnly().send(5).unpublish(EndReason.CONNECTION_LOST);
    node.publish().send(5);
    MediaPlaylist sound = node.awaitSegments("audio", 8);
    MediaPlaylist pictures = node.awaitSegments("video", 8);

    // HLS D4
    assertThat(sound.firstSequence()).isPositive();
    for (Segment segment : sound.segments()) {
      assertThat(discontinuities(sound, segment.sequence()))
          .isEqualTo(discontinuities(pictures, segment.sequence()));
    }
  }

  @Test
  void endsThePlaylistAndRemovesEverythingInTheEnd() {
    node.publish().send(5);
    node.awaitSegments("video", 2);
    node.end();

    MediaPlaylist ended =
        LiveNode.awaitPresent(() -> node.playlist("video").filter(MediaPlaylist::ended));
    // HLS B14: the rest of the media is there.
    assertThat(ended.seconds().doubleValue()).isEqualTo(5.0);
    String media = node.base().orElseThrow() + "video/";
    fixture.clock.advance(Duration.ofSeconds(61));
    node.tick();

    // HLS B15: playlists are gone, what they listed is there for as long as a playlist lasts.
    assertThat(node.get("/live/one/index.m3u8").status()).isEqualTo(404);
    assertThat(node.get(media + "index.m3u8").status()).isEqualTo(404);
    for (Segment segment : ended.segments()) {
      assertThat(node.get(media + segment.uri()).status()).isEqualTo(200);
      assertThat(node.get(media + segment.initUri()).status()).isEqualTo(200);
    }
    node.advance(Duration.ofSeconds(5)).tick();
    org.awaitility.Awaitility.await().atMost(40, TimeUnit.SECONDS).until(() -> keys().isEmpty());
    assertThat(node.get(media + ended.segments().getFirst().uri()).status()).isEqualTo(404);
  }

  @Test
  void keepsAnEndedBroadcastInTheStoreOnly() {
    node.publish().send(5);
    node.awaitSegments("video", 2);
    String base = node.base().orElseThrow();
    node.end();
    LiveNode.awaitPresent(() -> node.playlist("video").filter(MediaPlaylist::ended));
    awaitStored(base, "video/0-1.m4s");
    LiveNode.await(fixture.store().delete("main" + base.replace("/b/", "/") + "video/0-1.m4s"));
    assertThat(node.get(base + "video/0-1.m4s").status()).isEqualTo(200);

    node.advance(Duration.ofSeconds(7)).tick();

    org.awaitility.Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .until(() -> node.get(base + "video/0-1.m4s").status() == 404);
    assertThat(node.get(base + "video/1-1.m4s").status()).isEqualTo(200);
  }

  @Test
  void startsANewBroadcastAfterTheEnd() {
    node.publish().send(5);
    String first = LiveNode.awaitPresent(() -> node.base());
    node.end();
    node.publish();
    assertThat(node.get("/live/one/index.m3u8").status()).isEqualTo(503);
    node.send(5);

    String second = LiveNode.awaitPresent(() -> node.base());
    assertThat(second).isNotEqualTo(first);
    assertThat(node.get(first + "video/index.m3u8").body().toString()).contains("#EXT-X-ENDLIST");
  }

  @Test
  void goesOnInTheSameBroadcastAfterAKill() throws Exception {
    node.publish().send(9);
    MediaPlaylist before = node.awaitSegments("video", 4);
    node.awaitSegments("audio", 4);
    String base = node.base().orElseThrow();
    awaitStored(base, "video/3-1.m4s");
    awaitStored(base, "audio/3-1.m4s");
    node.kill();
    fixture.clock.advance(Duration.ofSeconds(2));

    node = fixture.node();
    assertThat(node.base()).contains(base);
    MediaPlaylist restored = node.awaitSegments("video", 4);
    assertThat(UpdateRules.check("video", before, restored)).isEmpty();
    for (Segment segment : restored.segments().subList(0, 4)) {
      assertThat(segment.gap()).isFalse();
      assertThat(node.get(base + "video/" + segment.uri()).status()).isEqualTo(200);
    }
    // HLS B9: parts of it have been seen, and no state tells of them.
    assertThat(restored.segments().get(4).gap()).isTrue();

    node.publish().send(7);
    MediaPlaylist after = node.awaitSegments("video", 7);
    assertThat(UpdateRules.check("video", restored, after)).isEmpty();
    // HLS B9: three seconds are lost, the killed node's open segment and the time it was away.
    assertThat(after.segments().get(4).gap()).isTrue();
    assertThat(after.segments().get(5).discontinuity()).isTrue();
    assertThat(after.segments().get(5).uri()).isEqualTo("5-2.m4s");
    assertThat(after.segments().stream().filter(Segment::discontinuity)).hasSize(1);
  }

  @Test
  void turnsIntoAGapWhatWasListedButIsNotWholeInTheStore() throws Exception {
    node.publish().send(9);
    node.awaitSegments("video", 4);
    String base = node.base().orElseThrow();
    awaitStored(base, "video/3-1.m4s");
    node.kill();
    String prefix = "main" + base.replace("/b/", "/");
    LiveNode.await(fixture.store().delete(prefix + "video/2-1.m4s"));
    LiveNode.await(
        fixture.store().put(prefix + "video/3-1.m4s", io.vertx.core.buffer.Buffer.buffer("half")));

    node = fixture.node();

    MediaPlaylist restored = node.awaitSegments("video", 4);
    assertThat(restored.segments().stream().map(Segment::gap))
        .containsExactly(false, false, true, true, true);
    assertThat(node.get(base + "video/3-1.m4s").status()).isEqualTo(404);
  }

  @Test
  void stopsWhenANewerWriterHasTakenTheBroadcast() {
    node.publish().send(5);
    node.awaitSegments("video", 2);
    LiveNode other = fixture.node();
    other.awaitSegments("video", 2);

    node.send(4);

    org.awaitility.Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .until(() -> node.get("/live/one/index.m3u8").status() == 404);
    assertThat(other.get("/live/one/index.m3u8").status()).isEqualTo(200);
    // Its encoder has to come again, and nothing is live here that nobody shows.
    org.awaitility.Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .until(() -> node.live.find(LiveNode.STREAM).isEmpty());
    assertThat(other.live.find(LiveNode.STREAM)).isPresent();
    other.kill();
  }

  private static long discontinuities(MediaPlaylist playlist, long sequence) {
    return playlist.discontinuitySequence().orElse(0L)
        + playlist.segments().stream()
            .filter(segment -> segment.sequence() <= sequence && segment.discontinuity())
            .count();
  }

  private void awaitStored(String base, String file) {
    String key = "main" + base.replace("/b/", "/") + file;
    LiveNode.awaitPresent(() -> LiveNode.await(fixture.store().head(key)));
  }

  private List<String> keys() {
    return LiveNode.await(fixture.store().list("", "", 1000)).stream()
        .map(ObjectInfo::key)
        .toList();
  }

  private List<String> segmentFiles() {
    return LiveNode.await(fixture.store().list("main/live/one/", "", 1000)).stream()
        .map(info -> info.key().replaceFirst("main/live/one/[^/]+/", ""))
        .toList();
  }
}
