package io.millrace.broker.mqtt;

import static io.millrace.broker.mqtt.RawMqtt.PINGRESP;
import static io.millrace.broker.mqtt.RawMqtt.PUBACK;
import static io.millrace.broker.mqtt.RawMqtt.PUBLISH;
import static io.millrace.broker.mqtt.RawMqtt.SUBACK;
import static io.millrace.broker.mqtt.RawMqtt.connect;
import static io.millrace.broker.mqtt.RawMqtt.connect5;
import static io.millrace.broker.mqtt.RawMqtt.publish;
import static io.millrace.broker.mqtt.RawMqtt.publish5;
import static io.millrace.broker.mqtt.RawMqtt.subscribe5;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.door.LoopbackHttp;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import io.millrace.broker.mqtt.RawMqtt.Heard;
import io.millrace.broker.rest.TopicsDoor;
import io.millrace.broker.ws.WebSocketDoor;
import io.millrace.http.HttpListener;
import io.millrace.http.Mount;
import io.millrace.http.TrustedProxies;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What publishers of every door are told when the log takes nothing, and whom it hurts. */
class RefusingLogTest {
  private final MqttFixture fixture = new MqttFixture();
  private final HttpListener listener =
      LoopbackHttp.open(fixture.vertx, mounts(), fixture.registry);
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @AfterEach
  void close() {
    http.shutdownNow();
    MqttFixture.join(listener.close(Duration.ZERO));
    fixture.close();
  }

  private List<Mount> mounts() {
    List<Mount> mounts =
        new ArrayList<>(new TopicsDoor(fixture.doors, TrustedProxies.NONE, 200_000).mounts());
    mounts.add(new WebSocketDoor(fixture.doors, TrustedProxies.NONE).mount());
    return mounts;
  }

  private HttpResponse<String> post(String topic) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + listener.port() + "/api/v1/topics/" + topic);
    return http.send(
        HttpRequest.newBuilder(uri)
            .header("authorization", "Bearer all")
            .POST(HttpRequest.BodyPublishers.ofString("x"))
            .build(),
        BodyHandlers.ofString());
  }

  /** Frames of one WebSocket. */
  private final class Frames implements WebSocket.Listener {
    private final BlockingQueue<JsonObject> heard = new LinkedBlockingQueue<>();
    private final WebSocket socket =
        http.newWebSocketBuilder()
            .buildAsync(URI.create("ws://127.0.0.1:" + listener.port() + "/ws?token=all"), this)
            .join();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
      heard.add(new JsonObject(text.toString()));
      return WebSocket.Listener.super.onText(from, text, last);
    }

    private JsonObject next(String type) throws InterruptedException {
      while (true) {
        JsonObject frame = heard.poll(10, TimeUnit.SECONDS);
        assertThat(frame).as("in time").isNotNull();
        if (type.equals(frame.getString("type"))) {
          return frame;
        }
      }
    }

    private Frames say(String text) {
      socket.sendText(text.replace('\'', '"'), true).join();
      return this;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "OVERLOADED, too many messages wait for the log, overloaded, 0x97",
    "UNAVAILABLE, the log's disk is full, unavailable, 0x83"
  })
  void everyDoorSaysWhyAndGoesOn(Reason reason, String words, String code, String mqtt)
      throws Exception {
    Frames frames = new Frames();
    frames.say("{'type':'subscribe','sub':'s','filter':'plant/#'}").next("caught-up");
    try (RawMqtt five = new RawMqtt(fixture.server.port());
        RawMqtt three = new RawMqtt(fixture.server.port())) {
      five.letIn(connect5("five", true, its -> {})).say(subscribe5(1, 0, "wire/a")).hear(SUBACK);
      three.letIn(connect("three", true));
      fixture.log.refuse(Optional.of(new LogException(reason, words)));

      HttpResponse<String> refused = post("plant/a");
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("retry-after")).isPresent();
      assertThat(new JsonObject(refused.body()).getString("type")).endsWith(":" + code);
      assertThat(new JsonObject(refused.body()).getString("detail")).isEqualTo(words);

      JsonObject error =
          frames.say("{'type':'publish','id':'1','topic':'plant/a','text':'x'}").next("error");
      assertThat(error.getString("id")).isEqualTo("1");
      assertThat(error.getString("code")).isEqualTo(code);
      assertThat(error.getString("message")).isEqualTo(words);

      Heard ack = five.say(publish5(2, "plant/a", 7, its -> {}, "x")).hear(PUBACK);
      assertThat(ack.shortAt(0)).isEqualTo(7);
      assertThat(ack.at(2)).isEqualTo(Integer.decode(mqtt));
      assertThat(ack.text()).contains(words);
      // It has no word for that.
      three.say(publish(2, "plant/a", 8, "x")).hearTheEnd();

      // What needs no log goes on, and so does everything else when there is room again.
      assertThat(post("wire/a").statusCode()).isEqualTo(200);
      five.hear(PUBLISH);
      fixture.log.refuse(Optional.empty());
      // For a tenth of a second what follows is refused too, so that it does not come before.
      int id = 9;
      Heard again = five.say(publish5(2, "plant/a", id, its -> {}, "y")).hear(PUBACK);
      while (again.body().length > 2 && again.at(2) == Integer.decode(mqtt) && id < 20_000) {
        id++;
        again = five.say(publish5(2, "plant/a", id, its -> {}, "y")).hear(PUBACK);
      }
      assertThat(again.shortAt(0)).isEqualTo(id);
      assertThat(again.body()).hasSize(2);
      assertThat(frames.next("message").getString("text")).isEqualTo("y");
      five.say(KeptSessions.PING).hear(PINGRESP);
    }
  }

  @Test
  void aBatchSaysOfEachMessageThatItIsNotThere() throws Exception {
    fixture.log.refuse(
        Optional.of(new LogException(Reason.OVERLOADED, "too many messages wait for the log")));
    URI uri = URI.create("http://127.0.0.1:" + listener.port() + "/api/v1/topics/plant/a");
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(uri)
                .header("authorization", "Bearer all")
                .header("content-type", "application/vnd.millrace.batch+json")
                .POST(HttpRequest.BodyPublishers.ofString("[{\"text\":\"1\"},{\"text\":\"2\"}]"))
                .build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(207);
    assertThat(new JsonObject(answer.body()).getJsonArray("results"))
        .hasSize(2)
        .allSatisfy(
            one ->
                assertThat(((JsonObject) one).getJsonObject("error").getString("code"))
                    .isEqualTo("overloaded"));
  }
}
