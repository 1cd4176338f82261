package io.millrace.broker.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A client of MQTT 5 with QoS 1 and a session, which comes and goes; what it gets are numbers. */
final class KeptMqttSession implements AutoCloseable {
  private final Mqtt5BlockingClient client;
  private final List<Mqtt5Publish> received = Collections.synchronizedList(new ArrayList<>());

  KeptMqttSession(int port, String filter) {
    client =
        MqttClient.builder()
            .useMqttVersion5()
            .identifier("keeper")
            .serverHost("127.0.0.1")
            .serverPort(port)
            .buildBlocking();
    client.toAsync().publishes(MqttGlobalPublishFilter.ALL, received::add);
    assertThat(connect(true)).isFalse();
    client.subscribeWith().topicFilter(filter).qos(MqttQos.AT_LEAST_ONCE).send();
  }

  private boolean connect(boolean isNew) {
    return client
        .connectWith()
        .cleanStart(isNew)
        .sessionExpiryInterval(3600)
        .simpleAuth()
        .username("u")
        .password("any".getBytes(StandardCharsets.UTF_8))
        .applySimpleAuth()
        .send()
        .isSessionPresent();
  }

  void leave() {
    client.disconnect();
  }

  /** Its session has to be there. */
  void comeBack() {
    assertThat(connect(false)).isTrue();
  }

  private static int number(Mqtt5Publish message) {
    return Integer.parseInt(new String(message.getPayloadAsBytes(), StandardCharsets.UTF_8));
  }

  /** Each of these at least once, the first time in order topic by topic. */
  void assertThatItHas(Collection<Integer> wanted, Duration limit) {
    await()
        .atMost(limit)
        .untilAsserted(
            () ->
                assertThat(
                        new HashSet<>(
                            List.copyOf(received).stream().map(KeptMqttSession::number).toList()))
                    .containsAll(wanted));
    Set<Integer> seen = new HashSet<>();
    Map<String, Integer> last = new HashMap<>();
    for (Mqtt5Publish message : List.copyOf(received)) {
      int number = number(message);
      if (seen.add(number)) {
        Integer before = last.put(message.getTopic().toString(), number);
        assertThat(before == null ? -1 : before).as("order of a topic").isLessThan(number);
      }
    }
  }

  @Override
  public void close() {
    if (client.getState().isConnected()) {
      client.disconnect();
    }
  }
}
