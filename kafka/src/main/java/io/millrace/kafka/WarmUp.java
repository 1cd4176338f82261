package io.millrace.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What clients do first, done once while the JVM notes for its start-up cache what is needed. */
final class WarmUp {
  private static final String TOPIC = "warm-up";
  private static final int RECORDS = 500;

  private WarmUp() {}

  static void run(int port, KafkaSettings settings) throws KafkaFailure {
    Map<String, Object> client =
        Map.of(
            "bootstrap.servers", "127.0.0.1:" + port,
            "security.protocol", "SASL_PLAINTEXT",
            "sasl.mechanism", "PLAIN",
            "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";"
                    .formatted(settings.user(), settings.password()),
            "group.id", TOPIC,
            "auto.offset.reset", "earliest",
            "acks", "all");
    try (Admin admin = Admin.create(client)) {
      admin.createTopics(List.of(new NewTopic(TOPIC, 2, (short) 1))).all().get();
      write(client);
      read(client);
      admin.deleteTopics(List.of(TOPIC)).all().get();
    } catch (ExecutionException e) {
      throw new KafkaFailure(ExitStatus.FAULT, "the warm-up failed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaFailure(ExitStatus.FAULT, "interrupted", e);
    }
  }

  private static void write(Map<String, Object> client)
      throws ExecutionException, InterruptedException {
    try (var producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < RECORDS; i++) {
        var sent = producer.send(new ProducerRecord<>(TOPIC, new byte[] {(byte) i}, new byte[100]));
        if (i % 100 == 0) {
          sent.get();
        }
      }
    }
  }

  private static void read(Map<String, Object> client) {
    try (var consumer =
        new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(TOPIC));
      int read = 0;
      for (int i = 0; i < 50 && read < RECORDS; i++) {
        read += consumer.poll(Duration.ofMillis(200)).count();
      }
      consumer.commitSync();
    }
  }
}
