package io.millrace.app.clip;

import io.millrace.media.MalformedMediaException;
import io.millrace.media.Sample;
import io.millrace.media.Slate;
import io.millrace.media.Track;
import io.millrace.media.UnsupportedMediaException;
import io.millrace.packager.ClipReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads the MP4 file that is shown while nobody sends. */
public final class SlateFile {
  private static final long MOST_BYTES = 64L << 20;

  /** 60 pictures at 29.97 a second are 2.002 s. */
  private static final int GROUP_PERCENT = 105;

  private SlateFile() {}

  /**
   * Reads all of it into memory. Blocks.
   *
   * @param longestGroup how far apart its key frames may be
   * @throws IOException when it cannot be read
   * @throws IllegalArgumentException with words for the user, when it cannot be shown
   */
  public static Slate load(Path file, Duration longestGroup) throws IOException {
    if (Files.size(file) > MOST_BYTES) {
      throw new IllegalArgumentException(
          file + " is longer than 64 MiB, and it is kept in memory; make it shorter");
    }
    try (ClipReader clip = ClipReader.open(file)) {
      List<Track> tracks = clip.tracks();
      List<Sample> samples = new ArrayList<>();
      for (Optional<Sample> next = clip.next(); next.isPresent(); next = clip.next()) {
        samples.add(next.get());
      }
      Track picture = first(file, tracks, true);
      Track sound = first(file, tracks, false);
      checkGroups(file, picture, samples, clip.duration(), longestGroup);
      return new Slate(List.of(picture, sound), samples, clip.duration());
    } catch (MalformedMediaException e) {
      throw new IllegalArgumentException(
          file + " is no MP4 file that can be read: " + e.getMessage(), e);
    } catch (UnsupportedMediaException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  private static Track first(Path file, List<Track> tracks, boolean video) {
    return tracks.stream()
        .filter(track -> track.isVideo() == video)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    file
                        + (video
                            ? " has no H.264 pictures"
                            : " has no AAC sound; give it some, silence if need be")));
  }

  private static void checkGroups(
      Path file, Track picture, List<Sample> samples, Duration duration, Duration longestGroup) {
    List<Sample> pictures =
        samples.stream().filter(sample -> sample.track().equals(picture.id())).toList();
    if (pictures.isEmpty() || !pictures.getFirst().sync()) {
      throw new IllegalArgumentException(file + " does not begin with a key frame");
    }
    long first = picture.timescale().toNanos(pictures.getFirst().dts());
    long group = first;
    long longest = 0;
    for (Sample sample : pictures) {
      if (sample.sync()) {
        long at = picture.timescale().toNanos(sample.dts());
        longest = Math.max(longest, at - group);
        group = at;
      }
    }
    longest = Math.max(longest, first + duration.toNanos() - group);
    if (longest > longestGroup.toNanos() / 100 * GROUP_PERCENT) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s has key frames up to %.1f s apart, more than packager.segmentDuration;"
                  + " encode it again, for example with -force_key_frames expr:gte(t,n_forced*%s)",
              file,
              longest / 1e9,
              longestGroup.toMillis() / 1e3));
    }
  }
}
