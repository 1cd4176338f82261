package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.EndReason;
import io.millrace.media.LanguageTag;
import io.millrace.media.StreamProfile;
import io.millrace.media.TrackLabel;
import io.millrace.media.TrackLabels;
import io.millrace.packager.OriginResponse;
import io.millrace.packager.PackagerConfig.Container;
import io.millrace.testkit.captions.CaptionNal;
import io.millrace.testkit.captions.CcData;
import io.millrace.testkit.captions.DtvccEncoder;
import io.millrace.testkit.captions.Line21Encoder;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.MultivariantPlaylist;
import io.millrace.validator.hls.MultivariantRules;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.PlaylistRules;
import io.millrace.validator.hls.PresentationRules;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.hls.UpdateRules;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Captions of a stream's pictures, 25 a second, as a rendition of its own. */
class CaptionLiveTest {
  @RegisterExtension final LiveFixture fixture = new LiveFixture();

  @Test
  void haveASegmentForEachOfThePicture() {
    LiveNode node = fixture.node();
    node.publish().speak(line(1, "first", 65)).send(13);
    MediaPlaylist text = node.awaitSegments("text-cc1", 6);
    MediaPlaylist video = node.awaitSegments("video", 6);

    assertThat(starts(text)).isEqualTo(starts(video));
    assertThat(PlaylistRules.live("text", text)).isEmpty();
    assertThat(PresentationRules.check(Map.of("text", text, "video", video))).isEmpty();
    assertThat(cues(node, "text-cc1", 0)).containsExactly("00:00:10.360 --> 00:00:12.000 first");
    assertThat(cues(node, "text-cc1", 1)).containsExactly("00:00:12.000 --> 00:00:12.600 first");
    assertThat(cues(node, "text-cc1", 2)).isEmpty();
    // HLS D8: the map is that of the pictures beside it.
    assertThat(segment(node, "text-cc1", 2).body().toString())
        .isEqualTo("WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:14.000,MPEGTS:1260000\n\n");
    assertThat(segment(node, "text-cc1", 2).headers())
        .containsEntry("content-type", "text/vtt")
        .containsEntry("cache-control", segment(node, "video", 2).headers().get("cache-control"));
  }

  /** HLS M4: both groups, in every variant. */
  @Test
  void areDeclaredInThePictureAndAsText() {
    LiveNode node = fixture.node();
    node.publish().speak(line(1, "first", 0)).speak(service(1, "second")).send(5);
    node.awaitSegments("text-service1", 2);
    MultivariantPlaylist playlist = multivariant(node);

    assertThat(MultivariantRules.check("m", playlist)).isEmpty();
    assertThat(playlist.variants().getFirst().attributes().text("CLOSED-CAPTIONS"))
        .contains("captions");
    assertThat(playlist.variants().getFirst().attributes().text("SUBTITLES")).contains("text");
    assertThat(
            playlist.renditions().stream()
                .filter(each -> each.text("TYPE").equals(Optional.of("CLOSED-CAPTIONS")))
                .map(
                    each -> each.text("GROUP-ID").orElse("") + each.text("INSTREAM-ID").orElse("")))
        .containsExactly("captionsCC1", "captionsSERVICE1");
    assertThat(
            playlist.renditions().stream()
                .filter(each -> each.text("TYPE").equals(Optional.of("SUBTITLES")))
                .map(each -> each.text("URI").orElse("").replaceAll(".*/b/[^/]*/", "")))
        .allMatch(uri -> uri.endsWith("/index.m3u8"))
        .hasSize(2);
  }

  // HLS M4, DASH R4
  @Test
  void haveTheLanguagesOfTheirStreamsProfile() {
    Map<String, TrackLabel> labels =
        Map.of(
            "cc1", TrackLabel.of(LanguageTag.of("en")),
            "service1", TrackLabel.of(LanguageTag.of("de")));
    LiveNode node =
        fixture
            .node()
            .wanting(
                new StreamProfile(Optional.empty(), Optional.empty(), new TrackLabels(labels)));
    node.publish().speak(line(1, "first", 0)).speak(service(1, "second")).send(5);
    node.awaitSegments("text-service1", 2);
    MultivariantPlaylist playlist = multivariant(node);

    assertThat(MultivariantRules.check("m", playlist)).isEmpty();
    assertThat(
            playlist.renditions().stream()
                .filter(each -> !each.text("TYPE").equals(Optional.of("AUDIO")))
                .map(each -> each.text("NAME").orElse("") + " " + each.text("LANGUAGE").orElse("")))
        .containsExactly("English en", "Deutsch de", "English en", "Deutsch de");
    assertThat(node.get("/live/one/manifest.mpd").body().toString())
        .contains("cea-608:2015\" value=\"CC1=eng\"", "cea-708:2015\" value=\"1=lang:ger\"");
  }

