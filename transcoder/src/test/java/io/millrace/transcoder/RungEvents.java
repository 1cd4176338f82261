package io.millrace.transcoder;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.codec.NalCursor;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What came of one rung. */
record RungEvents(List<MediaEvent> all) {
  List<Sample> samples() {
    List<Sample> samples = new ArrayList<>();
    for (MediaEvent event : all) {
      if (event instanceof MediaEvent.SampleReady(var sample)) {
        samples.add(sample);
      }
    }
    return samples;
  }

  List<Long> times() {
    return samples().stream().map(Sample::pts).sorted().toList();
  }

  List<Long> keys() {
    return samples().stream().filter(Sample::sync).map(Sample::pts).toList();
  }

  List<List<Track>> tracks() {
    List<List<Track>> tracks = new ArrayList<>();
    for (MediaEvent event : all) {
      if (event instanceof MediaEvent.TracksReady(var next)) {
        tracks.add(next);
      }
    }
    return tracks;
  }

  long discontinuities() {
    return all.stream().filter(MediaEvent.Discontinuity.class::isInstance).count();
  }

  boolean hasEnded() {
    return !all.isEmpty() && all.getLast() instanceof MediaEvent.Ended;
  }

  TrackFormat format() {
    return tracks().getFirst().getFirst().format();
  }

  /** As a program reads H.264: start codes, parameter sets before each key frame. */
  Path annexB(Path file) throws IOException {
    Buffer out = Buffer.buffer();
    if (format() instanceof TrackFormat.H264(var avc)) {
      NalCursor units = new NalCursor();
      for (Sample sample : samples()) {
        if (sample.sync()) {
          avc.sequenceParameterSets().forEach(set -> out.appendInt(1).appendBuffer(set));
          avc.pictureParameterSets().forEach(set -> out.appendInt(1).appendBuffer(set));
        }
        units.over(sample.payload());
        while (units.next()) {
          out.appendInt(1).appendBuffer(sample.payload(), units.from(), units.length());
        }
      }
    }
    return Files.write(file, out.getBytes());
  }

  /** As a program reads AAC-LC: each access unit behind an ADTS header. */
  static Path adts(TrackFormat format, List<Sample> samples, Path file) throws IOException {
    TrackFormat.Aac aac = (TrackFormat.Aac) format;
    int rate = aac.configuration().rateIndex().orElseThrow();
    int channels = aac.configuration().channelConfiguration();
    Buffer out = Buffer.buffer();
    for (Sample sample : samples) {
      int length = sample.payload().length() + 7;
      out.appendByte((byte) 0xFF).appendByte((byte) 0xF1);
      out.appendByte((byte) (1 << 6 | rate << 2 | channels >> 2));
      out.appendByte((byte) ((channels & 3) << 6 | length >> 11));
      out.appendByte((byte) (length >> 3));
      out.appendByte((byte) ((length & 7) << 5 | 0x1F)).appendByte((byte) 0xFC);
      out.appendBuffer(sample.payload());
    }
    return Files.write(file, out.getBytes());
  }
}
