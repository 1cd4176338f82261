package io.millrace.app.node;

import io.millrace.access.AccessRules;
import io.millrace.app.bridges.AssetFacts;
import io.millrace.app.bridges.ClipBridge;
import io.millrace.app.bridges.CueBridge;
import io.millrace.app.bridges.Exports;
import io.millrace.app.bridges.ImportBridge;
import io.millrace.app.bridges.KeyWatch;
import io.millrace.app.bridges.LiveFacts;
import io.millrace.app.bridges.NoAssets;
import io.millrace.app.bridges.NoLiveFacts;
import io.millrace.app.bridges.OwnPublisher;
import io.millrace.app.bridges.PackagingBridge;
import io.millrace.app.bridges.RemoteAssets;
import io.millrace.app.bridges.RemoteClips;
import io.millrace.app.bridges.RemoteLiveFacts;
import io.millrace.app.ops.Health;
import io.millrace.app.ops.ManagementServer;
import io.millrace.catalog.AssetClips;
import io.millrace.catalog.AssetDirectory;
import io.millrace.catalog.AssetImports;
import io.millrace.catalog.CatalogPorts;
import io.millrace.catalog.FirstStart;
import io.millrace.catalog.KnownKeys;
import io.millrace.catalog.LiveDirectory;
import io.millrace.catalog.StreamCues;
import io.millrace.children.DataDirectory;
import io.millrace.config.ValueText;
import io.millrace.http.HttpConfig;
import io.millrace.http.HttpListener;
import io.millrace.http.HttpMetrics;
import io.millrace.http.ListenException;
import io.millrace.http.Mount;
import io.millrace.http.OpenApi;
import io.millrace.http.SelfSignedCertificate;
import io.millrace.media.StreamKey;
import io.millrace.packager.Origin;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running node. {@link #start} blocks until every role runs (an edge is ready when its origin
 * serves it, and topics when a Kafka cluster that others run can be used, which may be later); the
 * listeners open as soon as there are records, and topics come last, for media needs none. {@link
 * #close} stops in this order: not ready any more, broadcasts end and are stored, viewers read the
 * end, listeners close, records close. Used by one thread.
 */
public final class Node implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(Node.class);

  /**
   * Two seconds after its key has ended a publisher is off the air, the database's answer included.
   */
  private static final Duration KEY_PERIOD = Duration.ofMillis(800);

  private final NodeSettings settings;
  private final Clock clock = Clock.systemUTC();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Health health = new Health();
  private final Waiting waiting;
  private final DataDirectory data;
  private final Vertx vertx;

  private @Nullable ManagementServer management;
  private @Nullable CatalogPart catalog;
  private @Nullable OriginPart origin;
  private @Nullable KeyWatch keys;
  private @Nullable TokensPart tokens;
  private @Nullable TopicAccessPart topicAccess;
  private @Nullable EdgePart edge;
  private @Nullable BrokerPart broker;
  private @Nullable EventsPart events;
  private @Nullable HttpListener listener;
  private boolean closed;

  private Node(NodeSettings settings, DataDirectory data) {
    this.settings = settings;
    this.data = data;
    this.waiting = new Waiting(settings.stopTimeout());
    this.vertx = ShortPasses.vertx();
  }

  /**
   * Starts a node and waits until it is ready.
   *
   * @throws StartException when it cannot run; everything that had started is stopped again
   */
  public static Node start(NodeSettings settings) {
    return start(settings, Optional.empty(), StopSignal.never(), made -> {});
  }

  /**
   * Starts a node that also lets this process publish.
   *
   * @throws StartException when it cannot run; everything that had started is stopped again
   */
  public static Node start(NodeSettings settings, Optional<OwnPublisher> own) {
    return start(settings, own, StopSignal.never(), made -> {});
  }

  /**
   * As above, for a process that may be told to end meanwhile.
   *
   * @param firstStart hears what the first start has made as soon as that is kept, also where the
   *     start fails behind it: nobody is told of it again
   * @throws StartException when it cannot run; everything that had started is stopped again
   * @throws StoppedException when it is not to run any more; as above
   */
  public static Node start(
      NodeSettings settings,
      Optional<OwnPublisher> own,
      StopSignal stop,
      Consumer<FirstStart> firstStart) {
    Node node = new Node(settings, open(settings));
    try {
      node.startParts(own, stop, firstStart);
      return node;
    } catch (RuntimeException | Error e) {
      node.close();
      throw e;
    }
  }

  private static DataDirectory open(NodeSettings settings) {
    try {
      DataDirectory data = DataDirectory.open(settings.dataDirectory());
      try {
        data.endLeftOvers();
        return data;
      } catch (IOException e) {
        data.close();
        throw e;
      }
    } catch (IOException e) {
      throw Waiting.failed("data.dir", e);
    }
  }

  private void startParts(
      Optional<OwnPublisher> own, StopSignal stop, Consumer<FirstStart> firstStart) {
    tryPorts();
    JvmMetrics.builder().register(registry);
    management =
        new ManagementServer(
            settings.management().host(), settings.management().port(), health, registry);
    for (Role role : settings.roles()) {
      health.part(ValueText.word(role), () -> Health.Part.notReady("starting"));
    }
    Waiting.forPort(
        NodeSettings.MANAGEMENT_PORT,
        settings.management().host(),
        settings.management().port(),
        vertx.deployVerticle(management));
    HttpMetrics httpMetrics = new HttpMetrics(registry);
    HttpConfig http = http();
    tokens = new TokensPart(vertx, settings.access(), clock);
    if (settings.runs(Role.BROKER)) {
      // First of all: its log takes the longest, and starts beside the database.
      broker = new BrokerPart(vertx, settings, data, http.certificate(), clock, registry, health);
    }
    if (settings.runs(Role.CATALOG)) {
      catalog = new CatalogPart(vertx, settings, data, tokens.rules(), clock, registry, health);
      catalog.firstStart().ifPresent(firstStart);
      if (settings.access().apps().size() > 1) {
        LOGGER.warn(
            "access.apps and access.playback of other apps than live are not used here:"
                + " the catalogue's API says what apps there are and who may play");
      }
    }
    AccessPart access = new AccessPart(vertx, settings, data, catalog, tokens.rules(), clock);
    AccessRules rules = access.media(own);
    topicAccess =
        new TopicAccessPart(vertx, access.topics(), Optional.ofNullable(catalog), tokens, clock);
    if (catalog != null) {
      tokens.follow(catalog.revocations(), topicAccess.grants()::revoke);
    }
    if (settings.runs(Role.ORIGIN)) {
      if (!settings.anybodyMayPublish() && own.isEmpty()) {
        LOGGER.warn("nobody can publish: set access.publishKey, access.jwt or access.callback");
      }
      origin = new OriginPart(vertx, settings, data, http.certificate(), clock, registry, health);
      if (settings.runs(Role.BROKER)) {
        events = new EventsPart(vertx, origin, settings.metadataTopic(), registry);
      }
      origin.start(
          rules,
          catalog == null
              ? PackagingBridge.asConfigured()
              : PackagingBridge.of(catalog.packaging()),
          httpMetrics);
      keys = catalog == null ? null : keyWatch(origin, catalog.keys());
    }
    AssetDirectory assets = assetDirectory();
    LiveDirectory live = liveDirectory();
    List<Mount> mounts = new ArrayList<>();
    if (settings.runs(Role.EDGE)) {
      Optional<Origin> here = Optional.ofNullable(origin).map(OriginPart::origin);
      Optional<Exports> exports = Optional.ofNullable(origin).map(OriginPart::exports);
      edge =
          new EdgePart(
              vertx,
              settings,
              here,
              exports,
              rules,
              assets,
              live,
              access.administrators(),
              clock,
              registry);
      mounts.addAll(edge.mounts());
    }
    if (catalog != null) {
      mounts.addAll(
          catalog.mounts(
              new CatalogPorts(
                  live,
                  cues(),
                  assets,
                  clips(),
                  imports(),
                  PackagingBridge.limits(settings.packager()))));
    }
    if (broker != null) {
      mounts.addAll(broker.mounts());
    }
    if (catalog != null || broker != null) {
      mounts.add(openApi().mount());
    }
    if (!mounts.isEmpty()) {
      listener =
          Waiting.forStart(
              "http.port", HttpListener.open(vertx, http, mounts, httpMetrics, EventLoops.count()));
    }
    if (edge != null) {
      health.part("edge", edge::health);
    }
    if (broker != null) {
      // Last: whoever publishes or watches media does not wait for it.
      broker.open(topicAccess, access.administrators(), stop);
      if (events != null) {
        events.tell(broker, this::viewers);
      }
    }
  }

  /** Before what takes long, and before anybody is on air; all that cannot be had are told of. */
  private void tryPorts() {
    List<String> troubles =
        settings.ports().stream()
            .flatMap(port -> port.trouble().stream())
            .map(ListenException::getMessage)
            .toList();
    if (!troubles.isEmpty()) {
      throw new StartException(String.join("\n", troubles));
    }
  }

  /** How many watch a stream here; to be asked when all parts are there. */
  private int viewers(StreamKey stream) {
    return edge == null ? 0 : edge.viewers(stream);
  }

  private KeyWatch keyWatch(OriginPart publishers, KnownKeys known) {
    return new KeyWatch(vertx, publishers.streams(), known::good, KEY_PERIOD);
  }

  private LiveDirectory liveDirectory() {
    if (origin != null) {
      return new LiveFacts(origin.streams(), this::viewers, origin::transcoder, origin.still());
    }
    return settings.edge().origin().isPresent()
        ? new RemoteLiveFacts(vertx, settings.edge(), this::viewers)
        : new NoLiveFacts();
  }

  private AssetDirectory assetDirectory() {
    if (origin != null) {
      return new AssetFacts(origin.recordings());
    }
    return settings.edge().origin().isPresent()
        ? new RemoteAssets(vertx, settings.edge())
        : new NoAssets();
  }

  private AssetClips clips() {
    if (origin != null) {
      return new ClipBridge(origin.clips());
    }
    return settings.edge().origin().isPresent()
        ? new RemoteClips(vertx, settings.edge())
        : ClipBridge.none();
  }

  private AssetImports imports() {
    return origin == null
        ? ImportBridge.none(
            "files are imported where streams are packaged: ask a server with the role origin")
        : origin.imports();
  }

  private StreamCues cues() {
    return origin == null ? CueBridge.none() : new CueBridge(origin.cues());
  }

  private OpenApi openApi() {
    OpenApi api = new OpenApi("Millrace", "1");
    if (catalog != null) {
      api.add("catalog", OpenApi.resource(CatalogPart.class, "/openapi/catalog.json"));
    }
    if (broker != null) {
      api.add("broker", OpenApi.resource(BrokerPart.class, "/openapi/broker.json"));
    }
    return api;
  }

  private HttpConfig http() {
    if (!settings.selfSignedTls() || settings.http().certificate().isPresent()) {
      return settings.http();
    }
    try {
      return settings
          .http()
          .withCertificate(
              SelfSignedCertificate.keptIn(data.path().resolve("tls"), clock.instant()));
    } catch (IOException e) {
      throw Waiting.failed("http.tls", e);
    }
  }

  public NodeSettings settings() {
    return settings;
  }

  public Vertx vertx() {
    return vertx;
  }

  public Health health() {
    return health;
  }

  /** What every door to topics shares; empty before the start has come to it. */
  public Optional<TopicAccessPart> topicAccess() {
    return Optional.ofNullable(topicAccess);
  }

  /** The public listener's plain port; empty where no role needs it. */
  public OptionalInt httpPort() {
    return listener == null ? OptionalInt.empty() : OptionalInt.of(listener.port());
  }

  /** The public listener's TLS port. */
  public OptionalInt httpsPort() {
    return listener == null ? OptionalInt.empty() : listener.tlsPort();
  }

  public OptionalInt rtmpPort() {
    return origin == null ? OptionalInt.empty() : OptionalInt.of(origin.rtmpPort());
  }

  /** Where RTMP within TLS is received; empty without a certificate. */
  public OptionalInt rtmpsPort() {
    return origin == null ? OptionalInt.empty() : origin.rtmpsPort();
  }

  /** Where MQTT is spoken; empty without topics, or while they wait for their log. */
  public OptionalInt mqttPort() {
    return broker == null ? OptionalInt.empty() : broker.mqttPort();
  }

  /** Where MQTT within TLS is spoken; empty without a certificate. */
  public OptionalInt mqttTlsPort() {
    return broker == null ? OptionalInt.empty() : broker.mqttTlsPort();
  }

  public OptionalInt originPort() {
    return origin == null ? OptionalInt.empty() : OptionalInt.of(origin.originPort());
  }

  public int managementPort() {
    return management == null ? settings.management().port() : management.actualPort();
  }

  /** Stops what runs; after the first time nothing happens. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    health.stopping();
    if (keys != null) {
      keys.close();
    }
    if (topicAccess != null) {
      topicAccess.close();
    }
    if (tokens != null) {
      tokens.close();
    }
    if (events != null) {
      events.close();
    }
    boolean watched = edge != null && edge.isWatched();
    if (origin != null) {
      origin.endBroadcasts();
      if (watched) {
        waiting.pause(settings.stopLinger());
      }
    }
    if (listener != null) {
      waiting.forStop("listener", listener.close(settings.stopTimeout().dividedBy(4)));
    }
    if (edge != null) {
      edge.close();
    }
    if (broker != null) {
      broker.close();
    }
    if (origin != null) {
      origin.close();
    }
    if (catalog != null) {
      catalog.close();
    }
    waiting.forStop("event loops", vertx.close());
    try {
      data.close();
    } catch (IOException e) {
      LOGGER.atWarn().addKeyValue("reason", e.getMessage()).log("data directory did not close");
    }
  }
}
