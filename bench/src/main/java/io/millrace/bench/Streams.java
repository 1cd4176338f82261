package io.millrace.bench;

import io.millrace.testkit.program.Answer;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.validator.hls.MultivariantPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Collectors;

/** Streams with a ladder of their own. */
final class Streams {
  private Streams() {}

  /**
   * Makes one of the app {@code live}, as an administrator does.
   *
   * @param ladder its rungs, by the words of the configuration
   */
  static void create(MillraceProcess server, String name, String... ladder)
      throws IOException, InterruptedException {
    String rungs =
        Arrays.stream(ladder).map(rung -> '"' + rung + '"').collect(Collectors.joining(", "));
    String login = "admin:" + MillraceProcess.ADMIN_PASSWORD;
    HttpRequest request =
        HttpRequest.newBuilder(server.http("/api/v1/apps/live/streams"))
            .header("Content-Type", "application/json")
            .header(
                "Authorization",
                "Basic "
                    + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)))
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"name\": \"" + name + "\", \"ladder\": [" + rungs + "]}"))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 201) {
        throw new IllegalStateException(answer.statusCode() + ": " + answer.body());
      }
    }
  }

  /** How many variants a stream's players are told of; 0 while there are none. */
  static int variants(MillraceProcess server, String name) {
    return server
        .fetch(server.playlist(name))
        .filter(answer -> answer.status() == 200)
        .map(Answer::body)
        .map(PlaylistReader::read)
        .filter(MultivariantPlaylist.class::isInstance)
        .map(playlist -> ((MultivariantPlaylist) playlist).variants().size())
        .orElse(0);
  }
}
