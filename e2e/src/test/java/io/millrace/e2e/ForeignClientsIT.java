package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that others have written, of MQTT and of Kafka, against one server. */
class ForeignClientsIT {
  private static final Duration SHORTLY = Duration.ofSeconds(20);
  private static final String KAFKA_PASSWORD = "e2e-Kafka-password-1";

  @TempDir private static Path data;
  private static final int KAFKA = Ports.free().http();
  private static MillraceProcess server;

  @BeforeAll
  static void start() {
    server =
        MillraceProcess.serve(
            data,
            Ports.free(),
            Map.of(
                MillraceProcess.ROLES,
                "broker",
                "MILLRACE_HTTP_TLS_MODE",
                "self-signed",
                "MILLRACE_HTTP_TLS_PORT",
                "0",
                "MILLRACE_BROKER_KAFKA_LISTENER_ENABLED",
                "true",
                "MILLRACE_BROKER_KAFKA_LISTENER_HOST",
                "127.0.0.1",
                "MILLRACE_BROKER_KAFKA_LISTENER_PORT",
                Integer.toString(KAFKA),
                "MILLRACE_BROKER_KAFKA_LISTENER_ADVERTISED",
                "localhost",
                "MILLRACE_BROKER_KAFKA_LISTENER_PASSWORD",
                KAFKA_PASSWORD));
  }

  @AfterAll
  static void stop() {
    try (MillraceProcess running = server) {
      assertThat(running.stop().exitCode()).as(running.log()).isZero();
    }
  }

  private static byte[] key() {
    return MillraceProcess.PUBLISH_KEY.getBytes(StandardCharsets.UTF_8);
  }

  private static String uri() {
    return "tcp://127.0.0.1:" + server.ports().mqtt();
  }

  private static String text(byte[] payload) {
    return new String(payload, StandardCharsets.UTF_8);
  }

  @Test
  void hiveMqsAndPahosClientsOfBothVersionsHearOneAnother() throws Exception {
    Map<String, List<String>> heard =
        Map.of(
            "hive3", new CopyOnWriteArrayList<>(),
            "hive5", new CopyOnWriteArrayList<>(),
            "paho3", new CopyOnWriteArrayList<>(),
            "paho5", new CopyOnWriteArrayList<>());
    Mqtt3BlockingClient hive3 = hive("hive3").useMqttVersion3().buildBlocking();
    Mqtt5BlockingClient hive5 = hive("hive5").useMqttVersion5().buildBlocking();
    var paho3 = new org.eclipse.paho.client.mqttv3.MqttClient(uri(), "paho3", null);
    var paho5 = new org.eclipse.paho.mqttv5.client.MqttClient(uri(), "paho5", null);
    try {
      hive3
          .toAsync()
          .publishes(
              MqttGlobalPublishFilter.ALL,
              message -> heard.get("hive3").add(text(message.getPayloadAsBytes())));
      hive3.connectWith().simpleAuth().username("a").password(key()).applySimpleAuth().send();
      hive3.subscribeWith().topicFilter("public/java/#").qos(MqttQos.EXACTLY_ONCE).send();

      hive5
          .toAsync()
          .publishes(
              MqttGlobalPublishFilter.ALL,
              message -> heard.get("hive5").add(text(message.getPayloadAsBytes())));
      hive5.connectWith().simpleAuth().username("a").password(key()).applySimpleAuth().send();
      hive5.subscribeWith().topicFilter("public/java/+").qos(MqttQos.AT_LEAST_ONCE).send();

      MqttConnectOptions options3 = new MqttConnectOptions();
      options3.setUserName("a");
      options3.setPassword(MillraceProcess.PUBLISH_KEY.toCharArray());
      paho3.connect(options3);
      paho3.subscribe(
          "public/java/#",
          1,
          (topic, message) -> heard.get("paho3").add(text(message.getPayload())));

      MqttConnectionOptions options5 = new MqttConnectionOptions();
      options5.setUserName("a");
      options5.setPassword(key());
      paho5.setCallback(new Paho5(heard.get("paho5")));
      paho5.connect(options5);
      paho5.subscribe("public/java/#", 2);

      hive3
          .publishWith()
          .topic("public/java/a")
          .qos(MqttQos.EXACTLY_ONCE)
          .payload(bytes("1"))
          .send();
      hive5
          .publishWith()
          .topic("public/java/a")
          .qos(MqttQos.AT_LEAST_ONCE)
          .payload(bytes("2"))
          .send();
      paho3.publish("public/java/a", bytes("3"), 2, false);
      paho5.publish("public/java/a", bytes("4"), 1, false);

      heard.forEach(
          (client, texts) ->
              Waiting.within(SHORTLY)
                  .untilAsserted(
                      () -> assertThat(texts).as(client).containsExactly("1", "2", "3", "4")));
    } finally {
      hive3.disconnect();
      hive5.disconnect();
      paho3.disconnect();
      paho3.close();
      paho5.disconnect();
      paho5.close();
    }
  }

  private static com.hivemq.client.mqtt.MqttClientBuilder hive(String id) {
    return MqttClient.builder()
        .identifier(id)
        .serverHost("127.0.0.1")
        .serverPort(server.ports().mqtt());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private record Paho5(List<String> heard) implements MqttCallback {
    @Override
    public void messageArrived(String topic, MqttMessage message) {
      heard.add(text(message.getPayload()));
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {}

    @Override
    public void mqttErrorOccurred(MqttException exception) {}

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String uri) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}
  }

  @Test
  void kafkasOwnClientsPublishAndReadThroughTheListener() throws Exception {
    try (TopicClient http = new TopicClient(server);
        KafkaProducer<String, String> producer =
            new KafkaProducer<>(kafka(), new StringSerializer(), new StringSerializer());
        KafkaConsumer<String, String> consumer =
            new KafkaConsumer<>(kafka(), new StringDeserializer(), new StringDeserializer())) {
      producer
          .send(new ProducerRecord<>("public", "kafka/in", "from Kafka"))
          .get(SHORTLY.toSeconds(), TimeUnit.SECONDS);
      Waiting.within(SHORTLY)
          .untilAsserted(
              () -> assertThat(http.history("public/kafka/in")).containsExactly("from Kafka"));
      assertThat(http.publish("public/kafka/out", "to Kafka", "out-1")).isTrue();

      Set<TopicPartition> all =
          consumer.partitionsFor("public", SHORTLY).stream()
              .map(ForeignClientsIT::partition)
              .collect(Collectors.toSet());
      consumer.assign(all);
      consumer.seekToBeginning(all);
      List<String> read = new ArrayList<>();
      Waiting.within(SHORTLY)
          .untilAsserted(
              () -> {
                for (ConsumerRecord<String, String> one : consumer.poll(Duration.ofMillis(50))) {
                  read.add(one.key() + " " + one.value());
                }
                assertThat(read).contains("kafka/in from Kafka", "kafka/out to Kafka");
              });
    }
  }

  private static TopicPartition partition(PartitionInfo info) {
    return new TopicPartition(info.topic(), info.partition());
  }

  private static Map<String, Object> kafka() {
    return Map.of(
        "bootstrap.servers",
        "localhost:" + KAFKA,
        "security.protocol",
        "SASL_SSL",
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"kafka\""
            + " password=\""
            + KAFKA_PASSWORD
            + "\";",
        "ssl.truststore.type",
        "PEM",
        "ssl.truststore.location",
        data.resolve("tls/self-signed.crt").toString());
  }
}
