package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.MalformedMediaException;
import io.millrace.media.MediaEvent;
import io.millrace.media.MediaEvent.SampleReady;
import io.millrace.media.MediaEvent.TracksReady;
import io.millrace.media.Track;
import io.millrace.media.UnsupportedMediaException;
import io.millrace.testkit.fuzz.Fuzz;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RTMP R32: audio and video messages, on mutations of what encoders send. */
class FlvFuzzTest {
  private static final Path CORPUS = Path.of("src/test/resources/fuzz");

  @Test
  void aDamagedVideoTagGivesTagsOrOneOfTwoExceptions() throws IOException {
    FlvTagReader reader = new FlvTagReader(FlvFuzzTest::check);
    fuzz("flv-video", bytes -> reader.video(Buffer.buffer(bytes)));
  }

  @Test
  void aDamagedAudioTagGivesTagsOrOneOfTwoExceptions() throws IOException {
    FlvTagReader reader = new FlvTagReader(FlvFuzzTest::check);
    fuzz("flv-audio", bytes -> reader.audio(Buffer.buffer(bytes)));
  }

  @Test
  void damagedMessagesGiveEventsInOrderOrOneOfTwoExceptions() throws IOException {
    fuzz("flv-stream", bytes -> publish(Buffer.buffer(bytes)));
  }

  private static void fuzz(String corpus, Fuzz.Target target) throws IOException {
    Fuzz.Outcome outcome =
        Fuzz.of(CORPUS.resolve(corpus))
            .allowing(MalformedMediaException.class)
            .allowing(UnsupportedMediaException.class)
            .run(target);
    assertThat(outcome.accepted()).isPositive();
    assertThat(outcome.refused()).isPositive();
  }

  private static void check(FlvTag tag) {
    if (tag instanceof FlvTag.Frame frame) {
      assertThat(frame.data().length()).isPositive();
      assertThat(frame.nanos()).isBetween(0, 999_999);
      assertThat(frame.track()).isBetween(0, 255);
    }
  }

  /** Feeds the tags of an FLV file as messages. */
  private static void publish(Buffer flv) {
    Told told = new Told();
    RtmpToStream mapping =
        new RtmpToStream(Duration.ofMillis(100), Duration.ofSeconds(15), told::take);
    FlvFile.feed(flv, mapping);
    mapping.finish();
  }

  /** Checks that every sample belongs to a track that was announced before. */
  private static final class Told {
    private List<Track> tracks = List.of();

    void take(MediaEvent event) {
      if (event instanceof TracksReady(List<Track> ready)) {
        assertThat(ready).isNotEmpty().isNotEqualTo(tracks);
        tracks = ready;
      } else if (event instanceof SampleReady(var sample)) {
        assertThat(tracks).anyMatch(track -> track.id().equals(sample.track()));
        assertThat(sample.payload().length()).isPositive();
      }
    }
  }
}
