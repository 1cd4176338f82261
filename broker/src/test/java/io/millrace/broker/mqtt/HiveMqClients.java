package io.millrace.broker.mqtt;

import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** HiveMQ's clients for MQTT 5 on a door of their own, with a namespace before every topic. */
final class HiveMqClients implements AutoCloseable {
  private static final String SETTLED = "settled ";

  private final MqttFixture fixture = new MqttFixture(MqttFixture.mounted());
  private final List<Heard> opened = new CopyOnWriteArrayList<>();
  private int settled;

  /** A client and what it has got. */
  static final class Heard {
    final Mqtt5BlockingClient client;
    final List<Mqtt5Publish> messages = new CopyOnWriteArrayList<>();

    private Heard(Mqtt5BlockingClient client) {
      this.client = client;
      client.toAsync().publishes(MqttGlobalPublishFilter.ALL, messages::add);
    }

    List<String> payloads() {
      return messages.stream().map(HiveMqClients::payload).toList();
    }

    void waitFor(int count) {
      await().until(() -> messages.size() >= count);
    }

    void publish(String topic, String payload, int qos, boolean retain) {
      client
          .publishWith()
          .topic(topic)
          .payload(payload.getBytes(StandardCharsets.UTF_8))
          .qos(MqttQos.fromCode(qos))
          .retain(retain)
          .send();
    }

    void subscribe(String filter, int qos) {
      client.subscribeWith().topicFilter(filter).qos(MqttQos.fromCode(qos)).send();
    }
  }

  static String payload(Mqtt5Publish message) {
    return new String(message.getPayloadAsBytes(), StandardCharsets.UTF_8);
  }

  /** It gets nothing that was acknowledged before, but what is retained. */
  private Heard built(Mqtt5ClientBuilder builder) {
    fixture.log.awaitTails();
    Heard heard =
        new Heard(
            builder.serverHost("127.0.0.1").serverPort(fixture.server.port()).buildBlocking());
    opened.add(heard);
    return heard;
  }

  Heard client(String id) {
    return built(MqttClient.builder().useMqttVersion5().identifier(id));
  }

  /** One that the server is to name. */
  Heard nameless() {
    return built(MqttClient.builder().useMqttVersion5());
  }

  Heard connected(String id) {
    Heard heard = client(id);
    heard.client.connectWith().cleanStart(true).send();
    return heard;
  }

  /** Once this is back, everything that was published before is delivered. */
  void settle(Heard heard, String topic) {
    String payload = SETTLED + ++settled;
    Heard last = connected("last");
    last.publish(topic, payload, 0, false);
    await().until(() -> heard.payloads().contains(payload));
    // Also those that were meant for others, which have come before it.
    heard.messages.removeIf(message -> payload(message).startsWith(SETTLED));
    leave(last);
  }

  /** Once this is back, the server knows that the client has gone. */
  void leave(Heard heard) {
    heard.client.disconnect();
    awaitGone();
  }

  /** Returns when the server knows of all that have gone. */
  void awaitGone() {
    long open = opened.stream().filter(each -> each.client.getState().isConnected()).count();
    await().until(() -> fixture.gauge("millrace_broker_connections") == open);
  }

  /** Ends the connections, and leaves the door open. */
  void disconnect() {
    for (Heard each : opened) {
      if (each.client.getState().isConnected()) {
        each.client.disconnect();
      }
    }
    opened.clear();
    await().until(() -> fixture.gauge("millrace_broker_connections") == 0);
  }

  @Override
  public void close() {
    fixture.close();
  }
}
