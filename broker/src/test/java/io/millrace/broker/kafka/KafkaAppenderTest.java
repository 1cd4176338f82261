package io.millrace.broker.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Namespace;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** An appender whose topic others delete and make, on a producer that knows no topic. */
class KafkaAppenderTest {
  private final List<KafkaAppender> doubted = new ArrayList<>();
  private final List<Reason> refused = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private final KafkaAppender appender =
      new KafkaAppender(
          Namespace.builtIn("plant"),
          "plant",
          new ForgettingProducer(
              () ->
                  new MockProducer<>(
                      true, null, new ByteArraySerializer(), new ByteArraySerializer())),
          new PendingBytes(1000, Optional::empty),
          new KafkaLogMetrics(new PrometheusRegistry()),
          doubted::add,
          nanos::get);

  private Reason append() {
    appender.append(
        Publication.of("a", new byte[1]),
        new AppendResult() {
          @Override
          public void appended(int partition, long offset, long time) {
            throw new IllegalStateException("no topic is known");
          }

          @Override
          public void failed(LogException reason) {
            refused.add(reason.reason());
          }
        });
    return refused.getLast();
  }

  private void later(long millis) {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  @Test
  void aTopicThatWasMissingIsLookedForOnceASecondAndAppendedToWhenItIsThereAgain() {
    assertThat(append()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(doubted).hasSize(1);
    appender.verified(Optional.of(false));
    assertThat(append()).isEqualTo(Reason.NO_SUCH_NAMESPACE);
    later(999);
    append();
    assertThat(doubted).hasSize(1);
    later(1);
    append();
    append();
    assertThat(doubted).as("it is asked for once at a time").hasSize(2);
    appender.verified(Optional.empty());
    assertThat(append()).as("the cluster has said nothing").isEqualTo(Reason.NO_SUCH_NAMESPACE);
    later(1000);
    append();
    appender.verified(Optional.of(true));
    assertThat(appender.isGone()).isFalse();
    assertThat(append()).isEqualTo(Reason.UNAVAILABLE);
  }

  @Test
  void aTopicOfADeletedNamespaceIsNotLookedFor() {
    appender.gone();
    later(10_000);
    assertThat(append()).isEqualTo(Reason.NO_SUCH_NAMESPACE);
    assertThat(doubted).isEmpty();
  }
}
