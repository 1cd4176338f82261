package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.EndReason;
import io.millrace.media.cue.CueRequest;
import io.millrace.media.cue.CueRequest.Kind;
import io.millrace.media.cue.CueTime;
import io.millrace.packager.OriginResponse;
import io.millrace.packager.RecordingConfig;
import io.millrace.validator.hls.DateRange;
import io.millrace.validator.hls.DeltaUpdate;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.PlaylistRules;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.hls.UpdateRules;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A recorded stream on air that is played from a moment on that has long left its window. */
class StartOverTest {
  private static final RecordingConfig CONFIG =
      new RecordingConfig(true, 1L << 30, Duration.ofDays(7));
  private static final Pattern OFFSET =
      Pattern.compile("#EXT-X-START:TIME-OFFSET=([0-9.]+),PRECISE=YES\n");

  @RegisterExtension final LiveFixture fixture = new LiveFixture();

  /** All that has been listed, by number. */
  private final Map<Long, Segment> video = new LinkedHashMap<>();

  private LiveNode node;
  private Instant began;

  @BeforeEach
  void start() {
    began = fixture.clock.instant();
    node = fixture.recordingNode(CONFIG).publish();
  }

  private void send(int segments) {
    for (int i = 0; i < segments; i++) {
      node.send(2).tick();
      LiveNode.await(node.writers.shown());
      node.playlist("video")
          .ifPresent(
              shown ->
                  shown
                      .segments()
                      .forEach(segment -> video.putIfAbsent(segment.sequence(), segment)));
    }
  }

  private OriginResponse answer(String rendition, String file, String query) {
    return LiveNode.await(node.ask(node.base().orElseThrow() + rendition + "/" + file, query));
  }

  private String media(String rendition, String query) {
    OriginResponse answer = answer(rendition, "index.m3u8", query);
    assertThat(answer.status()).isEqualTo(200);
    return answer.body().toString();
  }

  private MediaPlaylist playlist(String rendition, String query) {
    MediaPlaylist playlist = PlaylistReader.readMedia(media(rendition, query));
    assertThat(PlaylistRules.live(rendition, playlist)).isEmpty();
    return playlist;
  }

  private static Instant plays(String playlist) {
    Matcher start = OFFSET.matcher(playlist);
    assertThat(start.find()).as(playlist).isTrue();
    return PlaylistReader.readMedia(playlist)
        .segments()
        .getFirst()
        .date()
        .orElseThrow()
        .plusMillis(Math.round(Double.parseDouble(start.group(1)) * 1000));
  }

  @Test
  void beginsWithTheSegmentOfThatMomentAndListsAllSince() {
    send(200);
    assertThat(node.playlist("video").orElseThrow().firstSequence()).isGreaterThan(180);

    for (int seconds : List.of(0, 41, 127, 128, 300, 355)) {
      Instant asked = began.plusSeconds(seconds).plusMillis(500);
      for (String rendition : List.of("video", "audio")) {
        String text = media(rendition, "start=" + asked);
        MediaPlaylist playlist = playlist(rendition, "start=" + asked);
        assertThat(playlist.firstSequence()).isEqualTo(seconds / 2);
        assertThat(playlist.nextSequence())
            .isEqualTo(node.playlist(rendition).orElseThrow().nextSequence());
        assertThat(Duration.between(asked, plays(text)).abs()).isLessThan(Duration.ofMillis(2));
        assertThat(text.split("#EXT-X-MAP", -1)).hasSize(2);
      }
    }
    MediaPlaylist all = playlist("video", "start=0");
    for (Segment segment : all.segments()) {
      Segment live = video.get(segment.sequence());
      assertThat(segment.uri()).isEqualTo(live.uri());
      assertThat(segment.date()).isEqualTo(live.date());
      assertThat(segment.seconds()).isEqualTo(live.seconds());
    }
    assertThat(answer("video", "0-1.m4s", "").status()).isEqualTo(200);
    assertThat(answer("video", String.valueOf(all.segments().getFirst().initUri()), "").status())
        .isEqualTo(200);
    assertThat(answer("video", "iframes.m3u8", "start=0").body().toString())
        .contains("#EXT-X-MEDIA-SEQUENCE:0\n", "\n0-1.m4s", "\n198-1.m4s");
  }

