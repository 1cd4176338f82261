package io.millrace.bench.topics;

import io.millrace.bench.Form;
import io.millrace.bench.Row;
import io.millrace.bench.crowd.Conversation;
import io.millrace.testkit.Program;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * The packaged program with topics on its embedded Kafka, two namespaces ({@code memory} and {@code
 * logged}) and a key that opens both without limits.
 */
final class TopicServer implements AutoCloseable {
  private static final String TOPIC = "/fan-out";

  private final MillraceProcess server;
  private final int mqtt;
  private final String key;

  private TopicServer(MillraceProcess server, int mqtt, String key) {
    this.server = server;
    this.mqtt = mqtt;
    this.key = key;
  }

  /** A measurement of a server. */
  interface Measurement {
    List<Row> of(TopicServer server) throws IOException;
  }

  /** Starts one with its defaults, measures and leaves nothing behind. */
  static List<Row> measured(Measurement measurement) throws IOException {
    Path folder = Form.newFolder();
    try (TopicServer server = start(folder.resolve("server"), Map.of())) {
      return measurement.of(server);
    } finally {
      Form.delete(folder);
    }
  }

  /**
   * Starts it; blocks until it is ready.
   *
   * @param folder that does not exist yet
   * @param settings environment variables besides
   */
  static TopicServer start(Path folder, Map<String, String> settings) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve("millrace.yaml");
    Files.writeString(
        file,
        """
        roles: [catalog, broker]
        broker:
          namespaces:
            memory: {durability: memory}
            logged: {durability: logged}
        """);
    Ports ports = Ports.free();
    int mqtt = ports.mqtt();
    Map<String, String> all = new HashMap<>(settings);
    MillraceProcess server =
        MillraceProcess.start(
            folder.resolve("data"), ports, all, List.of("serve", "--config", file.toString()));
    try {
      server.awaitReady();
      return new TopicServer(server, mqtt, key(server, ports));
    } catch (AssertionError | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private static String key(MillraceProcess server, Ports ports) {
    Program.Result made =
        MillraceProcess.run(
            Duration.ofSeconds(30),
            Map.of("MILLRACE_HTTP_PORT", Integer.toString(ports.http())),
            List.of(
                "key",
                "create",
                "--topics-only",
                "--publish",
                "memory/#",
                "--publish",
                "logged/#",
                "--subscribe",
                "memory/#",
                "--subscribe",
                "logged/#",
                "--json",
                "--data",
                server.data().toString()));
    if (made.exitCode() != 0) {
      throw new IllegalStateException(made.text() + made.errors());
    }
    return new JsonObject(made.text()).getString("key");
  }

  /** Subscribers over MQTT. */
  Target mqtt(String namespace) {
    String topic = namespace + TOPIC;
    return target(
        "MQTT, " + namespace,
        namespace,
        mqttAddress(),
        number -> new MqttConversation("bench-" + number, Optional.of(key), topic));
  }

  /** Subscribers over WebSocket. */
  Target webSocket(String namespace) {
    return target(
        "WebSocket, " + namespace,
        namespace,
        httpAddress(),
        number -> new WebSocketConversation(key, namespace + TOPIC));
  }

  MillraceProcess program() {
    return server;
  }

  /** Of the key. */
  String token() {
    return key;
  }

  HttpTopics http() {
    return new HttpTopics(server, key);
  }

  InetSocketAddress httpAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.ports().http());
  }

  private Target target(
      String name,
      String namespace,
      InetSocketAddress address,
      IntFunction<Conversation> subscribers) {
    return new Target(
        name,
        mqttAddress(),
        Optional.of(key),
        namespace + TOPIC,
        address,
        subscribers,
        server.processes());
  }

  InetSocketAddress mqttAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), mqtt);
  }

  @Override
  public void close() {
    server.close();
    Form.delete(server.data());
  }
}
