package io.millrace.broker.rest;

import io.millrace.broker.door.DoorsFixture;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** The doors, and requests to them by the JDK's client with a key that opens all. */
final class PlainRequests implements AutoCloseable {
  final DoorsFixture fixture = new DoorsFixture();
  final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /**
   * Begins one.
   *
   * @param path behind {@code /api/v1/}
   */
  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + fixture.listener.port() + "/api/v1/" + path))
        .header("authorization", "Bearer all");
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @Override
  public void close() {
    client.shutdownNow();
    fixture.close();
  }
}
