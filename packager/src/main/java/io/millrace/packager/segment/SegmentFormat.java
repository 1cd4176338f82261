package io.millrace.packager.segment;

import io.millrace.media.Track;
import io.millrace.packager.presentation.RenditionInfo;
import java.util.List;
import java.util.Optional;

/**
 * The container of one broadcast's segments: turns what a {@link Segmenter} cuts into the segments
 * of renditions. Confined to the broadcast's home context.
 */
public interface SegmentFormat {
  /**
   * What is added to every time in a file, in seconds. Media time starts at a broadcast's first
   * sample, and another track's first may lie before it; decoding times in files are unsigned.
   */
  int TIME_OFFSET_SECONDS = 10;

  /**
   * Starts to write a track, in place of the one before it.
   *
   * @param line what the segmenter calls the track's place among the others: {@code video} or a
   *     name of its sound; every line that was ever opened gets each media sequence number cut
   */
  TrackWriter open(String line, Track track);

  /** Samples that were given and that the container cannot carry; they are in no segment. */
  long dropped();

  /** How much memory the samples take that have been cut and wait for those of another line. */
  long unwrittenBytes();

  /**
   * Whether files say how long each sample lasts; else the last frame of a segment lasts as long as
   * frames do, whatever comes after it.
   */
  boolean writesDurations();

  /** Whether players follow a segment part by part, so that its sound must not wait for its end. */
  default boolean listsParts() {
    return false;
  }

  /** A line has no track any more: until it is opened again, its segments are empty. */
  void close(String line);

  /**
   * Whether a line shares its rendition with another, so that a track that joins it or leaves it
   * changes what is told of both (HLS D1).
   */
  boolean isShared(String line);

  /**
   * Why a track cannot be carried, in words for its publisher; empty when it can. From any thread.
   */
  Optional<String> objection(Track track);

  /** Whether a track that is away is written as silence. */
  boolean fillsSound(Track track);

  /**
   * The renditions that tracks end up in.
   *
   * @param tracks each as if it were a rendition of its own
   */
  List<RenditionInfo> renditions(List<RenditionInfo> tracks);
}
