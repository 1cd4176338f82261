package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.EndReason;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.packager.segment.RandomBroadcast;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.MultivariantPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.PlaylistRules;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.hls.UpdateRules;
import io.millrace.validator.media.SegmentMedia;
import io.millrace.validator.media.SegmentRules;
import io.millrace.validator.mp4.Mp4Reader;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tracks that are away for longer than anybody waits for them, while others go on. */
class AwayTrackTest {
  private static final Duration LONG_WINDOW = Duration.ofMinutes(5);
  private static final Track SECOND = RandomBroadcast.numbered(LiveNode.AUDIO, 3);
  private static final Track OTHER_RATE = RandomBroadcast.audio(new Timescale(44_100), 44_100);

  @RegisterExtension final LiveFixture fixture = new LiveFixture();

  /** HLS B5, B9, D2, D6. */
  @Test
  void soundThatComesAgainAfterLongGoesOnInItsRendition() {
    LiveNode node = fixture.gapsNode(LONG_WINDOW);
    node.publish().send(9);
    MediaPlaylist before = node.awaitSegments("audio", 4);
    node.send(44, List.of(LiveNode.VIDEO));
    MediaPlaylist silent = node.shown("audio");
    assertThat(silent.ended()).isFalse();
    assertThat(silent.nextSequence()).isGreaterThan(20);
    assertThat(UpdateRules.check("audio", before, silent)).isEmpty();
    assertThat(multivariant(node).renditions()).isEmpty();
    assertThat(codecs(node)).isEqualTo("avc1.64001E");

    node.send(9);
    MediaPlaylist back = node.shown("audio");
    assertThat(UpdateRules.check("audio", silent, back)).isEmpty();
    assertThat(PlaylistRules.live("audio", back)).isEmpty();
    assertThat(back.segments()).noneMatch(Segment::discontinuity);
    assertThat(back.segments().stream().map(Segment::initUri).distinct()).hasSize(1);
    assertThat(back.segments().getLast().gap()).isFalse();
    assertThat(multivariant(node).renditions()).hasSize(1);

    node.end();
    MediaPlaylist ended = node.shown("audio");
    assertThat(ended.ended()).isTrue();
    assertThat(ended.segments().stream().filter(s -> !s.gap()).map(Segment::seconds))
        .satisfies(all -> assertThat(sum(all)).isBetween(17.9, 18.1));
    assertThat(codecs(node)).contains("mp4a.40.2");
    assertThat(node.playlist("audio-2")).isEmpty();
  }

  /** HLS F1, D1, D6: and players go on with the pictures. */
  @Test
  void soundThatIsAwayIsSilenceOnceItHasBeenHeard() {
    LiveNode node = fixture.node(LONG_WINDOW);
    node.publish()
        .send(3, List.of(LiveNode.VIDEO))
        .send(7)
        .send(41.3, List.of(LiveNode.VIDEO))
        .send(7);
    node.awaitSegments("audio", 6);
    assertThat(multivariant(node).renditions()).hasSize(1);
    node.end();
    MediaPlaylist sound = node.shown("audio");

    assertThat(sound.segments().stream().map(Segment::gap)).startsWith(true, true, false);
    assertThat(sound.segments().stream().skip(2))
        .noneMatch(segment -> segment.gap() || segment.discontinuity());
    String base = node.base().orElseThrow() + "audio/";
    SegmentRules rules = new SegmentRules();
    int samples = 0;
    for (Segment segment : sound.segments()) {
      if (!segment.gap()) {
        byte[] header = node.get(base + segment.initUri()).body().getBytes();
        byte[] bytes = node.get(base + segment.uri()).body().getBytes();
        SegmentMedia media = Mp4Reader.read(header, bytes);
        assertThat(rules.accept(segment.uri(), segment, media, false)).isEmpty();
        samples += media.tracks().getFirst().samples().size();
      }
    }
    assertThat(samples).isBetween(2570, 2595);
  }

  /** HLS B8: sound that was heard before a restart, and does not come again with its publisher. */
  @Test
  void soundThatWasHeardBeforeARestartIsSilenceAfterIt() {
    LiveNode node = fixture.node(LONG_WINDOW);
    node.publish().send(9);
    node.awaitSegments("audio", 4);
    node.awaitSegments("video", 4);
    node.kill();
    fixture.clock.advance(Duration.ofSeconds(4));
    node = fixture.node(LONG_WINDOW);
    node.publish().send(9, List.of(LiveNode.VIDEO)).end();

    List<Segment> since =
        node.shown("audio").segments().stream()
            .dropWhile(segment -> !segment.discontinuity())
            .toList();
    assertThat(since).hasSizeGreaterThan(3).noneMatch(Segment::gap);
  }

