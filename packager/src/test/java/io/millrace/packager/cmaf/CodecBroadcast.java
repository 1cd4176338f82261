package io.millrace.packager.cmaf;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.media.TrackId;
import io.millrace.packager.segment.CutRules;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.MediaPace;
import io.millrace.packager.segment.Segmenter;
import io.millrace.packager.segment.TimedSample;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Clips as the tracks of one broadcast, cut into segments of less than their length. */
final class CodecBroadcast {
  private static final CutRules RULES =
      new CutRules(
          Duration.ofMillis(200), Optional.of(Duration.ofSeconds(1)), Duration.ofMillis(100));

  private record Timed(double seconds, Sample sample) {}

  private CodecBroadcast() {}

  /**
   * The renditions by name, each with its header and all of its segments.
   *
   * @param clips a picture first, then sounds
   */
  static Map<String, Buffer> packaged(List<EncodedClip> clips) {
    List<Track> tracks = new ArrayList<>();
    List<Timed> samples = new ArrayList<>();
    for (EncodedClip clip : clips) {
      TrackId id = new TrackId(tracks.size() + 1);
      Track track = new Track(id, clip.track().format(), clip.track().timescale());
      tracks.add(track);
      for (TimedSample timed : clip.samples()) {
        Sample of = timed.sample();
        Sample sample = new Sample(id, of.dts(), of.compositionOffset(), of.sync(), of.payload());
        samples.add(new Timed((double) of.dts() / track.timescale().ticksPerSecond(), sample));
      }
    }
    samples.sort(Comparator.comparingDouble(Timed::seconds));
    List<CutSegment> cut = new ArrayList<>();
    Segmenter segmenter = new Segmenter(RULES, new CmafFormat(RULES, cut::add));
    MediaPace pace = new MediaPace(segmenter);
    pace.accept(new MediaEvent.TracksReady(tracks));
    samples.forEach(timed -> pace.accept(new MediaEvent.SampleReady(timed.sample)));
    pace.end();
    Map<String, Buffer> renditions = new LinkedHashMap<>();
    for (CutSegment segment : cut) {
      if (!segment.gap()) {
        renditions
            .computeIfAbsent(
                segment.rendition(), name -> segment.header().orElseThrow().bytes().copy())
            .appendBuffer(segment.bytes());
      }
    }
    return renditions;
  }
}
