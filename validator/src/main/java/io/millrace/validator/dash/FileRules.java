package io.millrace.validator.dash;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.dash.Manifest.AdaptationSet;
import io.millrace.validator.dash.Manifest.Representation;
import io.millrace.validator.dash.SegmentTemplate.Listed;
import io.millrace.validator.media.FormatRules;
import io.millrace.validator.media.MediaSample;
import io.millrace.validator.media.SegmentMedia;
import io.millrace.validator.media.TrackFormat;
import io.millrace.validator.media.TrackMedia;
import io.millrace.validator.mp4.Mp4Track;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a manifest says of a file, beside the file. Pure. */
public final class FileRules {
  /** HLS dates have milliseconds, the manifest's durations microseconds, and ticks are rounded. */
  private static final Duration APART = Duration.ofNanos(1_100_000);

  /** RTMP has decoding times and composition offsets in milliseconds, each rounded by itself. */
  private static final double SOURCE_ROUNDED = 0.002;

  private FileRules() {}

  /** S2, S6: a segment that was fetched. */
  public static List<Violation> segment(
      String where,
      AdaptationSet set,
      SegmentTemplate template,
      Listed listed,
      SegmentMedia media) {
    List<Violation> violations = new ArrayList<>();
    Optional<TrackMedia> leading = media.leading();
    if (leading.isEmpty()) {
      return violations;
    }
    TrackMedia track = leading.get();
    MediaSample opening = track.samples().getFirst();
    long first = track.samples().stream().mapToLong(MediaSample::pts).min().orElse(0);
    long lasts = track.samples().stream().mapToLong(MediaSample::duration).sum();
    // Cut within a group, pictures that are shown before it nominally begins are decoded in it.
    long reordered =
        opening.dts()
            + track.samples().stream().mapToLong(each -> each.pts() - each.dts()).max().orElse(0);
    boolean within =
        !opening.isEntry()
            && isBefore(first, track.timescale(), listed.time(), template.timescale())
            && isBefore(listed.time(), template.timescale(), reordered, track.timescale());
    if (!within
        && apart(first, track.timescale(), listed.time(), template.timescale(), SOURCE_ROUNDED)) {
      violations.add(
          new Violation(
              Rule.DASH_S2,
              where,
              "S@t is %d of %d a second, its first presentation %d of %d"
                  .formatted(listed.time(), template.timescale(), first, track.timescale())));
    }
    if (!template.mayGrow(listed)
        && apart(lasts, track.timescale(), listed.duration(), template.timescale(), 0)) {
      violations.add(
          new Violation(
              Rule.DASH_S2,
              where,
              "S@d is %d of %d a second, its samples last %d of %d"
                  .formatted(listed.duration(), template.timescale(), lasts, track.timescale())));
    }
    if (set.startsWithSap() && !opening.isEntry()) {
      violations.add(
          new Violation(Rule.DASH_S6, where, "starts with a sample that needs others before it"));
    }
    return violations;
  }

  private static boolean isBefore(long one, long oneScale, long other, long otherScale) {
    return one / (double) oneScale <= other / (double) otherScale + SOURCE_ROUNDED;
  }

  /** By more than a tick of the coarser and some room in seconds. */
  private static boolean apart(long one, long oneScale, long other, long otherScale, double room) {
    double seconds = Math.abs(one / (double) oneScale - other / (double) otherScale);
    return seconds > 1.001 / Math.min(oneScale, otherScale) + room;
  }

  /** R1: a header that was fetched. */
  public static List<Violation> header(String where, Representation said, List<Mp4Track> tracks) {
    List<Violation> violations = new ArrayList<>();
    for (Mp4Track track : tracks) {
      TrackFormat format = track.format();
      if (!format.isPlayed()) {
        continue;
      }
      if (Arrays.stream(said.codecs().split(",", -1))
          .noneMatch(codec -> FormatRules.same(codec.strip(), format))) {
        violations.add(differs(where, said, "codecs are", said.codecs(), format.codec()));
      }
      if (said.width() != 0
          && format.width() != 0
          && (said.width() != format.width() || said.height() != format.height())) {
        violations.add(
            differs(
                where,
                said,
                "size is",
                said.width() + "x" + said.height(),
                format.width() + "x" + format.height()));
      }
      if (said.channels().isPresent()
          && format.channels() != 0
          && said.channels().get() != format.channels()) {
        violations.add(
            differs(
                where, said, "channels are", "" + said.channels().get(), "" + format.channels()));
      }
      if (said.sampleRate().isPresent()
          && format.sampleRate() != 0
          && said.sampleRate().get() != format.sampleRate()) {
        violations.add(
            differs(
                where, said, "rate is", "" + said.sampleRate().get(), "" + format.sampleRate()));
      }
    }
    return violations;
  }

  private static Violation differs(
      String where, Representation said, String what, String written, String found) {
    return new Violation(
        Rule.DASH_R1,
        where,
        "%s: its %s %s, the header has %s".formatted(said.id(), what, written, found));
  }

  /** S3: where a file is by the manifest, and by a playlist. */
  public static List<Violation> dates(String where, Instant byManifest, Instant byPlaylist) {
    Duration apart = Duration.between(byPlaylist, byManifest);
    return apart.abs().compareTo(APART) <= 0
        ? List.of()
        : List.of(
            new Violation(
                Rule.DASH_S3,
                where,
                "is at %s, in the playlist at %s".formatted(byManifest, byPlaylist)));
  }
}
