package io.millrace.broker.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5SubAckException;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5Subscribe;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5SubscribeBuilder;
import io.millrace.broker.log.MemoryTopicLog;
import io.millrace.broker.log.PartitionRef;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is behind the other doors' starts, positions, gaps and filters is behind MQTT 5 too. */
class MqttHistoryTest {
  private final KeptSessions server = new KeptSessions();
  private final List<Talker> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(Talker::close);
    server.close();
  }

  /** HiveMQ's client, with a session that is kept, and what it has got. */
  private final class Talker {
    private final Mqtt5BlockingClient client;
    private final List<Mqtt5Publish> messages = new CopyOnWriteArrayList<>();

    private Talker(String id, boolean isNew, String password) {
      client =
          MqttClient.builder()
              .useMqttVersion5()
              .identifier(id)
              .serverHost("127.0.0.1")
              .serverPort(server.fixture.server.port())
              .buildBlocking();
      client.toAsync().publishes(MqttGlobalPublishFilter.ALL, messages::add);
      client
          .connectWith()
          .cleanStart(isNew)
          .sessionExpiryInterval(3600)
          .simpleAuth()
          .username("u")
          .password(password.getBytes(StandardCharsets.UTF_8))
          .applySimpleAuth()
          .send();
      opened.add(this);
    }

    /**
     * @param properties names and values
     */
    private Talker subscribe(String filter, String... properties) {
      Mqtt5SubscribeBuilder.Complete asked =
          Mqtt5Subscribe.builder().topicFilter(filter).qos(MqttQos.AT_LEAST_ONCE);
      for (int i = 0; i < properties.length; i += 2) {
        asked = asked.userProperties().add(properties[i], properties[i + 1]).applyUserProperties();
      }
      client.subscribe(asked.build());
      return this;
    }

    private List<String> payloads() {
      return messages.stream()
          .map(one -> new String(one.getPayloadAsBytes(), StandardCharsets.UTF_8))
          .toList();
    }

    private Talker waitFor(int count) {
      await().until(() -> messages.size() >= count);
      return this;
    }

    private void close() {
      if (client.getState().isConnected()) {
        client.disconnect();
      }
    }
  }

  private Talker talker(String id) {
    return new Talker(id, true, "all");
  }

  private static List<String> property(Mqtt5Publish message, String name) {
    return message.getUserProperties().asList().stream()
        .filter(one -> one.getName().toString().equals(name))
        .map(one -> one.getValue().toString())
        .toList();
  }

  private static String position(Mqtt5Publish message) {
    return property(message, "mr-position").getFirst();
  }

  private void publish(String topic, int from, int to) {
    server.publish(
        topic, 1, IntStream.range(from, to).mapToObj(i -> "m" + i).toArray(String[]::new));
  }

  private static List<String> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "m" + i).toList();
  }

  @Test
  void beginsWithTheLastMessagesAlsoOverWildcards() {
    publish("plant/hall/1", 0, 5);
    Talker one = talker("last").subscribe("plant/hall/+", "mr-last", "3", "my-own", "word");
    one.waitFor(3);
    publish("plant/hall/2", 5, 6);

    assertThat(one.waitFor(4).payloads()).isEqualTo(numbers(2, 6));
  }

  @Test
  void beginsAtATime() {
    publish("plant/hall/1", 0, 2);
    Talker one = talker("since").subscribe("plant/#", "mr-since", "0");

    assertThat(one.waitFor(2).payloads()).isEqualTo(numbers(0, 2));
  }

  @Test
  void resumesAtEveryCutFromThePositionThatItWasTold() {
    for (int i = 0; i < 12; i++) {
      publish("plant/hall/" + i % 3, i, i + 1);
    }
    Talker all = talker("all").subscribe("plant/#", "mr-since", "0", "mr-positions", "true");
    all.waitFor(12);
    assertThat(all.payloads()).containsExactlyInAnyOrderElementsOf(numbers(0, 12));
    for (int cut = 0; cut < 12; cut++) {
      List<String> rest = all.payloads().subList(cut + 1, 12);
      Talker again = talker("again" + cut);
      again.subscribe("plant/#", "mr-after", position(all.messages.get(cut)));
      publish("plant/mark", 99 + cut, 100 + cut);
      await().until(() -> again.payloads().stream().anyMatch("m99"::equals));
      assertThat(again.payloads().stream().filter(text -> text.length() < 4 && !text.equals("m99")))
          .as("after message " + cut)
          .containsExactlyInAnyOrderElementsOf(rest);
      all.messages.removeIf(one -> one.getTopic().toString().equals("plant/mark"));
      again.close();
    }
  }

  @Test
  void withoutAWordNoPositionIsTold() {
    Talker one = talker("plain").subscribe("plant/#", "mr-since", "0");
    publish("plant/a", 0, 1);

    one.waitFor(1);
    assertThat(one.messages.getFirst().getUserProperties().asList()).isEmpty();
  }

  @Test
  void takesOnlyWhatItsConditionTakesAlsoOfWhatIsRetainedAndAfterARestart() {
    server.retain("plant/kept/cold", "{\"t\":1}");
    server.retain("plant/kept/hot", "{\"t\":9}");
    Talker one = talker("where").subscribe("plant/#", "mr-where", "payload.t > 3");
    assertThat(one.waitFor(1).payloads()).containsExactly("{\"t\":9}");
    server.publish("plant/a", 1, "{\"t\":2}", "{\"t\":4}");
    assertThat(one.waitFor(2).payloads()).containsExactly("{\"t\":9}", "{\"t\":4}");
    one.close();
    server.publish("plant/a", 1, "{\"t\":3}", "{\"t\":5}");
    server.restart();

    Talker again = new Talker("where", false, "all");
    server.publish("plant/a", 1, "{\"t\":0}", "{\"t\":6}");
    assertThat(again.waitFor(2).payloads()).containsExactly("{\"t\":5}", "{\"t\":6}");
  }

  @Test
  void aSubscriptionBesideThatDoesNotWantAMessageHidesItFromNoOther() {
    Talker one = talker("beside");
    one.subscribe("plant/#", "mr-where", "payload.t > 3").subscribe("plant/+");
    server.publish("plant/a", 1, "{\"t\":1}", "{\"t\":5}");

    assertThat(one.waitFor(2).payloads()).containsExactly("{\"t\":1}", "{\"t\":5}");
  }

  @Test
  void anotherConditionTakesThePlaceOfTheOneBeforeAndGoesOn() {
    Talker one = talker("changing").subscribe("plant/a", "mr-where", "payload.t > 3");
    server.publish("plant/a", 1, "{\"t\":1}", "{\"t\":5}");
    one.waitFor(1).subscribe("plant/a", "mr-where", "payload.t < 3");
    server.publish("plant/a", 1, "{\"t\":6}", "{\"t\":2}");
    one.waitFor(2).subscribe("plant/a");
    server.publish("plant/a", 1, "{\"t\":7}");

    assertThat(one.waitFor(3).payloads()).containsExactly("{\"t\":5}", "{\"t\":2}", "{\"t\":7}");
  }

  private static PartitionRef partitionOf(String path) {
    return new PartitionRef("plant", 1, MemoryTopicLog.byHash(3).applyAsInt(path));
  }

  @Test
  void theMessageBehindAGapSaysSo() {
    int count = 200;
    // More than is in memory.
    List<String> payloads = IntStream.range(0, count).mapToObj(i -> i + "x".repeat(2000)).toList();
    server.publish("plant/a", 1, payloads.toArray(String[]::new));
    Talker first = talker("first").subscribe("plant/a", "mr-since", "0", "mr-positions", "true");
    String position = position(first.waitFor(count).messages.getFirst());
    PartitionRef partition = partitionOf("a");
    server.log.trim(partition, server.log.all(partition).get(50).offset());

    Talker again = talker("again").subscribe("plant/a", "mr-after", position);
    again.waitFor(count - 50);
    assertThat(again.payloads()).isEqualTo(payloads.subList(50, count));
    assertThat(property(again.messages.get(0), "mr-gap"))
        .singleElement()
        .asString()
        .contains("\"reason\":\"retention\"")
        .contains("\"from\":")
        .contains("\"to\":");
    assertThat(property(again.messages.get(1), "mr-gap")).isEmpty();
  }

  @Test
  void aSessionThatWasAwayForLongerThanRetentionIsToldOfTheGapAlsoLater() {
    talker("away").subscribe("plant/a").close();
    publish("plant/a", 0, 20);
    server.log.trim(partitionOf("a"), Long.MAX_VALUE);
    // Nothing is in memory any more.
    server.restart();

    // It comes and goes before there is a message that can say so.
    await()
        .until(
            () -> {
              new Talker("away", false, "all").close();
              return !server.stored("away").subscriptions().getFirst().untold().isEmpty();
            });
    server.restart();
    Talker again = new Talker("away", false, "all");
    publish("plant/a", 20, 21);

    again.waitFor(1);
    assertThat(again.payloads()).isEqualTo(numbers(20, 21));
    assertThat(property(again.messages.getFirst(), "mr-gap")).isNotEmpty();
  }

  @Test
  void whatCannotBeIsRefusedWithWords() {
    Talker one = talker("wrong");
    refused(one, "plant/a", "mr-last", "0", "last is a number");
    refused(one, "plant/a", "mr-after", "x", "position");
    refused(one, "plant/a", "mr-where", "payload.t >", "expected");
    refused(one, "plant/a", "mr-first", "1", "there is no mr-first");
    refused(one, "plant/a", "mr-positions", "yes", "true or false");
    refused(one, "$share/g/plant/a", "mr-last", "1", "shared subscription");
    Talker reader = new Talker("reader", true, "reader");
    refused(reader, "plant/hall/a", "mr-last", "1", "published before");
  }

  private static void refused(Talker one, String filter, String name, String value, String words) {
    assertThatThrownBy(() -> one.subscribe(filter, name, value))
        .isInstanceOfSatisfying(
            Mqtt5SubAckException.class,
            refusal ->
                assertThat(refusal.getMqttMessage().getReasonString().orElseThrow().toString())
                    .contains(words));
  }
}
