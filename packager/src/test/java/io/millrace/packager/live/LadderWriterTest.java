package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.EndReason;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.MultivariantPlaylist;
import io.millrace.validator.hls.Part;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.PlaylistRules;
import io.millrace.validator.hls.PresentationRules;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.hls.UpdateRules;
import io.millrace.validator.mp4.Mp4Fragment;
import io.millrace.validator.mp4.Mp4Track;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A rung beside a live source. */
class LadderWriterTest {
  private static final String RUNG = "video-240p";
  private static final int LAG = 8;

  @RegisterExtension final LiveFixture fixture = new LiveFixture();
  private final EchoingRungs rungs = new EchoingRungs(LAG);

  // HLS D4, D7, M7; DASH R2
  @Test
  void aRungIsAVariantCutAsTheSourceIs() {
    LiveNode node = fixture.nodeWithRung(rungs);
    node.publish().send(9);

    MediaPlaylist rung = node.awaitSegments(RUNG, 4);
    MediaPlaylist source = node.awaitSegments("video", 4);
    agree(source, rung);
    assertThat(rung.segments()).noneMatch(Segment::gap);
    assertThat(variants(node)).containsExactly("video", RUNG);
    String manifest = node.get("/live/one/manifest.mpd").body().toString();
    assertThat(manifest.split("</AdaptationSet>", -1)[0])
        .contains("<Representation id=\"video\"", "<Representation id=\"" + RUNG + "\"");
    String base = node.base().orElseThrow();
    for (Segment segment : rung.segments()) {
      assertThat(node.get(base + RUNG + "/" + segment.uri()).status()).isEqualTo(200);
      assertThat(node.get(base + RUNG + "/" + segment.initUri()).status()).isEqualTo(200);
    }
  }

  /** Wherever the source is cut, there is a key frame in the rung. HLS D7, M3 */
  @Test
  void segmentsOfARungStartWithKeyFramesThoughThoseOfTheSourceDoNot() {
    LiveNode node = fixture.nodeWithRung(rungs).keyFrameEvery(750);
    node.publish();
    for (int i = 0; i < 62; i++) {
      node.send(1).tick();
    }

    MediaPlaylist source = node.awaitSegments("video", 5);
    MediaPlaylist rung = node.awaitSegments(RUNG, 5);
    agree(source, rung);
    assertThat(source.segments().stream().filter(segment -> starts(node, "video", segment)))
        .hasSizeLessThan(source.segments().size());
    assertThat(rung.segments()).allMatch(segment -> starts(node, RUNG, segment));
  }

  /** Whether a segment starts with a key frame. */
  private static boolean starts(LiveNode node, String rendition, Segment segment) {
    String folder = node.base().orElseThrow() + rendition + "/";
    byte[] init = node.get(folder + segment.initUri()).body().getBytes();
    byte[] file = node.get(folder + segment.uri()).body().getBytes();
    return Mp4Fragment.read(Mp4Track.read(init), file).getFirst().samples().getFirst().sync();
  }

  @Test
  void playersAreNotToldBeforeTheFirstRungsAreThereOrThreeSecondsHavePassed() {
    rungs.die();
    LiveNode node = fixture.nodeWithRung(rungs);
    node.publish().send(2.2);
    assertThat(LiveNode.await(node.writers.shown().map(true))).isTrue();
    assertThat(node.get("/live/one/index.m3u8").status()).isEqualTo(503);

    node.send(3.1).tick();

    LiveNode.awaitPresent(node::base);
    assertThat(variants(node)).containsExactly("video");
  }

  // HLS B9, D4
  @Test
  void aRungThatDiesHasGapsAndTheSourceHasNone() {
    LiveNode node = fixture.nodeWithRung(rungs);
    node.publish().send(7);
    rungs.die();
    for (int i = 0; i < 8; i++) {
      node.send(1).tick();
    }
    rungs.live();
    for (int i = 0; i < 10; i++) {
      node.send(1).tick();
    }

    MediaPlaylist source = node.awaitSegments("video", 12);
    MediaPlaylist rung = node.awaitSegments(RUNG, 12);
    agree(source, rung);
    assertThat(source.segments()).noneMatch(Segment::gap);
    assertThat(rung.segments().stream().filter(Segment::gap)).hasSizeBetween(2, 5);
    assertThat(rung.segments().getFirst().gap()).isFalse();
    assertThat(rung.segments().getLast().gap()).isFalse();
    assertThat(rung.segments()).noneMatch(Segment::discontinuity);
  }

