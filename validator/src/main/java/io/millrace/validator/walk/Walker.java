package io.millrace.validator.walk;

import io.millrace.validator.CannotLookException;
import io.millrace.validator.ValidationReport;
import io.millrace.validator.Violation;
import io.millrace.validator.WalkOptions;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/**
 * A client that follows a presentation to its end and judges everything it is given. Everything
 * public may be called at any time, from any thread.
 */
public sealed interface Walker extends AutoCloseable permits HlsWalker, DashWalker {
  /**
   * Starts to follow a stream: by DASH where the address ends in {@code .mpd}, else by HLS.
   *
   * @throws CannotLookException when it can't be fetched or is none
   */
  static Walker follow(URI address, WalkOptions options) {
    return isManifest(address)
        ? DashWalker.follow(address, options)
        : HlsWalker.follow(address, options);
  }

  /** Whether an address is taken for that of a DASH manifest. */
  static boolean isManifest(URI address) {
    String path = address.getPath();
    return path != null && path.toLowerCase(Locale.ROOT).endsWith(".mpd");
  }

  /**
   * Every MUST that was broken so far.
   *
   * @throws IllegalStateException when the validator itself failed: an empty list would be no
   *     verdict
   */
  List<Violation> violations();

  /**
   * Every SHOULD that was broken so far.
   *
   * @throws IllegalStateException when the validator itself failed
   */
  List<Violation> warnings();

  /**
   * Whether the stream has ended and all of it that is listed was looked at.
   *
   * @throws IllegalStateException when the validator itself failed
   */
  boolean ended();

  /**
   * Whether everything that is listed was seen.
   *
   * @throws IllegalStateException when the validator itself failed
   */
  boolean sawAll();

  /** How much was looked at so far. */
  ValidationReport.Looked looked();

  /** What was found so far. */
  ValidationReport report();

  /** Stops to follow. */
  @Override
  void close();
}
