package io.millrace.broker.kafka;

import java.time.Duration;
import java.util.Optional;

/** Who runs the brokers behind a log. Asked and told on any thread, quickly. */
public interface KafkaOperator {
  /** Others, who look after them. */
  KafkaOperator OTHERS =
      new KafkaOperator() {
        @Override
        public Optional<String> outage() {
          return Optional.empty();
        }

        @Override
        public void silent(Duration since) {}
      };

  /** Why nothing is to be written now, for people; empty mostly. */
  Optional<String> outage();

  /**
   * Nothing that was asked has been answered for long.
   *
   * @param since how long
   */
  void silent(Duration since);
}