  /** HLS M4: nothing is declared that nobody has seen; what has been seen stays. */
  @Test
  void beginWhereTheyAreSeenFirst() {
    LiveNode node = fixture.node();
    node.publish().send(7);
    node.awaitSegments("video", 3);
    assertThat(node.get("/live/one/index.m3u8").body().toString()).contains("CLOSED-CAPTIONS=NONE");
    node.unpublish(EndReason.CONNECTION_LOST);
    node.advance(Duration.ofSeconds(5)).tick();
    node.publish().speak(List.of(CaptionNal.avc(List.of(new CcData(true, 0, 0x80, 0x80))))).send(5);
    assertThat(node.playlist("text-cc1")).isEmpty();

    node.speak(line(1, "late", 0)).send(12);
    MediaPlaylist video = node.awaitSegments("video", 12);
    MediaPlaylist text = node.awaitSegments("text-cc1", 12);

    assertThat(text.firstSequence()).isGreaterThan(5);
    // HLS D4
    assertThat(text.discontinuitySequence()).contains(1L);
    assertThat(PresentationRules.check(Map.of("text", text, "video", video))).isEmpty();
    assertThat(node.get("/live/one/index.m3u8").body().toString())
        .doesNotContain("NONE")
        .contains("/text-cc1/index.m3u8\"");
  }

  @Test
  void areTheSameBesideMpegTs() {
    LiveNode node = new LiveNode(fixture.store(), fixture.clock, Container.TS);
    try {
      node.publish().speak(line(1, "first", 65)).send(9);
      MediaPlaylist text = node.awaitSegments("text-cc1", 4);
      MediaPlaylist video = node.awaitSegments("video", 4);

      assertThat(starts(text)).isEqualTo(starts(video));
      assertThat(text.segments()).extracting(Segment::uri).contains("0-1.vtt", "1-1.vtt");
      assertThat(cues(node, "text-cc1", 0)).containsExactly("00:00:10.360 --> 00:00:12.000 first");
      assertThat(cues(node, "text-cc1", 1)).containsExactly("00:00:12.000 --> 00:00:12.600 first");
    } finally {
      node.kill();
    }
  }

  /** HLS B9 */
  @Test
  void areGapsWhereThePictureIs() {
    LiveNode node = fixture.node();
    node.publish().speak(line(1, "before", 0)).send(5);
    node.send(6, List.of(LiveNode.AUDIO)).send(9);
    MediaPlaylist video = node.awaitSegments("video", 8);
    MediaPlaylist text = node.awaitSegments("text-cc1", 8);

    assertThat(video.segments()).extracting(Segment::gap).contains(true);
    assertThat(text.segments().stream().map(Segment::gap).toList())
        .isEqualTo(video.segments().stream().map(Segment::gap).toList());
    assertThat(starts(text)).isEqualTo(starts(video));
    assertThat(text.segments()).allMatch(each -> each.parts().isEmpty());
    assertThat(PresentationRules.check(Map.of("text", text, "video", video))).isEmpty();
  }

  /** What was shown when its source was lost is not shown when it comes again. */
  @Test
  void endWithTheirSource() {
    LiveNode node = fixture.node();
    node.publish().speak(line(1, "before", 0)).send(5);
    node.unpublish(EndReason.CONNECTION_LOST);
    node.advance(Duration.ofSeconds(5)).tick();
    node.publish().send(7);
    MediaPlaylist text = node.awaitSegments("text-cc1", 6);

    int resumed = (int) text.segments().stream().takeWhile(each -> !each.discontinuity()).count();
    assertThat(resumed).isBetween(3, 6);
    assertThat(text.segments()).extracting(Segment::gap).contains(true);
    assertThat(text.segments()).allMatch(each -> each.parts().isEmpty());
    assertThat(text.nextParts()).isEmpty();
    assertThat(cues(node, "text-cc1", 1)).containsExactly("00:00:12.000 --> 00:00:14.000 before");
    assertThat(text.segments().subList(resumed, text.segments().size()))
        .allSatisfy(each -> assertThat(cues(node, "text-cc1", each.sequence())).isEmpty());
  }

