package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.cue.CueAttribute;
import io.millrace.media.cue.CueRequest;
import io.millrace.media.cue.CueRequest.Kind;
import io.millrace.media.cue.CueTime;
import io.millrace.packager.Cue;
import io.millrace.packager.CueReply;
import io.millrace.packager.CueReply.Reason;
import io.millrace.packager.OriginResponse;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.DateRange;
import io.millrace.validator.hls.DeltaUpdate;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.PlaylistRules;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.hls.UpdateRules;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** HLS S1 to S3, L20 to L22: cue points of a broadcast that is on air. */
class CuesLiveTest {
  private static final CueTime NOW = new CueTime.NextCut();

  @RegisterExtension final LiveFixture fixture = new LiveFixture();
  private LiveNode node;

  @BeforeEach
  void start() {
    node = fixture.node().keyFrameEvery(12).publish().send(6);
    node.shown("video");
  }

  @Test
  void aSpliceOfNowIsTheNextKeyFrameInAllRenditions() {
    CueReply<Cue> reply = announce(splice("break-1", NOW, 30));
    assertThat(reply).isInstanceOf(CueReply.Done.class);
    assertThat(node.shown("video").dateRanges()).isEmpty();

    node.send(1);

    for (String rendition : List.of("video", "audio")) {
      MediaPlaylist playlist = node.shown(rendition);
      DateRange range = playlist.dateRanges().getFirst();
      // The key frame behind 6.0 s; without it the next cut would be at 7.2 s.
      assertThat(playlist.segments().getLast().sequence()).isEqualTo(2);
      assertThat(range.start()).contains(fixture.clock.instant().minusMillis(760));
      assertThat(range.attributes().decimal("PLANNED-DURATION")).hasToString("Optional[30.000]");
      assertThat(range.attributes().text("SCTE35-OUT")).isPresent();
      assertThat(PlaylistRules.live(rendition, playlist)).isEmpty();
    }
    node.send(2);
    Segment cut = node.shown("video").segments().getLast();
    assertThat(cut.sequence()).isEqualTo(3);
    assertThat(cut.date()).isEqualTo(node.shown("video").dateRanges().getFirst().start());
  }

  @Test
  void aPlannedSpliceIsListedAtOnceAndCutAtItsTime() {
    Instant at = fixture.clock.instant().plusMillis(3_120);
    announce(splice("later", new CueTime.At(at), 4.8));

    MediaPlaylist told = node.shown("video");
    assertThat(told.dateRanges()).extracting(DateRange::id).containsExactly("later");
    assertThat(told.dateRanges().getFirst().start()).contains(at);
    List<MediaPlaylist> versions = new ArrayList<>(List.of(told));
    for (int i = 0; i < 30; i++) {
      node.send(0.4);
      versions.add(node.shown("video"));
    }

    MediaPlaylist last = versions.getLast();
    assertThat(last.segments()).extracting(Segment::date).contains(Optional.of(at));
    // It ends by itself, where a segment ends too.
    assertThat(last.dateRanges()).hasSize(2);
    assertThat(last.dateRanges().getLast().attributes().decimal("DURATION"))
        .hasToString("Optional[4.800]");
    assertThat(last.segments())
        .extracting(Segment::date)
        .contains(Optional.of(at.plusMillis(4_800)));
    for (int i = 1; i < versions.size(); i++) {
      assertThat(UpdateRules.check("video", versions.get(i - 1), versions.get(i))).isEmpty();
      assertThat(PlaylistRules.live("video", versions.get(i))).isEmpty();
    }
  }

  /** RFC 8216bis 6.2.1: a playlist is changed by lines behind what it said. */
  @Test
  void aTagKeepsItsPlaceAmongTheSegments() {
    announce(splice("one", NOW, 60));
    List<String> before = List.of();
    for (int i = 0; i < 60; i++) {
      node.send(0.4);
      if (i == 20) {
        announce(CueRequest.of("two", Kind.RANGE, NOW, Optional.empty()));
      }
      node.shown("audio");
      List<String> now = placed("audio");
      List<String> known = before.stream().filter(now::contains).toList();
      List<String> kept = now.stream().filter(before::contains).toList();
      assertThat(kept).isEqualTo(known);
      before = now;
    }
    // What is among the lines that are not written again, and what is before all segments.
    assertThat(before).anyMatch(line -> line.contains("ID=\"one\""));
    int two = before.indexOf(before.stream().filter(l -> l.contains("\"two\"")).findAny().get());
    assertThat(two).isBetween(3, before.size() - 3);
  }

  private List<String> placed(String rendition) {
    String text = node.get(node.base().orElseThrow() + rendition + "/index.m3u8").body().toString();
    return text.lines()
        .filter(line -> !line.startsWith("#") || line.startsWith("#EXT-X-DATERANGE"))
        .toList();
  }

