package io.millrace.broker.kafka;

import java.time.Instant;

/** What the embedded Kafka is doing. */
public sealed interface KafkaState {
  /** For people. */
  String detail();

  /** It has not served anybody yet. */
  record Starting() implements KafkaState {
    @Override
    public String detail() {
      return "starting";
    }
  }

  /** It serves clients. */
  record Ready() implements KafkaState {
    @Override
    public String detail() {
      return "ready";
    }
  }

  /**
   * It has ended, or could not be started, and is tried again until it runs.
   *
   * @param since when it was lost
   * @param reason of its last end
   */
  record Restarting(Instant since, String reason) implements KafkaState {
    @Override
    public String detail() {
      return "being started again since %s: %s".formatted(since, reason);
    }
  }

  /** It was closed. */
  record Stopped() implements KafkaState {
    @Override
    public String detail() {
      return "stopped";
    }
  }
}
