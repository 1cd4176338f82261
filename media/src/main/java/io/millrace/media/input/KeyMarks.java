package io.millrace.media.input;

import io.millrace.media.Sample;
import io.millrace.media.Track;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The last key frames of one input: when they are to be decoded, and what is in them. Two inputs
 * whose key frames are compared tell whether they come from one encoder, or from two with one
 * clock.
 */
final class KeyMarks {
  /** What two inputs have in common. */
  enum Agreement {
    /** Key frames of the same times have the same bytes. */
    BYTES,
    /** Key frames have the same times, and come at about the same moment. */
    TIMES,
    NONE
  }

  private static final int REMEMBERED = 16;

  /** At most one mark in each cell of the source's time: the same one with both inputs. */
  private static final long CELL_NANOS = 500_000_000;

  /** Inputs of one clock that come farther apart than this have the same times by chance. */
  private static final long TOGETHER_NANOS = 1_000_000_000;

  /** RTMP's milliseconds, which may be rounded for each connection anew. */
  private static final long SOUND_ROUNDING_NANOS = 5_000_000;

  private record Mark(long dts, int length, long checksum, long arrivedNanos) {}

  private final Deque<Mark> marks = new ArrayDeque<>();
  private @Nullable Track lead;
  private long cell = Long.MIN_VALUE;

  void tracks(List<Track> tracks) {
    Track now = Lead.track(tracks, Lead.of(tracks));
    if (now == null || !now.equals(lead)) {
      clear();
    }
    lead = now;
  }

  void clear() {
    marks.clear();
    cell = Long.MIN_VALUE;
  }

  void sample(Sample sample, long nowNanos) {
    if (lead == null || !sample.sync() || !sample.track().equals(lead.id())) {
      return;
    }
    long in = Math.floorDiv(lead.timescale().toNanos(sample.dts()), CELL_NANOS);
    if (in == cell) {
      return;
    }
    cell = in;
    CRC32C checksum = new CRC32C();
    checksum.update(sample.payload().getBytes());
    marks.addLast(new Mark(sample.dts(), sample.payload().length(), checksum.getValue(), nowNanos));
    if (marks.size() > REMEMBERED) {
      marks.removeFirst();
    }
  }

  /** Compares key frames of inputs that have the same tracks. */
  Agreement with(KeyMarks other) {
    Track track = lead;
    if (track == null) {
      return Agreement.NONE;
    }
    long tolerance = track.isVideo() ? 0 : track.timescale().ofNanos(SOUND_ROUNDING_NANOS);
    Agreement agreement = Agreement.NONE;
    for (Mark mark : marks) {
      for (Mark theirs : other.marks) {
        if (Math.abs(mark.dts - theirs.dts) <= tolerance) {
          boolean same = mark.length == theirs.length && mark.checksum == theirs.checksum;
          boolean together = Math.abs(mark.arrivedNanos - theirs.arrivedNanos) <= TOGETHER_NANOS;
          agreement = same ? Agreement.BYTES : together ? Agreement.TIMES : Agreement.NONE;
        }
      }
    }
    return agreement;
  }
}
