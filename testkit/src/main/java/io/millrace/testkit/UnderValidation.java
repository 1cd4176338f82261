package io.millrace.testkit;

import io.millrace.validator.CannotLookException;
import io.millrace.validator.ValidationReport;
import io.millrace.validator.Violation;
import io.millrace.validator.walk.HlsWalker;
import java.net.URI;
import java.util.List;
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
  private final HlsWalker walker;

  private UnderValidation(HlsWalker walker) {
    this.walker = walker;
  }

  /**
   * Starts to follow a stream, which must be on air already.
   *
   * @throws CannotLookException when it can't be fetched
   */
  public static UnderValidation of(URI playlist) {
    return new UnderValidation(HlsWalker.follow(playlist));
  }

  /** What it sees, for tests that look closer. */
  public HlsWalker walker() {
    return walker;
  }

  /**
   * Stops to follow.
   *
   * @throws AssertionError naming every violation of a MUST, or that nothing was seen
   */
  @Override
  public void close() {
    ValidationReport report = walker.report();
    walker.close();
    if (report.looked().versions() == 0) {
      throw new AssertionError("the validator saw no playlist; " + report.notes());
    }
    List<Violation> violations = report.violations();
    if (!violations.isEmpty()) {
      throw new AssertionError(
          violations.stream()
              .map(Violation::toString)
              .collect(Collectors.joining("\n  ", "rules are broken:\n  ", "")));
    }
  }
}
