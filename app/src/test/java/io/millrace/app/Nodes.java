package io.millrace.app;

import io.millrace.app.node.NodeSettings;
import io.millrace.config.Configuration;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Settings of nodes for tests: every port is free, everything listens on loopback alone. */
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
    given.putAll(more);
    Configuration configuration = new Configuration(Map.of(), Map.of(), given);
    NodeSettings settings = NodeSettings.read(configuration.root());
    configuration.check();
    return settings;
  }

  /** One GET; blocks. */
  public static HttpResponse<String> get(String address) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofSeconds(20)).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
