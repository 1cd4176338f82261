package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.BroadcastId;
import io.millrace.packager.Asset;
import io.millrace.packager.ClipReply;
import io.millrace.packager.ClipReply.Reason;
import io.millrace.packager.ClipRequest;
import io.millrace.packager.RecordingConfig;
import io.millrace.storage.ObjectInfo;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clips while the store is away, behind or full, and while servers come and go. */
class ClipTroubleTest {
  private static final RecordingConfig CONFIG =
      new RecordingConfig(true, 1L << 30, Duration.ofDays(7));

  @RegisterExtension final LiveFixture fixture = new LiveFixture();
  private LiveNode node;

  @BeforeEach
  void start() {
    node = fixture.recordingNode(CONFIG);
  }

  private void send(int segments) {
    for (int i = 0; i < segments; i++) {
      node.send(2).tick();
      LiveNode.await(node.writers.shown());
    }
  }

  /** Of 2 s for each segment. */
  private Asset recorded(int segments) {
    node.publish();
    send(segments);
    node.end();
    Asset asset =
        LiveNode.awaitPresent(
            () -> {
              node.tick();
              return node.recordings.all().stream().findFirst();
            });
    Awaitility.await().until(() -> node.recordings.open().bytes() == 0);
    return asset;
  }

  private static ClipRequest all(Asset of) {
    return new ClipRequest(of.id(), Optional.empty(), Optional.empty(), "");
  }

  private List<String> keys() {
    return LiveNode.await(fixture.store().list("", "", 1000)).stream()
        .map(ObjectInfo::key)
        .toList();
  }

  /** Until something of a clip has been copied. */
  private BroadcastId awaitBegun(Asset parent) {
    return new BroadcastId(
        LiveNode.awaitPresent(
                () ->
                    keys().stream()
                        .filter(key -> key.startsWith("main/live/one/"))
                        .filter(key -> !key.contains(parent.id().value()))
                        .findFirst())
            .split("/", -1)[3]);
  }

  private static void refused(ClipReply reply, Reason reason, String words) {
    assertThat(reply)
        .isInstanceOfSatisfying(
            ClipReply.Refused.class,
            no -> {
              assertThat(no.reason()).isEqualTo(reason);
              assertThat(no.words()).contains(words);
            });
  }

  @Test
  void whatFailedWhileTheStoreWasAwayIsCountedUntilItIsGone() {
    Asset parent = recorded(20);
    List<String> before = keys();
    Promise<Void> held = fixture.store().holdPutsOf("/video/5-1.m4s");
    Future<ClipReply> reply = node.clips.make(all(parent));
    BroadcastId clip = awaitBegun(parent);
    fixture.store().becomes(FaultyStore.Fault.AWAY);
    held.complete();

    refused(LiveNode.await(reply), Reason.NOT_STORED, "removed when the store answers again");
    assertThat(node.recordings.open().bytes()).isEqualTo(parent.bytes());

    fixture.store().becomes(FaultyStore.Fault.NONE);
    Awaitility.await().until(() -> node.recordings.open().bytes() == 0);
    assertThat(keys()).isEqualTo(before).noneMatch(key -> key.contains(clip.value()));
    assertThat(node.recordings.all()).containsExactly(parent);
  }

  @Test
  void aLongOneWaitsForTheBucketAgainAndAgainBeforeItCopiesMore() {
    Asset parent = recorded(60);
    fixture.store().deliversLate(2);

    ClipReply reply = LiveNode.await(node.clips.make(all(parent)));

    assertThat(reply).isInstanceOf(ClipReply.Made.class);
    assertThat(fixture.store().mostUndelivered()).isBetween(20, 32);
  }

  @Test
  void noneIsMadeWhereTheDiskIsFullThoughNothingIsRecorded() {
    Asset parent = recorded(10);
    node.kill();
    node = fixture.recordingNode(new RecordingConfig(false, 1L << 30, Duration.ofDays(7)));
    List<String> before = keys();
    fixture.store().free(0.09);

    refused(LiveNode.await(node.clips.make(all(parent))), Reason.NO_ROOM, "9 % of the disk");

    assertThat(keys()).isEqualTo(before);
    fixture.store().free(0.10);
    assertThat(LiveNode.await(node.clips.make(all(parent)))).isInstanceOf(ClipReply.Made.class);
  }

  @Test
  void aLongOneEndsWhenTheDiskFills() {
    Asset parent = recorded(20);
    List<String> before = keys();
    Promise<Void> held = fixture.store().holdPutsOf("/video/5-1.m4s");
    Future<ClipReply> reply = node.clips.make(all(parent));
    awaitBegun(parent);
    fixture.store().free(0.09);
    held.complete();

    refused(LiveNode.await(reply), Reason.NO_ROOM, "9 % of the disk");

    assertThat(keys()).isEqualTo(before);
    assertThat(node.recordings.open().bytes()).isZero();
  }

