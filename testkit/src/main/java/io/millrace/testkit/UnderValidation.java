package io.millrace.testkit;

import io.millrace.validator.CannotLookException;
import io.millrace.validator.Rule;
import io.millrace.validator.ValidationReport;
import io.millrace.validator.Violation;
import io.millrace.validator.walk.HlsWalker;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Validates a stream while a test uses it, and fails the test at the end with what broke a rule:
 *
 * <pre>{@code
 * try (UnderValidation watched = UnderValidation.of(server.playlist("name"))) {
 *   // whatever the test does
 * }
 * }</pre>
 */
public final class UnderValidation implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration TICK = Duration.ofMillis(50);

  private final HlsWalker walker;
  private final Duration patience;
  private final Set<Rule> known = EnumSet.noneOf(Rule.class);
  private final Set<Rule> excused = EnumSet.noneOf(Rule.class);

  private UnderValidation(HlsWalker walker, Duration patience) {
    this.walker = walker;
    this.patience = patience;
  }

  /**
   * Starts to follow a stream, which must be on air already.
   *
   * @throws CannotLookException when it can't be fetched
   */
  public static UnderValidation of(URI playlist) {
    return of(playlist, PATIENCE);
  }

  /**
   * The same.
   *
   * @param patience how long the end waits for what was not seen yet
   */
  public static UnderValidation of(URI playlist, Duration patience) {
    return new UnderValidation(HlsWalker.follow(playlist), patience);
  }

  /**
   * Rules that are known to be broken: they are not held against the stream, but at least one of
   * them must be broken, so that a mended one is not forgotten here.
   */
  public UnderValidation knowing(Collection<Rule> broken) {
    known.addAll(broken);
    return this;
  }

  /** Rules that what the test does to the stream may break, or may not. */
  public UnderValidation excusing(Rule... broken) {
    excused.addAll(List.of(broken));
    return this;
  }

  /** What it sees, for tests that look closer. */
  public HlsWalker walker() {
    return walker;
  }

  /**
   * Waits until everything that is listed was seen, and stops to follow.
   *
   * @throws AssertionError naming every violation of a MUST, or how the validator failed, or that
   *     it saw no segment or not all that is listed
   */
  @Override
  public void close() {
    boolean sawAll = awaitAll();
    ValidationReport report = walker.report();
    walker.close();
    if (!report.failures().isEmpty()) {
      throw new AssertionError("the validator failed: " + String.join("; ", report.failures()));
    }
    List<Violation> violations =
        report.violations().stream()
            .filter(violation -> !known.contains(violation.rule()))
            .filter(violation -> !excused.contains(violation.rule()))
            .toList();
    if (!violations.isEmpty()) {
      throw new AssertionError(
          violations.stream()
              .map(Violation::toString)
              .collect(Collectors.joining("\n  ", "rules are broken:\n  ", "")));
    }
    if (!known.isEmpty() && report.clean()) {
      throw new AssertionError("none of " + known + " is broken any more: expect it no longer");
    }
    if (report.looked().segments() == 0 || !sawAll) {
      throw new AssertionError(
          "the validator did not see all that is listed: "
              + report.looked()
              + "; "
              + report.notes());
    }
  }

  /** Whether all was seen in time; a validator that failed is not waited for. */
  private boolean awaitAll() {
    long deadline = System.nanoTime() + patience.toNanos();
    while (walker.report().failures().isEmpty()) {
      if (walker.sawAll()) {
        return true;
      }
      if (System.nanoTime() > deadline) {
        return false;
      }
      LockSupport.parkNanos(TICK.toNanos());
    }
    return false;
  }
}
