package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.catalog.AssetClips;
import io.millrace.config.Configuration;
import io.millrace.config.Secret;
import io.millrace.edge.EdgeConfig;
import io.millrace.http.FieldProblem;
import io.millrace.media.BroadcastId;
import io.millrace.media.StreamKey;
import io.millrace.packager.Asset;
import io.millrace.packager.AssetSource;
import io.millrace.packager.ClipMoment;
import io.millrace.packager.ClipReply;
import io.millrace.packager.ClipReply.Reason;
import io.millrace.packager.ClipRequest;
import io.millrace.packager.OriginMount;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Wishes for clips, on the origin's own node and from another one. */
class ClipBridgeTest {
  private static final BroadcastId WHOLE = new BroadcastId("01M7YZMHG0B2Y153S441CND7V7");
  private static final BroadcastId PART = new BroadcastId("01M7YZMHG1B2Y153S441CND7V7");
  private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");
  private static final Asset CLIP =
      new Asset(
          PART,
          "main",
          new StreamKey("live", "show"),
          START,
          START.plusSeconds(18),
          Duration.ofSeconds(18),
          1000,
          1280,
          720,
          false,
          START.plusSeconds(60),
          "The goal",
          new AssetSource.Clip(
              WHOLE,
              Duration.ofSeconds(31),
              Duration.ofMillis(47_500),
              Duration.ofSeconds(30),
              Duration.ofSeconds(48)));

  private final Vertx vertx = Vertx.vertx();
  private final List<ClipRequest> asked = new ArrayList<>();
  private ClipReply reply = new ClipReply.Made(CLIP);
  private final AssetClips here =
      new ClipBridge(
          request -> {
            asked.add(request);
            return Future.succeededFuture(reply);
          });

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private HttpServer origin() throws Exception {
    return await(
        vertx
            .createHttpServer()
            .requestHandler(ClipMount.of(here, Optional.of(new Secret("the secret"))).handler())
            .listen(0, "127.0.0.1"));
  }

  private AssetClips remote(String knownSecret) throws Exception {
    HttpServer server = origin();
    Configuration configuration =
        new Configuration(
            Map.of(
                "edge",
                Map.of("origin", "http://127.0.0.1:" + server.actualPort()),
                "origin",
                Map.of("sharedSecret", knownSecret)),
            Map.of(),
            Map.of());
    return new RemoteClips(vertx, EdgeConfig.read(configuration.root()));
  }

  @Test
  void secondsAndDatesAreReadAndTheAnswerIsTheSameFromAnotherNode() throws Exception {
    JsonObject body =
        new JsonObject()
            .put("from", -30.25)
            .put("to", "2026-12-01T21:15:00+01:00")
            .put("title", "The goal");

    AssetClips.Answer answer = await(here.make(WHOLE.value(), body, Optional.empty()));
    AssetClips.Answer fromAfar =
        await(remote("the secret").make(WHOLE.value(), body, Optional.empty()));

    assertThat(answer).isEqualTo(new AssetClips.Made(AssetFacts.entry(CLIP))).isEqualTo(fromAfar);
    ClipRequest request =
        new ClipRequest(
            WHOLE,
            Optional.of(new ClipMoment.Offset(Duration.ofMillis(-30_250))),
            Optional.of(new ClipMoment.Date(Instant.parse("2026-12-01T20:15:00Z"))),
            "The goal");
    assertThat(asked).containsExactly(request, request);
  }

  @Test
  void theKeyOfAWishComesFromAnotherNodeToo() throws Exception {
    JsonObject body = new JsonObject().put("to", 9);

    await(here.make(WHOLE.value(), body, Optional.of("goal-1")));
    await(remote("the secret").make(WHOLE.value(), body, Optional.of("\"goal-1\"")));

    assertThat(asked).hasSize(2).allMatch(its -> its.key().equals(Optional.of("goal-1")));
    AssetClips.Answer tooLong = await(here.make(WHOLE.value(), body, Optional.of("k".repeat(201))));
    assertThat(((AssetClips.Refused) tooLong).fields())
        .extracting(FieldProblem::field)
        .containsExactly("Idempotency-Key");
  }

