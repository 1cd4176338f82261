package io.millrace.broker.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.Administrators;
import io.millrace.broker.Broker;
import io.millrace.broker.NamespaceChanges;
import io.millrace.broker.door.DoorsFixture;
import io.millrace.broker.door.TrafficCounts;
import io.millrace.broker.hub.Delivery;
import io.millrace.broker.hub.Gap;
import io.millrace.broker.hub.HubMetrics;
import io.millrace.broker.hub.Receiver;
import io.millrace.broker.hub.SlowPolicy;
import io.millrace.broker.hub.Start;
import io.millrace.broker.hub.Subscription;
import io.millrace.broker.index.ScannedFollowedIndex;
import io.millrace.broker.last.CompanionBounds;
import io.millrace.broker.log.Appended;
import io.millrace.broker.log.MemoryTopicLog;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.namespace.NamespaceWish;
import io.millrace.broker.topic.TopicFilter;
import io.millrace.http.OpenApi;
import io.millrace.http.Problem;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NamespacesDoorTest {
  private static final String ORDERS = "/api/v1/namespaces/orders";

  private final Vertx vertx = Vertx.vertx();
  private final MemoryTopicLog log = new MemoryTopicLog();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Broker broker =
      DoorsFixture.join(
          Broker.open(
              log,
              new ScannedFollowedIndex(log),
              new HubMetrics(new PrometheusRegistry()),
              InstantSource.system(),
              100_000,
              CompanionBounds.DEFAULT,
              List.of(Namespace.builtIn("public"), Namespace.ofThePlatform())));
  private final HttpServer server =
      DoorsFixture.join(
          vertx
              .createHttpServer()
              .requestHandler(
                  new NamespacesDoor(
                          broker,
                          new NamespaceChanges(broker),
                          new TrafficCounts(),
                          request -> Future.succeededFuture(decide(request.getHeader("key"))))
                      .mount()
                      .handler())
              .listen(0, "127.0.0.1"));

  private static Administrators.Decision decide(String key) {
    return "admin".equals(key)
        ? new Administrators.Allowed("admin")
        : new Administrators.Refused(new Problem(401, "unauthorized", "sign in"), Optional.empty());
  }

  @AfterEach
  void close() {
    broker.close();
    log.close();
    client.close();
    DoorsFixture.join(vertx.close());
  }

  private HttpResponse<String> send(String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .header("key", "admin")
            .header("content-type", "application/json");
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static JsonObject json(HttpResponse<String> answer) {
    return new JsonObject(answer.body());
  }

  private static String tag(HttpResponse<String> answer) {
    return answer.headers().firstValue("etag").orElseThrow();
  }

  @Test
  void aNamespaceIsMadeReadAndDeleted() {
    HttpResponse<String> made = send("PUT", ORDERS, "{\"partitions\":2}");
    assertThat(made.statusCode()).isEqualTo(201);
    assertThat(made.headers().firstValue("location")).contains(ORDERS);
    assertThat(json(made))
        .isEqualTo(
            new JsonObject()
                .put("name", "orders")
                .put("partitions", 2)
                .put("generation", 1)
                .put("durability", "logged")
                .put("retentionSeconds", 604_800)
                .put("retentionBytes", null)
                .put("maxMessageSize", 1_048_576)
                .put("maxWildcardFilters", 1000)
                .put("messagesPerSecond", null)
                .put("bytesPerSecond", null));
    HttpResponse<String> read = send("GET", ORDERS, "");
    assertThat(read.body()).isEqualTo(made.body());
    assertThat(tag(read)).isEqualTo(tag(made));
    assertThat(send("GET", ORDERS, "", "if-none-match", tag(read)).statusCode()).isEqualTo(304);

    assertThat(send("DELETE", ORDERS, "").statusCode()).isEqualTo(204);
    assertThat(json(send("GET", ORDERS, "")).getString("detail"))
        .isEqualTo("there is no namespace 'orders'");
    assertThat(send("DELETE", ORDERS, "").statusCode()).isEqualTo(404);
  }

  @Test
  void aNameIsReadOutOfTheAddressBeforeAnythingIsSaidOfIt() {
    assertThat(send("PUT", "/api/v1/namespaces/Bad%20Name", "{}").body())
        .contains("not 'Bad Name'")
        .doesNotContain("%20");
    assertThat(json(send("GET", "/api/v1/namespaces/Bad%20Name/live", "")).getString("detail"))
        .isEqualTo("there is no namespace 'Bad Name'");
    assertThat(send("PUT", "/api/v1/namespaces/%6Frders", "{}").statusCode()).isEqualTo(201);
    assertThat(send("GET", ORDERS, "").statusCode()).isEqualTo(200);
    assertThat(send("GET", "/api/v1/namespaces/%ff", "").statusCode()).isEqualTo(400);
  }

  @Test
  void theServerWorksOutTheGenerationWhenPartitionsGrow() {
    send("PUT", ORDERS, "{\"retentionSeconds\":60}");
    HttpResponse<String> grown = send("PATCH", ORDERS, "{\"partitions\":8}");
    assertThat(grown.statusCode()).isEqualTo(200);
    assertThat(json(grown).getInteger("generation")).isEqualTo(2);
    assertThat(json(grown).getInteger("partitions")).isEqualTo(8);
    assertThat(json(grown).getInteger("retentionSeconds")).isEqualTo(60);
  }

  @Test
  void aPutSaysTheWholeAndAPatchAPart() {
    send("PUT", ORDERS, "{\"retentionSeconds\":60,\"retentionBytes\":2000000}");
    assertThat(
            json(send("PATCH", ORDERS, "{\"retentionBytes\":null}")).getInteger("retentionSeconds"))
        .isEqualTo(60);
    assertThat(json(send("PUT", ORDERS, "{}")).getInteger("retentionSeconds")).isEqualTo(604_800);
    assertThat(send("PATCH", "/api/v1/namespaces/nothing", "{}").statusCode()).isEqualTo(404);
  }

  @Test
  void whatCannotBeIsRefusedWithWords() {
    send("PUT", ORDERS, "{\"partitions\":4}");
    HttpResponse<String> fewer = send("PATCH", ORDERS, "{\"partitions\":2}");
    assertThat(fewer.statusCode()).isEqualTo(409);
    assertThat(json(fewer).getString("type")).isEqualTo("urn:millrace:problem:namespace-refused");
    assertThat(json(fewer).getString("detail")).contains("they only grow");
    assertThat(json(send("PATCH", ORDERS, "{\"durability\":\"memory\"}")).getString("detail"))
        .contains("cannot be changed");
    HttpResponse<String> replicated =
        send("PUT", "/api/v1/namespaces/safe", "{\"durability\":\"replicated\"}");
    assertThat(replicated.statusCode()).isEqualTo(409);
    assertThat(json(replicated).getString("detail")).contains("three Kafka brokers");
    assertThat(json(send("DELETE", "/api/v1/namespaces/public", "")).getString("detail"))
        .contains("the platform's own");
    assertThat(send("DELETE", "/api/v1/namespaces/sys", "").statusCode()).isEqualTo(409);
    assertThat(broker.namespaces()).hasSize(3);
  }

  @Test
  void everyFieldThatCannotBeUsedIsNamed() {
    HttpResponse<String> refused =
        send(
            "PUT",
            "/api/v1/namespaces/No.Name",
            """
            {"partitions":0,"durability":"eternal","retentionSeconds":-1,"retentionBytes":1,
             "maxMessageSize":"big","maxWildcardFilters":-1,"messagesPerSecond":0,"name":"other","colour":1}\
            """);
    assertThat(refused.statusCode()).isEqualTo(400);
    JsonArray errors = json(refused).getJsonArray("errors");
    assertThat(errors.stream().map(one -> ((JsonObject) one).getString("field")))
        .containsExactlyInAnyOrder(
            "name",
            "name",
            "partitions",
            "durability",
            "retentionSeconds",
            "retentionBytes",
            "maxMessageSize",
            "maxWildcardFilters",
            "messagesPerSecond",
            "colour");
    assertThat(send("PUT", ORDERS, "[]").statusCode()).isEqualTo(400);
    assertThat(send("PUT", ORDERS, "{").statusCode()).isEqualTo(400);
    assertThat(send("PUT", ORDERS, " ".repeat(70_000)).statusCode()).isEqualTo(413);
    assertThat(send("POST", ORDERS, "{}").statusCode()).isEqualTo(405);
  }

  @Test
  void aChangeThatIsMeantForAnotherStateIsNotMade() {
    assertThat(send("PUT", ORDERS, "{}", "if-match", "\"other\"").statusCode()).isEqualTo(412);
    String first = tag(send("PUT", ORDERS, "{}", "if-none-match", "*"));
    assertThat(send("PUT", ORDERS, "{}", "if-none-match", "*").statusCode()).isEqualTo(412);
    assertThat(send("PATCH", ORDERS, "{\"partitions\":8}", "if-match", first).statusCode())
        .isEqualTo(200);
    assertThat(send("PATCH", ORDERS, "{\"partitions\":9}", "if-match", first).statusCode())
        .isEqualTo(412);
    assertThat(send("DELETE", ORDERS, "", "if-match", first).statusCode()).isEqualTo(412);
    assertThat(json(send("GET", ORDERS, "")).getInteger("partitions")).isEqualTo(8);
  }

  @Test
  void aDeletionThatWasCutShortIsFinishedByTheNext() {
    String first = tag(send("PUT", ORDERS, "{}"));
    log.cutDeletingShort(true);
    assertThat(send("DELETE", ORDERS, "", "if-match", first).statusCode()).isEqualTo(503);
    assertThat(send("DELETE", ORDERS, "", "if-match", first).statusCode()).isEqualTo(503);
    log.cutDeletingShort(false);
    assertThat(send("DELETE", ORDERS, "", "if-match", first).statusCode()).isEqualTo(204);
    assertThat(send("DELETE", ORDERS, "").statusCode()).isEqualTo(404);
  }

  @Test
  void whatIsKnownAndCannotBeServedIsNotCalledMissing() {
    log.serve("orders", false);
    assertThat(send("PUT", ORDERS, "{}").statusCode()).isEqualTo(503);
    for (String method : List.of("GET", "PATCH")) {
      HttpResponse<String> answer = send(method, ORDERS, "{\"retentionSeconds\":60}");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("retry-after")).isPresent();
    }
    log.serve("orders", true);
    assertThat(send("PATCH", ORDERS, "{\"retentionSeconds\":90}").statusCode()).isEqualTo(200);
  }

  @Test
  void aListHasPagesByName() {
    send("PUT", ORDERS, "{}");
    JsonObject page = json(send("GET", "/api/v1/namespaces?limit=2", ""));
    assertThat(names(page)).containsExactly("orders", "public");
    assertThat(names(json(send("GET", "/api/v1/namespaces?after=" + page.getString("next"), ""))))
        .containsExactly("sys");
    assertThat(send("GET", "/api/v1/namespaces?limit=0", "").statusCode()).isEqualTo(400);
  }

  private static List<String> names(JsonObject page) {
    return page.getJsonArray("items").stream()
        .map(one -> ((JsonObject) one).getString("name"))
        .toList();
  }

  @Test
  void changesAtTheSameTimeAreMadeOneAfterAnother() {
    List<Future<?>> all = new ArrayList<>();
    NamespaceChanges changes = new NamespaceChanges(broker);
    for (int i = 1; i <= 20; i++) {
      all.add(changes.put("orders", NamespaceWish.NONE.withPartitions(i), anything -> true));
    }
    DoorsFixture.join(Future.all(all));
    assertThat(broker.namespace("orders").orElseThrow().partitions()).isEqualTo(20);
    assertThat(broker.namespace("orders").orElseThrow().generation()).isEqualTo(20);
  }

  @Test
  void whatGoesOnInANamespaceIsTold() {
    JsonObject live = json(send("GET", "/api/v1/namespaces/public/live", ""));
    assertThat(live)
        .isEqualTo(
            new JsonObject()
                .put("name", "public")
                .put("doors", new JsonObject())
                .put("pausedSubscriptions", 0)
                .put("fanoutLagBytes", 0)
                .put("tailLagMessages", 0)
                .put("partitionsBehind", live.getInteger("partitionsBehind")));
    assertThat(send("GET", "/api/v1/namespaces/nothing/live", "").statusCode()).isEqualTo(404);
    assertThat(send("PUT", "/api/v1/namespaces/public/live", "{}").statusCode()).isEqualTo(405);
  }

  /** A subscriber that takes nothing. */
  private static final class Slow implements Receiver {
    private final CountDownLatch begun = new CountDownLatch(1);

    @Override
    public void started(Subscription subscription, boolean mayRepeat) {}

    @Override
    public boolean deliver(Subscription subscription, Delivery delivery) {
      return false;
    }

    @Override
    public long room() {
      return 0;
    }

    @Override
    public void gap(Subscription subscription, Gap gap) {}

    @Override
    public void caughtUp(Subscription subscription) {
      begun.countDown();
    }

    @Override
    public void ended(Subscription subscription, EndReason reason, String message) {}

    @Override
    public void flush() {}
  }

  private int slow() {
    return json(send("GET", "/api/v1/namespaces/public/live", ""))
        .getInteger("pausedSubscriptions");
  }

  @Test
  void howManySubscribersAreSlowIsTold() throws InterruptedException {
    Slow receiver = new Slow();
    Context loop = vertx.getOrCreateContext();
    loop.runOnContext(
        go ->
            broker
                .hub()
                .loop(loop)
                .subscribe(
                    broker.hub().namespace("public").orElseThrow(),
                    new TopicFilter("public", "#"),
                    all -> true,
                    new Start.Now(),
                    SlowPolicy.PAUSE,
                    receiver));
    receiver.begun.await();
    assertThat(slow()).isZero();
    log.appender(broker.namespace("public").orElseThrow())
        .append(Publication.of("a", new byte[1]), Appended.UNHEARD);
    await().until(() -> slow() == 1);
  }

  @Test
  void strangersGetNothing() {
    for (String method : List.of("GET", "PUT", "PATCH", "DELETE")) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + ORDERS))
              .method(method, HttpRequest.BodyPublishers.ofString("{}"))
              .header("content-type", "application/json")
              .build();
      HttpResponse<String> answer =
          client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).join();
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.headers().firstValue("www-authenticate")).isPresent();
    }
    assertThat(broker.namespace("orders")).isEmpty();
  }

  @Test
  void whatIsServedIsDescribed() {
    JsonObject paths =
        OpenApi.resource(NamespacesDoor.class, "/openapi/broker.json").getJsonObject("paths");
    List<String> described = new ArrayList<>();
    for (String path : paths.fieldNames()) {
      if (path.startsWith("/api/v1/namespaces")) {
        paths
            .getJsonObject(path)
            .fieldNames()
            .forEach(method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path));
      }
    }
    assertThat(described).containsExactlyInAnyOrderElementsOf(NamespacesDoor.served());
  }
}
