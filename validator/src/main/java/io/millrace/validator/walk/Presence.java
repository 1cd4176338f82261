package io.millrace.validator.walk;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.net.URI;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Whether a playlist answers: silence for long is B13, coming back is D9. */
final class Presence {
  private static final Duration SILENCE = Duration.ofSeconds(60);
  private static final Duration AWAY = Duration.ofSeconds(10);

  private final Findings findings;
  private final BooleanSupplier closed;
  private final URI uri;
  private volatile long silentSince = -1;
  private boolean gone;

  /**
   * Of one playlist.
   *
   * @param closed whether nobody follows it any more
   */
  Presence(Findings findings, BooleanSupplier closed, URI uri) {
    this.findings = findings;
    this.closed = closed;
    this.uri = uri;
  }

  /** Whether there was no answer for some time. */
  boolean isAway() {
    long since = silentSince;
    return since >= 0 && System.nanoTime() - since > AWAY.toNanos();
  }

  void answered() {
    silentSince = -1;
    if (gone) {
      gone = false;
      findings.add(new Violation(Rule.D9, uri.toString(), "was 404 for a while"));
    }
  }

  /** Whether a playlist that was there is not any more, for the first time. */
  boolean goes(boolean started) {
    boolean goes = started && !gone;
    gone |= goes;
    return goes;
  }

  /** The server may be starting again: only silence for long is a broken rule. */
  void failed(String reason) {
    long now = System.nanoTime();
    if (silentSince < 0) {
      silentSince = now;
    } else if (now - silentSince > SILENCE.toNanos() && !closed.getAsBoolean()) {
      String words = "no playlist for %d s".formatted(SILENCE.toSeconds());
      findings.add(new Violation(Rule.B13, uri.toString(), words));
      findings.note(uri + ": " + words + ": " + reason);
    }
  }
}
