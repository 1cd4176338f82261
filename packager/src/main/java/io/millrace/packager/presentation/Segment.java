package io.millrace.packager.presentation;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One segment of a rendition.
 *
 * @param msn media sequence number
 * @param epoch of the writer that made it
 * @param init name of the header that its bytes need; {@link #NO_INIT} for MPEG-TS, {@link #WEBVTT}
 *     for text
 * @param durationTicks in {@code timescale}
 * @param mediaNanos presentation time of its start on the broadcast's timeline
 * @param programDateTime wall clock at its start
 * @param discontinuity whether its timeline or encoding does not continue the one before
 * @param gap whether there is no media
 * @param independent whether it starts with a sample that decoding can start at
 * @param size bytes; 0 for a gap
 * @param keyFrameBytes so many of them, from its start, hold the picture that it starts with, where
 *     that is a key frame; else 0
 * @param parts in order, without bytes for what is missing; none after a restart, or where no parts
 *     are listed
 * @param content its bytes while they are kept in memory; of a gap, those of the parts that were
 *     listed before it was one
 * @param stored whether the store has confirmed it
 */
public record Segment(
    long msn,
    int epoch,
    String init,
    long durationTicks,
    int timescale,
    long mediaNanos,
    Instant programDateTime,
    boolean discontinuity,
    boolean gap,
    boolean independent,
    long size,
    int keyFrameBytes,
    List<Part> parts,
    Optional<Buffer> content,
    boolean stored) {
  /** The header's name of a segment whose bytes need none. */
  public static final String NO_INIT = "";

  /** What stands in a header's place of a segment of text, which needs none. */
  public static final String WEBVTT = "webvtt";

  public Segment {
    parts = List.copyOf(parts);
  }

  /** One of which no key frame is known. */
  public Segment(
      long msn,
      int epoch,
      String init,
      long durationTicks,
      int timescale,
      long mediaNanos,
      Instant programDateTime,
      boolean discontinuity,
      boolean gap,
      boolean independent,
      long size,
      List<Part> parts,
      Optional<Buffer> content,
      boolean stored) {
    this(
        msn,
        epoch,
        init,
        durationTicks,
        timescale,
        mediaNanos,
        programDateTime,
        discontinuity,
        gap,
        independent,
        size,
        0,
        parts,
        content,
        stored);
  }

  /** {@code {msn}-{epoch}.m4s}, {@code .ts} or {@code .vtt}: never twice for different bytes. */
  public String name() {
    String form = hasInit() ? ".m4s" : init.equals(WEBVTT) ? ".vtt" : ".ts";
    return msn + "-" + epoch + form;
  }

  /** Whether a header goes before its bytes. */
  public boolean hasInit() {
    return !init.equals(NO_INIT) && !init.equals(WEBVTT);
  }

  public double seconds() {
    return (double) durationTicks / timescale;
  }

  public long durationNanos() {
    return Math.round(seconds() * 1e9);
  }

  /** The same segment, confirmed by the store. */
  public Segment asStored() {
    return with(gap, content, true);
  }

  /** The same segment, its bytes no longer in memory. */
  public Segment withoutContent() {
    return with(gap, Optional.empty(), stored);
  }

  /** The same segment, its media lost. */
  public Segment asGap() {
    return with(true, Optional.empty(), false);
  }

  /**
   * A gap behind this segment, of the same form.
   *
   * @param partTarget the longest part, where playlists list parts
   */
  public Segment gapBehind(
      int newEpoch,
      long newDurationTicks,
      Instant start,
      boolean newDiscontinuity,
      Optional<Duration> partTarget) {
    return new Segment(
        msn + 1,
        newEpoch,
        init,
        newDurationTicks,
        timescale,
        mediaNanos + durationNanos(),
        start,
        newDiscontinuity,
        true,
        false,
        0,
        GapParts.of(newDurationTicks, timescale, partTarget),
        Optional.empty(),
        true);
  }

  /** Where it ends by the wall clock. */
  public Instant end() {
    return programDateTime.plusNanos(durationNanos());
  }

  private Segment with(boolean newGap, Optional<Buffer> newContent, boolean newStored) {
    return new Segment(
        msn,
        epoch,
        init,
        durationTicks,
        timescale,
        mediaNanos,
        programDateTime,
        discontinuity,
        newGap,
        independent,
        newGap ? 0 : size,
        newGap ? 0 : keyFrameBytes,
        newGap && !gap ? List.of() : parts,
        newContent,
        newStored);
  }
}
