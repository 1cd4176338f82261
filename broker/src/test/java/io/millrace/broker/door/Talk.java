package io.millrace.broker.door;

import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** A WebSocket client that writes down what it hears. */
public final class Talk {
  public final List<JsonObject> heard = new CopyOnWriteArrayList<>();
  public final WebSocket socket;
  private final WebSocketClient client;
  private volatile boolean isClosed;

  /** Waits until it is let in. */
  public Talk(Vertx vertx, int port, String query) {
    client =
        vertx.createWebSocketClient(
            new WebSocketClientOptions().setMaxFrameSize(1 << 20).setMaxMessageSize(1 << 20));
    ClientWebSocket opening = client.webSocket();
    opening.textMessageHandler(text -> heard.add(new JsonObject(text)));
    opening.closeHandler(closed -> isClosed = true);
    socket =
        DoorsFixture.join(
            opening.connect(
                new WebSocketConnectOptions()
                    .setHost("127.0.0.1")
                    .setPort(port)
                    .addSubProtocol("millrace.json")
                    .setURI("/ws" + query)));
  }

  public Talk say(JsonObject frame) {
    socket.writeTextMessage(frame.encode());
    return this;
  }

  /** With single quotes for double ones. */
  public Talk say(String json) {
    socket.writeTextMessage(json.replace('\'', '"'));
    return this;
  }

  public Talk sayBytes(byte[] bytes) {
    socket.writeFrame(WebSocketFrame.binaryFrame(Buffer.buffer(bytes), true));
    return this;
  }

  /** Waits for a frame of a type. */
  public JsonObject hear(String type) {
    return hear(frame -> frame.getString("type").equals(type));
  }

  public JsonObject hear(Predicate<JsonObject> which) {
    await().until(() -> heard.stream().anyMatch(which));
    return heard.stream().filter(which).findFirst().orElseThrow();
  }

  public List<JsonObject> all(String type) {
    return heard.stream().filter(frame -> frame.getString("type").equals(type)).toList();
  }

  /** The texts of the messages. */
  public List<String> texts() {
    return all("message").stream().map(frame -> frame.getString("text")).toList();
  }

  /** Waits for the end; its code. */
  public int closeCode() {
    await().until(() -> isClosed);
    return socket.closeStatusCode();
  }

  public void close() {
    DoorsFixture.join(socket.close());
  }
}
