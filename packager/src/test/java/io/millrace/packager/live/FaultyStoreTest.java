package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.packager.StoredSegment;
import io.millrace.testkit.LogLines;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.hls.UpdateRules;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.event.Level;

class FaultyStoreTest {
  @RegisterExtension final LiveFixture fixture = new LiveFixture();
  private LiveNode node;

  @BeforeEach
  void start() {
    node = fixture.node();
  }

  @Test
  void goesOnFromMemoryWhileTheStoreIsFullAndCatchesUpAfterwards() {
    node.publish().send(5);
    MediaPlaylist before = node.awaitSegments("video", 2);
    assertThat(node.writers.isStoring(LiveNode.STREAM)).isTrue();

    fixture.store().becomes(FaultyStore.Fault.FULL);
    node.send(20);
    MediaPlaylist during = node.awaitSegments("video", 12);

    assertThat(UpdateRules.check("video", before, during)).isEmpty();
    String base = node.base().orElseThrow() + "video/";
    for (Segment segment : during.segments()) {
      assertThat(node.get(base + segment.uri()).status()).isEqualTo(200);
    }
    assertThat(node.writers.isStoring(LiveNode.STREAM)).isFalse();

    fixture.store().becomes(FaultyStore.Fault.NONE);
    String key = "main" + node.base().orElseThrow().replace("/b/", "/") + "video/11-1.m4s";
    Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .until(
            () ->
                LiveNode.await(fixture.store().head(key)).isPresent()
                    && node.writers.isStoring(LiveNode.STREAM));
  }

  @Test
  void tellsOfASegmentWhenTheStoreHasConfirmedItAndNotBefore() {
    node.publish().send(5);
    node.awaitSegments("video", 2);
    Awaitility.await().until(() -> toldOf("video") == 2);
    fixture.store().becomes(FaultyStore.Fault.FULL);
    node.send(4);
    node.awaitSegments("video", 4);
    Awaitility.await().atMost(40, TimeUnit.SECONDS).until(() -> fixture.store().refused() >= 2);
    assertThat(toldOf("video")).isEqualTo(2);

    fixture.store().becomes(FaultyStore.Fault.NONE);
    Awaitility.await().atMost(40, TimeUnit.SECONDS).until(() -> toldOf("video") == 4);
    StoredSegment first = node.stored.getFirst();
    assertThat(first.broadcast().stream()).isEqualTo(LiveNode.STREAM);
    assertThat(first.duration()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
    assertThat(LiveNode.await(fixture.store().head(first.object())).orElseThrow().size())
        .isEqualTo(first.bytes());
  }

  private long toldOf(String rendition) {
    return node.stored.stream().filter(its -> its.rendition().equals(rendition)).count();
  }

  @Test
  void saysOnceThatStatesAreNotTakenAndOnceThatTheyAreAgain() {
    try (LogLines said = new LogLines(PresentationPublisher.class)) {
      node.publish().send(5);
      node.awaitSegments("video", 2);
      fixture.store().becomes(FaultyStore.Fault.FULL);
      node.send(4);
      Awaitility.await().atMost(40, TimeUnit.SECONDS).until(() -> fixture.store().refused() >= 2);
      fixture.store().becomes(FaultyStore.Fault.NONE);

      Awaitility.await().atMost(40, TimeUnit.SECONDS).until(() -> said.levels().size() >= 2);
      assertThat(said.levels()).containsExactly(Level.WARN, Level.INFO);
    }
  }

  @Test
  void neverGoesBackToAnOlderPlaylistWhenALateStateIsStored() {
    node.publish().send(5);
    node.awaitSegments("video", 2);
    fixture.store().becomes(FaultyStore.Fault.FULL);
    node.send(4);
    node.awaitSegments("video", 4);
    fixture.store().becomes(FaultyStore.Fault.HOLDS);
    Awaitility.await().atMost(40, TimeUnit.SECONDS).until(() -> fixture.store().held() == 1);
    node.send(4);
    MediaPlaylist newest = node.awaitSegments("video", 6);

    fixture.store().releaseOne();

    // The next state follows as soon as the one before it has been stored.
    Awaitility.await().atMost(40, TimeUnit.SECONDS).until(() -> fixture.store().held() == 1);
    assertThat(node.playlist("video")).contains(newest);
  }

  @Test
  void showsThePlaylistHalfASecondLaterWhenTheStoreHangs() {
    fixture.store().becomes(FaultyStore.Fault.HANGS);
    node.publish().send(9);

    MediaPlaylist playlist = node.awaitSegments("video", 4);

    String base = node.base().orElseThrow() + "video/";
    for (Segment segment : playlist.segments()) {
      assertThat(node.get(base + segment.uri()).status()).isEqualTo(200);
    }
    assertThat(node.writers.isStoring(LiveNode.STREAM)).isFalse();
  }

  /** HLS B5, B10, B13: the playlist gets shorter before the memory gets full. */
  @Test
  void keepsOnlyWhatItMustWhenTheStoreStaysDead() {
    node.kill();
    node = fixture.node(Duration.ofMinutes(5), Optional.empty(), 300_000);
    node.publish().send(5);
    MediaPlaylist before = node.awaitSegments("video", 2);

    fixture.store().becomes(FaultyStore.Fault.FULL);
    for (int i = 0; i < 10; i++) {
      node.send(10).tick();
      MediaPlaylist now = node.awaitSegments("video", 7 + 5 * i);
      assertThat(UpdateRules.check("video", before, now)).isEmpty();
      before = now;
    }

    // Sound makes 47 kB a second, pictures 3 kB; a hundred seconds would be 5 MB.
    assertThat(node.metric("millrace_packager_unstored_bytes")).isBetween(300_000.0, 1_000_000.0);
    assertThat(before.segments()).hasSize(6);
    assertThat(node.writers.isStoring(LiveNode.STREAM)).isFalse();
    String base = node.base().orElseThrow() + "video/";
    for (Segment segment : before.segments()) {
      assertThat(node.get(base + segment.uri()).status()).isEqualTo(200);
    }

    fixture.store().becomes(FaultyStore.Fault.NONE);
    awaitStored();
    Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .until(() -> node.writers.isStoring(LiveNode.STREAM));
    for (int i = 0; i < 10; i++) {
      node.send(2);
      awaitStored();
    }
    assertThat(node.awaitSegments("video", 60).segments()).hasSizeGreaterThan(10);
  }

  /** What the store took after the end leaves the memory too, from what is shown as well. */
  @Test
  void whatIsStoredLongAfterTheEndIsReadFromTheStore() {
    node.publish().send(5);
    node.awaitSegments("video", 2);
    fixture.store().becomes(FaultyStore.Fault.FULL);
    node.send(8);
    node.awaitSegments("video", 6);
    node.end();
    node.advance(Duration.ofSeconds(10)).tick();

    fixture.store().becomes(FaultyStore.Fault.NONE);
    awaitStored();

    MediaPlaylist ended = node.shown("video");
    int reads = fixture.store().reads();
    String base = node.base().orElseThrow() + "video/";
    for (Segment segment : ended.segments()) {
      assertThat(node.get(base + segment.uri()).status()).isEqualTo(200);
    }
    assertThat(fixture.store().reads() - reads).isEqualTo(ended.segments().size());
  }

  private void awaitStored() {
    Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .until(() -> node.tick().metric("millrace_packager_unstored_bytes") == 0);
  }
}
