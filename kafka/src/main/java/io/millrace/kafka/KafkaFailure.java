package io.millrace.kafka;

import org.jspecify.annotations.Nullable;

/** The program cannot run here; the message tells people why. */
final class KafkaFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final ExitStatus status;
  private final String message;

  KafkaFailure(ExitStatus status, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.status = status;
    this.message = message;
  }

  @Override
  public String getMessage() {
    return message;
  }

  ExitStatus status() {
    return status;
  }
}
