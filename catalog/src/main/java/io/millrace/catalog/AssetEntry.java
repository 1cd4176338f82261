package io.millrace.catalog;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A recording that can be played.
 *
 * @param id sorts by the time at which its broadcast began, or at which it was made
 * @param app whose playback says who may play it
 * @param stream whose broadcast it was
 * @param bytes what it takes in the store
 * @param width of its picture in pixels; 0 without one
 * @param height likewise
 * @param pinned whether it is kept until somebody removes it
 * @param playlist the path of its HLS playlist
 * @param title its own; empty where it is the stream's
 * @param clip of what it is a part; empty where it is whole
 */
public record AssetEntry(
    String id,
    String app,
    String stream,
    Instant startedAt,
    Instant endedAt,
    Duration duration,
    long bytes,
    int width,
    int height,
    boolean pinned,
    String playlist,
    String title,
    Optional<Clip> clip) {
  private static final Pattern ID = Pattern.compile("[0-9A-Z]{26}");

  /**
   * A part of another asset, in times of that one.
   *
   * @param of the id of the other, which may be gone
   * @param from where the part that was asked for begins
   * @param to where that ends
   * @param begins where the clip begins
   * @param ends where the clip ends
   */
  public record Clip(String of, Duration from, Duration to, Duration begins, Duration ends) {}

  /** Whether a text has the form of an id; what has not is no asset's, and is asked of nobody. */
  public static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** A whole broadcast. */
  public AssetEntry(
      String id,
      String app,
      String stream,
      Instant startedAt,
      Instant endedAt,
      Duration duration,
      long bytes,
      int width,
      int height,
      boolean pinned,
      String playlist) {
    this(
        id,
        app,
        stream,
        startedAt,
        endedAt,
        duration,
        bytes,
        width,
        height,
        pinned,
        playlist,
        "",
        Optional.empty());
  }
}
