package io.millrace.catalog;

import static io.millrace.catalog.ApiFixture.ADMIN;
import static io.millrace.catalog.ApiFixture.code;
import static io.millrace.catalog.ApiFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Files that become recordings, through the API. */
@Timeout(60)
class ApiImportsTest {
  private static final AssetEntry MADE = ApiAssetsTest.entry("01M7YZMHG0B2Y153S441CND7V7", "live");

  @RegisterExtension static final ApiFixture api = new ApiFixture();

  /** Those of one test do not count in the next. */
  @AfterEach
  void nothingIsLeft() throws Exception {
    for (Object each : json(api.get("/apps/live/imports")).getJsonArray("items")) {
      api.delete("/imports/" + ((JsonObject) each).getString("id"));
    }
    await().until(() -> files().isEmpty());
    api.imports().begun().clear();
  }

  @Test
  void aFileIsPackagedWhenItIsThereAndToldOfUntilItIsARecording() throws Exception {
    JsonObject wish =
        new JsonObject()
            .put("stream", "concert")
            .put("title", "The concert")
            .put("ladder", new JsonArray().add("copy").add("480p"))
            .put("languages", new JsonObject().put("audio", new JsonObject().put("language", "en")))
            .put("bytes", 5);
    HttpResponse<String> made = api.post("/apps/live/imports", wish);
    assertThat(made.statusCode()).isEqualTo(201);
    assertThat(json(made).getString("state")).isEqualTo("uploading");
    String id = json(made).getString("id");

    HttpResponse<String> sent = put(id, "01234");
    assertThat(sent.statusCode()).isEqualTo(202);
    assertThat(json(sent).getLong("uploadedBytes")).isEqualTo(5);
    assertThat(json(sent).getString("state")).isEqualTo("reading");
    FakeAssetImports.Running running = api.imports().begun().getFirst();
    assertThat(Files.readString(running.wish().file())).isEqualTo("01234");
    assertThat(running.wish().stream()).isEqualTo("concert");
    assertThat(running.wish().title()).isEqualTo("The concert");
    assertThat(running.wish().ladder()).containsExactly("copy", "480p");
    assertThat(running.wish().languages().get("audio").language()).isEqualTo("en");

    running.isAt(
        new AssetImports.Progress(Duration.ofMillis(2500), Optional.of(Duration.ofSeconds(10))));
    JsonObject under = json(api.get("/imports/" + id));
    assertThat(under.getString("state")).isEqualTo("packaging");
    assertThat(under.getDouble("seconds")).isEqualTo(2.5);
    assertThat(under.getDouble("totalSeconds")).isEqualTo(10);

    running.succeeds(MADE);
    JsonObject ended = json(api.get("/imports/" + id));
    assertThat(ended.getString("state")).isEqualTo("complete");
    assertThat(ended.getString("asset")).isEqualTo(MADE.id());
    assertThat(ended.getString("playlist")).isEqualTo(MADE.playlist());
    await().until(() -> files().isEmpty());
    assertThat(json(api.get("/apps/live/imports")).getJsonArray("items")).contains(ended);
  }

  @Test
  void aFileComesInAsManyRequestsAsItsSenderLikes() throws Exception {
    String id = create(new JsonObject().put("stream", "parts").put("bytes", 10));
    HttpResponse<String> first = put(id, "0123");
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(json(first).getString("state")).isEqualTo("uploading");
    HttpResponse<String> wrong = put(id, "345", "3");
    assertThat(wrong.statusCode()).isEqualTo(409);
    assertThat(code(wrong)).isEqualTo("wrong-offset");
    assertThat(json(wrong).getString("detail")).contains("4 bytes are here");
    assertThat(code(put(id, "", "minus"))).isEqualTo("invalid-request");
    assertThat(put(id, "456789", "4").statusCode()).isEqualTo(202);
    assertThat(content()).isEqualTo("0123456789");
    assertThat(code(put(id, "x", "10"))).isEqualTo("upload-over");
  }

  @Test
  void whatBrokeOffIsGoneOnWith() throws Exception {
    String id = create(new JsonObject().put("stream", "broken").put("bytes", 10));
    try (Socket socket = head(id, "Content-Length: 10")) {
      send(socket, "0123");
      await().until(() -> json(api.get("/imports/" + id)).getBoolean("receiving"));
      assertThat(code(put(id, "x", "0"))).isEqualTo("upload-under-way");
    }
    await().until(() -> !json(api.get("/imports/" + id)).getBoolean("receiving"));
    assertThat(json(api.get("/imports/" + id)).getLong("uploadedBytes")).isEqualTo(4);
    assertThat(put(id, "456789", "4").statusCode()).isEqualTo(202);
    assertThat(content()).isEqualTo("0123456789");
  }

