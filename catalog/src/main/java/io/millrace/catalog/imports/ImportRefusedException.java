package io.millrace.catalog.imports;

import io.millrace.http.Problem;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An import or an upload that is not taken; says why in words for whoever wants it. */
public final class ImportRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;
  private final transient @Nullable Duration retryAfter;

  private ImportRefusedException(Problem problem, @Nullable Duration retryAfter) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  static ImportRefusedException of(int status, String code, String words) {
    return new ImportRefusedException(new Problem(status, code, words), null);
  }

  static ImportRefusedException of(Problem problem) {
    return new ImportRefusedException(problem, null);
  }

  static ImportRefusedException later(Problem problem, Duration retryAfter) {
    return new ImportRefusedException(problem, retryAfter);
  }

  public Problem problem() {
    return problem;
  }

  /** When it may be asked again. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
