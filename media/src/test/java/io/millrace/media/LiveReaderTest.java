package io.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.codec.AacConfiguration;
import io.millrace.media.codec.AvcConfiguration;
import io.prometheus.metrics.core.metrics.Counter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LiveReaderTest {
  private static final TrackFormat PICTURE =
      new TrackFormat.H264(
          AvcConfiguration.parse(
              Buffer.buffer(
                  HexFormat.of()
                      .parseHex(
                          "0164001effe1001a6764001eacd940d83de6f011000003000100000300300f162d9601000668ebe3cb22c0"))));
  private static final Track VIDEO = new Track(new TrackId(1), PICTURE, Timescale.MILLIS);
  private static final Track SOUND =
      new Track(
          new TrackId(2),
          new TrackFormat.Aac(
              AacConfiguration.parse(Buffer.buffer(new byte[] {0x11, (byte) 0x90}))),
          Timescale.MILLIS);

  private final Vertx vertx = Vertx.vertx();
  private final Context context = ((VertxInternal) vertx).createEventLoopContext();
  private final List<MediaEvent> seen = new ArrayList<>();
  private final Counter counter = Counter.builder().name("dropped").labelNames("reader").build();

  @AfterEach
  void stop() {
    vertx.close();
  }

  @Test
  void dropsToTheNextKeyFrameWhenAReaderFallsBehind() {
    LiveReader reader = reader(new ReaderLimits(2, 1 << 20));
    reader.offer(new MediaEvent.TracksReady(List.of(VIDEO, SOUND)));
    reader.pause();
    offer(reader, VIDEO, 0, true);
    offer(reader, VIDEO, 40, false);
    offer(reader, VIDEO, 80, false);
    reader.resume();
    offer(reader, SOUND, 90, true);
    offer(reader, VIDEO, 120, false);
    offer(reader, VIDEO, 160, true);
    offer(reader, SOUND, 170, true);

    assertThat(seen)
        .extracting(LiveReaderTest::describe)
        .containsExactly("tracks", "0", "40", "gap 160000000", "tracks", "160", "170");
    assertThat(reader.droppedSamples()).isEqualTo(3);
    assertThat(counter.labelValues("test").get()).isEqualTo(3);
  }

  @Test
  void boundsTheBytesThatWait() {
    LiveReader reader = reader(new ReaderLimits(1000, 25));
    reader.offer(new MediaEvent.TracksReady(List.of(SOUND)));
    reader.pause();
    for (int i = 0; i < 10; i++) {
      offer(reader, SOUND, i, true);
    }
    reader.resume();

    assertThat(seen).extracting(LiveReaderTest::describe).containsExactly("tracks", "0", "1");
    assertThat(reader.droppedSamples()).isEqualTo(8);
  }

  @Test
  void theEndArrivesEvenWhenSamplesAreDropped() {
    LiveReader reader = reader(new ReaderLimits(1, 1 << 20));
    reader.offer(new MediaEvent.TracksReady(List.of(SOUND)));
    reader.pause();
    offer(reader, SOUND, 0, true);
    offer(reader, SOUND, 1, true);
    reader.offer(new MediaEvent.Ended(EndReason.UNPUBLISHED));
    reader.resume();

    assertThat(seen).extracting(LiveReaderTest::describe).containsExactly("tracks", "0", "end");
  }

  @Test
  void noticesAreBoundedTooAndTheLatestTracksArriveWithTheNextKeyFrame() {
    LiveReader reader = reader(new ReaderLimits(1000, 2560));
    reader.pause();
    for (int i = 0; i < 1000; i++) {
      reader.offer(new MediaEvent.TracksReady(List.of(VIDEO)));
      reader.offer(new MediaEvent.Discontinuity(i));
    }
    reader.offer(new MediaEvent.TracksReady(List.of(SOUND)));
    reader.resume();
    assertThat(seen).hasSize(10);
    seen.clear();
    offer(reader, SOUND, 7, true);

    assertThat(seen)
        .extracting(LiveReaderTest::describe)
        .containsExactly("gap 7000000", "tracks", "7");
    assertThat(seen.get(1)).isEqualTo(new MediaEvent.TracksReady(List.of(SOUND)));
  }

  @Test
  void aClosedReaderIsToldNothing() {
    LiveReader reader = reader(ReaderLimits.DEFAULT);
    reader.close();
    reader.offer(new MediaEvent.TracksReady(List.of(SOUND)));

    assertThat(seen).isEmpty();
  }

  private LiveReader reader(ReaderLimits limits) {
    return new LiveReader(context, context, limits, seen::add, counter.labelValues("test"));
  }

  private static void offer(LiveReader reader, Track track, long dts, boolean sync) {
    reader.offer(
        new MediaEvent.SampleReady(
            new Sample(track.id(), dts, 0, sync, Buffer.buffer(new byte[10]))));
  }

  private static String describe(MediaEvent event) {
    return switch (event) {
      case MediaEvent.TracksReady ready -> "tracks";
      case MediaEvent.SampleReady ready -> String.valueOf(ready.sample().dts());
      case MediaEvent.Discontinuity gap -> "gap " + gap.mediaNanos();
      case MediaEvent.Ended ended -> "end";
    };
  }
}
