package io.millrace.broker;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Closes parts one after the other; one that fails keeps no other open. For one thread. */
final class Closing {
  /** Closes one part. */
  @FunctionalInterface
  interface Step {
    /** Blocks until the part is closed, or fails. */
    void run() throws IOException;
  }

  private @Nullable Exception first;

  void step(Step step) {
    try {
      step.run();
    } catch (IOException | RuntimeException e) {
      if (first == null) {
        first = e;
      } else {
        first.addSuppressed(e);
      }
    }
  }

  /** Throws what the first step threw that failed, the others' suppressed in it. */
  void end() throws IOException {
    switch (first) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      default -> throw new IllegalStateException(first);
    }
  }
}
