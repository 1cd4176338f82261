package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.MediaEvent;
import io.millrace.media.MediaEvent.SampleReady;
import io.millrace.media.MediaEvent.TracksReady;
import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamToRtmpTest {
  private static final Path CLIPS = Path.of("src/test/resources/fuzz/flv-stream");

  // RTMP R31
  @ParameterizedTest
  @ValueSource(strings = {"hevc-opus", "av1-flac", "vp9-ac3", "h264-eac3", "h264-aac-opus"})
  void whatIsSentIsWhatWasReceived(String clip) throws IOException {
    Buffer flv = Buffer.buffer(Files.readAllBytes(CLIPS.resolve(clip + ".flv")));
    List<MediaEvent> received = new ArrayList<>();
    RtmpToStream first = mapping(received);
    FlvFile.feed(flv, first);
    first.finish();

    List<MediaEvent> again = new ArrayList<>();
    RtmpToStream second = mapping(again);
    StreamToRtmp sender = new StreamToRtmp(1);
    for (MediaEvent event : received) {
      for (RtmpMessage message : sender.map(event)) {
        switch (message.type()) {
          case RtmpMessage.VIDEO -> second.video(message.timestamp(), message.payload());
          case RtmpMessage.AUDIO -> second.audio(message.timestamp(), message.payload());
          default -> StreamMetadata.of(Amf0.read(message.payload())).ifPresent(second::expect);
        }
      }
    }
    second.finish();

    assertThat(first.skipped() + second.skipped()).isZero();
    assertThat(tracks(received)).hasSize(clip.split("-").length);
    assertThat(again).hasSameSizeAs(received);
    for (int i = 0; i < received.size(); i++) {
      if (received.get(i) instanceof SampleReady(Sample sent)) {
        Sample arrived = ((SampleReady) again.get(i)).sample();
        assertThat(arrived.payload()).isEqualTo(sent.payload());
        assertThat(arrived.sync()).isEqualTo(sent.sync());
        assertThat(arrived.track()).isEqualTo(sent.track());
        assertThat(arrived.compositionOffset()).isEqualTo(sent.compositionOffset());
      } else {
        assertThat(again.get(i)).isInstanceOf(TracksReady.class);
        assertThat(formats(again.get(i))).isEqualTo(formats(received.get(i)));
      }
    }
  }

  private static RtmpToStream mapping(List<MediaEvent> events) {
    return new RtmpToStream(Duration.ofSeconds(2), Duration.ofSeconds(15), events::add);
  }

  private static List<Track> tracks(List<MediaEvent> events) {
    return ((TracksReady) events.getFirst()).tracks();
  }

  private static List<String> formats(MediaEvent event) {
    return ((TracksReady) event)
        .tracks().stream().map(track -> track.id() + " " + track.format()).toList();
  }
}
