package io.millrace.app.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;

/**
 * Speaks the WebSocket protocol in CBOR as far as the commands do: keeps all messages in one list,
 * whose index is their position. The token {@code good} is let in; topics in {@code shut} are
 * refused, those in {@code lossy} are acknowledged and not delivered, and the third message to one
 * in {@code dies} ends the server; of those in {@code limited} five are taken at a time, then all
 * are refused for a tenth of a second, and those in {@code never} are always; a subscription to
 * {@code holes/#} begins with a gap.
 */
final class FakeBroker implements AutoCloseable {
  /** What came with a publish, by field. */
  final List<Map<String, Object>> published = new CopyOnWriteArrayList<>();

  /** The tokens that were shown. */
  final List<String> tokens = new CopyOnWriteArrayList<>();

  /** What came with a subscribe, by field. */
  final List<Map<String, Object>> subscribed = new CopyOnWriteArrayList<>();

  private static final long PAUSE_NANOS = 100_000_000;

  private static final CBORFactory CBOR = new CBORFactory();

  private final Map<ServerWebSocket, Map<String, String>> subscribers = new HashMap<>();
  private final Set<ServerWebSocket> sockets = new CopyOnWriteArraySet<>();
  private volatile String good = "good";
  private int room = 5;
  private long refusedAt;
  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server =
      vertx
          .createHttpServer(new HttpServerOptions().addWebSocketSubProtocol("millrace.cbor"))
          .webSocketHandler(
              socket -> socket.binaryMessageHandler(frame -> take(socket, read(frame.getBytes()))))
          .listen(0, "127.0.0.1")
          .toCompletionStage()
          .toCompletableFuture()
          .join();

  String address() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  /** Puts everybody out, and lets in another token from now on. */
  void startAgain(String token) {
    good = token;
    sockets.forEach(ServerWebSocket::close);
    sockets.clear();
  }

  private void take(ServerWebSocket socket, Map<String, Object> frame) {
    switch (String.valueOf(frame.get("type"))) {
      case "connect" -> {
        String token = String.valueOf(frame.get("token"));
        tokens.add(token);
        if (token.equals(good)) {
          sockets.add(socket);
          send(
              socket,
              Map.of(
                  "type",
                  "connected",
                  "id",
                  id(frame),
                  "principal",
                  "key:test",
                  "pingInterval",
                  25_000L));
        } else {
          send(
              socket,
              Map.of(
                  "type", "error",
                  "id", id(frame),
                  "code", "not-authenticated",
                  "message", "the key is not valid"));
          socket.close((short) 4401, "not-authenticated");
        }
      }
      case "publish" -> publish(socket, frame);
      case "subscribe" -> subscribe(socket, frame);
      default -> {}
    }
  }

  private void publish(ServerWebSocket socket, Map<String, Object> frame) {
    String topic = String.valueOf(frame.get("topic"));
    if (topic.startsWith("shut/")) {
      send(
          socket,
          Map.of(
              "type", "error",
              "id", id(frame),
              "code", "not-authorized",
              "message", "the credential does not allow it"));
      return;
    }
    if (topic.startsWith("never/") || (topic.startsWith("limited/") && isTooMuch())) {
      send(
          socket,
          Map.of(
              "type", "error",
              "id", id(frame),
              "code", "rate-limited",
              "message", "more is published than is allowed"));
      return;
    }
    if (topic.startsWith("dies/") && published.size() == 2) {
      server.close();
      return;
    }
    published.add(frame);
    send(
        socket,
        Map.of(
            "type",
            "published",
            "id",
            id(frame),
            "time",
            1000L,
            "position",
            "p" + published.size()));
    if (topic.startsWith("lossy/")) {
      return;
    }
    subscribers.forEach(
        (other, subs) -> subs.forEach((sub, filter) -> deliver(other, sub, filter, frame)));
  }

  private boolean isTooMuch() {
    if (room > 0) {
      room--;
      return false;
    }
    long now = System.nanoTime();
    if (refusedAt == 0) {
      refusedAt = now;
    } else if (now - refusedAt > PAUSE_NANOS) {
      refusedAt = 0;
      room = 4;
      return false;
    }
    return true;
  }

  private void subscribe(ServerWebSocket socket, Map<String, Object> frame) {
    subscribed.add(frame);
    String sub = String.valueOf(frame.get("sub"));
    String filter = String.valueOf(frame.get("filter"));
    send(socket, Map.of("type", "subscribed", "sub", sub, "position", "p0"));
    if (filter.startsWith("holes/")) {
      send(
          socket,
          Map.of(
              "type",
              "gap",
              "sub",
              sub,
              "reason",
              "retention",
              "partition",
              0L,
              "from",
              3L,
              "to",
              9L));
    }
    if (frame.get("last") instanceof Long last) {
      List<Map<String, Object>> matching =
          published.stream().filter(message -> matches(filter, message)).toList();
      matching.stream()
          .skip(Math.max(0, matching.size() - last))
          .forEach(message -> deliver(socket, sub, filter, message));
    }
    send(socket, Map.of("type", "caught-up", "sub", sub, "position", "p0"));
    subscribers.computeIfAbsent(socket, its -> new HashMap<>()).put(sub, filter);
    socket.closeHandler(closed -> subscribers.remove(socket));
  }

  private static boolean matches(String filter, Map<String, Object> message) {
    String topic = String.valueOf(message.get("topic"));
    return filter.endsWith("#")
        ? topic.startsWith(filter.substring(0, filter.length() - 1))
        : topic.equals(filter);
  }

  private static void deliver(
      ServerWebSocket socket, String sub, String filter, Map<String, Object> message) {
    if (matches(filter, message)) {
      Map<String, Object> delivered = new LinkedHashMap<>(message);
      delivered.put("type", "message");
      delivered.put("sub", sub);
      delivered.put("time", 1000L);
      delivered.put("position", "p1");
      delivered.put("id", message.get("messageId"));
      delivered.remove("messageId");
      send(socket, delivered);
    }
  }

  private static String id(Map<String, Object> frame) {
    return String.valueOf(frame.get("id"));
  }

  private static void send(ServerWebSocket socket, Map<String, Object> frame) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator to = CBOR.createGenerator(bytes)) {
      write(to, frame);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    socket.writeBinaryMessage(Buffer.buffer(bytes.toByteArray()));
  }

  private static void write(JsonGenerator to, Map<?, ?> object) throws IOException {
    to.writeStartObject();
    for (Map.Entry<?, ?> field : object.entrySet()) {
      to.writeFieldName(String.valueOf(field.getKey()));
      switch (field.getValue()) {
        case byte[] bytes -> to.writeBinary(bytes);
        case Long number -> to.writeNumber(number);
        case Map<?, ?> map -> write(to, map);
        default -> to.writeString(String.valueOf(field.getValue()));
      }
    }
    to.writeEndObject();
  }

  /** Fields of an object; those of {@code start} are among them. */
  private static Map<String, Object> read(byte[] frame) {
    try (JsonParser parser = CBOR.createParser(frame)) {
      parser.nextToken();
      return object(parser);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      if (token == JsonToken.START_OBJECT) {
        Map<String, Object> inner = object(parser);
        if (name.equals("start")) {
          fields.putAll(inner);
        } else {
          fields.put(name, inner);
        }
      } else if (token == JsonToken.VALUE_EMBEDDED_OBJECT) {
        fields.put(name, parser.getBinaryValue());
      } else if (token == JsonToken.VALUE_NUMBER_INT) {
        fields.put(name, parser.getLongValue());
      } else {
        fields.put(name, parser.getText());
      }
    }
    return fields;
  }

  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
