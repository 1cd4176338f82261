package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.EndReason;
import io.millrace.packager.OriginRequest;
import io.millrace.packager.OriginResponse;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two segments of two seconds are listed, and a part of the third. */
class BlockingReloadTest {
  @RegisterExtension final LiveFixture fixture = new LiveFixture();
  private LiveNode node;
  private String base = "";
  private String video = "";

  @BeforeEach
  void start() {
    node = fixture.node().publish().send(4.4);
    base = LiveNode.awaitPresent(() -> node.base());
    video = base + "video/index.m3u8";
    node.shown("video");
  }

  private Future<OriginResponse> ask(String query) {
    return node.ask(video, query);
  }

  private int status(String query) {
    Future<OriginResponse> answer = ask(query);
    assertThat(answer.isComplete()).as(query + " is answered at once").isTrue();
    return answer.result().status();
  }

  private static LowLatencyLines lines(OriginResponse response) {
    assertThat(response.status()).isEqualTo(200);
    return LowLatencyLines.of(response.body().toString());
  }

  /** HLS L13 */
  @Test
  void aNumberAloneWaitsForTheWholeSegment() {
    Future<OriginResponse> held = ask("_HLS_msn=2");
    for (int i = 0; i < 7; i++) {
      node.send(0.2);
      node.shown("video");
      assertThat(held.isComplete()).as("after %d parts", i).isFalse();
    }
    node.send(0.4);

    LowLatencyLines answer = lines(LiveNode.await(held));
    assertThat(answer.segments().get(2).uri()).isEqualTo("2-1.m4s");
  }

  /** HLS L14 */
  @Test
  void aPartIsWaitedForAndNothingElse() {
    assertThat(status("_HLS_msn=2&_HLS_part=0")).isEqualTo(200);
    Future<OriginResponse> next = ask("_HLS_msn=2&_HLS_part=1");
    Future<OriginResponse> later = ask("_HLS_part=2&_HLS_msn=2");
    assertThat(next.isComplete()).isFalse();

    node.send(0.28);
    LowLatencyLines answer = lines(LiveNode.await(next));
    assertThat(answer.open().orElseThrow().parts()).hasSize(2);
    assertThat(later.isComplete()).isFalse();
    node.send(0.32);
    assertThat(lines(LiveNode.await(later)).open().orElseThrow().parts()).hasSize(3);
  }

  /** HLS L14: a segment has seven parts. */
  @Test
  void aPartThatAWholeSegmentDoesNotHaveIsTheFirstOfTheNext() {
    node.send(1.3);
    node.shown("video");
    Future<OriginResponse> behind = ask("_HLS_msn=2&_HLS_part=7");
    node.send(0.4);
    node.shown("video");
    assertThat(ask("_HLS_msn=2").result().status()).isEqualTo(200);
    assertThat(behind.isComplete()).isFalse();
    assertThat(ask("_HLS_msn=2&_HLS_part=9").isComplete()).isFalse();
    assertThat(status("_HLS_msn=2&_HLS_part=6")).isEqualTo(200);

    node.send(0.3);
    LowLatencyLines answer = lines(LiveNode.await(behind));
    assertThat(answer.open().orElseThrow().parts().getFirst().uri()).isEqualTo("3-1.0.m4s");
    assertThat(status("_HLS_msn=1&_HLS_part=99")).isEqualTo(200);
  }

  /** HLS L15 */
  @Test
  void whatHasLeftThePlaylistIsAnsweredWithAllThereIs() {
    node.send(30);
    node.shown("video");
    LowLatencyLines now = lines(LiveNode.await(node.ask(video, "")));
    assertThat(now.mediaSequence()).isPositive();

    OriginResponse answer = ask("_HLS_msn=0&_HLS_part=0").result();
    assertThat(lines(answer).segments().getFirst().uri()).isEqualTo(now.mediaSequence() + "-1.m4s");
    // HLS H4: it is not what the next one who asks so should get.
    assertThat(answer.headers()).containsEntry("cache-control", "public, max-age=1");
  }