  // HLS B5, B9, L6, L7
  @Test
  void aRungThatIsAwayListsGapsPartByPartAndKeepsThePartsThatItHad() {
    LiveNode node = fixture.nodeWithRung(rungs);
    node.publish().send(7);
    String folder = LiveNode.awaitPresent(node::base) + RUNG + "/";
    rungs.die();
    MediaPlaylist before = node.shown(RUNG);
    List<Part> seen = before.nextParts();
    assertThat(seen).isNotEmpty().noneMatch(Part::gap);
    int longest = 0;
    int since = 0;
    for (int i = 0; i < 260; i++) {
      if (i == 150) {
        rungs.live();
      }
      MediaPlaylist now = node.send(0.04).tick().shown(RUNG);
      assertThat(PlaylistRules.live(RUNG, now)).isEmpty();
      assertThat(UpdateRules.check(RUNG, before, now)).isEmpty();
      since = now.lastPart().equals(before.lastPart()) ? since + 1 : 0;
      longest = Math.max(longest, since);
      before = now;
    }

    // Less than a second and a half of patience, and a second more.
    assertThat(longest * 40).isLessThan(2_600);
    Segment broken = before.segments().stream().filter(Segment::gap).findFirst().orElseThrow();
    assertThat(broken.parts().stream().filter(part -> !part.gap()))
        .isNotEmpty()
        .allMatch(part -> node.get(folder + part.uri()).status() == 200);
    assertThat(node.get(folder + broken.uri()).status()).isEqualTo(404);
    assertThat(before.segments().getLast().gap()).isFalse();
  }

  // HLS B9, D3, D4
  @Test
  void lostTimeOfTheSourceIsLostInAll() {
    LiveNode node = fixture.nodeWithRung(rungs);
    node.publish().send(7);
    node.awaitSegments(RUNG, 2);
    node.unpublish(EndReason.CONNECTION_LOST);
    for (int i = 0; i < 5; i++) {
      node.advance(Duration.ofSeconds(2)).tick();
    }
    node.publish().send(7).tick();

    MediaPlaylist source = node.shown("video");
    MediaPlaylist rung = node.awaitSegments(RUNG, source.nextSequence());
    agree(source, rung);
    assertThat(rung.segments().stream().filter(Segment::discontinuity)).hasSize(1);
    assertThat(rung.segments().stream().map(Segment::gap).toList())
        .isEqualTo(source.segments().stream().map(Segment::gap).toList());
  }

  @Test
  void theEndIsToldWhenTheRungHasEnded() {
    LiveNode node = fixture.nodeWithRung(rungs);
    node.publish().send(7);
    node.awaitSegments(RUNG, 2);
    node.end();
    node.tick();

    MediaPlaylist source = node.shown("video");
    MediaPlaylist rung = node.shown(RUNG);
    assertThat(source.ended()).isTrue();
    assertThat(rung.ended()).isTrue();
    agree(source, rung);
    assertThat(rung.segments()).noneMatch(Segment::gap);
  }

  // HLS B4, D9
  @Test
  void aRungGoesOnBehindACrash() {
    LiveNode node = fixture.nodeWithRung(rungs);
    node.publish().send(9);
    node.awaitSegments(RUNG, 4);
    MediaPlaylist before = node.awaitSegments("video", 4);
    node.kill();

    node = fixture.nodeWithRung(rungs);
    assertThat(node.playlist(RUNG)).isPresent();
    assertThat(variants(node)).containsExactly("video", RUNG);
    node.publish();
    for (int i = 0; i < 12; i++) {
      node.send(1).tick();
    }

    MediaPlaylist source = node.awaitSegments("video", before.nextSequence() + 5);
    MediaPlaylist rung = node.awaitSegments(RUNG, source.nextSequence());
    assertThat(rung.firstSequence()).isEqualTo(source.firstSequence());
    assertThat(rung.segments().getLast().gap()).isFalse();
    assertThat(rung.segments().stream().map(Segment::discontinuity).toList())
        .isEqualTo(source.segments().stream().map(Segment::discontinuity).toList());
  }

  /** Numbers, durations and discontinuities, as far as both are listed. */
  private static void agree(MediaPlaylist source, MediaPlaylist rung) {
    assertThat(PresentationRules.check(Map.of("source", source, "rung", rung))).isEmpty();
    int both = Math.min(source.segments().size(), rung.segments().size());
    for (int i = 0; i < both; i++) {
      Segment one = source.segments().get(i);
      Segment two = rung.segments().get(i);
      assertThat(two.sequence()).isEqualTo(one.sequence());
      assertThat(two.seconds()).isEqualTo(one.seconds());
      assertThat(two.discontinuity()).isEqualTo(one.discontinuity());
      assertThat(two.date()).isEqualTo(one.date());
    }
  }

  private static List<String> variants(LiveNode node) {
    return ((MultivariantPlaylist)
            PlaylistReader.read(node.get("/live/one/index.m3u8").body().toString()))
        .variants().stream()
            .map(variant -> variant.uri().replaceAll("b/[^/]+/|/index.m3u8", ""))
            .toList();
  }
}