  @Test
  void anEarlyReturnIsCutAndSignalled() {
    announce(splice("break", NOW, 60));
    node.send(3);
    MediaPlaylist before = node.shown("video");

    CueReply<Optional<Cue>> ended = LiveNode.await(node.cues.end(LiveNode.STREAM, "break", NOW));
    node.send(1);

    assertThat(((CueReply.Done<Optional<Cue>>) ended).value()).isPresent();
    MediaPlaylist after = node.shown("video");
    DateRange closing = after.dateRanges().getLast();
    assertThat(closing.attributes().text("SCTE35-IN")).isPresent();
    assertThat(closing.attributes().decimal("DURATION")).hasToString("Optional[2.880]");
    assertThat(UpdateRules.check("video", before, after)).isEmpty();
    assertThat(PlaylistRules.live("video", after)).isEmpty();
    assertThat(LiveNode.await(node.cues.end(LiveNode.STREAM, "break", NOW)))
        .matches(reply -> reason(reply) == Reason.UNKNOWN);
  }

  @Test
  void oneThatIsCancelledBeforeItStartsIsGone() {
    announce(splice("planned", in(20), 30));
    MediaPlaylist before = node.shown("video");
    assertThat(before.dateRanges()).hasSize(1);

    CueReply<Optional<Cue>> ended = LiveNode.await(node.cues.end(LiveNode.STREAM, "planned", NOW));

    assertThat(((CueReply.Done<Optional<Cue>>) ended).value()).isEmpty();
    MediaPlaylist after = node.shown("video");
    assertThat(after.dateRanges()).isEmpty();
    assertThat(UpdateRules.check("video", before, after)).isEmpty();
    assertThat(reason(announce(splice("planned", in(20), 30)))).isEqualTo(Reason.TAKEN);
  }

  /** HLS L21. */
  @Test
  void aDeltaUpdateOfRangesLeavesOutWhatIsKnownAndNamesWhatIsGone() {
    announce(splice("old", NOW, 120));
    node.send(20);
    announce(splice("cancelled", in(20), 5));
    node.shown("video");
    LiveNode.await(node.cues.end(LiveNode.STREAM, "cancelled", NOW));
    announce(splice("new", in(20), 5));

    for (String directive : List.of("YES", "v2")) {
      MediaPlaylist full = node.shown("video");
      boolean ranges = directive.equals("v2");
      OriginResponse answer =
          LiveNode.await(
              node.ask(node.base().orElseThrow() + "video/index.m3u8", "_HLS_skip=" + directive));
      MediaPlaylist delta = PlaylistReader.readMedia(answer.body().toString());

      assertThat(DeltaUpdate.check("video", full, delta, ranges))
          .extracting(Violation::rule)
          .isSubsetOf(Rule.L22_MAP);
      assertThat(delta.dateRanges())
          .extracting(DateRange::id)
          .containsExactlyElementsOf(ranges ? List.of("new") : List.of("old", "new"));
      assertThat(answer.body().toString().contains("RECENTLY-REMOVED-DATERANGES=\"cancelled\""))
          .isEqualTo(ranges);
    }
  }

  @Test
  void theSameRequestAgainIsTheSameCuePoint() {
    CueRequest request =
        splice("ad", in(5), 30).with("com.example.ad", Map.of("X-AD", new CueAttribute.Text("7")));
    assertThat(announce(request)).matches(reply -> ((CueReply.Done<Cue>) reply).isNew());

    CueReply.Done<Cue> again = (CueReply.Done<Cue>) announce(request);

    assertThat(again.isNew()).isFalse();
    assertThat(again.value().attributes()).containsKey("X-AD");
    assertThat(reason(announce(splice("ad", in(5), 30)))).isEqualTo(Reason.TAKEN);
    assertThat(node.shown("video").dateRanges()).hasSize(1);
    assertThat(((CueReply.Done<List<Cue>>) LiveNode.await(node.cues.list(LiveNode.STREAM))).value())
        .extracting(Cue::id)
        .containsExactly("ad");
  }

  @Test
  void refusesWhatCannotBe() {
    assertThat(announce(splice("past", in(-3), 30)))
        .isEqualTo(
            new CueReply.Refused<>(
                Reason.UNUSABLE,
                "start: the media is 2.960 s past it; leave it out to splice at the next cut"));
    assertThat(reason(announce(splice("far", in(90_000), 30)))).isEqualTo(Reason.UNUSABLE);
    CueRequest wrong =
        new CueRequest(
            "section",
            Kind.SPLICE,
            "",
            NOW,
            Optional.empty(),
            false,
            Optional.of(Buffer.buffer("no section")),
            new java.util.TreeMap<>());
    assertThat(((CueReply.Refused<Cue>) announce(wrong)).words()).startsWith("scte35: ");
    assertThat(
            reason(
                LiveNode.await(
                    node.cues.announce(
                        new io.millrace.media.StreamKey("live", "other"), splice("a", NOW, 1)))))
        .isEqualTo(Reason.OFF_AIR);
    for (int i = 0; i < 1000; i++) {
      CueReply<Cue> reply = announce(splice("id-" + i, in(100 + i), 1));
      if (!(reply instanceof CueReply.Done)) {
        assertThat(i).isGreaterThan(200);
        assertThat(reason(reply)).isEqualTo(Reason.FULL);
        return;
      }
    }
    assertThat(reason(announce(splice("one-more", in(9), 1)))).isEqualTo(Reason.FULL);
  }

