package io.millrace.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The hashes of a track's frames or packets in order, as FFmpeg's {@code framemd5} writes them: the
 * proof that media went through a system bit-exact.
 *
 * @param timebase seconds of one tick of the entries' times, as {@code 1/48000}
 */
public record FrameHashes(String timebase, List<Entry> entries) {
  /** One frame or packet: times in the track's timebase, size in bytes, MD5 of its bytes. */
  public record Entry(long dts, long pts, long duration, int size, String md5) {}

  private static final int FIELDS = 6;

  public FrameHashes {
    entries = List.copyOf(entries);
  }

  /** Every decoded picture of the first video track, in presentation order. */
  public static FrameHashes decodedVideo(Duration deadline, List<String> input) {
    return run(
        deadline,
        input,
        List.of("-map", "0:v:0", "-fps_mode", "passthrough", "-enc_time_base", "demux"));
  }

  /** Every packet of the first audio track as it was sent, in order. */
  public static FrameHashes audioPackets(Duration deadline, List<String> input) {
    return packets(deadline, input, "0:a:0");
  }

  /**
   * Every packet of a track as it was sent, in order.
   *
   * @param track by FFmpeg's {@code -map}
   */
  public static FrameHashes packets(Duration deadline, List<String> input, String track) {
    return run(deadline, input, List.of("-map", track, "-c", "copy"));
  }

  /**
   * Every AAC frame of the first audio track as it was sent, in order, without the headers that a
   * transport stream puts before each.
   */
  public static FrameHashes aacFrames(Duration deadline, List<String> input) {
    return run(deadline, input, List.of("-map", "0:a:0", "-c", "copy", "-bsf:a", "aac_adtstoasc"));
  }

  /** Reads the text of {@code -f framemd5} with one stream. */
  public static FrameHashes parse(String text) {
    String timebase = "";
    List<Entry> entries = new ArrayList<>();
    for (String line : text.lines().toList()) {
      if (line.startsWith("#tb 0: ")) {
        timebase = line.substring("#tb 0: ".length()).strip();
      } else if (!line.isBlank() && !line.startsWith("#")) {
        String[] fields = line.split(",", -1);
        if (fields.length < FIELDS) {
          throw new IllegalArgumentException("not a framemd5 line: " + line);
        }
        entries.add(
            new Entry(
                Long.parseLong(fields[1].strip()),
                Long.parseLong(fields[2].strip()),
                Long.parseLong(fields[3].strip()),
                Integer.parseInt(fields[4].strip()),
                fields[5].strip()));
      }
    }
    return new FrameHashes(timebase, entries);
  }

  /** The hashes alone, in order. */
  public List<String> md5s() {
    return entries.stream().map(Entry::md5).toList();
  }

  /** A part of the entries. */
  public FrameHashes part(int from, int to) {
    return new FrameHashes(timebase, entries.subList(from, to));
  }

  /** The time at which an entry is shown, in seconds. */
  public double seconds(int entry) {
    int slash = timebase.indexOf('/');
    double ticksPerSecond = Double.parseDouble(timebase.substring(slash + 1));
    return entries.get(entry).pts()
        * Double.parseDouble(timebase.substring(0, slash))
        / ticksPerSecond;
  }

  /**
   * Where this and what came out part, in words: empty when every hash is equal and in order. Times
   * are compared by {@link #timeDifferenceTo}.
   */
  public Optional<String> differenceTo(FrameHashes other) {
    int common = Math.min(entries.size(), other.entries.size());
    for (int i = 0; i < common; i++) {
      if (!entries.get(i).md5().equals(other.entries.get(i).md5())) {
        return Optional.of(
            "entry %d differs: expected %s, got %s"
                .formatted(i, entries.get(i), other.entries.get(i)));
      }
    }
    return entries.size() == other.entries.size()
        ? Optional.empty()
        : Optional.of(
            "expected %d entries, got %d, equal as far as they go"
                .formatted(entries.size(), other.entries.size()));
  }

  /**
   * Where the times at which this and what came out are shown part, in words: empty when every
   * entry of the other is shown so much later, whatever the timebases.
   *
   * @param laterSeconds by how much the other one's timeline is later
   * @param toleranceSeconds what each entry may be off by
   */
  public Optional<String> timeDifferenceTo(
      FrameHashes other, double laterSeconds, double toleranceSeconds) {
    int common = Math.min(entries.size(), other.entries.size());
    for (int i = 0; i < common; i++) {
      double off = other.seconds(i) - seconds(i) - laterSeconds;
      if (Math.abs(off) > toleranceSeconds) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "entry %d is shown %.6f s off: expected %s of %s, got %s of %s",
                i,
                off,
                entries.get(i),
                timebase,
                other.entries.get(i),
                other.timebase));
      }
    }
    return Optional.empty();
  }

  private static FrameHashes run(Duration deadline, List<String> input, List<String> selection) {
    List<String> arguments = new ArrayList<>(input);
    arguments.addAll(selection);
    arguments.addAll(List.of("-f", "framemd5", "-"));
    try (Program program = Ffmpeg.start(arguments)) {
      return parse(program.await(deadline).orFail().text());
    }
  }
}
