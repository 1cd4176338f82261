package io.millrace.packager.recording;

import java.time.Duration;

/**
 * How long is waited where clips are made.
 *
 * @param answer for the clip, by whoever asks for it; then they are told that it takes longer
 * @param again before what is left of one that failed is removed again
 * @param delivery for the bucket behind the store, to have what has been copied so far
 */
public record ClipTimes(Duration answer, Duration again, Duration delivery) {
  /** The answer comes within what clients and proxies wait for. */
  public static final ClipTimes STANDARD =
      new ClipTimes(Duration.ofSeconds(15), Duration.ofMinutes(1), Duration.ofMinutes(10));
}
