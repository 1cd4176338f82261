package io.millrace.validator;

import io.millrace.validator.walk.Walker;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Validates a presentation for some time, or until it ends. */
public final class Validator {
  private static final Duration TICK = Duration.ofMillis(200);

  private Validator() {}

  /** Whether an address is taken for that of a DASH manifest; else it is one of HLS. */
  public static boolean isManifest(URI address) {
    return Walker.isManifest(address);
  }

  /**
   * Follows a presentation and judges it. Blocks; an interrupt ends it early, with what was found.
   *
   * @param address of a multivariant playlist, of a media playlist, or of a DASH manifest ({@code
   *     .mpd})
   * @param time how long a live stream is followed; one on demand takes as long as its files do
   * @param progress told several times a second what was looked at so far, on the caller's thread
   * @throws CannotLookException when there is no presentation there
   */
  public static ValidationReport validate(
      URI address, Duration time, WalkOptions options, Consumer<ValidationReport.Looked> progress) {
    try (Walker walker = Walker.follow(address, options)) {
      long start = System.nanoTime();
      while (!walker.looked().ended()
          && System.nanoTime() - start < time.toNanos()
          && !Thread.currentThread().isInterrupted()) {
        LockSupport.parkNanos(TICK.toNanos());
        progress.accept(walker.looked());
      }
      return walker.report();
    }
  }
}