  /** HLS L16, L17 */
  @Test
  void whatIsTooFarOrMakesNoSenseIsRefusedAtOnce() {
    assertThat(status("_HLS_msn=4")).isEqualTo(400);
    assertThat(status("_HLS_msn=4&_HLS_part=0")).isEqualTo(400);
    assertThat(ask("_HLS_msn=3").isComplete()).isFalse();
    // Three seconds of parts, that is nine, behind the one that is listed.
    assertThat(ask("_HLS_msn=2&_HLS_part=9").isComplete()).isFalse();
    assertThat(status("_HLS_msn=2&_HLS_part=10")).isEqualTo(400);
    assertThat(ask("_HLS_msn=3&_HLS_part=8").isComplete()).isFalse();
    assertThat(status("_HLS_msn=3&_HLS_part=9")).isEqualTo(400);
    for (String wrong :
        List.of(
            "_HLS_part=0",
            "_HLS_part=0&_HLS_skip=YES",
            "_HLS_msn=",
            "_HLS_msn",
            "_HLS_msn=-1",
            "_HLS_msn=1.5",
            "_HLS_msn=two",
            "_HLS_msn=99999999999999999999999",
            "_HLS_msn=1&_HLS_part=99999999999",
            "_HLS_msn=1&_HLS_part=-1",
            "_HLS_msn=1&_HLS_msn=2",
            "_HLS_skip=no")) {
      assertThat(status(wrong)).as(wrong).isEqualTo(400);
      assertThat(ask(wrong).result().headers()).containsEntry("cache-control", "no-store");
    }
  }

  /** HLS L18 */
  @Test
  void nobodyWaitsLongerThanThreeTargetDurations() {
    Future<OriginResponse> first = ask("_HLS_msn=2&_HLS_part=1");
    node.advance(Duration.ofSeconds(5));
    Future<OriginResponse> second = ask("_HLS_msn=2&_HLS_part=1");
    Future<OriginResponse> hint = node.ask(base + "video/2-1.1.m4s", "");
    expire();
    assertThat(first.isComplete()).isFalse();
    node.advance(Duration.ofMillis(3999));
    expire();
    assertThat(first.isComplete()).isFalse();

    node.advance(Duration.ofMillis(1));
    expire();
    OriginResponse late = LiveNode.await(first);
    assertThat(late.status()).isEqualTo(503);
    assertThat(late.headers()).containsEntry("cache-control", "no-store");
    assertThat(second.isComplete()).isFalse();
    node.advance(Duration.ofSeconds(5));
    expire();
    assertThat(LiveNode.await(second).status()).isEqualTo(503);
    assertThat(LiveNode.await(hint).status()).isEqualTo(503);
    assertThat(node.metric("millrace_packager_held_requests")).isZero();
  }

  private void expire() {
    node.presentations.all().forEach(slot -> slot.expireHeld(fixture.clock.instant()));
  }