  @Test
  void whatWasOnAirGoesOnBeforeHalfOfAClipIsRemoved() {
    node.publish();
    send(5);
    BroadcastId half = BroadcastId.create(fixture.clock.instant());
    LiveNode.await(fixture.store().put("~broadcasts/main/live/one/" + half, Buffer.buffer("{}")));
    LiveNode.await(
        fixture.store().put("main/live/one/" + half + "/video/0-1.m4s", Buffer.buffer("x")));
    node.kill();
    Promise<Void> held = fixture.store().holdDeletesOf(half.value());

    node = fixture.recordingNode(CONFIG);

    assertThat(node.live.find(LiveNode.STREAM)).isPresent();
    assertThat(keys()).anyMatch(key -> key.contains(half.value()));
    held.complete();
    awaitGone(half);
  }

  private void awaitGone(BroadcastId id) {
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .until(() -> keys().stream().noneMatch(key -> key.contains(id.value())));
  }

  @Test
  void whatACrashLeftOfOneIsRemovedByTheNextStart() {
    Asset parent = recorded(20);
    List<String> before = keys();
    fixture.store().holdPutsOf("/video/5-1.m4s");
    node.clips.make(all(parent));
    BroadcastId half = awaitBegun(parent);
    node.tick();
    assertThat(LiveNode.await(node.recordings.find(half))).isEmpty();
    assertThat(LiveNode.await(node.recordings.remove(half))).isFalse();
    node.kill();

    node = fixture.recordingNode(CONFIG);
    node.tick();

    awaitGone(half);
    assertThat(keys()).isEqualTo(before);
    assertThat(LiveNode.await(node.recordings.find(parent.id()))).contains(parent);
  }

  /** Or it would be an asset whose segments the other has removed. */
  @Test
  void oneThatAnotherServerHasTakenForLeftOverIsNotMade() {
    Asset parent = recorded(20);
    List<String> before = keys();
    Promise<Void> held = fixture.store().holdPutsOf("/video/5-1.m4s");
    Future<ClipReply> reply = node.clips.make(all(parent));
    BroadcastId clip = awaitBegun(parent);
    LiveNode other = fixture.recordingNode(CONFIG);
    other.tick();
    awaitGone(clip);

    held.complete();

    refused(LiveNode.await(reply), Reason.NOT_STORED, "another server");
    assertThat(keys()).isEqualTo(before);
    for (LiveNode each : List.of(node, other)) {
      each.advance(Duration.ofMinutes(2)).tick();
      assertThat(LiveNode.await(each.recordings.find(clip))).isEmpty();
    }
  }

  @Test
  void whatIsMadeAfterAnotherServerHasStartedStays() {
    Asset parent = recorded(20);
    LiveNode other = fixture.recordingNode(CONFIG);
    other.tick();
    Awaitility.await().until(() -> other.recordings.all().size() == 1);
    Promise<Void> held = fixture.store().holdPutsOf("/video/5-1.m4s");
    Future<ClipReply> reply = node.clips.make(all(parent));
    awaitBegun(parent);
    int reads = fixture.store().reads();
    other.advance(Duration.ofMinutes(2)).tick();
    Awaitility.await().until(() -> fixture.store().reads() > reads);

    held.complete();

    assertThat(LiveNode.await(reply)).isInstanceOf(ClipReply.Made.class);
  }

  @Test
  void theSameWishWhileItIsBeingMadeIsTheSameClip() {
    Asset parent = recorded(20);
    Promise<Void> held = fixture.store().holdPutsOf("/video/5-1.m4s");

    Future<ClipReply> first = node.clips.make(all(parent));
    Future<ClipReply> again = node.clips.make(all(parent));
    held.complete();

    assertThat(LiveNode.await(first))
        .isInstanceOf(ClipReply.Made.class)
        .isEqualTo(LiveNode.await(again));
    assertThat(node.recordings.all()).hasSize(2);
  }

  @Test
  void theSameWishWithTheSameKeyIsTheSameClipWhenItHasBeenMadeToo() {
    Asset parent = recorded(10);
    ClipRequest request =
        new ClipRequest(parent.id(), Optional.empty(), Optional.empty(), "", Optional.of("goal-1"));
    fixture.store().becomes(FaultyStore.Fault.FULL);
    refused(LiveNode.await(node.clips.make(request)), Reason.NOT_STORED, "does not take it");
    fixture.store().becomes(FaultyStore.Fault.NONE);

    ClipReply first = LiveNode.await(node.clips.make(request));
    ClipReply again = LiveNode.await(node.clips.make(request));
    ClipReply without = LiveNode.await(node.clips.make(request.withoutKey()));

    assertThat(first).isInstanceOf(ClipReply.Made.class).isEqualTo(again).isNotEqualTo(without);
    assertThat(node.recordings.all()).hasSize(3);
  }

  /** Whoever asks does not wait longer because reading what it is made of takes long. */
  @Test
  void isAnsweredInTimeBeforeAnythingHasBeenRead() {
    Asset parent = recorded(5);
    Promise<Void> held = fixture.store().holdReadsOf("~assets/");

    ClipReply reply =
        LiveNode.await(node.clips(fixture.store(), Duration.ofMillis(1)).make(all(parent)));

    assertThat(reply).isInstanceOf(ClipReply.BeingMade.class);
    held.complete();
    BroadcastId id = ((ClipReply.BeingMade) reply).id();
    LiveNode.awaitPresent(() -> LiveNode.await(node.recordings.find(id)));
  }
}
