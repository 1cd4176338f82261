package io.millrace.packager.segment;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.packager.cmaf.Fragment;
import io.millrace.packager.cmaf.Fragment.TimedSample;
import io.millrace.packager.presentation.Part;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Collects the samples of one open segment and writes them part by part. */
final class SegmentBuilder {
  private final Timescale timescale;
  private final long partTicks;
  private final boolean video;
  private final List<TimedSample> openPart = new ArrayList<>();
  private final List<Part> parts = new ArrayList<>();
  private Buffer bytes = Buffer.buffer();
  private long openTicks;
  private long sequence;
  private int frames;
  private @Nullable Sample first;

  /**
   * @param partTicks longest part
   */
  SegmentBuilder(Timescale timescale, long partTicks, boolean video) {
    this.timescale = timescale;
    this.partTicks = partTicks;
    this.video = video;
  }

  /** Adds the next sample; the part is cut before a sample that would make it too long. */
  void add(Sample sample, long duration) {
    if (!openPart.isEmpty() && openTicks + duration > partTicks) {
      closePart();
    }
    if (first == null) {
      first = sample;
    }
    openPart.add(new TimedSample(sample, duration));
    openTicks += duration;
    frames++;
  }

  boolean isEmpty() {
    return frames == 0;
  }

  int frames() {
    return frames;
  }

  boolean independent() {
    return first != null && first.sync();
  }

  /** The first sample, when it is a key frame of a picture. */
  Optional<Sample> keyFrame() {
    return video && independent() ? Optional.ofNullable(first) : Optional.empty();
  }

  List<Part> parts() {
    return List.copyOf(parts);
  }

  /** Closes the last part and gives the bytes of the segment. */
  Buffer finish() {
    if (!openPart.isEmpty()) {
      closePart();
    }
    return bytes;
  }

  /** Starts the next segment. */
  void reset() {
    parts.clear();
    bytes = Buffer.buffer();
    frames = 0;
    first = null;
  }

  private void closePart() {
    int offset = bytes.length();
    if (offset == 0) {
      bytes.appendBuffer(Fragment.segmentType());
    }
    sequence++;
    bytes.appendBuffer(Fragment.write(sequence, timescale, openPart));
    boolean independent = openPart.stream().anyMatch(timed -> timed.sample().sync());
    parts.add(new Part(offset, bytes.length() - offset, openTicks, independent));
    openPart.clear();
    openTicks = 0;
  }
}
