package io.millrace.broker.mqtt;

import static io.millrace.broker.mqtt.HiveMqClients.payload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5SubAckException;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PayloadFormatIndicator;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling;
import io.millrace.broker.mqtt.HiveMqClients.Heard;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The cases of Eclipse Paho's interoperability suite for MQTT 5 that are about messages and
 * subscriptions, by their names there, with HiveMQ's client and through a mount point. The suite
 * itself is run as broker/README.md says.
 */
class SuiteCasesTest {
  private static HiveMqClients clients;

  @BeforeAll
  static void open() {
    clients = new HiveMqClients();
  }

  @AfterAll
  static void close() {
    clients.close();
  }

  @AfterEach
  void disconnect() {
    clients.disconnect();
  }

  @Test
  void test_basic() {
    Heard a = clients.connected("basic");
    a.subscribe("basic/A", 2);
    a.publish("basic/A", "qos 0", 0, false);
    a.publish("basic/A", "qos 1", 1, false);
    a.publish("basic/A", "qos 2", 2, false);
    a.waitFor(3);
    assertThat(a.payloads()).containsExactly("qos 0", "qos 1", "qos 2");
    assertThat(a.messages.stream().map(each -> each.getQos().getCode())).containsExactly(0, 1, 2);
  }

  @Test
  void test_retained_message() {
    Heard a = clients.connected("retained");
    a.publish("keep/1", "qos 0", 0, true);
    a.publish("keep/2", "qos 1", 1, true);
    a.publish("keep/3", "qos 2", 2, true);
    Heard b = clients.connected("retained2");
    // QoS 0 is not acknowledged, so it may come a moment later, and then live.
    b.subscribe("keep/+", 2);
    b.waitFor(3);
    assertThat(b.payloads()).containsExactlyInAnyOrder("qos 0", "qos 1", "qos 2");
    assertThat(b.messages.stream().filter(Mqtt5Publish::isRetain).count())
        .isGreaterThanOrEqualTo(2);
    assertThat(b.messages.stream().map(each -> each.getQos().getCode()))
        .containsExactlyInAnyOrder(0, 1, 2);
    for (int i = 1; i <= 3; i++) {
      a.publish("keep/" + i, "", 1, true);
    }
    Heard c = clients.connected("retained3");
    c.subscribe("keep/+", 2);
    clients.settle(c, "keep/x");
    assertThat(c.messages).isEmpty();
  }

  @Test
  void test_overlapping_subscriptions_and_test_subscribe_identifiers() {
    Heard a = clients.connected("overlapping");
    a.client.subscribeWith().topicFilter("over/#").qos(MqttQos.EXACTLY_ONCE).send();
    a.client.subscribeWith().topicFilter("over/+").qos(MqttQos.AT_LEAST_ONCE).send();
    a.publish("over/1", "once", 2, false);
    clients.settle(a, "over/1");
    assertThat(a.payloads()).containsExactly("once");
    assertThat(a.messages.getFirst().getQos()).isEqualTo(MqttQos.EXACTLY_ONCE);
  }

  @Test
  void test_subscribe_failure() {
    Heard a = clients.connected("failing");
    assertThatThrownBy(() -> a.subscribe("test/nosubscribe", 2))
        .isInstanceOf(Mqtt5SubAckException.class);
  }

  @Test
  void test_dollar_topics() {
    Heard a = clients.connected("dollar");
    a.subscribe("+/dollar", 2);
    a.publish("$x/dollar", "hidden", 1, false);
    clients.settle(a, "x/dollar");
    assertThat(a.messages).isEmpty();
    a.subscribe("$x/dollar", 2);
    a.publish("$x/dollar", "named", 1, false);
    a.waitFor(1);
  }

  @Test
  void test_unsubscribe() {
    Heard a = clients.connected("unsubscribing");
    a.subscribe("un/1", 2);
    a.subscribe("un/2", 2);
    a.client.unsubscribeWith().topicFilter("un/1").send();
    a.publish("un/1", "1", 1, false);
    a.publish("un/2", "2", 1, false);
    clients.settle(a, "un/2");
    assertThat(a.payloads()).containsExactly("2");
  }