  @Test
  void whatCannotBeUsedIsNamedFieldByField() throws Exception {
    JsonObject body =
        new JsonObject()
            .put("from", "noon")
            .put("to", true)
            .put("title", "two\nlines")
            .put("color", "red");

    AssetClips.Answer answer =
        await(remote("the secret").make(WHOLE.value(), body, Optional.empty()));

    assertThat(answer)
        .isInstanceOfSatisfying(
            AssetClips.Refused.class,
            no -> {
              assertThat(no.problem().status()).isEqualTo(400);
              assertThat(no.fields())
                  .extracting(FieldProblem::field)
                  .containsExactly("from", "to", "title", "color");
            });
    assertThat(asked).isEmpty();
    assertThat(fields(new JsonObject().put("from", 1e12))).containsExactly("from");
    assertThat(fields(new JsonObject().put("to", Double.NaN))).containsExactly("to");
  }

  private List<String> fields(JsonObject body) throws Exception {
    AssetClips.Answer answer = await(here.make(WHOLE.value(), body, Optional.empty()));
    return ((AssetClips.Refused) answer).fields().stream().map(FieldProblem::field).toList();
  }

  @Test
  void refusalsAndLateOnesComeThroughFromAnotherNode() throws Exception {
    AssetClips remote = remote("the secret");
    reply = new ClipReply.Refused(Reason.RANGE, "to: is not behind from: 8 s");
    assertThat(refused(remote))
        .extracting(no -> no.fields().getFirst())
        .isEqualTo(new FieldProblem("to", "is not behind from: 8 s"));
    reply = new ClipReply.Refused(Reason.UNKNOWN, "");
    assertThat(refused(remote).problem().code()).isEqualTo("asset-not-found");
    reply = new ClipReply.Refused(Reason.NO_ROOM, "no room; delete some");
    assertThat(refused(remote).problem().status()).isEqualTo(507);
    assertThat(refused(remote).problem().detail()).isEqualTo("no room; delete some");
    reply = new ClipReply.Refused(Reason.BUSY, "later");
    assertThat(refused(remote).retryAfter()).contains(Duration.ofSeconds(2));
    reply = new ClipReply.Refused(Reason.GONE, "gone");
    assertThat(refused(remote).problem().status()).isEqualTo(409);
    reply = new ClipReply.Refused(Reason.NOT_STORED, "not stored");
    assertThat(refused(remote).problem().status()).isEqualTo(503);
    reply = new ClipReply.BeingMade(PART);
    assertThat(await(remote.make(WHOLE.value(), new JsonObject(), Optional.empty())))
        .isEqualTo(new AssetClips.BeingMade(PART.value()));
    assertThat(await(remote.make("../live", new JsonObject(), Optional.empty())))
        .isInstanceOf(AssetClips.Refused.class);
  }

  private static AssetClips.Refused refused(AssetClips clips) throws Exception {
    return (AssetClips.Refused)
        await(clips.make(WHOLE.value(), new JsonObject(), Optional.empty()));
  }

  @Test
  void anOriginWhoseSecretIsAnotherMakesNone() throws Exception {
    AssetClips remote = remote("something else");

    assertThatThrownBy(() -> await(remote.make(WHOLE.value(), new JsonObject(), Optional.empty())))
        .hasStackTraceContaining("status 403");
    assertThat(asked).isEmpty();
  }

  @Test
  void aBodyThatCannotBeReadIsNotAWishForAllOfIt() throws Exception {
    URI address =
        URI.create("http://127.0.0.1:" + origin().actualPort() + "/clips/" + WHOLE.value());
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(address)
              .header(OriginMount.SECRET_HEADER, "the secret")
              .POST(HttpRequest.BodyPublishers.ofString("{\"from\": 3"))
              .build();
      assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(400);
    }
    assertThat(asked).isEmpty();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(20, TimeUnit.SECONDS);
  }
}