  /** HLS B8: the publisher that comes again is without sound for a while. */
  @Test
  void soundThatWasHeardIsSilenceBehindAReconnect() {
    LiveNode node = fixture.node(LONG_WINDOW);
    node.publish().send(9).unpublish(EndReason.CONNECTION_LOST).advance(Duration.ofSeconds(1));
    node.publish().send(5, List.of(LiveNode.VIDEO)).send(4).end();
    MediaPlaylist sound = node.shown("audio");

    assertThat(sound.segments()).hasSizeGreaterThan(8).noneMatch(Segment::gap);
    assertThat(onlyDiscontinuity(sound).sequence())
        .isEqualTo(onlyDiscontinuity(node.shown("video")).sequence());
    assertThat(PlaylistRules.live("audio", sound)).isEmpty();
  }

  /** HLS D1, D4: silence is of the encoding that is announced. */
  @Test
  void soundThatIsAwayWhenItsEncodingChangesIsSilenceInTheNewOne() {
    LiveNode node = fixture.node(LONG_WINDOW);
    node.publish().send(9);
    node.announce(LiveNode.VIDEO, OTHER_RATE).send(9, List.of(LiveNode.VIDEO)).end();
    MediaPlaylist sound = node.shown("audio");

    Segment changed = onlyDiscontinuity(sound);
    assertThat(sound.segments()).noneMatch(Segment::gap);
    assertThat(
            sound.segments().stream()
                .filter(segment -> segment.initUri().equals(changed.initUri()))
                .map(Segment::sequence))
        .hasSizeGreaterThan(3)
        .first()
        .isEqualTo(changed.sequence());
  }

  /** HLS M1: who comes after the end gets what there was. */
  @Test
  void soundThatStoppedForGoodIsOfferedAfterTheEnd() {
    LiveNode node = fixture.gapsNode(LONG_WINDOW);
    node.publish().send(9).send(44, List.of(LiveNode.VIDEO));
    node.shown("audio");
    assertThat(multivariant(node).renditions()).isEmpty();

    node.end();
    MediaPlaylist sound = node.shown("audio");

    assertThat(sound.ended()).isTrue();
    assertThat(sound.segments().getFirst().gap()).isFalse();
    assertThat(multivariant(node).renditions()).hasSize(1);
    assertThat(codecs(node)).contains("mp4a.40.2");
  }

  /** HLS B10: its playlist goes on, but there is nothing in it. */
  @Test
  void aRenditionOfNothingButGapsIsNotOfferedAfterTheEnd() {
    LiveNode node = fixture.gapsNode(Duration.ofSeconds(20));
    node.publish().send(9).send(44, List.of(LiveNode.VIDEO));

    node.end();
    MediaPlaylist sound = node.shown("audio");

    assertThat(sound.segments()).allMatch(Segment::gap);
    assertThat(sound.segments()).allMatch(segment -> !segment.initUri().isEmpty());
    assertThat(multivariant(node).renditions()).isEmpty();
    assertThat(codecs(node)).isEqualTo("avc1.64001E");
  }

  /** The encoder says that it has no such track any more. */
  @Test
  void aSecondSoundThatIsTakenOutAndPutBackIsTheSameRendition() {
    LiveNode node = fixture.gapsNode(Duration.ofSeconds(20));
    node.publish(LiveNode.VIDEO, LiveNode.AUDIO, SECOND).send(9);
    node.announce(LiveNode.VIDEO, LiveNode.AUDIO).send(25);
    node.shown("audio-2");
    assertThat(multivariant(node).renditions()).hasSize(2);
    node.send(12);
    MediaPlaylist gone = node.shown("audio-2");
    assertThat(multivariant(node).renditions()).hasSize(1);

    node.announce(LiveNode.VIDEO, LiveNode.AUDIO, SECOND).send(7);
    MediaPlaylist back = node.shown("audio-2");

    assertThat(UpdateRules.check("audio-2", gone, back)).isEmpty();
    assertThat(back.segments().getLast().gap()).isFalse();
    assertThat(back.segments()).noneMatch(Segment::discontinuity);
    assertThat(back.segments().getLast().date())
        .isEqualTo(node.shown("audio").segments().getLast().date());
    assertThat(multivariant(node).renditions()).hasSize(2);
  }