  /** HLS B5: who began within the window goes on when it has passed that, and loses nothing. */
  @Test
  void goesOnByTheRulesWhenTheWindowAndChunksPassIt() {
    send(12);
    String query = "start=" + began.plusSeconds(9);
    MediaPlaylist before = playlist("video", query);
    for (int i = 0; i < 160; i++) {
      send(1);
      MediaPlaylist now = playlist("video", query);
      assertThat(UpdateRules.check("video", before, now)).isEmpty();
      assertThat(now.firstSequence()).isEqualTo(4);
      before = now;
    }
    MediaPlaylist delta = PlaylistReader.readMedia(media("video", query + "&_HLS_skip=YES"));
    assertThat(delta.skip()).isPresent();
    assertThat(media("video", query + "&_HLS_skip=YES").length()).isLessThan(8_000);
    assertThat(DeltaUpdate.check("video", before, delta, false)).isEmpty();
    String near = "start=" + began.plusSeconds(310);
    assertThat(
            DeltaUpdate.check(
                "video",
                playlist("video", near),
                PlaylistReader.readMedia(media("video", near + "&_HLS_skip=v2")),
                true))
        .isEmpty();
  }

  @Test
  void hasTheCuePointsSinceThen() {
    send(2);
    assertThat(
            LiveNode.await(
                node.cues.announce(
                    LiveNode.STREAM,
                    CueRequest.of(
                        "early",
                        Kind.SPLICE,
                        new CueTime.Media(10_000_000_000L),
                        Optional.of(Duration.ofSeconds(4))))))
        .isInstanceOf(io.millrace.packager.CueReply.Done.class);
    String query = "start=" + began.plusSeconds(5);
    send(6);
    MediaPlaylist before = playlist("video", query);
    for (int i = 0; i < 150; i++) {
      send(1);
      MediaPlaylist now = playlist("video", query);
      assertThat(UpdateRules.check("video", before, now)).isEmpty();
      assertThat(now.dateRanges()).extracting(DateRange::id).containsOnly("early").hasSize(2);
      before = now;
    }
    assertThat(playlist("audio", query).dateRanges()).hasSize(2);
    assertThat(node.playlist("video").orElseThrow().dateRanges()).isEmpty();
  }

  @Test
  void goesOnBehindAKillAndBehindTheEnd() {
    send(150);
    MediaPlaylist before = playlist("video", "start=0");
    node.kill();
    node = fixture.recordingNode(CONFIG);
    MediaPlaylist taken = playlist("video", "start=0");
    // Of parts nothing outlives a kill.
    assertThat(UpdateRules.check("video", before, taken))
        .extracting(violation -> violation.rule().id())
        .isSubsetOf("L9");
    node.publish();
    send(80);
    MediaPlaylist after = playlist("video", "start=0");
    assertThat(UpdateRules.check("video", taken, after)).isEmpty();
    assertThat(after.firstSequence()).isZero();
    assertThat(after.segments().stream().filter(Segment::discontinuity)).hasSize(1);
    LiveNode.await(node.live.end(LiveNode.STREAM, EndReason.ENDED_BY_API));
    MediaPlaylist ended =
        LiveNode.awaitPresent(
            () -> {
              node.tick();
              return Optional.of(playlist("video", "start=0")).filter(MediaPlaylist::ended);
            });

    assertThat(ended.firstSequence()).isZero();
    assertThat(ended.segments()).hasSizeGreaterThanOrEqualTo(230);
    node.kill();
    node = fixture.recordingNode(CONFIG);
    assertThat(playlist("video", "start=0").segments())
        .extracting(Segment::uri)
        .isEqualTo(ended.segments().stream().map(Segment::uri).toList());
  }

  @Test
  void saysSoWhereTheStoreDoesNotAnswer() {
    send(150);
    fixture.store().becomes(FaultyStore.Fault.AWAY);

    OriginResponse answer = answer("video", "index.m3u8", "start=0");

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.body().toString()).contains("storage-unavailable");
    assertThat(answer("video", "index.m3u8", "").status()).isEqualTo(200);
    fixture.store().becomes(FaultyStore.Fault.NONE);
    assertThat(playlist("video", "start=0").firstSequence()).isZero();
  }
}