  @Test
  void test_user_properties_and_test_payload_format_and_test_request_response() {
    Heard a = clients.connected("properties");
    a.subscribe("properties", 2);
    for (int qos = 0; qos <= 2; qos++) {
      a.client
          .publishWith()
          .topic("properties")
          .payload("x".getBytes(StandardCharsets.UTF_8))
          .qos(MqttQos.fromCode(qos))
          .payloadFormatIndicator(Mqtt5PayloadFormatIndicator.UTF_8)
          .contentType("My name")
          .responseTopic("answers/here")
          .correlationData(new byte[] {3, 3, 4})
          .userProperties()
          .add("a", "2")
          .add("c", "3")
          .add("a", "4")
          .applyUserProperties()
          .send();
    }
    a.waitFor(3);
    for (Mqtt5Publish message : a.messages) {
      assertThat(message.getPayloadFormatIndicator()).isPresent();
      assertThat(message.getContentType().orElseThrow()).hasToString("My name");
      assertThat(message.getResponseTopic().orElseThrow()).hasToString("answers/here");
      assertThat(message.getCorrelationData()).contains(ByteBuffer.wrap(new byte[] {3, 3, 4}));
      assertThat(message.getUserProperties().asList())
          .extracting(each -> each.getName() + "=" + each.getValue())
          .containsExactly("a=2", "c=3", "a=4");
    }
  }

  @Test
  void test_subscribe_options() {
    Heard a = clients.connected("options");
    Heard b = clients.connected("options2");
    for (Heard each : List.of(a, b)) {
      each.client
          .subscribeWith()
          .topicFilter("options/local")
          .qos(MqttQos.AT_LEAST_ONCE)
          .noLocal(true)
          .send();
    }
    a.publish("options/local", "to b only", 1, false);
    clients.settle(b, "options/local");
    clients.settle(a, "options/local");
    assertThat(b.payloads()).contains("to b only");
    assertThat(a.payloads()).doesNotContain("to b only");

    a.client
        .subscribeWith()
        .topicFilter("options/as")
        .qos(MqttQos.AT_LEAST_ONCE)
        .retainAsPublished(true)
        .send();
    a.messages.clear();
    a.publish("options/as", "not", 1, false);
    a.publish("options/as", "retained", 1, true);
    a.waitFor(2);
    assertThat(a.messages).extracting(Mqtt5Publish::isRetain).containsExactly(false, true);

    Heard c = clients.connected("options3");
    for (int i = 0; i < 2; i++) {
      c.client
          .subscribeWith()
          .topicFilter("options/as")
          .qos(MqttQos.AT_LEAST_ONCE)
          .retainHandling(Mqtt5RetainHandling.SEND_IF_SUBSCRIPTION_DOES_NOT_EXIST)
          .send();
      clients.settle(c, "options/as");
      assertThat(c.payloads()).containsExactly("retained");
    }
    c.client
        .subscribeWith()
        .topicFilter("options/as")
        .qos(MqttQos.AT_LEAST_ONCE)
        .retainHandling(Mqtt5RetainHandling.SEND)
        .send();
    c.waitFor(2);
    Heard d = clients.connected("options4");
    d.client
        .subscribeWith()
        .topicFilter("options/as")
        .qos(MqttQos.AT_LEAST_ONCE)
        .retainHandling(Mqtt5RetainHandling.DO_NOT_SEND)
        .send();
    clients.settle(d, "options/as");
    assertThat(d.messages).isEmpty();
  }

  @Test
  void test_client_topic_alias_and_test_server_topic_alias() {
    Heard a = clients.client("aliases");
    a.client
        .connectWith()
        .cleanStart(true)
        .restrictions()
        .topicAliasMaximum(1)
        .sendTopicAliasMaximum(5)
        .applyRestrictions()
        .send();
    a.subscribe("aliased/+", 2);
    for (int i = 0; i < 6; i++) {
      a.publish("aliased/" + i % 2, "m" + i, i % 3, false);
    }
    a.waitFor(6);
    assertThat(a.messages)
        .allSatisfy(
            message ->
                assertThat(message.getTopic().toString())
                    .isEqualTo("aliased/" + (payload(message).charAt(1) - '0') % 2));
  }

  @Test
  void test_maximum_packet_size() {
    Heard a = clients.client("small");
    a.client
        .connectWith()
        .cleanStart(true)
        .restrictions()
        .maximumPacketSize(64)
        .applyRestrictions()
        .send();
    a.subscribe("small", 2);
    Heard b = clients.connected("big");
    b.publish("small", "x".repeat(32), 1, false);
    b.publish("small", "x".repeat(64), 1, false);
    clients.settle(a, "small");
    assertThat(a.payloads()).containsExactly("x".repeat(32));
  }
}
