package io.millrace.broker.kafka;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Kafka's own clients, and the child's program from the tests' class path. */
final class Clients {
  static final KafkaProgram PROGRAM =
      new KafkaProgram(
          Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
              .map(Path::of)
              .toList(),
          Optional.empty());

  private Clients() {}

  static void makeTopic(KafkaAddress address, String topic) throws Exception {
    try (Admin admin = Admin.create(properties(address))) {
      admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    }
  }

  static KafkaProducer<String, String> producer(KafkaAddress address) {
    Map<String, Object> properties = properties(address);
    properties.put("acks", "all");
    properties.put("linger.ms", 1);
    properties.put("reconnect.backoff.max.ms", 200);
    return new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
  }

  /** Everything in the only partition of a topic, from its beginning to where it ends now. */
  static List<String> readAll(KafkaAddress address, String topic) {
    TopicPartition partition = new TopicPartition(topic, 0);
    List<String> values = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(
            properties(address), new StringDeserializer(), new StringDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(500))) {
          values.add(record.value());
        }
      }
    }
    return values;
  }

  static Map<String, Object> properties(KafkaAddress address) {
    return new HashMap<>(address.clientProperties());
  }
}
