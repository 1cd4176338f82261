package io.millrace.bench.topics;

import io.millrace.bench.Form;
import io.millrace.bench.Row;
import io.millrace.bench.crowd.Crowd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

/**
 * From publishing to delivery through the log, with little to do: MQTT in, WebSocket out, beside
 * Kafka's own producer and consumer on a Kafka of the same kind.
 */
public final class LogLatency {
  private static final int PAYLOAD_BYTES = 100;
  private static final int PER_SECOND = 100;
  private static final double GOAL = 1.5;
  private static final Duration POLL = Duration.ofMillis(100);
  private static final String RAW_TOPIC = "latency";

  private LogLatency() {}

  public static void main(String[] args) throws IOException {
    Form.print(
        TopicServer.measured(
            server -> measure(server, Duration.ofSeconds(30), Duration.ofSeconds(30)).rows()));
  }

  /**
   * What both took, in microseconds.
   *
   * @param ours of this program
   * @param raw of Kafka's own client
   */
  record Latencies(Histogram ours, Histogram raw) {
    List<Row> rows() {
      String how = words(ours) + "; Kafka's own client " + words(raw);
      return List.of(
          Row.atMost("publish to delivery through the log, median", ratio(50), GOAL, "×", how),
          Row.atMost("the same, p99", ratio(99), GOAL, "×", how));
    }

    private double ratio(double percentile) {
      return (double) ours.getValueAtPercentile(percentile) / raw.getValueAtPercentile(percentile);
    }
  }

  /** Measures this program and the raw client in turns. */
  static Latencies measure(TopicServer server, Duration warmUp, Duration counted)
      throws IOException {
    Path folder = Form.newFolder();
    try {
      Histogram ours = ours(server.webSocket("logged"), warmUp, counted);
      try (RawKafka kafka = RawKafka.like(server, folder)) {
        kafka.makeTopic(RAW_TOPIC, 1);
        return new Latencies(ours, raw(kafka, warmUp, counted));
      }
    } finally {
      Form.delete(folder);
    }
  }

  private static String words(Histogram micros) {
    return String.format(
        Locale.ROOT,
        "p50 %.2f, p99 %.2f, p99.9 %.2f ms",
        micros.getValueAtPercentile(50) / 1000.0,
        micros.getValueAtPercentile(99) / 1000.0,
        micros.getValueAtPercentile(99.9) / 1000.0);
  }

  private static Histogram ours(Target target, Duration warmUp, Duration counted)
      throws IOException {
    try (Crowd crowd =
            new Crowd(target.subscribeAt(), 1, Crowd.SOME_AT_ONCE, target.subscribers());
        SteadyPublisher publisher =
            new SteadyPublisher(
                target.publishTo(), target.password(), target.topic(), PAYLOAD_BYTES)) {
      Awaitility.await("a subscriber").until(() -> crowd.subscribed() == 1);
      publisher.publish(PER_SECOND, warmUp);
      crowd.count();
      int sent = publisher.publish(PER_SECOND, counted);
      Awaitility.await("all of them").until(() -> crowd.soFar() >= sent);
      return crowd.counted();
    }
  }

  private static Histogram raw(RawKafka kafka, Duration warmUp, Duration counted)
      throws IOException {
    Properties consuming = kafka.client();
    consuming.put("enable.auto.commit", "false");
    try (KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                consuming, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        KafkaProducer<byte[], byte[]> producer = producer(kafka)) {
      consumer.assign(List.of(new TopicPartition(RAW_TOPIC, 0)));
      consumer.seekToEnd(consumer.assignment());
      consumer.position(new TopicPartition(RAW_TOPIC, 0));
      consume(consumer, publish(producer, warmUp), count(warmUp));
      return consume(consumer, publish(producer, counted), count(counted));
    }
  }

  private static int count(Duration howLong) {
    return (int) (howLong.toMillis() * PER_SECOND / 1000);
  }

  private static KafkaProducer<byte[], byte[]> producer(RawKafka kafka) {
    Properties producing = kafka.client();
    producing.put("acks", "all");
    producing.put("linger.ms", "0");
    return new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** On a thread of its own, evenly; a message carries the time at which it was due. */
  private static Thread publish(KafkaProducer<byte[], byte[]> producer, Duration howLong) {
    return Thread.ofPlatform()
        .start(
            () -> {
              long step = 1_000_000_000L / PER_SECOND;
              long due = System.nanoTime();
              for (int i = 0; i < count(howLong); i++) {
                for (long wait = due - System.nanoTime();
                    wait > 0;
                    wait = due - System.nanoTime()) {
                  LockSupport.parkNanos(wait);
                }
                var _ =
                    producer.send(
                        new ProducerRecord<>(RAW_TOPIC, Stamp.payload(due, PAYLOAD_BYTES)));
                due += step;
              }
            });
  }

  private static Histogram consume(
      KafkaConsumer<byte[], byte[]> consumer, Thread publisher, int expected) throws IOException {
    Histogram micros = new Histogram(60_000_000, 3);
    long deadline = System.nanoTime() + Duration.ofMinutes(3).toNanos();
    while (micros.getTotalCount() < expected) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        ByteBuffer value = ByteBuffer.wrap(record.value());
        long late = System.nanoTime() - Stamp.of(value, value.remaining());
        micros.recordValue(Math.max(0, late) / 1000);
      }
      if (System.nanoTime() > deadline) {
        throw new IOException("messages are missing");
      }
    }
    try {
      publisher.join();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    return micros;
  }
}
