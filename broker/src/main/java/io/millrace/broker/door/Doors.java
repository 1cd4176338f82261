package io.millrace.broker.door;

import io.millrace.access.OpenGrants;
import io.millrace.access.PublishRates;
import io.millrace.access.TopicRules;
import io.millrace.broker.DoorConfig;
import io.millrace.broker.hub.Hub;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** What all front doors of a node share. Thread-safe. */
public final class Doors {
  private final Hub hub;
  private final Namespaces namespaces;
  private final TopicRules rules;
  private final OpenGrants grants;
  private final PublishRates rates;
  private final DoorConfig config;
  private final DoorMetrics metrics;
  private final InstantSource clock;
  private final Map<EventLoop, DoorLoop> loops = new ConcurrentHashMap<>();

  /**
   * @param rules say what a client may do
   * @param grants that are in use on the doors' connections
   * @param rates of publishing
   */
  public Doors(
      Hub hub,
      Namespaces namespaces,
      TopicRules rules,
      OpenGrants grants,
      PublishRates rates,
      DoorConfig config,
      DoorMetrics metrics,
      InstantSource clock) {
    this.hub = hub;
    this.namespaces = namespaces;
    this.rules = rules;
    this.grants = grants;
    this.rates = rates;
    this.config = config;
    this.metrics = metrics;
    this.clock = clock;
    metrics.traffic().keepOnly(name -> namespaces.find(name).isPresent(), namespaces::served);
  }

  /** The doors' part on the event loop that calls. */
  public DoorLoop here() {
    ContextInternal context = ContextInternal.current();
    if (context == null || !context.inThread() || !context.isEventLoopContext()) {
      throw new IllegalStateException("connections are served on their event loop");
    }
    return loops.computeIfAbsent(
        context.nettyEventLoop(), loop -> new DoorLoop(this, context.unwrap()));
  }

  Hub hub() {
    return hub;
  }

  Namespaces namespaces() {
    return namespaces;
  }

  TopicRules rules() {
    return rules;
  }

  OpenGrants grants() {
    return grants;
  }

  PublishRates rates() {
    return rates;
  }

  public DoorConfig config() {
    return config;
  }

  public DoorMetrics metrics() {
    return metrics;
  }

  /** As {@link Namespaces#isKnown}. */
  public boolean isKnown(String namespace) {
    return namespaces.isKnown(namespace);
  }

  /** As {@link Namespaces#whenDeleted}. */
  public void whenDeleted(Function<Set<String>, Future<Void>> told) {
    namespaces.whenDeleted(told);
  }

  /** Milliseconds since 1970 UTC. */
  public long now() {
    return clock.millis();
  }
}
