package io.millrace.app;

import io.millrace.app.node.NodeSettings;
import io.millrace.catalog.LocalCredential;
import io.millrace.config.Configuration;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Settings of nodes for tests: every port is free, everything listens on loopback alone. Every role
 * but the broker, whose log is a program that only the packaged distribution carries.
 */
public final class Nodes {
  private Nodes() {}

  /**
   * @param data the data directory
   * @param more settings by dotted path
   */
  public static NodeSettings settings(Path data, Map<String, String> more) {
    Map<String, String> given =
        new TreeMap<>(
            Map.of(
                "data.dir", data.toString(),
                "http.host", "127.0.0.1",
                "http.port", "0",
                "management.port", "0",
                "origin.port", "0",
                "ingest.rtmp.host", "127.0.0.1",
                "ingest.rtmp.port", "0",
                "ingest.rtmps.port", "0"));
    given.putAll(
        Map.of(
            "roles", "origin,edge,catalog",
            "broker.mqtt.host", "127.0.0.1",
            "broker.mqtt.port", "0",
            "broker.mqtt.tls.port", "0"));
    given.putAll(more);
    Configuration configuration = new Configuration(Map.of(), Map.of(), given);
    NodeSettings settings = NodeSettings.read(configuration.root());
    configuration.check();
    return settings;
  }

  /** One GET; blocks. */
  public static HttpResponse<String> get(String address) {
    return send(HttpRequest.newBuilder(URI.create(address)));
  }

  /**
   * One DELETE with the local credential; blocks.
   *
   * @param data the data directory of the node that is asked
   */
  public static HttpResponse<String> delete(String address, Path data) throws IOException {
    return send(request(address, data).DELETE());
  }

  /**
   * One POST of JSON with the local credential; blocks.
   *
   * @param data the data directory of the node that is asked
   */
  public static HttpResponse<String> post(String address, Path data, JsonObject body)
      throws IOException {
    return send(
        request(address, data)
            .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
            .header("Content-Type", "application/json"));
  }

  private static HttpRequest.Builder request(String address, Path data) throws IOException {
    String token = Files.readString(data.resolve(LocalCredential.FILE)).strip();
    return HttpRequest.newBuilder(URI.create(address)).header("Authorization", "Bearer " + token);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
