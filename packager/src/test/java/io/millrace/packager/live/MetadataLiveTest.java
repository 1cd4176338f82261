package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.cue.CueTime;
import io.millrace.media.cue.MetadataRequest;
import io.millrace.media.cue.TimedMetadata;
import io.millrace.packager.CueReply;
import io.millrace.packager.CueReply.Reason;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.Told;
import io.millrace.validator.hls.Segment;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Timed metadata of a broadcast that is on air, in its files. */
class MetadataLiveTest {
  private static final String LATIN = "ISO-8859-1";
  private static final CueTime NOW = new CueTime.NextCut();

  @RegisterExtension final LiveFixture fixture = new LiveFixture();

  @Test
  void comesInTheSegmentOfItsMomentAndInNoOther() {
    LiveNode node = onAir(fixture.node());
    tell(node, at(11.5, "later"));
    tell(node, now("now"));
    node.send(9);

    // Segments of 2 s: the media was at 7 s.
    assertThat(segmentsWith(node, "video", "now")).containsExactly(3L);
    assertThat(segmentsWith(node, "video", "later")).containsExactly(5L);
    assertThat(segmentsWith(node, "audio", "later")).isEmpty();
    String manifest = node.get("/live/one/manifest.mpd").body().toString();
    assertThat(manifest)
        .containsOnlyOnce(
            "<InbandEventStream schemeIdUri=\"https://aomedia.org/emsg/ID3\"/>\n<Repr");
  }

  @Test
  void aBoxStandsBeforeTheChunkAndHasTheTimeOfTheFiles() {
    LiveNode node = onAir(fixture.node());
    Told told = ((CueReply.Done<Told>) tell(node, at(8.5, "x"))).value();
    node.send(4);
    Buffer file = bytes(node, "video", node.shown("video").segments().get(4));

    List<String> types = List.copyOf(boxes(file).values());
    int event = types.indexOf("emsg");
    assertThat(types.get(event + 1)).isEqualTo("moof");
    assertThat(types.getFirst()).isEqualTo("styp");
    // Timescale, time, duration, id.
    int at = List.copyOf(boxes(file).keySet()).get(event);
    Buffer box = file.slice(at + 12, file.length());
    assertThat(box.getUnsignedInt(0)).isEqualTo(90_000);
    assertThat(box.getLong(4)).isEqualTo(Math.round((8.5 + 10) * 90_000));
    assertThat(box.getUnsignedInt(12)).isEqualTo(0xFFFF_FFFFL);
    assertThat(box.getUnsignedInt(16)).isEqualTo(told.id());
  }

  @Test
  void aBroadcastOfSoundHasItInItsSound() {
    LiveNode node = fixture.node().publish(LiveNode.AUDIO).send(7);
    node.shown("audio");
    tell(node, now("heard"));
    node.send(4);

    assertThat(segmentsWith(node, "audio", "heard")).hasSize(1);
  }

  @Test
  void mpegTsHasItAsId3() {
    LiveNode node =
        onAir(new LiveNode(fixture.store(), fixture.clock, PackagerConfig.Container.TS));
    tell(node, at(9, "in ts"));
    node.send(6);

    assertThat(segmentsWith(node, "video", "in ts")).containsExactly(4L);
    node.kill();
  }

  @Test
  void whatIsToComeOutlivesAKillAndIsToldOnce() {
    LiveNode node = onAir(fixture.node());
    tell(node, at(20, "kept"));
    node.kill();

    LiveNode next = fixture.node();
    MetadataRequest again = at(20, "kept");
    assertThat(((CueReply.Done<Told>) tell(next, again)).isNew()).isFalse();
    next.publish().send(16);

    assertThat(segmentsWith(next, "video", "kept")).hasSize(1);
  }

  @Test
  void refusesWhatCannotBeTold() {
    LiveNode node = onAir(fixture.node());
    assertThat(words(tell(node, at(3, "past"))))
        .isEqualTo(
            "start: the media is 3.960 s past it; leave it out for the media that comes next");
    assertThat(words(tell(node, at(90_000, "far")))).contains("24 h ahead");
    assertThat(words(tell(node, request(9, NOW, new TimedMetadata.Id3(Buffer.buffer("no"))))))
        .isEqualTo("id3: is no whole ID3 tag");
    tell(node, request(7, NOW, new TimedMetadata.Text("", "one")));
    assertThat(tell(node, request(7, NOW, new TimedMetadata.Text("", "two"))))
        .isInstanceOfSatisfying(
            CueReply.Refused.class, no -> assertThat(no.reason()).isEqualTo(Reason.TAKEN));
    List<Reason> reasons = new ArrayList<>();
    for (int i = 0; i < 1001; i++) {
      if (tell(node, request(100 + i, new CueTime.Media(10_000_000_000L + i), text(i)))
          instanceof CueReply.Refused<Told> no) {
        reasons.add(no.reason());
      }
    }
    assertThat(reasons).containsOnly(Reason.FULL).hasSizeBetween(1, 2);
  }

  private static TimedMetadata.Content text(int number) {
    return new TimedMetadata.Text("", "number " + number);
  }

  private static LiveNode onAir(LiveNode node) {
    node.publish().send(7);
    node.shown("video");
    return node;
  }

  private static CueReply<Told> tell(LiveNode node, MetadataRequest request) {
    return LiveNode.await(node.cues.tell(LiveNode.STREAM, request));
  }

  private static MetadataRequest now(String text) {
    return new MetadataRequest(
        OptionalLong.empty(),
        NOW,
        Optional.of(Duration.ofSeconds(1)),
        new TimedMetadata.Text("", text));
  }

  private static MetadataRequest at(double seconds, String text) {
    return request(
        Integer.toUnsignedLong(text.hashCode()),
        new CueTime.Media(Math.round(seconds * 1e9)),
        new TimedMetadata.Text("about", text));
  }

  private static MetadataRequest request(long id, CueTime time, TimedMetadata.Content content) {
    return new MetadataRequest(OptionalLong.of(id), time, Optional.empty(), content);
  }

  private static String words(CueReply<Told> reply) {
    return ((CueReply.Refused<Told>) reply).words();
  }

  /** The numbers of the segments whose bytes hold a text. */
  private static List<Long> segmentsWith(LiveNode node, String rendition, String text) {
    return node.shown(rendition).segments().stream()
        .filter(segment -> !segment.gap())
        .filter(segment -> bytes(node, rendition, segment).toString(LATIN).contains(text))
        .map(Segment::sequence)
        .toList();
  }

  private static Buffer bytes(LiveNode node, String rendition, Segment segment) {
    return node.get(node.base().orElseThrow() + rendition + "/" + segment.uri()).body();
  }

  /** Where each box of a file starts, in the order of the file. */
  private static Map<Integer, String> boxes(Buffer file) {
    Map<Integer, String> boxes = new LinkedHashMap<>();
    for (int at = 0; at < file.length(); at += file.getInt(at)) {
      boxes.put(at, file.getString(at + 4, at + 8));
    }
    return boxes;
  }
}
