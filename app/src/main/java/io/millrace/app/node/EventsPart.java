package io.millrace.app.node;

import io.millrace.app.bridges.EventFeed;
import io.millrace.app.bridges.StreamEvents;
import io.millrace.media.StreamKey;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import java.util.function.ToIntFunction;

/** The node's own events: what becomes of its streams, told in the namespace {@code sys}. */
final class EventsPart implements AutoCloseable {
  private final Vertx vertx;
  private final OriginPart origin;
  private final EventFeed feed;
  private final StreamEvents events;

  // Guarded by this.
  private boolean closed;

  /** Begins to keep what happens, before publishers are let in. */
  EventsPart(Vertx vertx, OriginPart origin, PrometheusRegistry registry) {
    this.vertx = vertx;
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
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    events.close();
  }
}
