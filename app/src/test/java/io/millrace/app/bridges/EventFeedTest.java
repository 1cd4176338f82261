package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.OwnTopics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventFeedTest {
  private final Vertx vertx = Vertx.vertx();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final EventFeed feed = new EventFeed(vertx, registry);
  private final List<StreamEvent> published = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private static StreamEvent event(int number) {
    return new StreamEvent(
        StreamEvent.Kind.VIEWERS_CHANGED,
        "streams/live/cam1/viewers",
        "/streams/live/cam1",
        Instant.EPOCH,
        new JsonObject().put("viewers", number));
  }

  private double counted(String name, String label) {
    return registry.scrape().stream()
        .filter(its -> its.getMetadata().getName().equals(name))
        .flatMap(its -> ((CounterSnapshot) its).getDataPoints().stream())
        .filter(point -> point.getLabels().stream().anyMatch(its -> its.getValue().equals(label)))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  @Test
  void whatIsToldBeforeTheBrokerRunsIsPublishedThenInOrder() {
    feed.offer(event(1));
    feed.offer(event(2));
    feed.open(
        one -> {
          published.add(one);
          return Future.succeededFuture();
        });
    feed.offer(event(3));

    await().until(() -> published.size() == 3);
    assertThat(published.stream().map(one -> one.data().getInteger("viewers")))
        .containsExactly(1, 2, 3);
    await().until(() -> counted("millrace_app_events_published", "viewers.changed") == 3);
  }

  @Test
  void dropsAndCountsWhileTheBrokerIsBehind() {
    Promise<Void> answer = Promise.promise();
    feed.open(one -> answer.future());
    for (int i = 0; i < EventFeed.MOST_WAITING + 5; i++) {
      feed.offer(event(i));
    }
    assertThat(counted("millrace_app_events_dropped", "full")).isEqualTo(5);

    answer.complete();
    await()
        .until(
            () ->
                counted("millrace_app_events_published", "viewers.changed")
                    == EventFeed.MOST_WAITING);
    feed.offer(event(0));
    await()
        .until(
            () ->
                counted("millrace_app_events_published", "viewers.changed")
                    == EventFeed.MOST_WAITING + 1);
  }

  @Test
  void whatTheLogCannotTakeNowIsPublishedLaterInItsOrder() {
    List<Promise<Void>> answers = new CopyOnWriteArrayList<>();
    feed.open(
        one -> {
          published.add(one);
          Promise<Void> answer = Promise.promise();
          answers.add(answer);
          return answer.future();
        });
    feed.offer(event(1));
    feed.offer(event(2));
    await().until(() -> answers.size() == 2);
    // The second is told first that it has failed; what comes meanwhile goes behind both.
    answers.get(1).fail(away());
    feed.offer(event(3));
    answers.get(0).fail(away());

    await().until(() -> answers.size() == 5);
    assertThat(published.stream().map(one -> one.data().getInteger("viewers")))
        .containsExactly(1, 2, 1, 2, 3);
    assertThat(published.get(2).id()).isEqualTo(published.get(0).id());
    answers.subList(2, 5).forEach(Promise::complete);
    await().until(() -> counted("millrace_app_events_published", "viewers.changed") == 3);
    assertThat(counted("millrace_app_events_dropped", "refused")).isZero();
  }

  private static OwnTopics.AwayException away() {
    return new OwnTopics.AwayException("the log is away");
  }

  @Test
  void anOutletThatThrowsHoldsUpNothing() {
    feed.open(
        one -> {
          throw new IllegalStateException("no");
        });
    feed.offer(event(1));
    feed.offer(event(2));
    await().until(() -> counted("millrace_app_events_dropped", "refused") == 2);
  }

  @Test
  void whatTheBrokerRefusesIsCounted() {
    feed.open(one -> Future.failedFuture("the log is away"));
    feed.offer(event(1));
    await().until(() -> counted("millrace_app_events_dropped", "refused") == 1);
  }
}
