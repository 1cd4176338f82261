package io.millrace.app.node;

import io.millrace.access.AccessRules;
import io.millrace.app.bridges.MediaBridges;
import io.millrace.app.ops.Health;
import io.millrace.http.HttpConfig;
import io.millrace.http.HttpListener;
import io.millrace.http.HttpMetrics;
import io.millrace.ingest.IngestMetrics;
import io.millrace.ingest.IngestServer;
import io.millrace.media.LiveStreams;
import io.millrace.packager.Origin;
import io.millrace.packager.OriginMount;
import io.millrace.packager.Packager;
import io.millrace.storage.ObjectStore;
import io.millrace.storage.ObjectStores;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.List;

/** The role origin: ingest, live streams, packager, store, and the origin's own port. */
final class OriginPart implements AutoCloseable {
  private final NodeSettings settings;
  private final ObjectStore store;
  private final LiveStreams streams;
  private final Packager packager;
  private final HttpListener listener;
  private final IngestServer ingest;
  private final Waiting waiting;

  /** Blocks until publishers are let in. */
  OriginPart(
      Vertx vertx,
      NodeSettings settings,
      AccessRules rules,
      Clock clock,
      PrometheusRegistry registry,
      HttpMetrics httpMetrics,
      Health health) {
    this.settings = settings;
    this.waiting = new Waiting(settings.stopTimeout());
    health.part("origin", () -> Health.Part.notReady("starting"));
    store = ObjectStores.open(vertx, settings.storage(), registry);
    streams = new LiveStreams(vertx, settings.live(), clock, registry);
    packager = new Packager(vertx, settings.packager(), store, streams, clock, registry);
    Waiting.forStart("origin", packager.start());
    listener =
        Waiting.forStart(
            "origin.port",
            HttpListener.open(
                vertx,
                originHttp(settings),
                List.of(OriginMount.of(packager.origin(), settings.origin().sharedSecret())),
                httpMetrics,
                EventLoops.count()));
    ingest =
        Waiting.forPort(
            "ingest.rtmp.port",
            settings.ingest().rtmpHost(),
            settings.ingest().rtmpPort(),
            IngestServer.start(
                vertx,
                EventLoops.count(),
                settings.ingest(),
                MediaBridges.publishing(rules),
                streams,
                new IngestMetrics(registry)));
    health.part("origin", () -> Health.Part.READY);
  }

  private static HttpConfig originHttp(NodeSettings settings) {
    return settings
        .http()
        .onPlainPort("origin", settings.origin().host(), settings.origin().port());
  }

  LiveStreams streams() {
    return streams;
  }

  Origin origin() {
    return packager.origin();
  }

  int rtmpPort() {
    return ingest.rtmpPort();
  }

  int originPort() {
    return listener.port();
  }

  /** Lets no publisher in any more and ends every broadcast; viewers can still read. */
  void endBroadcasts() {
    waiting.forStop("broadcasts", streams.close());
    waiting.forStop("ingest", ingest.stop());
    waiting.forStop("packager", packager.close());
  }

  @Override
  public void close() {
    waiting.forStop("origin listener", listener.close(settings.stopTimeout().dividedBy(4)));
    waiting.forStop("store", store.close());
  }
}
