package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.media.EndReason;
import io.millrace.media.Timescale;
import io.millrace.packager.OriginResponse;
import io.millrace.packager.segment.RandomBroadcast;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LowLatencyPlaylistTest {
  private static final double PART = 0.334;

  @RegisterExtension final LiveFixture fixture = new LiveFixture();
  private LiveNode node;
  private String base = "";

  @BeforeEach
  void start() {
    node = fixture.node().publish().send(4.4);
    base = LiveNode.awaitPresent(() -> node.base());
  }

  private LowLatencyLines playlist(String rendition) {
    node.shown(rendition);
    return LowLatencyLines.of(node.get(base + rendition + "/index.m3u8").body().toString());
  }

  @Test
  void saysTheSameOfItsPartsInAllPlaylistsForEver() {
    LowLatencyLines first = playlist("video");

    // HLS L1, L2, L28, D7
    assertThat(first.value("#EXT-X-PART-INF")).isEqualTo("PART-TARGET=0.334000");
    assertThat(first.value("#EXT-X-SERVER-CONTROL"))
        .isEqualTo(
            "CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.002000,CAN-SKIP-UNTIL=18.0,"
                + "CAN-SKIP-DATERANGES=YES,HOLD-BACK=9.0");
    // HLS B12
    assertThat(first.value("#EXT-X-VERSION")).isEqualTo("9");
    for (int i = 0; i < 12; i++) {
      node.send(1.3);
      for (String rendition : List.of("video", "audio")) {
        for (String tag : List.of("#EXT-X-PART-INF", "#EXT-X-SERVER-CONTROL", "#EXT-X-VERSION")) {
          assertThat(playlist(rendition).value(tag)).isEqualTo(first.value(tag));
        }
      }
    }
    node.unpublish(EndReason.UNPUBLISHED).end();
    LowLatencyLines ended =
        LiveNode.awaitPresent(
            () -> {
              String body = node.get(base + "video/index.m3u8").body().toString();
              return java.util.Optional.of(LowLatencyLines.of(body))
                  .filter(lines -> body.endsWith("#EXT-X-ENDLIST\n"));
            });
    assertThat(ended.value("#EXT-X-PART-INF")).isEqualTo(first.value("#EXT-X-PART-INF"));
    // HLS B14
    assertThat(ended.hints()).isEmpty();
  }

  @Test
  void listsEachPartAsSoonAsItIsWhole() {
    int listed = playlist("video").open().orElseThrow().parts().size();
    assertThat(listed).isEqualTo(1);

    // Eight pictures of 40 ms are a part; its last one is known to be that with the next one.
    for (int pictures = 0; pictures < 16; pictures++) {
      node.send(0.04);
      LowLatencyLines now =
          LowLatencyLines.of(node.get(base + "video/index.m3u8").body().toString());
      int parts = now.open().orElseThrow().parts().size();
      assertThat(parts - listed).isBetween(0, 1);
      // HLS L27
      assertThat(now.hint()).isEqualTo("2-1." + parts + ".m4s");
      listed = parts;
    }
    assertThat(listed).isEqualTo(3);
  }

  @Test
  void partsAreThoseOfTheirSegmentAndOnlyNearTheEnd() {
    Map<String, Buffer> parts = new HashMap<>();
    String before = playlist("video").hint();
    for (int i = 0; i < 80; i++) {
      node.send(0.2);
      LowLatencyLines now = playlist("video");
      double behind = 0;
      for (int k = now.segments().size() - 1; k >= 0; k--) {
        LowLatencyLines.Segment segment = now.segments().get(k);
        double sum = segment.parts().stream().mapToDouble(LowLatencyLines.Part::seconds).sum();
        // HLS L8
        assertThat(segment.lateTags()).isEmpty();
        assertThat(segment.tags())
            .filteredOn(tag -> tag.startsWith("#EXT-X-PROGRAM-DATE-TIME"))
            .hasSize(1);
        // HLS L9
        boolean isOld = behind >= 9;
        assertThat(segment.parts().isEmpty()).isEqualTo(isOld);
        for (LowLatencyLines.Part part : segment.parts()) {
          // HLS L3
          assertThat(part.seconds()).isLessThanOrEqualTo(PART);
          parts.computeIfAbsent(part.uri(), uri -> node.get(base + "video/" + uri).body());
        }
        for (LowLatencyLines.Part part :
            segment.parts().subList(0, Math.max(0, segment.parts().size() - 1))) {
          assertThat(part.seconds()).isGreaterThanOrEqualTo(0.85 * PART);
        }
        if (!segment.uri().isEmpty() && !isOld) {
          // HLS L7
          assertThat(sum).isCloseTo(segment.seconds(), within(0.00002));
          Buffer whole = Buffer.buffer();
          segment.parts().forEach(part -> whole.appendBuffer(parts.get(part.uri())));
          assertThat(whole).isEqualTo(node.get(base + "video/" + segment.uri()).body());
        }
        // HLS L5: a group is two seconds long, and so is a segment.
        for (int p = 0; p < segment.parts().size(); p++) {
          assertThat(segment.parts().get(p).independent()).isEqualTo(p == 0);
        }
        behind += segment.uri().isEmpty() ? 0 : segment.seconds();
      }
      // HLS L10: what was hinted at is what came, if anything did.
      if (!now.hint().equals(before)) {
        assertThat(parts).containsKey(before);
        before = now.hint();
      }
    }
    // HLS L28
    assertThat(playlist("audio").segments())
        .flatMap(LowLatencyLines.Segment::parts)
        .isNotEmpty()
        .allMatch(LowLatencyLines.Part::independent);
  }

  @Test
  void partsStayWhenTheirSegmentHasLeftTheMemory() {
    node.send(0.4);
    String uri = playlist("video").open().orElseThrow().parts().getFirst().uri();
    OriginResponse fresh = node.get(base + "video/" + uri);
    // HLS H3
    assertThat(fresh.headers()).containsEntry("cache-control", "public, max-age=29, immutable");

    int before = fixture.store().reads();
    String segment = "main" + base.replace("/b/", "/") + "video/2-1.m4s";
    // HLS L9: twice three target durations.
    for (int i = 0; i < 18; i++) {
      node.send(1).tick();
      node.shown("video");
      if (i == 4) {
        LiveNode.awaitPresent(() -> LiveNode.await(fixture.store().head(segment)));
      }
      assertThat(node.get(base + "video/" + uri)).isEqualTo(fresh);
    }
    assertThat(fixture.store().reads()).isGreaterThan(before);
    assertThat(playlist("video").segments())
        .flatMap(LowLatencyLines.Segment::parts)
        .extracting(LowLatencyLines.Part::uri)
        .doesNotContain(uri);
  }

  @Test
  void tellsHowFarTheOtherRenditionsAre() {
    for (int i = 0; i < 10; i++) {
      node.send(0.5);
      LowLatencyLines video = playlist("video");
      LowLatencyLines audio = playlist("audio");
      LowLatencyLines.Segment last = audio.segments().getLast();
      long msn = audio.mediaSequence() + audio.segments().size() - 1;
      // HLS L23
      assertThat(video.reports())
          .containsExactly(
              "#EXT-X-RENDITION-REPORT:URI=\"../audio/index.m3u8\",LAST-MSN="
                  + msn
                  + ",LAST-PART="
                  + (last.parts().size() - 1));
    }
  }

  @Test
  void theLastPartOfASegmentWaitsForNoOtherTrackAndNoState() {
    node.send(1.6);
    node.shown("video");

    // It is the key frame behind the segment, and no sound has reached it.
    node.sendPicture();
    LowLatencyLines cut = LowLatencyLines.of(node.get(base + "video/index.m3u8").body().toString());
    assertThat(cut.open().orElseThrow().parts()).hasSize(7);
    assertThat(cut.hint()).isEqualTo("3-1.0.m4s");

    node.send(0.2);
    LowLatencyLines listed = playlist("video");
    assertThat(listed.segments().getLast().uri()).isEqualTo("2-1.m4s");
    assertThat(listed.segments().getLast().parts()).isEqualTo(cut.open().orElseThrow().parts());
    assertThat(listed.hint()).isEqualTo("3-1.0.m4s");
  }

  /** HLS L27, L8: whoever fetches the part that is hinted at needs its header. */
  @Test
  void aNewHeaderIsHintedAtBeforeThePartThatNeedsIt() {
    String old = playlist("video").segments().getLast().map();
    OriginResponse storing =
        node.announceAndGet(
            base + "video/index.m3u8", RandomBroadcast.smallVideo(Timescale.VIDEO), LiveNode.AUDIO);
    // What is listed behind the last segment has the old header still.
    assertThat(LowLatencyLines.of(storing.body().toString()).hints())
        .noneMatch(hint -> hint.contains("TYPE=MAP"));
    LowLatencyLines changed = playlist("video");
    assertThat(changed.open()).isEmpty();
    assertThat(changed.hints()).hasSize(2);
    assertThat(changed.hints().getFirst()).contains("TYPE=MAP");
    String next = LowLatencyLines.uri(changed.hints().getFirst()).orElseThrow();
    assertThat(next).isNotEqualTo(old);
    assertThat(node.get(base + "video/" + next).status()).isEqualTo(200);
    assertThat(changed.hint()).isEqualTo("3-1.0.m4s");
    assertThat(playlist("audio").hints()).hasSize(1);

    node.send(2.2);
    LowLatencyLines.Segment first =
        playlist("video").segments().stream()
            .filter(segment -> segment.map().equals(next))
            .findFirst()
            .orElseThrow();
    assertThat(first.tags()).contains("#EXT-X-DISCONTINUITY", "#EXT-X-MAP:URI=\"" + next + "\"");
    assertThat(playlist("video").hints()).hasSize(1);
  }

  @Test
  void aResumedBroadcastUsesNoNumberOfWhichPartsWereSeen() {
    node.send(0.5);
    String seen = playlist("video").open().orElseThrow().parts().getFirst().uri();
    node.kill();
    fixture.clock.advance(Duration.ofSeconds(1));

    node = fixture.node();
    LowLatencyLines resumed = playlist("video");
    // HLS B9
    assertThat(seen).isEqualTo("2-1.0.m4s");
    assertThat(resumed.segments().get(2).tags()).contains("#EXT-X-GAP");
    assertThat(resumed.hint()).isEqualTo("3-2.0.m4s");
    assertThat(node.get(base + "video/" + seen).status()).isEqualTo(404);
    // HLS L2
    assertThat(resumed.value("#EXT-X-PART-INF")).isEqualTo("PART-TARGET=0.334000");

    node.publish().send(3);
    assertThat(playlist("video").segments().get(3).tags()).contains("#EXT-X-DISCONTINUITY");
  }

  @Test
  void aPlainBroadcastStaysPlain() {
    node.kill();
    node = LiveNode.plain(fixture.store(), fixture.clock);
    base = LiveNode.awaitPresent(() -> node.base());
    // It goes on as it began.
    assertThat(playlist("video").value("#EXT-X-PART-INF")).isNotEmpty();
    node.end();

    node.publish().send(4.4);
    String other = LiveNode.awaitPresent(() -> node.base().filter(next -> !next.equals(base)));
    String body = node.get(other + "video/index.m3u8").body().toString();
    assertThat(body)
        .doesNotContain("PART")
        .doesNotContain("SERVER-CONTROL")
        .contains("VERSION:6\n");
    // Where it is not offered, nothing is waited for.
    assertThat(node.get(other + "video/1-1.0.m4s").status()).isEqualTo(404);
    assertThat(LiveNode.await(node.ask(other + "video/index.m3u8", "_HLS_msn=99")).status())
        .isEqualTo(200);
    node.kill();
  }
}
