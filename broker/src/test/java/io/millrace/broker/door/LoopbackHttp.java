package io.millrace.broker.door;

import io.millrace.http.HttpConfig;
import io.millrace.http.HttpListener;
import io.millrace.http.HttpMetrics;
import io.millrace.http.Mount;
import io.millrace.http.TrustedProxies;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The public listener in tests: on this machine only, on a free port, without TLS. */
public final class LoopbackHttp {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int EVENT_LOOPS = 2;

  private LoopbackHttp() {}

  public static HttpListener open(Vertx vertx, List<Mount> mounts, PrometheusRegistry registry) {
    HttpConfig config =
        new HttpConfig(
            "http",
            "127.0.0.1",
            0,
            0,
            Optional.empty(),
            new HttpConfig.Limits(8192, 16384, 1 << 20, PATIENCE, PATIENCE, PATIENCE, 200),
            false,
            TrustedProxies.NONE);
    return HttpListener.open(vertx, config, mounts, new HttpMetrics(registry), EVENT_LOOPS)
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }
}