  /** HLS L19 */
  @Test
  void theEndWakesEverybodyAndIgnoresWhatIsAskedFor() {
    List<Future<OriginResponse>> held =
        List.of(
            ask("_HLS_msn=3"),
            ask("_HLS_msn=2&_HLS_part=5"),
            ask("_HLS_msn=3&_HLS_part=3&_HLS_skip=YES"));
    node.unpublish(EndReason.UNPUBLISHED).end();
    for (Future<OriginResponse> each : held) {
      OriginResponse answer = LiveNode.await(each);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body().toString()).endsWith("#EXT-X-ENDLIST\n");
      assertThat(answer.headers()).containsEntry("cache-control", "public, max-age=1");
    }
    for (String ignored : List.of("_HLS_msn=99", "_HLS_part=1", "_HLS_msn=x", "_HLS_skip=YES")) {
      assertThat(ask(ignored).result().body()).isEqualTo(ask("").result().body());
    }
  }

  @Test
  void aBroadcastThatIsTakenAwayWakesEverybody() {
    Future<OriginResponse> held = ask("_HLS_msn=3");
    LiveNode other = fixture.node();
    other.awaitSegments("video", 3);

    node.send(4);
    assertThat(LiveNode.await(held).status()).isEqualTo(404);
  }

  /** HLS L10, L11 */
  @Test
  void theHintIsHeldAndWhatIsNotHintedAtIsNotThere() {
    Future<OriginResponse> hinted = node.ask(base + "video/2-1.1.m4s", "");
    Future<OriginResponse> head =
        node.origin.answer(new OriginRequest("HEAD", base + "video/2-1.1.m4s", "", Map.of()));
    assertThat(hinted.isComplete()).isFalse();
    for (String unknown :
        List.of("2-1.2.m4s", "2-2.1.m4s", "3-1.0.m4s", "1-1.7.m4s", "9-1.0.m4s", "0-9.0.m4s")) {
      Future<OriginResponse> answer = node.ask(base + "video/" + unknown, "");
      assertThat(answer.isComplete()).as(unknown).isTrue();
      assertThat(answer.result().status()).as(unknown).isEqualTo(404);
      // It may be there in a moment, but for what is behind the last part of a whole segment, and
      // for what another writer would have had before.
      boolean never = unknown.equals("1-1.7.m4s") || unknown.equals("0-9.0.m4s");
      String caching = never ? "public, max-age=1" : "no-store";
      assertThat(answer.result().headers()).as(unknown).containsEntry("cache-control", caching);
    }

    node.send(0.28);
    OriginResponse part = LiveNode.await(hinted);
    assertThat(part.status()).isEqualTo(200);
    assertThat(part.headers()).containsEntry("content-type", "video/iso.segment");
    assertThat(part).isEqualTo(node.get(base + "video/2-1.1.m4s"));
    // HLS H8
    assertThat(LiveNode.await(head).headers()).isEqualTo(part.headers());
    assertThat(LiveNode.await(head).body().length()).isZero();
  }

  /** HLS L11 */
  @Test
  void aHintThatIsDroppedIsNotThere() {
    Future<OriginResponse> hinted = node.ask(base + "video/2-1.1.m4s", "");
    // The pictures stop, and what has come of the segment is listed without another part.
    node.advance(Duration.ofSeconds(5)).tick();
    node.shown("video");
    OriginResponse answer = LiveNode.await(hinted);
    assertThat(answer.status()).isIn(200, 404);
    Future<OriginResponse> next = node.ask(base + "video/3-1.0.m4s", "");
    node.advance(Duration.ofSeconds(9)).tick();
    assertThat(LiveNode.await(next).status()).isIn(404, 503);
  }

  /** HLS L20, L21, L25, H4 */
  @Test
  void deltasAndWhatCachesMayKeep() {
    node.send(20);
    node.shown("video");
    String full = ask("").result().body().toString();
    assertThat(full).doesNotContain("EXT-X-SKIP");
    for (String skip : List.of("YES", "v2")) {
      String delta = ask("_HLS_skip=" + skip).result().body().toString();
      assertThat(LowLatencyLines.of(delta).skipped()).isPositive();
      assertThat(delta).hasSizeLessThan(full.length());
    }
    assertThat(ask("_HLS_foo=1&token=x").result().body().toString()).isEqualTo(full);
    assertThat(ask("").result().headers()).containsEntry("cache-control", "public, max-age=1");

    LowLatencyLines now = LowLatencyLines.of(full);
    long msn = now.mediaSequence() + now.segments().size() - 1;
    int parts = now.open().orElseThrow().parts().size();
    Future<OriginResponse> held = ask("_HLS_msn=" + msn + "&_HLS_part=" + parts);
    node.send(0.32);
    assertThat(LiveNode.await(held).headers())
        .containsEntry("cache-control", "public, max-age=1, s-maxage=18");
    node.send(0.32);
    assertThat(ask("_HLS_msn=" + msn + "&_HLS_part=" + parts).result().headers())
        .containsEntry("cache-control", "public, max-age=1");
  }

  /** HLS H8 */
  @Test
  void headWaitsAsGetDoes() {
    Future<OriginResponse> head =
        node.origin.answer(new OriginRequest("HEAD", video, "_HLS_msn=2&_HLS_part=1", Map.of()));
    Future<OriginResponse> get = ask("_HLS_msn=2&_HLS_part=1");
    node.send(0.28);
    assertThat(LiveNode.await(head).headers()).isEqualTo(LiveNode.await(get).headers());
    assertThat(head.result().body().length()).isZero();
  }

  @Test
  void aBoundedNumberWaits() {
    node.kill();
    node = LiveNode.holding(fixture.store(), fixture.clock, 3);
    node.publish().send(2.5);
    node.awaitSegments("video", 4);
    node.shown("video");
    LowLatencyLines now = lines(LiveNode.await(node.ask(video, "")));
    String next = "_HLS_msn=" + (now.mediaSequence() + now.segments().size());
    for (int i = 0; i < 3; i++) {
      assertThat(ask(next).isComplete()).isFalse();
    }
    assertThat(node.metric("millrace_packager_held_requests")).isEqualTo(3);
    OriginResponse refused = ask(next).result();
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.headers()).containsEntry("retry-after", "1");
    node.send(4);
    LiveNode.awaitPresent(
        () ->
            java.util.Optional.of(node.metric("millrace_packager_held_requests"))
                .filter(held -> held == 0));
    node.kill();
  }
}
