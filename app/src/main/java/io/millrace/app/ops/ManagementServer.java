package io.millrace.app.ops;

import io.millrace.http.Problem;
import io.millrace.http.Problems;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The port for operators: {@code /metrics} (Prometheus text), {@code /health/live} (the process
 * answers) and {@code /health/ready} (200 when every role of this node is ready, else 503; each is
 * named in the body).
 */
public final class ManagementServer extends VerticleBase {
  private final String host;
  private final int port;
  private final Health health;
  private final PrometheusRegistry registry;
  private volatile int actualPort;

  public ManagementServer(String host, int port, Health health, PrometheusRegistry registry) {
    this.host = host;
    this.port = port;
    this.health = health;
    this.registry = registry;
  }

  /** The port that is open; another one than configured where that was 0. */
  public int actualPort() {
    return actualPort;
  }

  @Override
  public Future<?> start() {
    HttpServerOptions options = new HttpServerOptions().setIdleTimeout(30).setMaxHeaderSize(8192);
    return vertx
        .createHttpServer(options)
        .requestHandler(this::answer)
        .listen(port, host)
        .onSuccess((HttpServer server) -> actualPort = server.actualPort());
  }

  private void answer(HttpServerRequest request) {
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      request.response().putHeader("Allow", "GET, HEAD");
      Problems.send(request, new Problem(405, "method-not-allowed", "this port is only read"));
      return;
    }
    switch (String.valueOf(request.path())) {
      case "/metrics" -> metrics(request);
      case "/health/live" -> json(request, 200, new JsonObject().put("status", "live"));
      case "/health/ready" -> {
        JsonObject report = health.report();
        json(request, "ready".equals(report.getString("status")) ? 200 : 503, report);
      }
      default ->
          Problems.send(
              request,
              new Problem(404, "not-found", "see /metrics, /health/live and /health/ready"));
    }
  }

  private void metrics(HttpServerRequest request) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(16_384);
    try {
      PrometheusTextFormatWriter.create().write(out, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    request.response().putHeader("Content-Type", PrometheusTextFormatWriter.CONTENT_TYPE);
    end(request, Buffer.buffer(out.toByteArray()));
  }

  private static void json(HttpServerRequest request, int status, JsonObject body) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .putHeader("Cache-Control", "no-store");
    end(request, Buffer.buffer(body.encodePrettily() + "\n"));
  }

  private static void end(HttpServerRequest request, Buffer body) {
    if (request.method().equals(HttpMethod.HEAD)) {
      request.response().putHeader("Content-Length", String.valueOf(body.length())).end();
    } else {
      request.response().end(body);
    }
  }
}
