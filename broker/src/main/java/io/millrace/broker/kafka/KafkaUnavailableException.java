package io.millrace.broker.kafka;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The embedded Kafka cannot run here; the message says why, and what to do about it. */
public final class KafkaUnavailableException extends IOException {
  private static final long serialVersionUID = 1L;

  private final ChildEnd end;
  private final String reason;

  KafkaUnavailableException(ChildEnd end, String reason, @Nullable Throwable cause) {
    super(
        "the embedded Kafka cannot be started: "
            + reason
            + " (or set broker.kafka.bootstrapServers to a Kafka of your own)",
        cause);
    this.end = end;
    this.reason = reason;
  }

  ChildEnd end() {
    return end;
  }

  /** Without the advice. */
  String reason() {
    return reason;
  }
}
