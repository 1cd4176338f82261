package io.millrace.app.node;

import io.millrace.access.JwtRules;
import io.millrace.access.RecentGrants;
import io.millrace.access.TopicKeys;
import io.millrace.app.ops.Health;
import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogAccessRules;
import io.millrace.catalog.CatalogApi;
import io.millrace.catalog.CatalogMetrics;
import io.millrace.catalog.CatalogPorts;
import io.millrace.catalog.CatalogTopicKeys;
import io.millrace.catalog.FirstStart;
import io.millrace.catalog.ImportConfig;
import io.millrace.catalog.KnownApps;
import io.millrace.catalog.KnownKeys;
import io.millrace.catalog.KnownPackaging;
import io.millrace.catalog.KnownRevocations;
import io.millrace.catalog.LocalCredential;
import io.millrace.catalog.PortalMount;
import io.millrace.catalog.SignIns;
import io.millrace.children.DataDirectory;
import io.millrace.config.FileFailure;
import io.millrace.http.Mount;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The role catalog: records, their rules, the API and the portal. */
final class CatalogPart implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(CatalogPart.class);
  private static final long HEALTH_PERIOD_MILLIS = 2000;

  private final Vertx vertx;
  private final Catalog catalog;
  private final KnownApps apps;
  private final SignIns signIns;
  private final CatalogMetrics metrics;
  private final InstantSource clock;
  private final KnownKeys keys;
  private final KnownPackaging packaging;
  private final RecentGrants recentKeys;
  private final CatalogAccessRules rules;
  private final ImportConfig uploads;
  private final long healthTimer;
  private @Nullable CatalogApi api;
  private volatile boolean healthy = true;

  /** Blocks until the records can be read. */
  CatalogPart(
      Vertx vertx,
      NodeSettings settings,
      DataDirectory data,
      Optional<JwtRules> tokens,
      InstantSource clock,
      PrometheusRegistry registry,
      Health health) {
    this.vertx = vertx;
    this.clock = clock;
    this.uploads = settings.imports();
    this.recentKeys = new RecentGrants(clock);
    this.metrics = new CatalogMetrics(registry);
    health.part("catalog", () -> Health.Part.notReady("starting"));
    try {
      // The credential first: a database that runs must find this part whole, to be closed by it.
      LocalCredential local = LocalCredential.write(data);
      catalog = Catalog.open(settings.catalog(), settings.access(), data, metrics, clock);
      signIns =
          new SignIns(vertx, catalog, local, metrics, clock, settings.http().trustedProxies());
    } catch (IOException e) {
      throw Waiting.failed("catalog", FileFailure.isFull(e) ? FileFailure.of(data.path(), e) : e);
    }
    apps = new KnownApps(catalog, clock);
    keys = new KnownKeys(catalog, clock);
    packaging = new KnownPackaging(catalog, clock);
    rules = new CatalogAccessRules(apps, keys, tokens, metrics, clock);
    healthTimer =
        vertx.setPeriodic(
            HEALTH_PERIOD_MILLIS, id -> catalog.isHealthy().onSuccess(answer -> healthy = answer));
    health.part(
        "catalog",
        () -> healthy ? Health.Part.READY : Health.Part.notReady("the database does not answer"));
  }

  CatalogAccessRules rules() {
    return rules;
  }

  SignIns signIns() {
    return signIns;
  }

  KnownKeys keys() {
    return keys;
  }

  /** For one reader. */
  KnownRevocations revocations() {
    return new KnownRevocations(catalog);
  }

  TopicKeys topicKeys() {
    return new CatalogTopicKeys(keys, metrics, clock).remembering(recentKeys);
  }

  /** Those of these keys, by id, that are still good; fails while the database is away. */
  Future<Set<String>> goodKeys(Set<String> ids) {
    return keys.good(ids).onSuccess(good -> recentKeys.heard(ids, good));
  }

  Optional<FirstStart> firstStart() {
    return catalog.firstStart();
  }

  /** How a stream is to be packaged. */
  KnownPackaging packaging() {
    return packaging;
  }

  /** Of the API and the portal; blocks on the disk, once. */
  List<Mount> mounts(CatalogPorts ports) {
    try {
      api = new CatalogApi(vertx, catalog, apps, ports, uploads, signIns, clock);
    } catch (IOException e) {
      throw Waiting.failed("data.dir", e);
    }
    List<Mount> mounts = new ArrayList<>(api.mounts());
    mounts.add(new PortalMount().mount());
    return mounts;
  }

  @Override
  public void close() {
    vertx.cancelTimer(healthTimer);
    if (api != null) {
      api.close();
    }
    try {
      catalog.close();
    } catch (IOException e) {
      LOGGER.atWarn().addKeyValue("reason", e.getMessage()).log("catalogue did not close cleanly");
    }
  }
}
