package io.millrace.e2e;

import io.millrace.testkit.program.Answer;
import io.millrace.testkit.program.MillraceProcess;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Whoever manages a server through its API, as the administrator of the first start. */
final class Administrator {
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(DEADLINE).build();
  private static final String CREDENTIAL =
      "Basic "
          + Base64.getEncoder()
              .encodeToString(
                  ("admin:" + MillraceProcess.ADMIN_PASSWORD).getBytes(StandardCharsets.UTF_8));

  private final MillraceProcess server;

  Administrator(MillraceProcess server) {
    this.server = server;
  }

  /** Sends JSON. */
  Answer send(String method, String path, String json) throws IOException, InterruptedException {
    HttpResponse<String> response =
        HTTP.send(
            HttpRequest.newBuilder(server.http("/api/v1" + path))
                .timeout(DEADLINE)
                .header("Authorization", CREDENTIAL)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(json))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    String type = response.headers().firstValue("content-type").orElse("");
    return new Answer(response.statusCode(), type, response.body());
  }

  /** An object of JSON, which is YAML. */
  static Map<?, ?> object(String json) {
    return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(json);
  }
}
