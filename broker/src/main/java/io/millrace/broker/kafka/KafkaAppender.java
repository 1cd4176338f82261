package io.millrace.broker.kafka;

import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.Appender;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Namespace;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Appends to one generation of a namespace with its node's producer. */
final class KafkaAppender implements Appender {
  private static final Logger LOGGER = LoggerFactory.getLogger(KafkaAppender.class);

  // A record of the batch, its futures and callbacks.
  private static final int OVERHEAD = 128;

  /** How long after the cluster had no such topic it is asked again. */
  private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Namespace namespace;
  private final String topic;
  private final ForgettingProducer producer;
  private final PendingBytes pending;
  private final KafkaLogMetrics metrics;
  private final Consumer<KafkaAppender> doubt;
  private final LongSupplier nanos;
  private final AtomicBoolean verifying = new AtomicBoolean();
  private volatile boolean gone;

  /** Whether the cluster had no such topic when it was asked last, at {@link #askedAt}. */
  private volatile boolean isMissing;

  private volatile long askedAt;

  /**
   * @param doubt called when there may be no such topic any more, or one again, and not once more
   *     before {@link #verified}
   * @param nanos as {@link System#nanoTime}
   */
  KafkaAppender(
      Namespace namespace,
      String topic,
      ForgettingProducer producer,
      PendingBytes pending,
      KafkaLogMetrics metrics,
      Consumer<KafkaAppender> doubt,
      LongSupplier nanos) {
    this.namespace = namespace;
    this.topic = topic;
    this.producer = producer;
    this.pending = pending;
    this.metrics = metrics;
    this.doubt = doubt;
    this.nanos = nanos;
  }

  Namespace namespace() {
    return namespace;
  }

  /** The namespace has been deleted: nothing is taken any more. */
  void gone() {
    gone = true;
  }

  /** Whether nothing is taken now. */
  boolean isGone() {
    return gone || isMissing;
  }

  /**
   * The cluster has been asked for the topic.
   *
   * @param found whether it has it; empty where it has not said
   */
  void verified(Optional<Boolean> found) {
    found.ifPresent(its -> isMissing = !its);
    askedAt = nanos.getAsLong();
    verifying.set(false);
  }

  private void doubt() {
    if (verifying.compareAndSet(false, true)) {
      doubt.accept(this);
    }
  }

  @Override
  public int partitionOf(String path) {
    return partitionOf(path, namespace.partitions());
  }

  @Override
  public long pendingBytes() {
    return pending.get();
  }

  @Override
  public void append(Publication publication, AppendResult done) {
    if (isGone()) {
      // Others may have made it again.
      if (!gone && nanos.getAsLong() - askedAt >= AGAIN_NANOS) {
        doubt();
      }
      fail(done, new LogException(Reason.NO_SUCH_NAMESPACE, "the namespace has been deleted"));
      return;
    }
    if (publication.sizeInBytes() > namespace.maxMessageSize()) {
      fail(done, tooLarge(publication.sizeInBytes()));
      return;
    }
    byte[] key = publication.path().getBytes(StandardCharsets.UTF_8);
    int bytes = key.length + publication.sizeInBytes() + OVERHEAD;
    LogException refused = pending.add(bytes);
    if (refused != null) {
      fail(done, refused);
      return;
    }
    producer.send(
        RecordCodec.encode(topic, partitionOf(key, namespace.partitions()), key, publication),
        new Waiting(bytes, done));
  }

  /** The home of a path in a topic of so many partitions. */
  static int partitionOf(String path, int partitions) {
    return partitionOf(path.getBytes(StandardCharsets.UTF_8), partitions);
  }

  /** As Kafka's own clients choose: {@code toPositive(murmur2(key)) % partitions}. */
  private static int partitionOf(byte[] key, int partitions) {
    return Utils.toPositive(Utils.murmur2(key)) % partitions;
  }

  private LogException tooLarge(int bytes) {
    return new LogException(
        Reason.TOO_LARGE,
        "the message has "
            + bytes
            + " bytes, the namespace "
            + namespace.name()
            + " takes "
            + namespace.maxMessageSize());
  }

  private void fail(AppendResult done, LogException reason) {
    metrics.appendFailed(reason.reason());
    done.failed(reason);
  }

  /** One message on its way; called back by the producer's own thread, mostly. */
  private final class Waiting implements Callback {
    private final int bytes;
    private final AppendResult done;
    private boolean answered;

    Waiting(int bytes, AppendResult done) {
      this.bytes = bytes;
      this.done = done;
    }

    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception error) {
      if (answered) {
        return;
      }
      answered = true;
      pending.remove(bytes);
      try {
        if (error == null && metadata != null) {
          done.appended(metadata.partition(), metadata.offset(), metadata.timestamp());
        } else {
          failed(error == null ? new IllegalStateException("no answer") : error);
        }
      } catch (RuntimeException e) {
        LOGGER
            .atError()
            .addKeyValue("namespace", namespace.name())
            .setCause(e)
            .log("the answer to an append was not taken");
      }
    }

    private void failed(Exception error) {
      if (error instanceof TimeoutException) {
        doubt();
      }
      fail(done, pending.failure(error));
    }
  }
}