  /** HLS B4, B5, B9: as if the process had been killed. */
  @Test
  void goOnAfterARestart() {
    LiveNode node = fixture.node();
    node.publish().speak(line(1, "before", 0)).send(9);
    node.awaitSegments("video", 4);
    MediaPlaylist before = node.awaitSegments("text-cc1", 4);
    String base = node.base().orElseThrow();
    String stored = "main" + base.replace("/b/", "/") + "text-cc1/3-1.vtt";
    LiveNode.awaitPresent(() -> LiveNode.await(fixture.store().head(stored)));
    node.kill();

    LiveNode next = fixture.node();
    MediaPlaylist recovered = next.shown("text-cc1");
    assertThat(UpdateRules.check("text", before, recovered)).isEmpty();
    assertThat(cues(next, "text-cc1", 0)).containsExactly("00:00:10.360 --> 00:00:12.000 before");
    next.publish().speak(line(1, "after", 0)).send(9);
    MediaPlaylist video = next.awaitSegments("video", 9);
    MediaPlaylist text = next.awaitSegments("text-cc1", 9);

    assertThat(UpdateRules.check("text", recovered, text)).isEmpty();
    assertThat(starts(text)).isEqualTo(starts(video));
    assertThat(PresentationRules.check(Map.of("text", text, "video", video))).isEmpty();
    assertThat(
            text.segments().stream()
                .filter(each -> !each.gap())
                .flatMap(each -> cues(next, "text-cc1", each.sequence()).stream()))
        .anyMatch(cue -> cue.endsWith(" after"));
  }

  /** Sound comes back before the picture does. */
  @Test
  void waitForThePictureAfterARestart() {
    LiveNode node = fixture.node();
    node.publish().speak(line(1, "before", 0)).send(9);
    node.awaitSegments("text-cc1", 4);
    node.kill();

    LiveNode next = fixture.node();
    next.publish(LiveNode.AUDIO).send(7).announce(LiveNode.VIDEO, LiveNode.AUDIO).send(8);
    MediaPlaylist video = next.awaitSegments("video", 10);
    MediaPlaylist text = next.awaitSegments("text-cc1", 10);

    assertThat(video.segments()).extracting(Segment::gap).contains(true);
    assertThat(text.segments().stream().map(Segment::gap).toList())
        .isEqualTo(video.segments().stream().map(Segment::gap).toList());
    assertThat(PresentationRules.check(Map.of("text", text, "video", video))).isEmpty();
  }

  /** HLS B11: they leave the playlist and the store with the pictures beside them. */
  @Test
  void expireWithThePicture() {
    LiveNode node = fixture.node(Duration.ofSeconds(12));
    node.publish().speak(line(1, "first", 0)).send(30);
    MediaPlaylist video = node.awaitSegments("video", 14);
    MediaPlaylist text = node.awaitSegments("text-cc1", 14);
    String key = "main" + node.base().orElseThrow().replace("/b/", "/") + "text-cc1/0-1.vtt";

    assertThat(text.firstSequence()).isEqualTo(video.firstSequence()).isPositive();
    node.send(30).tick();
    Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .until(() -> LiveNode.await(fixture.store().head(key)).isEmpty());
  }

  /** DASH R4, P2: in the picture; that text begins there is no reason for another period. */
  @Test
  void areDeclaredOnThePictureOfTheManifest() {
    LiveNode node = fixture.node();
    node.publish().send(5);
    node.awaitSegments("video", 2);
    assertThat(node.get("/live/one/manifest.mpd").body().toString()).doesNotContain("urn:scte");

    node.speak(line(1, "first", 0)).speak(line(2, "other", 0)).speak(service(2, "third")).send(9);
    node.awaitSegments("text-service2", 6);
    String manifest = node.get("/live/one/manifest.mpd").body().toString();

    assertThat(manifest)
        .containsOnlyOnce("<Period ")
        .containsOnlyOnce(
            "<Accessibility schemeIdUri=\"urn:scte:dash:cc:cea-608:2015\" value=\"CC1=und;CC2=und\"/>")
        .containsOnlyOnce(
            "<Accessibility schemeIdUri=\"urn:scte:dash:cc:cea-708:2015\" value=\"2=lang:und\"/>")
        .doesNotContain("text-");
    assertThat(manifest.indexOf("<Accessibility")).isLessThan(manifest.indexOf("id=\"video\""));
  }

