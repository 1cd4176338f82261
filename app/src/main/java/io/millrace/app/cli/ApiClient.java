package io.millrace.app.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Asks a server's API, and turns its refusals into words. Blocks. */
final class ApiClient {
  /** Longer than the API itself waits for a log or a database. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int UNAUTHORIZED = 401;

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final URI server;
  private final String token;
  private final Path data;
  private final Duration patience;

  /**
   * @param token the bearer token
   * @param data where the token was found, for messages
   */
  ApiClient(URI server, String token, Path data) {
    this(server, token, data, PATIENCE);
  }

  /**
   * @param patience how long the server has for an answer
   */
  ApiClient(URI server, String token, Path data, Duration patience) {
    this.server = ServerAddress.checked(server);
    this.token = token;
    this.data = data;
    this.patience = patience;
  }

  /** The items of all pages of a list. */
  JsonArray list(String path) {
    JsonArray items = new JsonArray();
    Optional<String> after = Optional.of("");
    while (after.isPresent()) {
      String query = after.get().isEmpty() ? "" : "&after=" + encoded(after.get());
      JsonObject page = send("GET", path + "?limit=100" + query, Optional.empty());
      page.getJsonArray("items").forEach(items::add);
      after = Optional.ofNullable(page.getString("next"));
    }
    return items;
  }

  JsonObject get(String path) {
    return send("GET", path, Optional.empty());
  }

  JsonObject post(String path, JsonObject body) {
    return send("POST", path, Optional.of(body));
  }

  JsonObject patch(String path, JsonObject body) {
    return send("PATCH", path, Optional.of(body));
  }

  /** Makes what is not there yet at this address. */
  JsonObject make(String path, JsonObject body) {
    return send("PUT", path, Optional.of(body), "If-None-Match", "*");
  }

  void delete(String path) {
    send("DELETE", path, Optional.empty());
  }

  /**
   * Sends a file, or the rest of it, as fast as it is taken.
   *
   * @param offset how many bytes were sent before
   */
  JsonObject upload(String path, HttpRequest.BodyPublisher body, long offset) {
    HttpRequest request =
        HttpRequest.newBuilder(server.resolve("/api/v1" + path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/octet-stream")
            .header("Upload-Offset", Long.toString(offset))
            .expectContinue(true)
            .PUT(body)
            .build();
    return answer(request);
  }

  /** One segment of a path. */
  static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private JsonObject send(
      String method, String path, Optional<JsonObject> body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.resolve("/api/v1" + path))
            .timeout(patience)
            .header("Authorization", "Bearer " + token)
            .method(
                method,
                body.map(json -> HttpRequest.BodyPublishers.ofString(json.encode()))
                    .orElseGet(HttpRequest.BodyPublishers::noBody));
    if (headers.length > 0) {
      request.headers(headers);
    }
    body.ifPresent(json -> request.header("Content-Type", "application/json"));
    return answer(request.build());
  }

  private JsonObject answer(HttpRequest request) {
    try {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      JsonObject json = parsed(answer.body());
      if (answer.statusCode() >= 300) {
        throw new CommandFailedException(refusal(answer.statusCode(), json));
      }
      return json;
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw new UnavailableException(FirstConnection.noServer(server));
    } catch (HttpTimeoutException e) {
      throw new UnavailableException(
          "the server at "
              + server
              + " did not answer in "
              + patience.toMillis() / 1000.0
              + " s; whether it still does what was asked is not known");
    } catch (IOException e) {
      throw new UnavailableException(
          "the server at " + server + " ended the connection without an answer: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailedException("interrupted");
    }
  }

  private JsonObject parsed(String body) {
    try {
      return body.isEmpty() ? new JsonObject() : new JsonObject(body);
    } catch (DecodeException | ClassCastException e) {
      throw new CommandFailedException("what answers at " + server + " is no Millrace server");
    }
  }

  private String refusal(int status, JsonObject problem) {
    StringBuilder words = new StringBuilder(problem.getString("detail", "status " + status));
    for (Object each : problem.getJsonArray("errors", new JsonArray())) {
      if (each instanceof JsonObject error) {
        words.append("\n  ").append(error.getString("field")).append(": ");
        words.append(error.getString("detail"));
      }
    }
    if (status == UNAUTHORIZED) {
      words.append(" (is ").append(data).append(" the data directory of the server at ");
      words.append(server).append("?)");
    }
    return words.toString();
  }
}
