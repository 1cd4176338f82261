package io.millrace.broker.mqtt;

import static io.millrace.broker.mqtt.RawMqtt.PUBLISH;
import static io.millrace.broker.mqtt.RawMqtt.SUBACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.door.LoopbackHttp;
import io.millrace.http.HttpListener;
import io.millrace.http.TrustedProxies;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Clients of MQTT over WebSocket, when the HTTP listener stops before the door does. */
class WebSocketStopTest {
  /** A client of MQTT 5 with a will in {@code plant/will}. */
  private static final byte[] MORTAL =
      RawMqtt.packet(
          0x10,
          fields ->
              fields
                  .putText("MQTT")
                  .putByte(5)
                  .putByte(0xC6)
                  .putShort(0)
                  .putByte(0)
                  .putText("mortal")
                  .putByte(0)
                  .putText("plant/will")
                  .putText("gone")
                  .putText("u")
                  .putText("all"));

  @Test
  void areToldThatTheServerStopsAndHaveNoWill() {
    try (MqttFixture fixture = new MqttFixture();
        RawMqtt mourner = new RawMqtt(fixture.server.port())) {
      mourner.letIn(RawMqtt.connect("mourner", true));
      mourner.say(RawMqtt.subscribe(1, 0, "plant/will")).hear(SUBACK);
      HttpListener listener =
          LoopbackHttp.open(
              fixture.vertx, List.of(fixture.server.mount(TrustedProxies.NONE)), fixture.registry);
      WebSocketClient clients = fixture.vertx.createWebSocketClient();
      WebSocket client =
          MqttFixture.join(
              clients.connect(
                  new WebSocketConnectOptions()
                      .setHost("127.0.0.1")
                      .setPort(listener.port())
                      .setURI("/mqtt")
                      .addSubProtocol("mqtt")));
      List<Buffer> heard = new CopyOnWriteArrayList<>();
      CompletableFuture<Void> isOver = new CompletableFuture<>();
      client.binaryMessageHandler(heard::add);
      client.closeHandler(closed -> isOver.complete(null));
      client.writeBinaryMessage(Buffer.buffer(MORTAL));
      await().until(() -> heard.size() == 1);

      MqttFixture.join(listener.close(Duration.ofSeconds(10)));

      isOver.join();
      assertThat(heard).hasSize(2);
      Buffer last = heard.getLast();
      assertThat(last.getUnsignedByte(0) >> 4).isEqualTo(RawMqtt.DISCONNECT);
      assertThat(last.getUnsignedByte(2)).isEqualTo((short) 0x8B);
      assertThat(client.closeStatusCode()).isEqualTo((short) 1001);
      // A will would be before it.
      mourner.say(RawMqtt.publish(0, "plant/will", 0, "after"));
      assertThat(mourner.hear(PUBLISH).payload()).isEqualTo("after");
      MqttFixture.join(clients.close());
    }
  }
}