  /** HLS D7, L13, L23: whole segments, waited for and told of as those of the others are. */
  @Test
  void listNoPartsInLowLatency() {
    LiveNode node = fixture.node();
    node.publish().speak(line(1, "first", 0)).send(5);
    MediaPlaylist text = node.awaitSegments("text-cc1", 2);
    MediaPlaylist video = node.awaitSegments("video", 2);
    String body = node.get(node.base().orElseThrow() + "text-cc1/index.m3u8").body().toString();

    assertThat(text.serverControl()).isPresent().isEqualTo(video.serverControl());
    assertThat(body).doesNotContain("EXT-X-PART").doesNotContain("PRELOAD-HINT");
    assertThat(body).contains("#EXT-X-RENDITION-REPORT:URI=\"../video/index.m3u8\",LAST-MSN=2");
    assertThat(node.get(node.base().orElseThrow() + "video/index.m3u8").body().toString())
        .contains("#EXT-X-RENDITION-REPORT:URI=\"../text-cc1/index.m3u8\",LAST-MSN=1\n");
    var held =
        node.ask(node.base().orElseThrow() + "text-cc1/index.m3u8", "_HLS_msn=2&_HLS_part=0");
    assertThat(held.isComplete()).isFalse();
    node.send(2);
    assertThat(LiveNode.await(held).body().toString()).contains("\n2-1.vtt\n");
  }

  /** Nothing of it is written, and nothing else is harmed. */
  @Test
  void thatAreDamagedHarmNobody() {
    Random random = new Random(7);
    List<byte[]> noise =
        new java.util.ArrayList<>(
            random
                .ints(120, 1, 90)
                .mapToObj(
                    length -> {
                      byte[] unit = CaptionNal.userData(new byte[length]);
                      for (int i = 1; i < unit.length; i += 3) {
                        unit[i] = (byte) random.nextInt(256);
                      }
                      return CaptionNal.unit(new byte[] {6}, 4, unit);
                    })
                .toList());
    noise.add(new byte[] {6, 4, -1, -1, -1});
    noise.add(new byte[] {6});
    LiveNode node = fixture.node();
    node.publish().speak(noise).speak(line(1, "sane", 0)).send(13);
    MediaPlaylist video = node.awaitSegments("video", 6);

    assertThat(video.segments()).noneMatch(Segment::gap).hasSize(6);
    assertThat(PlaylistRules.live("video", video)).isEmpty();
    assertThat(node.metric("millrace_packager_captions_damaged")).isPositive();
    MediaPlaylist text = node.awaitSegments("text-cc1", 6);
    assertThat(
            text.segments().stream()
                .flatMap(each -> cues(node, "text-cc1", each.sequence()).stream()))
        .anyMatch(cue -> cue.endsWith(" sane"));
  }

  /**
   * A caption that pops on with the twelfth picture or so.
   *
   * @param erasedAt the picture that takes it away; 0 where none does
   */
  private static List<byte[]> line(int channel, String text, int erasedAt) {
    Line21Encoder encoder = new Line21Encoder(channel);
    encoder.popOn().eraseHidden().at(15, 0).text(text).endOfCaption();
    List<CcData> pairs = encoder.take();
    List<byte[]> units =
        new java.util.ArrayList<>(pairs.stream().map(CaptionLiveTest::unit).toList());
    if (erasedAt > 0) {
      while (units.size() < erasedAt) {
        units.add(unit(new CcData(true, 0, 0x80, 0x80)));
      }
      encoder.eraseShown().take().forEach(pair -> units.add(unit(pair)));
    }
    return units;
  }

  private static List<byte[]> service(int number, String text) {
    DtvccEncoder encoder = new DtvccEncoder().service(number);
    encoder.define(0, true, 0, 100, 0, 1, 32).text(text).codes(0x03);
    return List.of(CaptionNal.avc(encoder.packet()));
  }

  private static byte[] unit(CcData pair) {
    return CaptionNal.avc(List.of(pair));
  }

  private static List<String> starts(MediaPlaylist list) {
    return list.segments().stream()
        .map(each -> each.sequence() + " " + each.date().orElseThrow() + " " + each.seconds())
        .toList();
  }

  private static MultivariantPlaylist multivariant(LiveNode node) {
    return (MultivariantPlaylist)
        PlaylistReader.read(node.get("/live/one/index.m3u8").body().toString());
  }

  private static OriginResponse segment(LiveNode node, String rendition, long msn) {
    MediaPlaylist list = node.playlist(rendition).orElseThrow();
    Segment segment =
        list.segments().stream().filter(each -> each.sequence() == msn).findFirst().orElseThrow();
    OriginResponse answer = node.get(node.base().orElseThrow() + rendition + "/" + segment.uri());
    assertThat(answer.status()).isEqualTo(200);
    return answer;
  }

  /** Times and text. */
  private static List<String> cues(LiveNode node, String rendition, long msn) {
    String[] blocks = segment(node, rendition, msn).body().toString().split("\n\n", -1);
    return List.of(blocks).subList(1, blocks.length).stream()
        .filter(block -> !block.isBlank())
        .map(block -> block.strip().replaceAll(" line:.*", "").replace('\n', ' '))
        .toList();
  }
}
