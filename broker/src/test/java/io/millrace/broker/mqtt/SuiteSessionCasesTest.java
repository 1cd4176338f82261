package io.millrace.broker.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import io.millrace.broker.mqtt.HiveMqClients.Heard;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The cases of Eclipse Paho's interoperability suite for MQTT 5 that are about connections and what
 * outlives them; otherwise as {@link SuiteCasesTest}.
 */
class SuiteSessionCasesTest {
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
  void test_will_message_and_test_will_delay() {
    Heard b = clients.connected("heir");
    b.subscribe("will/#", 2);
    for (int delay = 0; delay < 2; delay++) {
      Heard a = clients.client("mortal");
      a.client
          .connectWith()
          .sessionExpiryInterval(5)
          .willPublish()
          .topic("will/" + delay)
          .payload("gone".getBytes(StandardCharsets.UTF_8))
          .delayInterval(delay)
          .userProperties()
          .add("a", "2")
          .add("c", "3")
          .applyUserProperties()
          .applyWillPublish()
          .send();
      a.client
          .disconnectWith()
          .reasonCode(Mqtt5DisconnectReasonCode.DISCONNECT_WITH_WILL_MESSAGE)
          .send();
      b.waitFor(delay + 1);
      assertThat(b.messages.get(delay).getTopic()).hasToString("will/" + delay);
      assertThat(b.messages.get(delay).getUserProperties().asList())
          .extracting(each -> each.getName() + "=" + each.getValue())
          .containsExactly("a=2", "c=3");
    }
  }

  @Test
  void aWillIsNotPublishedWhenTheClientComesBackInTime() {
    Heard b = clients.connected("heir2");
    b.subscribe("back/#", 2);
    for (int i = 0; i < 2; i++) {
      Heard a = clients.client("quick");
      Mqtt5ConnAck answer =
          a.client
              .connectWith()
              .cleanStart(false)
              .sessionExpiryInterval(60)
              .willPublish()
              .topic("back/a")
              .delayInterval(4)
              .applyWillPublish()
              .send();
      assertThat(answer.isSessionPresent()).isEqualTo(i == 1);
      if (i == 0) {
        a.client
            .disconnectWith()
            .reasonCode(Mqtt5DisconnectReasonCode.DISCONNECT_WITH_WILL_MESSAGE)
            .send();
      }
    }
    await().pollDelay(Duration.ofMillis(4100)).until(() -> true);
    clients.settle(b, "back/b");
    assertThat(b.messages).isEmpty();
  }

  @Test
  void test_zero_length_clientid_and_test_assigned_clientid() {
    Heard a = clients.nameless();
    Mqtt5ConnAck answer = a.client.connect();
    assertThat(answer.getAssignedClientIdentifier()).isPresent();
    assertThat(answer.getRestrictions().getTopicAliasMaximum()).isEqualTo(16);
    assertThat(answer.getRestrictions().getReceiveMaximum()).isEqualTo(20);
    assertThat(answer.getRestrictions().isRetainAvailable()).isTrue();
  }

  @Test
  void test_offline_message_queueing() {
    Heard a = clients.client("offline");
    a.client.connectWith().cleanStart(true).sessionExpiryInterval(99_999).send();
    a.subscribe("offline/+", 2);
    clients.leave(a);
    Heard b = clients.connected("onliner");
    b.publish("offline/1", "qos 0", 0, false);
    b.publish("offline/2", "qos 1", 1, false);
    b.publish("offline/3", "qos 2", 2, false);
    Heard again = clients.client("offline");
    assertThat(again.client.connectWith().cleanStart(false).send().isSessionPresent()).isTrue();
    again.waitFor(3);
    assertThat(again.payloads()).containsExactlyInAnyOrder("qos 0", "qos 1", "qos 2");
  }

  @Test
  void test_session_expiry() {
    Heard a = clients.client("expiring");
    assertThat(a.client.connectWith().sessionExpiryInterval(0).send().isSessionPresent()).isFalse();
    a.subscribe("expiring", 2);
    clients.leave(a);
    assertThat(
            a.client
                .connectWith()
                .cleanStart(false)
                .sessionExpiryInterval(60)
                .send()
                .isSessionPresent())
        .isFalse();
    clients.leave(a);
    assertThat(
            a.client
                .connectWith()
                .cleanStart(false)
                .sessionExpiryInterval(60)
                .send()
                .isSessionPresent())
        .isTrue();
    a.client.disconnectWith().sessionExpiryInterval(0).send();
    clients.awaitGone();
    assertThat(a.client.connectWith().cleanStart(false).send().isSessionPresent()).isFalse();
  }

  @Test
  void test_publication_expiry() {
    Heard b = clients.client("late");
    b.client.connectWith().cleanStart(true).sessionExpiryInterval(99_999).send();
    b.subscribe("expiry/a", 2);
    clients.leave(b);
    Heard a = clients.connected("early");
    for (int seconds : List.of(1, 60)) {
      a.client
          .publishWith()
          .topic("expiry/a")
          .payload(Integer.toString(seconds).getBytes(StandardCharsets.UTF_8))
          .qos(MqttQos.AT_LEAST_ONCE)
          .messageExpiryInterval(seconds)
          .send();
    }
    await().pollDelay(Duration.ofMillis(1100)).until(() -> true);
    Heard again = clients.client("late");
    again.client.connectWith().cleanStart(false).send();
    again.waitFor(1);
    assertThat(again.payloads()).containsExactly("60");
    assertThat(again.messages.getFirst().getMessageExpiryInterval().orElseThrow())
        .isBetween(20L, 59L);
  }

  @Test
  void test_server_keep_alive() {
    Heard a = clients.client("alive");
    assertThat(a.client.connectWith().keepAlive(120).send().getServerKeepAlive()).hasValue(60);
  }

  @Test
  void test_shared_subscriptions() {
    Heard a = clients.connected("share1");
    Heard b = clients.connected("share2");
    for (Heard each : List.of(a, b)) {
      each.subscribe("$share/group/shared/x", 1);
    }
    Heard c = clients.connected("sharer");
    for (int i = 0; i < 50; i++) {
      c.publish("shared/x", "m" + i, 1, false);
    }
    await().until(() -> a.messages.size() + b.messages.size() >= 50);
    assertThat(a.messages).isNotEmpty();
    assertThat(b.messages).isNotEmpty();
    assertThat(all(a, b)).hasSize(50).doesNotHaveDuplicates();
    // What it has and has not acknowledged yet goes to the other one.
    Set<String> had = Set.copyOf(a.payloads());
    clients.leave(a);
    c.publish("shared/x", "last", 1, false);
    await().until(() -> b.payloads().contains("last"));
    assertThat(a.payloads()).hasSameElementsAs(had);
    assertThat(Set.copyOf(all(a, b))).hasSize(51);
  }

  private static List<String> all(Heard a, Heard b) {
    return Stream.of(a, b).flatMap(each -> each.payloads().stream()).toList();
  }

  @Test
  void aWrongPasswordIsRefused() {
    Heard a = clients.client("wrong");
    assertThatThrownBy(
            () ->
                a.client
                    .connectWith()
                    .simpleAuth()
                    .username("u")
                    .password("wrong".getBytes(StandardCharsets.UTF_8))
                    .applySimpleAuth()
                    .send())
        .isInstanceOf(Mqtt5ConnAckException.class);
  }
}
