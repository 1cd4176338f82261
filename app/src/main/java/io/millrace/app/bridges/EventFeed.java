package io.millrace.app.bridges;

import io.millrace.broker.OwnTopics;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries events to the broker on an event loop of its own, so that whoever tells of something
 * never waits. What is told before the broker runs waits for it, and so does what is told while the
 * log cannot take it, in its order. Bounded: what is more than may wait is dropped and counted, and
 * what has waited for too long.
 *
 * <pre>
 *   offer (any thread) ──room?──> waiting ──> on its way ──> published
 *                        │           └──<──(log away: all hold, then again)──┤
 *                        └──> dropped (full)                                 └──> dropped
 * </pre>
 */
public final class EventFeed {
  /** Events that wait for the broker or for its log. */
  static final int MOST_WAITING = 2000;

  private static final Logger LOGGER = LoggerFactory.getLogger(EventFeed.class);
  private static final Duration AGAIN = Duration.ofMillis(500);

  /** As long as the log knows an event's id, so that it is published once. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(100);

  /** Where events go. */
  @FunctionalInterface
  interface Outlet {
    /** Fails with a {@link OwnTopics.AwayException} when the log cannot take it now. */
    Future<Void> publish(StreamEvent event);
  }

  /**
   * An event on its way.
   *
   * @param number in the order in which they came
   * @param giveUpNanos when it is dropped, by the JVM's monotonic clock
   */
  private record Waiting(long number, StreamEvent event, long giveUpNanos) {}

  private final Context context;
  private final Counter published;
  private final Counter dropped;
  private final AtomicInteger waiting = new AtomicInteger();

  // On the context.
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private final List<Waiting> failed = new ArrayList<>();
  private @Nullable Outlet outlet;
  private long lastNumber;
  private int onTheWay;
  private boolean isHeld;

  public EventFeed(Vertx vertx, PrometheusRegistry registry) {
    context = ((VertxInternal) vertx).createEventLoopContext();
    published =
        Counter.builder()
            .name("millrace_app_events_published_total")
            .help("Events of the platform that were published to the namespace sys, by type")
            .labelNames("type")
            .register(registry);
    dropped =
        Counter.builder()
            .name("millrace_app_events_dropped_total")
            .help("Events of the platform that were not published, by reason")
            .labelNames("reason")
            .register(registry);
    for (StreamEvent.Kind kind : StreamEvent.Kind.values()) {
      published.initLabelValues(kind.word());
    }
    for (String reason : List.of("full", "refused", "unavailable")) {
      dropped.initLabelValues(reason);
    }
  }

  /** The broker runs. */
  public void open(OwnTopics topics) {
    open(
        event ->
            topics.publish(
                event.path(), event.id(), event.headers(), event.data().toBuffer().getBytes()));
  }

  void open(Outlet to) {
    context.runOnContext(
        go -> {
          outlet = to;
          pump();
        });
  }

  /** Takes an event; any thread, never blocks. */
  void offer(StreamEvent event) {
    if (waiting.incrementAndGet() > MOST_WAITING) {
      waiting.decrementAndGet();
      dropped.labelValues("full").inc();
      return;
    }
    long giveUp = System.nanoTime() + LONGEST_WAIT.toNanos();
    context.runOnContext(
        go -> {
          queue.add(new Waiting(++lastNumber, event, giveUp));
          pump();
        });
  }

  private void pump() {
    Outlet to = outlet;
    while (to != null && !isHeld && !queue.isEmpty()) {
      Waiting next = queue.remove();
      onTheWay++;
      publish(to, next.event)
          .onComplete(outcome -> context.runOnContext(go -> answered(next, outcome.cause())));
    }
  }

  private static Future<Void> publish(Outlet to, StreamEvent event) {
    try {
      return to.publish(event);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  /**
   * @param failure null for none
   */
  private void answered(Waiting one, @Nullable Throwable failure) {
    onTheWay--;
    if (failure == null) {
      waiting.decrementAndGet();
      published.labelValues(one.event.kind().word()).inc();
    } else if (!(failure instanceof OwnTopics.AwayException)) {
      drop("refused", failure);
    } else if (System.nanoTime() - one.giveUpNanos >= 0) {
      drop("unavailable", failure);
    } else {
      failed.add(one);
      hold(failure);
    }
    if (isHeld && onTheWay == 0) {
      failed.sort(Comparator.comparingLong(Waiting::number).reversed());
      failed.forEach(queue::addFirst);
      failed.clear();
    }
  }

  private void drop(String reason, Throwable failure) {
    waiting.decrementAndGet();
    dropped.labelValues(reason).inc();
    LOGGER.atDebug().addKeyValue("reason", failure).log("event dropped");
  }

  /** Nothing is sent until what is on its way has its answer and some time is over. */
  private void hold(Throwable failure) {
    if (!isHeld) {
      isHeld = true;
      LOGGER
          .atInfo()
          .addKeyValue("reason", failure.getMessage())
          .log("the platform's events wait for the log");
      context.owner().setTimer(AGAIN.toMillis(), id -> context.runOnContext(go -> again()));
    }
  }

  private void again() {
    if (onTheWay > 0) {
      context.owner().setTimer(AGAIN.toMillis(), id -> context.runOnContext(go -> again()));
    } else {
      isHeld = false;
      pump();
    }
  }
}
