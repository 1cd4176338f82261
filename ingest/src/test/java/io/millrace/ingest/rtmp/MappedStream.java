package io.millrace.ingest.rtmp;

import static io.millrace.ingest.rtmp.SampleMedia.aacHeader;
import static io.millrace.ingest.rtmp.SampleMedia.avcHeader;

import io.millrace.media.MediaEvent;
import io.millrace.media.MediaEvent.Discontinuity;
import io.millrace.media.MediaEvent.SampleReady;
import io.millrace.media.MediaEvent.TracksReady;
import io.millrace.media.Sample;
import io.millrace.media.Track;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A mapping of messages to the media model, and the events that came out of it. */
abstract class MappedStream {
  final List<MediaEvent> events = new ArrayList<>();
  final RtmpToStream mapping =
      new RtmpToStream(Duration.ofSeconds(2), Duration.ofSeconds(15), events::add);

  void begin() {
    mapping.video(0, avcHeader());
    mapping.audio(0, aacHeader());
  }

  List<Track> lastTracks() {
    return events.stream()
        .filter(TracksReady.class::isInstance)
        .map(event -> ((TracksReady) event).tracks())
        .reduce((earlier, later) -> later)
        .orElseThrow();
  }

  List<Sample> samples() {
    return events.stream()
        .filter(SampleReady.class::isInstance)
        .map(event -> ((SampleReady) event).sample())
        .toList();
  }

  List<String> kinds() {
    return events.stream()
        .map(
            event ->
                switch (event) {
                  case TracksReady ready -> ready.tracks().size() + " tracks";
                  case SampleReady(Sample sample) ->
                      (sample.track().value() == 1 ? "video " : "audio ") + sample.dts();
                  case Discontinuity _ -> "discontinuity";
                  case MediaEvent.Ended _ -> "ended";
                })
        .toList();
  }
}
