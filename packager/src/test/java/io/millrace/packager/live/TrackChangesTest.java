package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.packager.segment.RandomBroadcast;
import io.millrace.validator.hls.AttributeList;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.MultivariantPlaylist;
import io.millrace.validator.hls.MultivariantRules;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.PlaylistRules;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.hls.UpdateRules;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tracks that change, come and go in mid-stream. */
class TrackChangesTest {
  private static final Track SMALL = RandomBroadcast.smallVideo(Timescale.VIDEO);
  private static final Track OTHER_RATE = RandomBroadcast.audio(new Timescale(44_100), 44_100);
  private static final Track SECOND = RandomBroadcast.numbered(LiveNode.AUDIO, 3);

  @RegisterExtension final LiveFixture fixture = new LiveFixture();
  private LiveNode node;

  @BeforeEach
  void start() {
    node = fixture.node();
  }

  /** HLS D1, D4, B16, M1. */
  @Test
  void anotherPictureSizeIsOneDiscontinuityInAllRenditions() {
    node.publish().send(6);
    node.announce(SMALL, LiveNode.AUDIO).send(6);
    MediaPlaylist pictures = node.awaitSegments("video", 5);
    MediaPlaylist sound = node.awaitSegments("audio", 5);

    Segment changed = onlyDiscontinuity(pictures);
    assertThat(onlyDiscontinuity(sound).sequence()).isEqualTo(changed.sequence());
    assertThat(pictures.segments().stream().map(Segment::initUri).distinct()).hasSize(2);
    assertThat(changed.initUri()).isNotEqualTo(pictures.segments().getFirst().initUri());
    assertThat(sound.segments().stream().map(Segment::initUri).distinct()).hasSize(1);
    String base = node.base().orElseThrow() + "video/";
    assertThat(node.get(base + changed.initUri()).status()).isEqualTo(200);
    assertThat(variant().attributes().text("CODECS")).contains("avc1.64000D,avc1.64001E,mp4a.40.2");
    assertThat(variant().attributes().text("RESOLUTION")).contains("854x480");

    // What is no longer listed is no longer spoken of.
    node.send(24);
    LiveNode.awaitPresent(
        () -> variant().attributes().text("RESOLUTION").filter(size -> size.equals("320x240")));
    assertThat(variant().attributes().text("CODECS")).contains("avc1.64000D,mp4a.40.2");
  }

  /** HLS D2: a new header, and nothing else. */
  @Test
  void anotherParameterSetIsANewHeaderWithoutADiscontinuity() {
    node.publish().send(6);
    node.announce(RandomBroadcast.retunedVideo(Timescale.VIDEO), LiveNode.AUDIO).send(6);
    MediaPlaylist pictures = node.awaitSegments("video", 5);
    MediaPlaylist sound = node.awaitSegments("audio", 5);

    assertThat(pictures.segments()).noneMatch(Segment::discontinuity);
    assertThat(sound.segments()).noneMatch(Segment::discontinuity);
    assertThat(pictures.segments().stream().map(Segment::initUri).distinct()).hasSize(2);
    assertThat(sound.segments().stream().map(Segment::initUri).distinct()).hasSize(1);
    assertThat(PlaylistRules.live("video", pictures)).isEmpty();
    String base = node.base().orElseThrow() + "video/";
    assertThat(node.get(base + pictures.segments().getLast().initUri()).status()).isEqualTo(200);
  }

  /** HLS D1, D4: and the pictures between two key frames go on. */
  @Test
  void anotherRateOfSoundIsOneDiscontinuityInAllRenditions() {
    node.publish().send(5);
    node.announce(LiveNode.VIDEO, OTHER_RATE).send(6);
    MediaPlaylist pictures = node.awaitSegments("video", 5);
    MediaPlaylist sound = node.awaitSegments("audio", 5);

    Segment changed = onlyDiscontinuity(sound);
    assertThat(onlyDiscontinuity(pictures).sequence()).isEqualTo(changed.sequence());
    assertThat(sound.segments().stream().map(Segment::initUri).distinct()).hasSize(2);
    assertThat(pictures.segments().stream().map(Segment::initUri).distinct()).hasSize(1);
    assertThat(PlaylistRules.live("video", pictures)).isEmpty();
    node.tick();
    assertThat(node.metric("millrace_packager_samples_dropped")).isZero();
  }

  /** HLS D2. */
  @Test
  void tracksThatAreTheSameChangeNothing() {
    node.publish().send(3);
    for (int i = 0; i < 5; i++) {
      node.announce(
              RandomBroadcast.video(Timescale.VIDEO),
              RandomBroadcast.audio(new Timescale(48_000), 48_000))
          .send(1.08);
    }
    MediaPlaylist pictures = node.awaitSegments("video", 4);

    assertThat(pictures.segments()).noneMatch(Segment::discontinuity);
    assertThat(pictures.segments()).extracting(s -> s.seconds().doubleValue()).containsOnly(2.0);
  }