  @Test
  void whoSendsTooSlowlyIsCutOffAndMayGoOn() throws Exception {
    String id = create(new JsonObject().put("stream", "slow").put("bytes", 10));
    try (Socket socket = head(id, "Content-Length: 10")) {
      send(socket, "0123");
      await().until(() -> json(api.get("/imports/" + id)).getBoolean("receiving"));
      api.clock().advance(Duration.ofSeconds(31));
      assertThat(answer(socket)).startsWith("HTTP/1.1 408 ").contains("too-slow");
    }
    assertThat(json(api.get("/imports/" + id)).getLong("uploadedBytes")).isEqualTo(4);
    assertThat(put(id, "456789", "4").statusCode()).isEqualTo(202);
    assertThat(content()).isEqualTo("0123456789");
  }

  @Test
  void aFileThatIsLongerThanItMayBeIsRefusedBeforeItIsThere() throws Exception {
    int most = ApiFixture.MOST_UPLOADED;
    JsonObject said = new JsonObject().put("stream", "long").put("bytes", most + 1);
    HttpResponse<String> refused = api.post("/apps/live/imports", said);
    assertThat(refused.statusCode()).isEqualTo(413);
    assertThat(code(refused)).isEqualTo("file-too-large");

    JsonObject unsaid = new JsonObject().put("stream", "long");
    String announced = create(unsaid);
    HttpResponse<String> tooLong = put(announced, BodyPublishers.ofByteArray(new byte[most + 1]));
    assertThat(tooLong.statusCode()).isEqualTo(413);
    assertThat(code(tooLong)).isEqualTo("file-too-large");

    String chunked = create(unsaid);
    assertThat(code(put(chunked, chunks(new byte[most + 1])))).isEqualTo("file-too-large");

    String more = create(new JsonObject().put("stream", "long").put("bytes", 3));
    assertThat(code(put(more, chunks(new byte[4])))).isEqualTo("file-longer");

    for (String id : List.of(announced, chunked, more)) {
      JsonObject told = json(api.get("/imports/" + id));
      assertThat(told.getString("state")).isEqualTo("failed");
      assertThat(told.getJsonObject("problem").getString("detail")).isNotEmpty();
    }
    await().until(() -> files().isEmpty());
    assertThat(api.imports().begun()).isEmpty();
  }

