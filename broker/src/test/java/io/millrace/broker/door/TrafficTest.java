package io.millrace.broker.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrafficTest {
  private final DoorsFixture fixture = new DoorsFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private int send(HttpMethod method, String uri, String body) {
    RequestOptions options =
        new RequestOptions()
            .setHost("127.0.0.1")
            .setPort(fixture.listener.port())
            .setMethod(method)
            .setURI(uri)
            .putHeader("authorization", "Bearer reader");
    if (!body.isEmpty()) {
      options.putHeader("authorization", "Bearer all");
    }
    Promise<Integer> status = Promise.promise();
    fixture.vertx.runOnContext(
        go ->
            fixture
                .client
                .request(options)
                .compose(request -> request.send(Buffer.buffer(body)))
                .compose(
                    head -> head.body().compose(text -> Future.succeededFuture(head.statusCode())))
                .onComplete(status));
    return DoorsFixture.join(status.future());
  }

  /** Values of a counter whose labels are these, in order of their names. */
  private double counted(String name, String... labels) {
    return fixture.registry.scrape().stream()
        .filter(its -> its.getMetadata().getName().equals("millrace_broker_" + name))
        .flatMap(its -> ((CounterSnapshot) its).getDataPoints().stream())
        .filter(
            point -> {
              List<String> values = new ArrayList<>();
              point.getLabels().forEach(label -> values.add(label.getValue()));
              return values.containsAll(List.of(labels));
            })
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  @Test
  void whatIsPublishedDeliveredAndRefusedIsCountedByDoorAndNamespace() {
    assertThat(send(HttpMethod.POST, "/api/v1/topics/plant/hall/1", "12345")).isEqualTo(200);
    assertThat(send(HttpMethod.POST, "/api/v1/topics/plant/hall/1", "123")).isEqualTo(200);
    assertThat(send(HttpMethod.POST, "/api/v1/topics/wire/a", "1")).isEqualTo(200);

    assertThat(counted("published_messages", "http", "plant")).isEqualTo(2);
    assertThat(counted("published_bytes", "http", "plant")).isEqualTo(8);
    assertThat(counted("published_messages", "http", "wire")).isEqualTo(1);

    await()
        .until(
            () -> {
              double before = counted("delivered_bytes", "http", "plant");
              send(HttpMethod.GET, "/api/v1/topics/plant/hall/1?last=2&token=all", "x");
              return counted("delivered_bytes", "http", "plant") == before + 8;
            });

    assertThat(send(HttpMethod.GET, "/api/v1/topics/plant/hall/1", "")).isEqualTo(403);
    assertThat(counted("namespace_refusals", "http", "plant", "not-authorized")).isEqualTo(1);
  }

  @Test
  void whatIsNotUnderstoodIsCountedAtItsDoor() {
    Talk talk = fixture.talk("?token=all");
    talk.say("{'type':'publish','id':'1','topic':'plant/hall/1','text':7}").hear("error");
    assertThat(counted("refusals", "websocket", "bad-request")).isEqualTo(1);

    assertThat(send(HttpMethod.GET, "/api/v1/topics/plant/a?bogus=1&token=all", "")).isEqualTo(400);
    assertThat(send(HttpMethod.GET, "/api/v1/topics/plant/a?limit=x&token=all", "")).isEqualTo(400);
    assertThat(send(HttpMethod.GET, "/api/v1/topics/plant/a?last=x&token=all", "")).isEqualTo(400);
    assertThat(send(HttpMethod.POST, "/api/v1/topics/plant/a?ttl=x", "1")).isEqualTo(400);
    assertThat(counted("refusals", "http", "bad-request")).isEqualTo(4);

    String subscribe = "/api/v1/subscribe?token=all&filter=plant/a&";
    assertThat(send(HttpMethod.GET, subscribe + "bogus=1", "")).isEqualTo(400);
    assertThat(send(HttpMethod.GET, subscribe + "policy=none", "")).isEqualTo(400);
    assertThat(counted("refusals", "sse", "bad-request")).isEqualTo(2);
  }

  @Test
  void whatGoesOverWebSocketIsCountedAsThat() {
    Talk talk = fixture.talk("?token=all");
    talk.say("{'type':'subscribe','sub':'s','filter':'plant/hall/+'}").hear("caught-up");
    talk.say("{'type':'publish','id':'1','topic':'plant/hall/1','text':'12345'}");
    talk.hear("published");
    talk.hear("message");
    talk.say("{'type':'subscribe','sub':'t','filter':'plant/+/a/#/b'}").hear("error");

    assertThat(counted("published_messages", "websocket", "plant")).isEqualTo(1);
    assertThat(counted("published_bytes", "websocket", "plant")).isEqualTo(5);
    await().until(() -> counted("delivered_messages", "websocket", "plant") == 1);
    assertThat(counted("delivered_bytes", "websocket", "plant")).isEqualTo(5);
    assertThat(counted("refusals", "websocket")).isEqualTo(1);
    assertThat(connections("websocket")).isEqualTo(1);
    assertThat(gauge("subscriptions", "websocket")).isEqualTo(1);
    talk.close();
    await().until(() -> connections("websocket") == 0);
    await().until(() -> gauge("subscriptions", "websocket") == 0);
  }

  private double connections(String door) {
    return gauge("connections", door);
  }

  private double gauge(String name, String door) {
    return fixture.registry.scrape(("millrace_broker_" + name)::equals).stream()
        .flatMap(its -> ((GaugeSnapshot) its).getDataPoints().stream())
        .filter(point -> door.equals(point.getLabels().get("door")))
        .mapToDouble(GaugeSnapshot.GaugeDataPointSnapshot::getValue)
        .sum();
  }

  @Test
  void whatGoesOutAsServerSentEventsIsCountedAsThat() {
    send(HttpMethod.POST, "/api/v1/topics/plant/hall/1", "12345");
    send(HttpMethod.POST, "/api/v1/topics/plant/hall/1", "123");
    RequestOptions options =
        new RequestOptions()
            .setHost("127.0.0.1")
            .setPort(fixture.listener.port())
            .setURI("/api/v1/topics/plant/hall/1?last=2")
            .putHeader("accept", "text/event-stream")
            .putHeader("authorization", "Bearer all");
    fixture.vertx.runOnContext(
        go ->
            fixture
                .client
                .request(options)
                .compose(HttpClientRequest::send)
                .onSuccess(events -> events.handler(read -> {})));

    await().until(() -> counted("delivered_messages", "sse", "plant") == 2);
    assertThat(counted("delivered_bytes", "sse", "plant")).isEqualTo(8);
    assertThat(connections("sse")).isEqualTo(1);
    assertThat(gauge("subscriptions", "sse")).isEqualTo(1);
  }

  @Test
  void namesThatAnybodyCanThinkOfAreNoLabels() {
    for (int i = 0; i < 20; i++) {
      send(HttpMethod.POST, "/api/v1/topics/nowhere/a" + i, "x");
      send(HttpMethod.POST, "/api/v1/topics/guess" + i + "/a", "x");
    }
    assertThat(counted("refusals", "http")).isEqualTo(40);
    assertThat(counted("namespace_refusals")).isZero();
    assertThat(fixture.registry.scrape().toString()).doesNotContain("guess");
  }

  @Test
  void countsBeginAtZeroInEveryNamespaceThatIsThere() {
    TrafficCounts counts = new TrafficCounts();
    Set<String> there = Set.of("busy", "quiet");
    counts.keepOnly(there::contains, () -> there);
    counts.of("busy", "http").published(1);
    List<String> seen = new ArrayList<>();
    counts.forEachThatMayBe(
        (namespace, door, traffic) ->
            seen.add(namespace + " " + door + " " + traffic.publishedMessages()));
    assertThat(seen)
        .containsExactly(
            "busy http 1",
            "busy sse 0",
            "busy websocket 0",
            "busy mqtt 0",
            "quiet http 0",
            "quiet sse 0",
            "quiet websocket 0",
            "quiet mqtt 0");
    assertThat(counts.in("quiet")).isEmpty();
  }

  @Test
  void noMoreNamespacesBeginAtZeroThanAreToldApart() {
    TrafficCounts counts = new TrafficCounts();
    Set<String> there = new HashSet<>();
    for (int i = 0; i < TrafficCounts.MOST_NAMESPACES + 50; i++) {
      there.add("n" + i);
    }
    counts.keepOnly(there::contains, () -> there);
    // One that would have been told apart anyway, and one that would not.
    counts.of("n1", "http").published(1);
    counts.of("n99", "http").published(1);
    Set<String> expected = new TreeSet<>(new TreeSet<>(there).headSet("n99"));
    while (expected.size() >= TrafficCounts.MOST_NAMESPACES) {
      expected.remove(List.copyOf(expected).getLast());
    }
    expected.add("n99");
    Set<String> seen = new HashSet<>();
    counts.forEachThatMayBe((namespace, door, traffic) -> seen.add(namespace));
    assertThat(seen).hasSize(TrafficCounts.MOST_NAMESPACES).isEqualTo(expected);
  }

  @Test
  void whatIsRefusedAndEndedIsCountedFromZero() {
    fixture.doors.metrics().traffic().keepOnly(name -> true, () -> Set.of("plant", "wire"));
    assertThat(pointsOf("refusals")).contains("rate-limited http 0.0", "expired mqtt 0.0");
    assertThat(pointsOf("connections_closed"))
        .contains("websocket silent 0.0", "sse overflow 0.0", "mqtt failed 0.0", "sse expired 0.0");
    assertThat(pointsOf("connections")).contains("sse 0.0", "websocket 0.0");
    for (String name :
        List.of(
            "published_messages",
            "published_bytes",
            "delivered_messages",
            "delivered_bytes",
            "subscriptions")) {
      assertThat(pointsOf(name)).as(name).contains("http plant 0.0", "mqtt wire 0.0");
    }
    send(HttpMethod.GET, "/api/v1/topics/plant/hall/1", "");
    assertThat(pointsOf("namespace_refusals"))
        .contains("rate-limited http plant 0.0", "not-authorized http plant 1.0");
    fixture.talk("?token=nobody");
    await().until(() -> pointsOf("connections_closed").contains("websocket not-authenticated 1.0"));
  }

  /** The labels, in order of their names, and the value. */
  private List<String> pointsOf(String name) {
    List<String> points = new ArrayList<>();
    for (MetricSnapshot its : fixture.registry.scrape(("millrace_broker_" + name)::equals)) {
      for (DataPointSnapshot point : its.getDataPoints()) {
        StringBuilder text = new StringBuilder();
        point.getLabels().forEach(label -> text.append(label.getValue()).append(' '));
        points.add(text.append(valueOf(point)).toString());
      }
    }
    return points;
  }

  private static double valueOf(DataPointSnapshot point) {
    return point instanceof CounterSnapshot.CounterDataPointSnapshot count
        ? count.getValue()
        : ((GaugeSnapshot.GaugeDataPointSnapshot) point).getValue();
  }

  /** A client's counts are found once; those of a namespace that comes again are others. */
  @Test
  void whatIsPublishedToANamespaceThatCameAgainIsCounted() {
    Talk talk = fixture.talk("?token=all");
    talk.say("{'type':'publish','id':'1','topic':'wire/a','text':'12345'}").hear("published");
    TrafficCounts counts = fixture.doors.metrics().traffic();
    counts.keepOnly(name -> !name.equals("wire"), () -> Set.of("plant"));
    assertThat(counted("published_messages", "wire")).isZero();
    counts.keepOnly(name -> true, () -> Set.of("plant", "wire"));
    talk.say("{'type':'publish','id':'2','topic':'wire/a','text':'12345'}");
    talk.hear(frame -> "2".equals(frame.getString("id")));
    assertThat(counted("published_messages", "websocket", "wire")).isEqualTo(1);
  }

  @Test
  void beyondTheBoundNamespacesAreCountedTogether() {
    TrafficCounts counts = new TrafficCounts();
    Set<String> there = new HashSet<>();
    counts.keepOnly(there::contains, () -> there);
    for (int i = 0; i < TrafficCounts.MOST_NAMESPACES + 50; i++) {
      there.add("n" + i);
      counts.of("n" + i, "http").published(1);
    }
    List<String> names = new ArrayList<>();
    counts.forEach((namespace, door, traffic) -> names.add(namespace));
    assertThat(names).hasSize(TrafficCounts.MOST_NAMESPACES + 1).contains(TrafficCounts.OTHERS);
    assertThat(counts.in(TrafficCounts.OTHERS).get("http").publishedMessages()).isEqualTo(50);
    counts.of("n0", "http").published(1);
    assertThat(counts.in("n0").get("http").publishedMessages()).isEqualTo(2);
  }

  @Test
  void whatIsThereNoMoreIsForgottenAndMakesRoom() {
    TrafficCounts counts = new TrafficCounts();
    Set<String> there = new HashSet<>();
    counts.keepOnly(there::contains, () -> there);
    for (int i = 0; i < 3 * TrafficCounts.MOST_NAMESPACES; i++) {
      there.clear();
      there.add("n" + i);
      counts.of("n" + i, "http").published(1);
    }
    int before = counts.version();
    there.add("other");
    counts.of("other", "http").published(1);
    assertThat(counts.version()).isEqualTo(before);
    there.remove("other");

    List<String> names = new ArrayList<>();
    counts.forEach((namespace, door, traffic) -> names.add(namespace));
    assertThat(names).isEqualTo(List.copyOf(there));
    assertThat(counts.in("other")).isEmpty();
    assertThat(counts.version()).isNotEqualTo(before);
    there.clear();
    counts.forEachThatMayBe((namespace, door, traffic) -> names.add("too many: " + namespace));
    assertThat(names).hasSize(1);
  }
}