  /** HLS M4, M1, D4, D7: sound that joins is a rendition of its own and disturbs no other. */
  @Test
  void moreSoundJoinsAndLeavesWithoutADiscontinuity() {
    node.publish().send(5);
    node.announce(LiveNode.VIDEO, LiveNode.AUDIO, SECOND).send(8);
    MediaPlaylist pictures = node.awaitSegments("video", 6);
    MediaPlaylist sound = node.awaitSegments("audio", 6);
    MediaPlaylist more = node.awaitSegments("audio-2", 6);

    assertThat(pictures.segments()).noneMatch(Segment::discontinuity);
    assertThat(sound.segments()).noneMatch(Segment::discontinuity);
    assertThat(more.segments()).noneMatch(segment -> segment.discontinuity() || segment.gap());
    assertThat(more.firstSequence()).isEqualTo(2);
    assertThat(more.targetDuration()).isEqualTo(pictures.targetDuration());
    assertThat(more.segments().getLast().date()).isEqualTo(sound.segments().getLast().date());
    List<AttributeList> members = multivariant().renditions();
    assertThat(members)
        .extracting(m -> m.text("NAME").orElse(""))
        .containsExactly("Audio", "Audio 2");
    assertThat(members).extracting(m -> m.text("GROUP-ID").orElse("")).containsOnly("audio");
    assertThat(members).extracting(m -> m.text("DEFAULT").orElse("")).containsExactly("YES", "NO");
    assertThat(members.getFirst().text("AUTOSELECT")).contains("YES");
    assertThat(MultivariantRules.check("m", multivariant())).isEmpty();

    node.announce(LiveNode.VIDEO, LiveNode.AUDIO).send(5);
    MediaPlaylist after = node.awaitSegments("audio-2", 8);
    assertThat(UpdateRules.check("audio-2", more, after)).isEmpty();
    // Who had chosen it goes on with the picture.
    assertThat(after.segments()).noneMatch(Segment::gap);
    assertThat(node.awaitSegments("video", 8).segments()).noneMatch(Segment::discontinuity);
  }

  /** HLS B8, B9, D2: gaps of the picture alone, and no discontinuity, as sound goes on. */
  @Test
  void aPictureThatIsAwayForSecondsIsNoDiscontinuity() {
    node.publish().send(5);
    MediaPlaylist last = node.shown("video");
    Instant updated = fixture.clock.instant().minusSeconds(1);
    for (int i = 0; i < 36; i++) {
      node.send(0.24, List.of(LiveNode.AUDIO)).tick();
      MediaPlaylist now = node.shown("video");
      updated = now.equals(last) ? updated : fixture.clock.instant();
      last = now;
      assertThat(Duration.between(updated, fixture.clock.instant()).toMillis())
          .isLessThanOrEqualTo(last.targetDuration() * 1500L);
    }
    node.send(5);
    MediaPlaylist pictures = node.shown("video");
    MediaPlaylist sound = node.shown("audio");

    assertThat(pictures.segments()).noneMatch(Segment::discontinuity).anyMatch(Segment::gap);
    assertThat(sound.segments()).noneMatch(segment -> segment.discontinuity() || segment.gap());
    assertThat(PlaylistRules.live("video", pictures)).isEmpty();
    assertThat(PlaylistRules.live("audio", sound)).isEmpty();
  }

  /** HLS B9, D6: sound that starts late has a gap up to its first frame. */
  @Test
  void soundThatStartsInsideASegmentIsDatedByItsFirstFrame() {
    node.publish().send(3, List.of(LiveNode.VIDEO)).send(6);
    MediaPlaylist sound = node.shown("audio");

    assertThat(PlaylistRules.live("audio", sound)).isEmpty();
    assertThat(sound.segments().stream().map(Segment::gap)).startsWith(true, true, false);
    Segment first = sound.segments().get(2);
    Instant start = sound.segments().getFirst().date().orElseThrow();
    assertThat(Duration.between(start, first.date().orElseThrow()).toMillis())
        .isBetween(2990L, 3030L);
  }

  /** Sound only, then a picture joins: it leads from then on. */
  @Test
  void aPictureThatComesLaterIsARenditionOfItsOwn() {
    node.publish(LiveNode.AUDIO).send(9);
    node.awaitSegments("audio", 3);
    assertThat(multivariant().renditions()).isEmpty();
    assertThat(variant().uri()).endsWith("/audio/index.m3u8");
    assertThat(variant().attributes().text("RESOLUTION")).isEmpty();

    node.announce(LiveNode.VIDEO, LiveNode.AUDIO).send(9);
    LiveNode.awaitPresent(
        () -> Optional.of(variant()).filter(v -> v.uri().endsWith("/video/index.m3u8")));
    MediaPlaylist pictures = node.playlist("video").orElseThrow();
    MediaPlaylist sound = node.awaitSegments("audio", pictures.nextSequence());
    for (Segment segment : pictures.segments()) {
      // HLS D4
      assertThat(discontinuities(pictures, segment.sequence()))
          .isEqualTo(discontinuities(sound, segment.sequence()));
    }
    assertThat(multivariant().renditions()).hasSize(1);
  }

  private MultivariantPlaylist multivariant() {
    return (MultivariantPlaylist)
        PlaylistReader.read(node.get("/live/one/index.m3u8").body().toString());
  }

  private MultivariantPlaylist.Variant variant() {
    return multivariant().variants().getFirst();
  }

  private static Segment onlyDiscontinuity(MediaPlaylist playlist) {
    List<Segment> found = playlist.segments().stream().filter(Segment::discontinuity).toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private static long discontinuities(MediaPlaylist playlist, long sequence) {
    return playlist.discontinuitySequence().orElse(0L)
        + playlist.segments().stream()
            .filter(segment -> segment.sequence() <= sequence && segment.discontinuity())
            .count();
  }
}
