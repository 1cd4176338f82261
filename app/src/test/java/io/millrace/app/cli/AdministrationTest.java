package io.millrace.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.access.AccessDecision.Refused;
import io.millrace.access.GrantEnd;
import io.millrace.access.OpenGrants;
import io.millrace.access.TopicCredential;
import io.millrace.access.TopicDecision;
import io.millrace.access.TopicDecision.Granted;
import io.millrace.access.TopicOperation;
import io.millrace.app.IngestFixture;
import io.millrace.app.Nodes;
import io.millrace.app.clip.ClipPublisher;
import io.millrace.app.node.Node;
import io.millrace.app.node.TopicAccessPart;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdministrationTest {
  /**
   * From a revocation's answer until whoever is there with the key hears, as docs/access.md has it.
   */
  private static final Duration PROMISE = Duration.ofSeconds(2);

  /** For a busy machine. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  @TempDir static Path data;

  private static Node node;

  @BeforeAll
  static void start() {
    node = Node.start(Nodes.settings(data, Map.of("roles", "catalog,origin")));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void streamsAreMadeListedAndDeleted() {
    CommandRun made = run("stream", "create", "live/cam1", "--title", "Camera one");
    CommandRun listed = run("stream", "list");
    CommandRun json = run("stream", "list", "live", "--json");
    CommandRun again = run("stream", "create", "live/cam1");
    CommandRun deleted = run("stream", "delete", "live/cam1", "--json");
    CommandRun gone = run("stream", "delete", "live/cam1");

    assertThat(made).isEqualTo(new CommandRun(0, "live/cam1 is made\n", ""));
    assertThat(listed.out())
        .isEqualTo("STREAM     TENANT   TITLE\nlive/cam1  default  Camera one\n");
    assertThat(new JsonArray(json.out()).getJsonObject(0).getString("title"))
        .isEqualTo("Camera one");
    assertThat(again.code()).isEqualTo(ExitCode.FAILED);
    assertThat(again.err()).startsWith("millrace: ").contains("cam1");
    assertThat(deleted.out()).contains("\"deleted\" : \"live/cam1\"");
    assertThat(gone).isEqualTo(new CommandRun(1, "", "millrace: there is no stream 'cam1'\n"));
  }

  @Test
  void aStreamHasALadderAndAWindowOfItsOwn() {
    CommandRun made =
        run("stream", "create", "live/own", "--ladder", "copy, 480p", "--window", "4h", "--json");
    CommandRun changed = run("stream", "change", "live/own", "--window", "", "--json");
    CommandRun wrong = run("stream", "change", "live/own", "--ladder", "480p");
    CommandRun none = run("stream", "change", "live/own");
    CommandRun noTime = run("stream", "change", "live/own", "--window", "soon");

    assertThat(made.json().getJsonArray("ladder")).containsExactly("copy", "480p");
    assertThat(made.json().getLong("windowSeconds")).isEqualTo(14_400);
    assertThat(changed.json().getJsonArray("ladder")).containsExactly("copy", "480p");
    assertThat(changed.json().getValue("windowSeconds")).isNull();
    assertThat(wrong.code()).isEqualTo(ExitCode.FAILED);
    assertThat(wrong.err()).contains("ladder: does not name copy");
    assertThat(none.code()).isEqualTo(ExitCode.FAILED);
    assertThat(noTime.code()).isEqualTo(ExitCode.USAGE);
    assertThat(noTime.err()).contains("--window: 'soon'");
    assertThat(run("stream", "delete", "live/own").code()).isZero();
  }

  @Test
  void aStreamsTracksHaveLanguages() {
    CommandRun made =
        run(
            "stream",
            "create",
            "live/duo",
            "--languages",
            "audio=en, audio-2=de:Kommentar, cc1=en",
            "--json");
    CommandRun none = run("stream", "change", "live/duo", "--languages", "audio=nobody");
    CommandRun noTrack = run("stream", "change", "live/duo", "--languages", "sound=en");
    CommandRun noForm = run("stream", "change", "live/duo", "--languages", "en");
    CommandRun back = run("stream", "change", "live/duo", "--languages", "", "--json");

    assertThat(made.json().getJsonObject("languages"))
        .isEqualTo(
            new JsonObject(
                "{\"audio\":{\"language\":\"en\"},\"audio-2\":{\"language\":\"de\","
                    + "\"name\":\"Kommentar\"},\"cc1\":{\"language\":\"en\"}}"));
    assertThat(none.code()).isEqualTo(ExitCode.FAILED);
    assertThat(none.err()).contains("languages: 'nobody' is no language of BCP 47");
    assertThat(noTrack.err()).contains("languages: there is no track 'sound'");
    assertThat(noForm.code()).isEqualTo(ExitCode.USAGE);
    assertThat(noForm.err()).contains("--languages: 'en' is not like audio=en");
    assertThat(back.json().getValue("languages")).isNull();
    assertThat(run("stream", "delete", "live/duo").code()).isZero();
  }

  @Test
  void aListIsReadToItsLastPage() {
    assertThat(run("key", "create", "live").code()).isZero();
    for (int i = 0; i < 101; i++) {
      assertThat(run("stream", "create", "live/many%03d".formatted(i)).code()).isZero();
    }

    assertThat(run("stream", "list").out()).contains("live/many000").contains("live/many100");
    for (int i = 0; i < 101; i++) {
      assertThat(run("stream", "delete", "live/many%03d".formatted(i)).code()).isZero();
    }
  }

  @Test
  void aStreamThatIsNotOnAirCannotBeEnded() {
    assertThat(run("stream", "end", "live/nobody"))
        .isEqualTo(new CommandRun(1, "", "millrace: 'live/nobody' is not on air\n"));
  }

  @Test
  void aClipOfWhatThereIsNotIsRefusedWithWords() {
    String asset = "01M7YZMHG0B2Y153S441CND7V7";

    assertThat(run("vod", "clip", asset, "--from", "-30", "--to", "1:30"))
        .isEqualTo(new CommandRun(1, "", "millrace: there is no asset '" + asset + "'\n"));
    assertThat(run("vod", "clip", asset, "--from", "noon").err())
        .contains("'noon' is no time; write for example 90, 1:30");
    assertThat(run("vod", "list").out()).startsWith("ASSET");
  }

  @Test
  void timesOfARecordingAreReadAsPeopleWriteThem() {
    VodCommand.Moment moment = new VodCommand.Moment();

    assertThat(moment.convert("90.5").json()).isEqualTo(90.5);
    assertThat(moment.convert("-30").json()).isEqualTo(-30.0);
    assertThat(moment.convert("1:30").json()).isEqualTo(90.0);
    assertThat(moment.convert("-1:02:03.25").json()).isEqualTo(-3723.25);
    assertThat(moment.convert("2026-12-01T21:15:00+01:00").json())
        .isEqualTo("2026-12-01T20:15:00Z");
  }

  @Test
  void keysAreMadeRotatedAndRevoked() {
    JsonObject made =
        new JsonObject(
            run(
                    "key",
                    "create",
                    "--stream",
                    "cam1",
                    "--label",
                    "left",
                    "--lifetime",
                    "1d",
                    "--json")
                .out());
    String id = made.getString("id");
    assertThat(made.getString("key")).startsWith("mk_");
    assertThat(made.getString("stream")).isEqualTo("cam1");
    assertThat(made.getString("expiresAt")).isNotNull();

    CommandRun listed = run("key", "list");
    assertThat(listed.out()).contains(id).contains("live/cam1").contains("left");
    assertThat(listed.out()).doesNotContain(made.getString("key"));

    CommandRun rotated = run("key", "rotate", id, "--overlap", "1h");
    assertThat(rotated.code()).isZero();
    assertThat(rotated.out()).startsWith("mk_").contains("opens live/cam1").contains("this once");

    assertThat(run("key", "revoke", id).out()).isEqualTo("key " + id + " is revoked\n");
    CommandRun gone = run("key", "revoke", id);
    assertThat(gone.code()).isEqualTo(ExitCode.FAILED);
    assertThat(gone.err()).contains("there is no key '" + id + "'");
  }

  @Test
  void aKeyOfTopicsIsMadeShownAndRevoked() {
    String[] wish = {
      "key",
      "create",
      "--topics-only",
      "--publish",
      "sensors/hall/#",
      "--publish",
      "sensors/+",
      "--subscribe",
      "orders/7",
      "--messages-per-second",
      "100",
      "--json"
    };
    JsonObject made = run(wish).json();

    assertThat(made.getJsonObject("topics"))
        .isEqualTo(
            new JsonObject()
                .put("publish", new JsonArray(List.of("sensors/hall/#", "sensors/+")))
                .put("subscribe", new JsonArray(List.of("orders/7")))
                .put("history", new JsonArray(List.of("orders/7"))));
    assertThat(made.getJsonObject("limits").getLong("messagesPerSecond")).isEqualTo(100);
    assertThat(run("key", "list").out())
        .contains("publish sensors/hall/# sensors/+, subscribe orders/7, history orders/7")
        .contains("live/*, publish public/#");
    assertThat(run("key", "revoke", made.getString("id")).code()).isZero();
    assertThat(run("key", "create", "--publish", "no-path").err()).contains("\n  topics.publish: ");
    assertThat(run("key", "create", "--topics-only").err()).contains("open nothing");
  }

  @Test
  void anOpenConnectionHearsThatItsKeyHasBeenRevoked() throws Exception {
    JsonObject made =
        new JsonObject(
            run("key", "create", "--topics-only", "--subscribe", "orders/#", "--json").out());
    TopicAccessPart access = node.topicAccess().orElseThrow();
    TopicCredential device =
        new TopicCredential(
            Optional.of("device"),
            Optional.of(made.getString("key")),
            Optional.empty(),
            "127.0.0.1",
            true,
            "mqtt");
    TopicDecision decision = access.rules().authenticate(device).await(10, TimeUnit.SECONDS);
    assertThat(decision).isInstanceOf(Granted.class);
    CompletableFuture<GrantEnd> ended = new CompletableFuture<>();
    OpenGrants.Use use = access.grants().open(((Granted) decision).grant(), ended::complete);
    assertThat(use.grant().allows(TopicOperation.SUBSCRIBE, "orders", "#")).isTrue();

    assertThat(run("key", "revoke", made.getString("id")).code()).isZero();

    assertThat(inTime(ended)).isEqualTo(GrantEnd.REVOKED);
    assertThat(access.rules().authenticate(device).await(10, TimeUnit.SECONDS))
        .isInstanceOf(Refused.class);
  }

  @Test
  void anAdministratorsTokenOpensTopicsUntilItIsDeleted() throws Exception {
    ApiClient api =
        new ApiClient(
            URI.create(server()), Files.readString(data.resolve("local-credential")).strip(), data);
    JsonObject made = api.post("/tokens", new JsonObject().put("label", "portal"));
    TopicAccessPart access = node.topicAccess().orElseThrow();
    TopicCredential portal = credential(made.getString("token"), false);
    TopicDecision decision = access.rules().authenticate(portal).await(10, TimeUnit.SECONDS);
    assertThat(decision).isInstanceOf(Granted.class);
    assertThat(((Granted) decision).grant().principal()).isEqualTo("account:admin");
    CompletableFuture<GrantEnd> ended = new CompletableFuture<>();
    OpenGrants.Use use = access.grants().open(((Granted) decision).grant(), ended::complete);
    assertThat(use.grant().allows(TopicOperation.SUBSCRIBE, "sys", "#")).isTrue();

    api.delete("/tokens/" + made.getString("id"));

    assertThat(inTime(ended)).isEqualTo(GrantEnd.REVOKED);
    assertThat(access.rules().authenticate(portal).await(10, TimeUnit.SECONDS))
        .isInstanceOf(Refused.class);
  }

  @Test
  void thisMachinesCredentialOpensTopicsFromThisMachineOnly() throws Exception {
    String secret = Files.readString(data.resolve("local-credential")).strip();
    TopicAccessPart access = node.topicAccess().orElseThrow();

    assertThat(access.rules().authenticate(credential(secret, true)).await(10, TimeUnit.SECONDS))
        .isInstanceOf(Granted.class);
    assertThat(access.rules().authenticate(credential(secret, false)).await(10, TimeUnit.SECONDS))
        .isInstanceOf(Refused.class);
  }

  private static TopicCredential credential(String secret, boolean isLocal) {
    return new TopicCredential(
        Optional.empty(), Optional.of(secret), Optional.empty(), "127.0.0.1", isLocal, "websocket");
  }

  @Test
  void whoPublishesWithAKeyThatIsRevokedIsTakenOffTheAir() throws Exception {
    JsonObject made = run("key", "create", "--stream", "cam9", "--json").json();
    URI address =
        URI.create(
            "rtmp://127.0.0.1:%d/live/cam9?key=%s"
                .formatted(node.rtmpPort().orElseThrow(), made.getString("key")));
    CompletableFuture<ClipPublisher.Outcome> outcome =
        IngestFixture.publish(node.vertx(), IngestFixture.shortClip(data), address);
    String live = server() + "/api/v1/live/live/cam9";
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> Nodes.get(live).body().contains("\"state\":\"live\""));

    assertThat(run("key", "revoke", made.getString("id")).code()).isZero();

    assertThat(inTime(outcome).failure()).isPresent();
    await()
        .untilAsserted(
            () -> assertThat(Nodes.get(live).body()).doesNotContain("\"state\":\"live\""));
  }

  @Test
  void namesTheFieldsThatTheServerDoesNotTake() {
    CommandRun run = run("key", "create", "--stream", "two words");

    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("\n  stream: ");
  }

  @Test
  void withoutACredentialItSaysWhereOneWouldBe(@TempDir Path empty) {
    CommandRun run = CommandRun.of("stream", "list", "--data", empty.toString());

    assertThat(run.code()).isEqualTo(ExitCode.UNAVAILABLE);
    assertThat(run.err()).contains(empty.toString()).contains("--data");
  }

  @Test
  void withoutAServerItSaysWhereItLooked() {
    CommandRun run =
        CommandRun.of("key", "list", "--data", data.toString(), "--server", "http://127.0.0.1:1");

    assertThat(run.code()).isEqualTo(ExitCode.UNAVAILABLE);
    assertThat(run.err()).contains("no server answers at http://127.0.0.1:1");
  }

  @Test
  void aCredentialOfAnotherServerIsRefusedWithAHint(@TempDir Path other) throws Exception {
    Files.writeString(other.resolve("local-credential"), "ml_wrong\n");

    CommandRun run = CommandRun.of("key", "list", "--data", other.toString(), "--server", server());

    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("is wrong").contains(other.toString());
  }

  @Test
  void tokensAreRevokedAndListed() {
    CommandRun revoked =
        run("token", "revoke", "--jti", "7f3a", "--expires", "2036-11-22T12:00:00Z");
    CommandRun listed = run("token", "list");

    assertThat(revoked)
        .isEqualTo(new CommandRun(0, "token 7f3a is revoked until 2036-11-22T12:00:00Z\n", ""));
    assertThat(listed.out()).startsWith("JTI ").contains("7f3a  2036-11-22T12:00:00Z");
    assertThat(run("token", "revoke", "mk_key").err()).contains("\n  token: is no signed token");
    assertThat(run("token", "revoke", "--jti", "7f3a").err()).contains("one of the two");
  }

  /** What is promised, right after the answer to the command. */
  private static <T> T inTime(CompletableFuture<T> promised) throws Exception {
    return promised.get(PROMISE.plus(MARGIN).toMillis(), TimeUnit.MILLISECONDS);
  }

  private static CommandRun run(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--data", data.toString(), "--server", server()));
    return CommandRun.of(all.toArray(String[]::new));
  }

  private static String server() {
    return "http://127.0.0.1:" + node.httpPort().orElseThrow();
  }
}
