package io.millrace.app.node;

import io.millrace.access.AccessRules;
import io.millrace.app.bridges.DownloadMount;
import io.millrace.app.bridges.Exports;
import io.millrace.app.bridges.MediaBridges;
import io.millrace.app.bridges.RemoteExports;
import io.millrace.app.ops.Health;
import io.millrace.broker.Administrators;
import io.millrace.catalog.AssetDirectory;
import io.millrace.catalog.LiveDirectory;
import io.millrace.edge.EdgeMetrics;
import io.millrace.edge.EdgeMount;
import io.millrace.edge.HttpUpstream;
import io.millrace.edge.OriginProbe;
import io.millrace.edge.PlayAuthorizer;
import io.millrace.http.Mount;
import io.millrace.media.StreamKey;
import io.millrace.packager.Origin;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The role edge: what viewers play. It asks the origin that {@code edge.origin} names, and is ready
 * when that one serves it; without the key, the origin of the same process.
 */
final class EdgePart implements AutoCloseable {
  private final EdgeMount edge;
  private final Mount downloads;
  private final Optional<OriginProbe> probe;

  /**
   * @param own this node's origin
   * @param ownExports this node's recordings as files
   * @param assets tells whose recordings are
   * @param live tells what is none yet
   */
  EdgePart(
      Vertx vertx,
      NodeSettings settings,
      Optional<Origin> own,
      Optional<Exports> ownExports,
      AccessRules rules,
      AssetDirectory assets,
      LiveDirectory live,
      Administrators administrators,
      InstantSource clock,
      PrometheusRegistry registry) {
    boolean isOwn = own.isPresent() && settings.edge().origin().isEmpty();
    probe = isOwn ? Optional.empty() : Optional.of(new OriginProbe(vertx, settings.edge()));
    PlayAuthorizer playing = MediaBridges.playing(rules, assets);
    downloads =
        DownloadMount.of(
            ownExports
                .filter(exports -> isOwn)
                .orElseGet(() -> new RemoteExports(vertx, settings.edge())),
            playing,
            administrators,
            live,
            settings.http().trustedProxies());
    edge =
        new EdgeMount(
            vertx,
            settings.edge(),
            isOwn ? MediaBridges.upstream(own.get()) : new HttpUpstream(vertx, settings.edge()),
            playing,
            settings.http().trustedProxies(),
            new EdgeMetrics(registry),
            clock);
  }

  List<Mount> mounts() {
    return List.of(edge.mount(), downloads);
  }

  /** How many watch a stream now. */
  int viewers(StreamKey stream) {
    return edge.viewers().viewers(stream.app(), stream.stream());
  }

  /** Whether anybody watches anything now. */
  boolean isWatched() {
    return edge.viewers().total() > 0;
  }

  Health.Part health() {
    return probe
        .map(asked -> new Health.Part(asked.reach().isReady(), asked.words()))
        .orElse(Health.Part.READY);
  }

  @Override
  public void close() {
    probe.ifPresent(OriginProbe::close);
    edge.close();
  }
}
