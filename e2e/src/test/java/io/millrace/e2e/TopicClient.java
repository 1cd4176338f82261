package io.millrace.e2e;

import io.millrace.testkit.program.MillraceProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Publishes and reads topics over HTTP with the JDK's client, which knows nothing of the server.
 */
final class TopicClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final HttpClient client = HttpClient.newHttpClient();
  private final MillraceProcess server;

  TopicClient(MillraceProcess server) {
    this.server = server;
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.http(path))
        .timeout(PATIENCE)
        .header("Authorization", "Bearer " + MillraceProcess.PUBLISH_KEY);
  }

  /**
   * Publishes a text under an id.
   *
   * @return whether it was acknowledged
   */
  boolean publish(String topic, String text, String id) throws InterruptedException {
    try {
      return client
                  .send(
                      request("/api/v1/topics/" + topic)
                          .header("Content-Type", "text/plain")
                          .header("Idempotency-Key", id)
                          .POST(HttpRequest.BodyPublishers.ofString(text))
                          .build(),
                      HttpResponse.BodyHandlers.ofString())
                  .statusCode()
              / 100
          == 2;
    } catch (IOException e) {
      // The server is gone or going.
      return false;
    }
  }

  /** All that a topic holds, from its beginning. */
  List<String> history(String topic) throws IOException, InterruptedException {
    List<String> texts = new ArrayList<>();
    String from = "since=0";
    while (true) {
      HttpResponse<String> answer =
          client.send(
              request("/api/v1/topics/" + topic + "?limit=500&" + from).build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IOException(answer.statusCode() + ": " + answer.body());
      }
      Map<?, ?> page = Administrator.object(answer.body());
      for (Object message : (List<?>) page.get("messages")) {
        texts.add(String.valueOf(((Map<?, ?>) message).get("text")));
      }
      if (Boolean.TRUE.equals(page.get("complete"))) {
        return texts;
      }
      from = "after=" + page.get("position");
    }
  }

  /** The lines of a stream of server-sent events, as they come. */
  Stream<String> events(String path, String lastEventId) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.http(path))
            .header("Authorization", "Bearer " + MillraceProcess.PUBLISH_KEY)
            .header("Accept", "text/event-stream");
    if (!lastEventId.isEmpty()) {
      request.header("Last-Event-ID", lastEventId);
    }
    HttpResponse<Stream<String>> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofLines());
    if (answer.statusCode() != 200) {
      throw new IOException("status " + answer.statusCode());
    }
    return answer.body();
  }

  URI webSocket() {
    return URI.create(
        server.http("/ws?token=" + MillraceProcess.PUBLISH_KEY).toString().replace("http:", "ws:"));
  }

  HttpClient http() {
    return client;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