  /** What was told to be done outlives kill -9, and goes on as it was said. */
  @Test
  void cuePointsGoOnAfterAKill() {
    announce(splice("running", NOW, 60));
    node.send(3);
    // A key frame of the next publisher, who is on air 2 s later than the media would have been.
    announce(splice("planned", in(15.44), 4.8));
    LiveNode.await(node.cues.end(LiveNode.STREAM, "nobody", NOW));
    MediaPlaylist before = node.shown("video");
    node.kill();
    fixture.clock.advance(Duration.ofSeconds(2));

    LiveNode next = fixture.node().keyFrameEvery(12);
    MediaPlaylist taken = next.shown("video");
    assertThat(attributes(taken)).containsAllEntriesOf(attributes(before));
    // Of parts nothing outlives a kill.
    assertThat(UpdateRules.check("video", before, taken))
        .extracting(violation -> violation.rule().id())
        .containsOnly("L9");
    next.publish().send(20);

    MediaPlaylist after = next.shown("video");
    assertThat(UpdateRules.check("video", taken, after)).isEmpty();
    assertThat(PlaylistRules.live("video", after)).isEmpty();
    assertThat(after.dateRanges()).extracting(DateRange::id).contains("running", "planned");
    CueReply<Cue> known =
        LiveNode.await(next.cues.announce(LiveNode.STREAM, splice("running", NOW, 60)));
    assertThat(((CueReply.Done<Cue>) known).isNew()).isFalse();
    LiveNode.await(next.cues.end(LiveNode.STREAM, "running", NOW));
    next.send(1);
    MediaPlaylist ended = next.shown("video");
    assertThat(PlaylistRules.live("video", ended)).isEmpty();
    assertThat(UpdateRules.check("video", after, ended)).isEmpty();
    assertThat(ended.dateRanges().getLast().attributes().text("SCTE35-IN")).isPresent();
  }

  @Test
  void aBroadcastThatHasEndedKeepsItsCuePoints() {
    announce(splice("running", NOW, 60));
    node.send(3);
    node.end();
    MediaPlaylist ended =
        LiveNode.awaitPresent(() -> node.playlist("video").filter(MediaPlaylist::ended));
    assertThat(ended.dateRanges()).hasSize(2);
    assertThat(ended.dateRanges().getLast().attributes().text("DURATION")).isPresent();
    assertThat(reason(announce(splice("late", NOW, 1)))).isEqualTo(Reason.OFF_AIR);
    node.kill();

    assertThat(fixture.node().playlist("video").orElseThrow().dateRanges())
        .extracting(DateRange::attributes)
        .isEqualTo(ended.dateRanges().stream().map(DateRange::attributes).toList());
  }

  @Test
  void aManifestHasThemAsEvents() {
    announce(splice("break", in(1), 30));
    node.send(4);
    node.shown("video");

    String manifest = node.get("/live/one/manifest.mpd").body().toString();

    assertThat(manifest)
        .containsOnlyOnce("<EventStream schemeIdUri=\"urn:scte:scte35:2014:xml+bin\"")
        .contains(" duration=\"30000\" id=\"2\">");
  }

  private CueTime in(double seconds) {
    return new CueTime.At(fixture.clock.instant().plusMillis(Math.round(seconds * 1000)));
  }

  private static CueRequest splice(String id, CueTime start, double seconds) {
    return CueRequest.of(
        id, Kind.SPLICE, start, Optional.of(Duration.ofMillis(Math.round(seconds * 1000))));
  }

  private CueReply<Cue> announce(CueRequest request) {
    return LiveNode.await(node.cues.announce(LiveNode.STREAM, request));
  }

  private static Reason reason(CueReply<?> reply) {
    return ((CueReply.Refused<?>) reply).reason();
  }

  private static Map<String, Map<String, String>> attributes(MediaPlaylist playlist) {
    Map<String, Map<String, String>> all = new java.util.HashMap<>();
    for (DateRange range : playlist.dateRanges()) {
      all.computeIfAbsent(range.id(), id -> new java.util.HashMap<>())
          .putAll(range.attributes().values());
    }
    return all;
  }
}