  /** HLS D1, D4, B16. */
  @Test
  void soundThatComesAgainInAnotherFormatIsOneDiscontinuityInTheSameRenditions() {
    LiveNode node = fixture.gapsNode(LONG_WINDOW);
    node.publish().send(9);
    node.announce(LiveNode.VIDEO).send(40);
    node.announce(LiveNode.VIDEO, OTHER_RATE).send(8);
    MediaPlaylist sound = node.shown("audio");
    MediaPlaylist pictures = node.shown("video");

    Segment changed = onlyDiscontinuity(sound);
    assertThat(onlyDiscontinuity(pictures).sequence()).isEqualTo(changed.sequence());
    assertThat(changed.gap()).isFalse();
    assertThat(sound.segments().stream().map(Segment::initUri).distinct()).hasSize(2);
    assertThat(PlaylistRules.live("audio", sound)).isEmpty();
  }

  /** HLS B9, D4: the sound leads meanwhile. */
  @Test
  void aPictureThatIsAwayForLongGoesOnInItsRendition() {
    LiveNode node = fixture.gapsNode(LONG_WINDOW);
    node.publish().send(9);
    MediaPlaylist before = node.shown("video");
    node.send(44, List.of(LiveNode.AUDIO));
    MediaPlaylist dark = node.shown("video");
    assertThat(UpdateRules.check("video", before, dark)).isEmpty();
    assertThat(dark.ended()).isFalse();
    assertThat(codecs(node)).isEqualTo("mp4a.40.2");

    node.send(9).end();
    MediaPlaylist pictures = node.shown("video");
    assertThat(UpdateRules.check("video", dark, pictures)).isEmpty();
    assertThat(pictures.segments().getLast().gap()).isFalse();
    assertThat(pictures.segments()).noneMatch(Segment::discontinuity);
    assertThat(codecs(node)).isEqualTo("avc1.64001E,mp4a.40.2");
  }

  /** HLS B8, D4: the publisher that comes after a restart has no sound, and later it has. */
  @Test
  void aRenditionWhoseTrackIsAwayAfterARestartGoesOn() {
    LiveNode node = fixture.gapsNode(LONG_WINDOW);
    node.publish().send(9);
    MediaPlaylist before = node.awaitSegments("audio", 4);
    node.awaitSegments("video", 4);
    node.kill();
    fixture.clock.advance(Duration.ofSeconds(4));
    node = fixture.gapsNode(LONG_WINDOW);
    node.publishPicturesOnly().send(9);
    MediaPlaylist silent = node.shown("audio");
    MediaPlaylist pictures = node.shown("video");
    assertThat(UpdateRules.check("audio", before, silent)).isEmpty();
    assertThat(silent.nextSequence()).isEqualTo(pictures.nextSequence());
    assertThat(silent.segments().getLast().gap()).isTrue();
    assertThat(silent.segments().getLast().date()).isEqualTo(pictures.segments().getLast().date());

    node.announce(LiveNode.VIDEO, LiveNode.AUDIO).send(7);
    MediaPlaylist sound = node.shown("audio");
    MediaPlaylist seen = node.shown("video");
    assertThat(UpdateRules.check("audio", silent, sound)).isEmpty();
    assertThat(PlaylistRules.live("audio", sound)).isEmpty();
    assertThat(sound.segments().getLast().gap()).isFalse();
    assertThat(sound.segments().stream().filter(Segment::discontinuity).map(Segment::sequence))
        .containsExactlyElementsOf(
            seen.segments().stream()
                .filter(Segment::discontinuity)
                .map(Segment::sequence)
                .toList());
  }

  /** An outage of everything is nobody's silence. */
  @Test
  void everythingIsOfferedWhileThePublisherIsAway() {
    LiveNode node = fixture.node();
    node.publish().send(9);
    node.awaitSegments("video", 4);
    node.unpublish(EndReason.CONNECTION_LOST);
    for (int i = 0; i < 20; i++) {
      node.advance(Duration.ofSeconds(3)).tick();
    }

    assertThat(multivariant(node).renditions()).hasSize(1);
    assertThat(node.playlist("audio").orElseThrow().ended()).isFalse();
  }

  private static double sum(List<? extends java.math.BigDecimal> all) {
    return all.stream().mapToDouble(java.math.BigDecimal::doubleValue).sum();
  }

  private static Segment onlyDiscontinuity(MediaPlaylist playlist) {
    List<Segment> found = playlist.segments().stream().filter(Segment::discontinuity).toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private static MultivariantPlaylist multivariant(LiveNode node) {
    return (MultivariantPlaylist)
        PlaylistReader.read(node.get("/live/one/index.m3u8").body().toString());
  }

  private static String codecs(LiveNode node) {
    return multivariant(node).variants().getFirst().attributes().text("CODECS").orElseThrow();
  }
}
