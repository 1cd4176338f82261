package io.millrace.app.cli;

import io.millrace.app.bridges.OwnPublisher;
import io.millrace.app.clip.ClipPublisher;
import io.millrace.app.node.Node;
import io.millrace.app.node.NodeSettings;
import io.millrace.broker.KafkaStartCache;
import io.millrace.client.Interest;
import io.millrace.client.MessageStream;
import io.millrace.client.MillraceClient;
import io.millrace.client.Start;
import io.millrace.config.Configuration;
import io.millrace.media.StreamKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code millrace warm-up}: does once what a server does first (start, take a publisher, answer a
 * viewer, take and give a message, stop), so that the JVM can write its start-up cache when it
 * ends; and makes that of the embedded Kafka. Part of the build.
 */
@Command(
    name = "warm-up",
    description = "Makes the start-up cache of a distribution; part of the build.",
    hidden = true,
    mixinStandardHelpOptions = true)
final class WarmUpCommand implements Callable<Integer> {
  private static final StreamKey STREAM = new StreamKey("live", "warm-up");
  private static final Pattern ADDRESS = Pattern.compile("(?m)^[^#\\s].*$|URI=\"([^\"]+)\"");
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  @Option(names = "--data", required = true, description = "an empty directory")
  @SuppressWarnings("NullAway.Init")
  private Path data;

  private final HttpClient client = HttpClient.newHttpClient();

  @Override
  public Integer call() throws IOException, InterruptedException {
    // First: the node's own Kafka starts with it then.
    String home = System.getProperty("millrace.home");
    if (home != null) {
      KafkaStartCache.make(
          Path.of(home), Files.createDirectories(data.resolve("kafka-start-cache")));
    }
    Configuration configuration =
        new Configuration(
            Map.of(),
            Map.of(),
            Map.of(
                "data.dir", data.resolve("node").toString(),
                "http.port", "0",
                "management.port", "0",
                "origin.port", "0",
                "ingest.rtmp.port", "0",
                "broker.mqtt.port", "0",
                "access.anonymousLoopback", "true"));
    OwnPublisher own = OwnPublisher.of(STREAM);
    try (Node node = Node.start(NodeSettings.read(configuration.root()), Optional.of(own))) {
      URI address =
          URI.create(
              "rtmp://127.0.0.1:%d/%s?key=%s"
                  .formatted(node.rtmpPort().orElseThrow(), STREAM, own.key().reveal()));
      Thread publisher = Thread.ofVirtual().start(() -> publish(node, address));
      watch("http://127.0.0.1:" + node.httpPort().orElseThrow());
      talk("http://127.0.0.1:" + node.httpPort().orElseThrow());
      get("http://127.0.0.1:" + node.managementPort() + "/metrics");
      get("http://127.0.0.1:" + node.managementPort() + "/health/ready");
      publisher.interrupt();
      publisher.join();
    }
    return ExitCode.OK;
  }

  private static void publish(Node node, URI address) {
    try {
      ClipPublisher.publish(node.vertx(), DemoCommand.clip(), address, false, position -> {});
    } catch (IOException e) {
      throw new CommandFailedException("the clip cannot be read: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void watch(String base) throws IOException, InterruptedException {
    get(base + "/");
    get(base + "/api/v1/openapi.json");
    URI playlist = URI.create(base + "/play/" + STREAM + "/index.m3u8");
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    HttpResponse<String> answer = get(playlist.toString());
    while (answer.statusCode() != 200) {
      if (System.nanoTime() > deadline) {
        throw new CommandFailedException("nothing could be played: " + answer.body());
      }
      Thread.sleep(100);
      answer = get(playlist.toString());
    }
    get(base + "/api/v1/live");
    URI media = playlist.resolve(lastAddress(answer.body()));
    HttpResponse<String> segments = get(media.toString());
    get(media.resolve(lastAddress(segments.body())).toString());
  }

  /** A message there and back. */
  private void talk(String base) throws IOException, InterruptedException {
    String topic = base + "/api/v1/topics/public/warm-up";
    HttpResponse<String> published =
        client.send(
            HttpRequest.newBuilder(URI.create(topic))
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofString("{\"warm\":true}"))
                .header("Content-Type", "application/json")
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (published.statusCode() / 100 != 2) {
      throw new CommandFailedException("nothing could be published: " + published.body());
    }
    get(topic + "?last=1");
    try (MillraceClient subscriber = MillraceClient.to(base.replace("http", "ws") + "/ws").open()) {
      MessageStream stream =
          subscriber.stream(Interest.in("public/#").withStart(Start.since(Instant.EPOCH)));
      stream.next(PATIENCE);
      stream.close();
    }
  }

  private static String lastAddress(String playlist) {
    Matcher matcher = ADDRESS.matcher(playlist);
    String found = "";
    while (matcher.find()) {
      found = matcher.group(1) == null ? matcher.group() : matcher.group(1);
    }
    return found;
  }

  private HttpResponse<String> get(String address) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(address)).timeout(PATIENCE).build(),
        HttpResponse.BodyHandlers.ofString(StandardCharsets.ISO_8859_1));
  }
}
