package io.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is shown while nobody sends. */
class SlateTest extends LiveStreamsFixture {
  private static final List<Track> TRACKS = List.of(TwoTracks.VIDEO_TRACK, TwoTracks.AUDIO_TRACK);
  private static final Track OWN_PICTURE =
      new Track(new TrackId(7), TwoTracks.VIDEO_TRACK.format(), Timescale.VIDEO);

  /** Half a second of pictures, whose first decoding time is not 0, and shorter sound. */
  private static Slate slate() {
    Track sound = new Track(new TrackId(8), AAC, new Timescale(44_100));
    List<Sample> samples = new ArrayList<>();
    for (int frame = 0; frame < 12; frame++) {
      samples.add(
          new Sample(OWN_PICTURE.id(), frame * 3_600L - 900, 900, frame == 0, Buffer.buffer()));
      samples.add(new Sample(sound.id(), frame * 1_764L, 0, true, Buffer.buffer()));
    }
    return new Slate(List.of(OWN_PICTURE, sound), samples, Duration.ofMillis(490));
  }

  @Test
  void aRoundGoesOnFromTheOneBeforeAtItsOwnPace() {
    Slate slate = slate();
    SlateLoop loop = new SlateLoop(slate, slate.tracks());

    List<Sample> first = loop.until(0);
    List<Sample> all = new ArrayList<>(first);
    for (long millis = 7; millis <= 2_000; millis += 7) {
      all.addAll(loop.until(millis * 1_000_000));
    }

    assertThat(first).hasSize(1);
    assertThat(first.getFirst().dts()).isZero();
    for (Track track : slate.tracks()) {
      List<Long> times =
          all.stream().filter(one -> one.track().equals(track.id())).map(Sample::dts).toList();
      assertThat(times).isSorted().doesNotHaveDuplicates();
      // Four rounds of twelve, and one that has just begun.
      assertThat(times).hasSizeBetween(48, 51);
      assertThat(track.timescale().toNanos(times.getLast()))
          .isBetween(1_900_000_000L, 2_000_000_000L);
    }
  }

  @Test
  void aPublisherThatLeavesTracksOutGetsASlateWithoutThem() {
    Slate slate = slate();
    SlateLoop loop = new SlateLoop(slate, List.of(OWN_PICTURE));
    assertThat(loop.until(3_000_000_000L)).allMatch(one -> one.track().equals(OWN_PICTURE.id()));
  }

  @Test
  void itIsShownBetweenTwoPublishersWithADiscontinuityOnEachSide() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    streams.show(slate());
    Context home = eventLoop();
    Publication first = publish(streams, home);
    write(home, first, 0, 25);
    end(home, first, EndReason.CONNECTION_LOST);
    assertThat(breaks()).isZero();

    await().until(() -> breaks() == 1 && seen.size() > 150);
    LiveStream stream = streams.find(KEY).orElseThrow();
    assertThat(stream.status().state()).isEqualTo(LiveState.INTERRUPTED);
    assertThat(stream.health().reconnects()).isZero();

    Publication second = publish(streams, home);
    write(home, second, 26, 30);
    assertThat(breaks()).isEqualTo(1);
    write(home, second, 50, 60);

    assertThat(breaks()).isEqualTo(2);
    List<MediaEvent> all = List.copyOf(seen);
    MediaEvent last =
        all.stream().filter(MediaEvent.Discontinuity.class::isInstance).toList().get(1);
    int back = all.lastIndexOf(last);
    assertThat(all.get(back + 1)).isEqualTo(new MediaEvent.TracksReady(TRACKS));
    assertThat(((MediaEvent.SampleReady) all.get(back + 2)).sample().sync()).isTrue();
    assertThat(all.subList(back + 2, all.size())).hasSize(20);
    assertThat(stream.status().state()).isEqualTo(LiveState.ON_AIR);
  }

  /** A silent publisher may be there, and go on in the middle of a group of pictures. */
  @Test
  void itEndsAtTheNextKeyFrameOfAPublisherThatWasSilent() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    streams.show(slate());
    Context home = eventLoop();
    Publication silent = publish(streams, home);
    write(home, silent, 0, 10);
    await().until(() -> breaks() == 1);

    write(home, silent, 40, 50);
    assertThat(breaks()).isEqualTo(1);
    write(home, silent, 50, 51);

    assertThat(breaks()).isEqualTo(2);
    assertThat(streams.find(KEY).orElseThrow().health().reconnects()).isZero();
  }

  /** It announces nothing anew, and whoever reads it has had the slate's tracks last. */
  @Test
  void aPublisherThatWasSilentGoesOnWhenTheSlateCouldNotBeTaken() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    streams.show(slate());
    Context home = eventLoop();
    Publication silent = publish(streams, home);
    write(home, silent, 0, 10);
    LiveStream stream = streams.find(KEY).orElseThrow();
    AtomicInteger failures = new AtomicInteger();
    on(
        home,
        () ->
            stream.addReader(
                "failing",
                home,
                ReaderLimits.DEFAULT,
                event -> {
                  if (event instanceof MediaEvent.SampleReady && failures.getAndIncrement() == 0) {
                    throw new IllegalStateException("the test's");
                  }
                }));
    await().until(() -> failures.get() > 0);
    assertThat(breaks()).isBetween(1L, 2L);

    on(home, () -> run(() -> samples(silent, 50, 60)));

    List<MediaEvent> all = List.copyOf(seen);
    List<MediaEvent> behind = all.subList(all.size() - 20, all.size());
    assertThat(behind)
        .allSatisfy(
            event ->
                assertThat(((MediaEvent.SampleReady) event).sample().track())
                    .isIn(TwoTracks.VIDEO, TwoTracks.AUDIO));
    assertThat(breaks()).isEqualTo(2);
    MediaEvent tracks =
        all.stream()
            .filter(MediaEvent.TracksReady.class::isInstance)
            .reduce((first, second) -> second)
            .orElseThrow();
    assertThat(tracks).isEqualTo(new MediaEvent.TracksReady(TRACKS));
  }

  @Test
  void itDoesNotMakeTheGraceLongerAndEndsWithIt() throws Exception {
    LiveStreams streams =
        streams(new LiveConfig(Duration.ZERO, Duration.ofMillis(1_500), Duration.ofMillis(300)));
    streams.show(slate());
    Context home = eventLoop();
    Publication publication = publish(streams, home);
    write(home, publication, 0, 10);
    end(home, publication, EndReason.CONNECTION_LOST);

    await().until(() -> streams.find(KEY).isEmpty());

    assertThat(breaks()).isEqualTo(1);
    assertThat(seen.getLast()).isEqualTo(new MediaEvent.Ended(EndReason.CONNECTION_LOST));
  }

  private long breaks() {
    return seen.stream().filter(MediaEvent.Discontinuity.class::isInstance).count();
  }

  private static void write(Context loop, Publication to, int from, int until) throws Exception {
    on(
        loop,
        () ->
            run(
                () -> {
                  to.write(new MediaEvent.TracksReady(TRACKS));
                  samples(to, from, until);
                }));
  }

  private static void samples(Publication to, int from, int until) {
    for (int frame = from; frame < until; frame++) {
      boolean sync = frame % 25 == 0;
      long at = frame * 40L;
      to.write(
          new MediaEvent.SampleReady(new Sample(TwoTracks.VIDEO, at, 0, sync, Buffer.buffer())));
      to.write(
          new MediaEvent.SampleReady(new Sample(TwoTracks.AUDIO, at, 0, true, Buffer.buffer())));
    }
  }
}
