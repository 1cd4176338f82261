package io.millrace.validator.mp4;

import io.millrace.validator.mp4.Mp4Boxes.Box;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The samples of one track in one {@code moof}.
 *
 * @param baseDecodeTime {@code tfdt}, in the track's timescale
 */
public record Mp4Fragment(Mp4Track track, long baseDecodeTime, List<Sample> samples) {
  private static final int NOT_SYNC = 0x10000;
  private static final int MAX_SAMPLES = 200_000;

  /**
   * One sample: duration and composition offset in the track's timescale, size in bytes.
   *
   * @param offset of its first byte in the segment
   */
  public record Sample(
      long duration, long size, boolean sync, int compositionOffset, long offset) {}

  public Mp4Fragment {
    samples = List.copyOf(samples);
  }

  /**
   * Reads every fragment of a segment.
   *
   * @param tracks of the init section in force
   * @throws MalformedMp4Exception when a fragment names no known track or says impossible sizes
   */
  public static List<Mp4Fragment> read(List<Mp4Track> tracks, byte[] segment) {
    try {
      return fragments(tracks, segment);
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new MalformedMp4Exception(0, "a box of the segment ends too early");
    }
  }

  private static List<Mp4Fragment> fragments(List<Mp4Track> tracks, byte[] segment) {
    Mp4Boxes boxes = Mp4Boxes.read(segment);
    List<Mp4Fragment> fragments = new ArrayList<>();
    for (Box moof : boxes.all("moof").toList()) {
      for (Box traf : moof.all("traf").toList()) {
        fragments.add(fragment(tracks, moof, traf));
      }
    }
    if (fragments.isEmpty()) {
      throw new MalformedMp4Exception(0, "no moof in the segment");
    }
    long sampleBytes =
        fragments.stream().flatMap(f -> f.samples().stream()).mapToLong(Sample::size).sum();
    long dataBytes = boxes.all("mdat").mapToLong(mdat -> mdat.payload().capacity()).sum();
    if (sampleBytes != dataBytes) {
      throw new MalformedMp4Exception(
          0, "samples of " + sampleBytes + " bytes in mdat of " + dataBytes);
    }
    return fragments;
  }

  /** The sum of the samples' durations, in the track's timescale. */
  public long duration() {
    return samples.stream().mapToLong(Sample::duration).sum();
  }

  /** The decode time after the last sample. */
  public long end() {
    return baseDecodeTime + duration();
  }

  private static Mp4Fragment fragment(List<Mp4Track> tracks, Box moof, Box traf) {
    ByteBuffer tfhd = traf.at("tfhd").reader();
    int flags = tfhd.getInt() & 0xFFFFFF;
    long id = Integer.toUnsignedLong(tfhd.getInt());
    Mp4Track track =
        tracks.stream()
            .filter(candidate -> candidate.id() == id)
            .findFirst()
            .orElseThrow(() -> new MalformedMp4Exception(traf.offset(), "unknown track " + id));
    long dataBase = (flags & 0x1) != 0 ? tfhd.getLong() : moof.offset();
    if ((flags & 0x2) != 0) {
      tfhd.getInt();
    }
    long duration = (flags & 0x8) != 0 ? unsigned(tfhd) : track.defaultDuration();
    long size = (flags & 0x10) != 0 ? unsigned(tfhd) : track.defaultSize();
    int sampleFlags = (flags & 0x20) != 0 ? tfhd.getInt() : track.defaultFlags();
    ByteBuffer tfdt = traf.at("tfdt").reader();
    long base = tfdt.get(0) == 1 ? tfdt.getLong(4) : Integer.toUnsignedLong(tfdt.getInt(4));
    List<Sample> samples = new ArrayList<>();
    long next = dataBase;
    for (Box trun : traf.all("trun").toList()) {
      next = run(trun, duration, size, sampleFlags, dataBase, next, samples);
    }
    return new Mp4Fragment(track, base, samples);
  }

  /** Reads a run and returns where the data after it is. */
  private static long run(
      Box trun,
      long duration,
      long size,
      int flags,
      long dataBase,
      long next,
      List<Sample> samples) {
    ByteBuffer reader = trun.reader();
    int present = reader.getInt() & 0xFFFFFF;
    long count = unsigned(reader);
    long at = (present & 0x1) != 0 ? dataBase + reader.getInt() : next;
    int firstFlags = (present & 0x4) != 0 ? reader.getInt() : flags;
    int bytesEach = 4 * Integer.bitCount(present & 0xF00);
    if (bytesEach * count != reader.remaining() || count > MAX_SAMPLES) {
      throw new MalformedMp4Exception(trun.offset(), "trun of " + count + " samples doesn't fit");
    }
    for (int i = 0; i < count; i++) {
      long sampleDuration = (present & 0x100) != 0 ? unsigned(reader) : duration;
      long sampleSize = (present & 0x200) != 0 ? unsigned(reader) : size;
      int sampleFlags = (present & 0x400) != 0 ? reader.getInt() : i == 0 ? firstFlags : flags;
      int offset = (present & 0x800) != 0 ? reader.getInt() : 0;
      samples.add(
          new Sample(sampleDuration, sampleSize, (sampleFlags & NOT_SYNC) == 0, offset, at));
      at += sampleSize;
    }
    return at;
  }

  private static long unsigned(ByteBuffer reader) {
    return Integer.toUnsignedLong(reader.getInt());
  }
}
