package io.millrace.bench.topics;

import io.millrace.testkit.program.MillraceProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Topics over HTTP (docs/topics-http.md). Thread-safe; each call blocks. */
final class HttpTopics implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final int OK = 200;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final MillraceProcess server;
  private final String token;

  HttpTopics(MillraceProcess server, String token) {
    this.server = server;
    this.token = token;
  }

  /** A message of a batch. */
  static String message(String topic, String text) {
    return "{\"topic\":\"" + topic + "\",\"text\":\"" + text + "\"}";
  }

  static byte[] batch(Stream<String> messages) {
    return messages.collect(Collectors.joining(",", "[", "]")).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Publishes a batch; every message of it is acknowledged when this returns.
   *
   * @return the answer: its {@code results} have the positions
   * @throws IOException when one of them was not published
   */
  String publish(byte[] batch) throws IOException {
    return send(
        request("/api/v1/topics")
            .header("Content-Type", "application/vnd.millrace.batch+json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(batch))
            .build());
  }

  /** The newest messages of a topic. */
  JsonObject last(String topic, int count) throws IOException {
    return new JsonObject(
        send(request("/api/v1/topics/" + topic + "?last=" + count).GET().build()));
  }

  private HttpRequest.Builder request(String path) {
    URI address = server.http(path);
    return HttpRequest.newBuilder(address)
        .timeout(DEADLINE)
        .header("Authorization", "Bearer " + token);
  }

  private String send(HttpRequest request) throws IOException {
    try {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != OK) {
        throw new IOException(answer.statusCode() + " " + answer.body());
      }
      return answer.body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