  @Test
  void oneThatIsCancelledLeavesNothing() throws Exception {
    String sending = create(new JsonObject().put("stream", "sending").put("bytes", 10));
    try (Socket socket = head(sending, "Content-Length: 10")) {
      send(socket, "0123");
      await().until(() -> json(api.get("/imports/" + sending)).getBoolean("receiving"));
      assertThat(api.delete("/imports/" + sending).statusCode()).isEqualTo(204);
      assertThat(answer(socket)).startsWith("HTTP/1.1 410 ").contains("cancelled");
    }
    await().until(() -> files().isEmpty());

    String waiting = create(new JsonObject().put("stream", "waiting").put("bytes", 10));
    put(waiting, "0123");
    api.delete("/imports/" + waiting);
    await().until(() -> files().isEmpty());

    String packaged = create(new JsonObject().put("stream", "packaged"));
    put(packaged, "0123");
    api.delete("/imports/" + packaged);
    assertThat(api.imports().begun().getFirst().done().failed()).isTrue();
    await().until(() -> files().isEmpty());
    for (String id : List.of(sending, waiting, packaged)) {
      assertThat(code(api.get("/imports/" + id))).isEqualTo("import-not-found");
      assertThat(api.delete("/imports/" + id).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void whyAFileIsNoRecordingIsTold() throws Exception {
    String id = create(new JsonObject().put("stream", "text"));
    put(id, "hello");
    api.imports().begun().getFirst().fails(AssetImports.Reason.FILE, "this is no media file");
    JsonObject told = json(api.get("/imports/" + id));
    assertThat(told.getString("state")).isEqualTo("failed");
    assertThat(told.getJsonObject("problem").getInteger("status")).isEqualTo(422);
    assertThat(told.getJsonObject("problem").getString("detail"))
        .isEqualTo("this is no media file");
    await().until(() -> files().isEmpty());

    String empty = create(new JsonObject().put("stream", "empty"));
    assertThat(code(put(empty, ""))).isEqualTo("file-empty");
  }

  @Test
  void oneThatFindsNoPlaceWaitsForIt() throws Exception {
    String id = create(new JsonObject().put("stream", "patient"));
    put(id, "hello");
    api.imports().begun().getFirst().fails(AssetImports.Reason.BUSY, "two are being imported");
    assertThat(json(api.get("/imports/" + id)).getString("state")).isEqualTo("waiting");
    await().until(() -> api.imports().begun().size() == 2);
    api.imports().begun().getLast().succeeds(MADE);
    assertThat(json(api.get("/imports/" + id)).getString("state")).isEqualTo("complete");
  }

  @Test
  void asManyAreTakenAtOnceAsThereIsPlaceAndNobodyHoldsOneForEver() throws Exception {
    JsonObject wish = new JsonObject().put("stream", "many").put("bytes", 10);
    String first = create(wish);
    for (int i = 1; i < 8; i++) {
      create(wish);
    }
    HttpResponse<String> refused = api.post("/apps/live/imports", wish);
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(code(refused)).isEqualTo("too-many-imports");
    assertThat(refused.headers().firstValue("Retry-After")).contains("11");

    api.clock().advance(Duration.ofMinutes(5));
    assertThat(api.post("/apps/live/imports", wish).statusCode()).isEqualTo(201);
    JsonObject left = json(api.get("/imports/" + first));
    assertThat(left.getString("state")).isEqualTo("failed");
    assertThat(left.getJsonObject("problem").getString("detail")).contains("nobody went on");
  }

  @Test
  void theSameWishWithTheSameKeyIsOne() throws Exception {
    String body = new JsonObject().put("stream", "keyed").encode();
    String first = json(keyed(body, "k1")).getString("id");
    assertThat(json(keyed(body, "k1")).getString("id")).isEqualTo(first);
    assertThat(json(keyed(body, "k2")).getString("id")).isNotEqualTo(first);
  }

  @Test
  void onlyAdministratorsImportAndWhatIsWrongIsNamed() throws Exception {
    String body = new JsonObject().put("stream", "stranger").encode();
    assertThat(api.send("POST", "/apps/live/imports", null, body).statusCode()).isEqualTo(401);
    assertThat(code(api.post("/apps/unknown/imports", new JsonObject(body))))
        .isEqualTo("app-not-found");
    HttpResponse<String> wrong =
        api.post(
            "/apps/live/imports",
            new JsonObject()
                .put("stream", "No Name")
                .put("bytes", 0)
                .put("ladder", new JsonArray().add("8000p")));
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(json(wrong).getJsonArray("errors").stream())
        .extracting(error -> ((JsonObject) error).getString("field"))
        .containsExactlyInAnyOrder("stream", "bytes", "ladder");

    String id = create(new JsonObject().put("stream", "guarded").put("bytes", 4));
    HttpRequest.Builder stranger =
        api.request("/imports/" + id + "/file").PUT(BodyPublishers.ofString("0123"));
    assertThat(api.send(stranger).statusCode()).isEqualTo(401);
    assertThat(json(api.get("/imports/" + id)).getLong("uploadedBytes")).isZero();
  }

  private static HttpResponse<String> keyed(String body, String key) throws Exception {
    return api.send(
        api.request("/apps/live/imports")
            .header("Authorization", ADMIN)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(BodyPublishers.ofString(body)));
  }

  private static String create(JsonObject wish) throws Exception {
    HttpResponse<String> made = api.post("/apps/live/imports", wish);
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return json(made).getString("id");
  }

  private static HttpResponse<String> put(String id, String bytes, String... offset)
      throws Exception {
    return put(id, BodyPublishers.ofString(bytes), offset);
  }

  private static HttpResponse<String> put(String id, BodyPublisher body, String... offset)
      throws Exception {
    HttpRequest.Builder request =
        api.request("/imports/" + id + "/file").header("Authorization", ADMIN).PUT(body);
    if (offset.length > 0) {
      request.header("Upload-Offset", offset[0]);
    }
    return api.send(request);
  }

  /** Whose length is not announced. */
  private static BodyPublisher chunks(byte[] bytes) {
    return BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(bytes));
  }

  /** What has come of the first file, where it lies. */
  private static String content() throws IOException {
    return Files.readString(api.imports().begun().getFirst().wish().file());
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(api.uploads())) {
      return files.toList();
    }
  }

  /** A request whose body is still to come. */
  private static Socket head(String id, String length) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port());
    send(
        socket,
        "PUT /api/v1/imports/"
            + id
            + "/file HTTP/1.1\r\nHost: x\r\nAuthorization: "
            + ADMIN
            + "\r\n"
            + length
            + "\r\n\r\n");
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static String answer(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
