package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.packager.OriginResponse;
import io.millrace.validator.hls.DeltaUpdate;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.PlaylistRules;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.hls.UpdateRules;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A live stream that is played from an earlier moment on. */
class TimeShiftTest {
  private static final Pattern OFFSET =
      Pattern.compile("#EXT-X-START:TIME-OFFSET=([0-9.]+),PRECISE=YES\n");

  @RegisterExtension final LiveFixture fixture = new LiveFixture();
  private LiveNode node;
  private Instant began;

  @BeforeEach
  void start() {
    began = fixture.clock.instant();
    node = fixture.node(Duration.ofMinutes(10)).publish();
    send(60);
  }

  private void send(int segments) {
    for (int i = 0; i < segments; i++) {
      node.send(2).tick();
    }
    node.shown("video");
  }

  private String media(String rendition, String query) {
    OriginResponse answer =
        LiveNode.await(node.ask(node.base().orElseThrow() + rendition + "/index.m3u8", query));
    assertThat(answer.status()).isEqualTo(200);
    return answer.body().toString();
  }

  private static double offset(String playlist) {
    Matcher start = OFFSET.matcher(playlist);
    assertThat(start.find()).as(playlist).isTrue();
    return Double.parseDouble(start.group(1));
  }

  @Test
  void beginsWithTheSegmentOfThatMomentInAllRenditions() {
    Instant asked = began.plusMillis(41_500);
    for (String rendition : List.of("video", "audio")) {
      String text = media(rendition, "start=" + asked);

      MediaPlaylist playlist = PlaylistReader.readMedia(text);
      MediaPlaylist whole = node.playlist(rendition).orElseThrow();
      assertThat(PlaylistRules.live(rendition, playlist)).isEmpty();
      assertThat(playlist.firstSequence()).isEqualTo(20);
      assertThat(playlist.segments().stream().map(Segment::uri))
          .containsExactlyElementsOf(whole.segments().stream().skip(20).map(Segment::uri).toList());
      assertThat(playlist.segments().getFirst().initUri()).isNotNull();
      Instant plays =
          playlist
              .segments()
              .getFirst()
              .date()
              .orElseThrow()
              .plusMillis(Math.round(offset(text) * 1000));
      assertThat(Duration.between(asked, plays).abs()).isLessThan(Duration.ofMillis(2));
    }
  }

  @Test
  void theSameInSecondsAndThroughTheMultivariantPlaylist() {
    String seconds = (began.toEpochMilli() + 41_500) / 1000 + ".500";
    OriginResponse multivariant =
        LiveNode.await(node.ask("/live/one/index.m3u8", "start=" + began.plusMillis(41_500)));

    assertThat(multivariant.body().toString())
        .contains("/video/index.m3u8?start=" + seconds + "\n")
        .contains("/audio/index.m3u8?start=" + seconds + "\"");
    assertThat(media("video", "start=" + seconds))
        .isEqualTo(media("video", "start=" + began.plusMillis(41_500)));
  }

  @Test
  void zeroIsFromTheBeginningAndWhatIsToComeIsLive() {
    String all = media("video", "start=0");
    assertThat(PlaylistReader.readMedia(all).firstSequence()).isZero();
    assertThat(offset(all)).isZero();

    String live = media("video", "start=" + began.plusSeconds(5000));
    MediaPlaylist near = PlaylistReader.readMedia(live);
    assertThat(near.seconds().doubleValue()).isBetween(11.5, 13.0);
    assertThat(PlaylistRules.live("video", near)).isEmpty();
    MediaPlaylist never = PlaylistReader.readMedia(media("video", "start=9999-12-31T23:59:59Z"));
    assertThat(never.segments()).isEqualTo(near.segments());
  }

  @Test
  void goesOnByTheRulesWhileTheWindowPassesIt() {
    String query = "start=" + began.plusSeconds(30);
    MediaPlaylist before = PlaylistReader.readMedia(media("video", query));
    for (int i = 0; i < 300; i++) {
      send(1);
      MediaPlaylist now = PlaylistReader.readMedia(media("video", query));
      assertThat(UpdateRules.check("video", before, now)).isEmpty();
      before = now;
    }
    assertThat(before.firstSequence()).isGreaterThan(30);
    assertThat(before).isEqualTo(PlaylistReader.readMedia(media("video", query)));
  }

  @Test
  void aDeltaUpdateOfItIsTheWholeOfIt() {
    String query = "start=" + began.plusSeconds(30);

    MediaPlaylist delta = PlaylistReader.readMedia(media("video", query + "&_HLS_skip=YES"));

    assertThat(delta.skip()).isPresent();
    MediaPlaylist whole = PlaylistReader.readMedia(media("video", query));
    assertThat(DeltaUpdate.check("video", whole, delta, false)).isEmpty();
  }

  @Test
  void aTimeThatCannotBeIsRefused() {
    for (String wrong : List.of("yesterday", "wrong", "-1", "", "99999999999", "1.2345")) {
      assertThat(LiveNode.await(node.ask("/live/one/index.m3u8", "start=" + wrong)).status())
          .as(wrong)
          .isEqualTo(400);
      assertThat(
              LiveNode.await(
                      node.ask(node.base().orElseThrow() + "video/index.m3u8", "start=" + wrong))
                  .status())
          .isEqualTo(400);
    }
  }
}
