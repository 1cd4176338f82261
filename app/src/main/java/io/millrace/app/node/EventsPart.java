package io.millrace.app.node;

import io.millrace.app.bridges.EventFeed;
import io.millrace.app.bridges.MetadataTopics;
import io.millrace.app.bridges.StreamEvents;
import io.millrace.media.StreamKey;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * What streams and topics have to do with each other: what becomes of the streams is told in the
 * namespace {@code sys}, and their viewers are told what comes in their topics.
 */
final class EventsPart implements AutoCloseable {
  private final Vertx vertx;
  private final OriginPart origin;
  private final EventFeed feed;
  private final StreamEvents events;
  private final Optional<String> metadataTopic;
  private final PrometheusRegistry registry;

  // Guarded by this.
  private boolean closed;
  private Optional<MetadataTopics> metadata = Optional.empty();

  /**
   * Begins to keep what happens, before publishers are let in.
   *
   * @param metadataTopic from where viewers are told something, with {@code {app}} and {@code
   *     {stream}} in it
   */
  EventsPart(
      Vertx vertx, OriginPart origin, Optional<String> metadataTopic, PrometheusRegistry registry) {
    this.vertx = vertx;
    this.metadataTopic = metadataTopic;
    this.registry = registry;
    this.origin = origin;
    this.feed = new EventFeed(vertx, registry);
    this.events = origin.events(feed);
  }

  /**
   * Tells it as soon as topics are served, what has happened before first.
   *
   * @param viewers how many watch a stream now
   */
  void tell(BrokerPart broker, ToIntFunction<StreamKey> viewers) {
    broker.opened().onSuccess(done -> begin(broker, viewers));
  }

  private synchronized void begin(BrokerPart broker, ToIntFunction<StreamKey> viewers) {
    if (!closed) {
      feed.open(broker.own());
      events.look(vertx, origin.streams(), viewers);
      metadata = metadataTopic.map(template -> follow(broker, template));
    }
  }

  private MetadataTopics follow(BrokerPart broker, String template) {
    Context context = ((VertxInternal) vertx).createEventLoopContext();
    MetadataTopics topics =
        new MetadataTopics(template, broker.reader(context), origin.cues(), registry);
    topics.start(origin.streams());
    return topics;
  }

  @Override
  public synchronized void close() {
    closed = true;
    metadata.ifPresent(MetadataTopics::close);
    events.close();
  }
}
