package io.millrace.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

@ResourceLock("System.in")
@Timeout(60)
class PubSubTest {
  @TempDir Path folder;

  private final FakeBroker broker = new FakeBroker();
  private final InputStream in = System.in;

  /** What is not told to read it leaves it alone. */
  @BeforeEach
  void nothingIsTyped() throws IOException {
    InputStream gone = InputStream.nullInputStream();
    gone.close();
    System.setIn(gone);
  }

  @AfterEach
  void close() {
    System.setIn(in);
    broker.close();
  }

  private CommandRun run(String... args) {
    return runAs("good", args);
  }

  private CommandRun runAs(String token, String... args) {
    List<String> all = new ArrayList<>(Arrays.asList(args));
    // The bound is not what is under test: a busy machine may stand still for long.
    all.addAll(List.of("--server", broker.address(), "--key", token, "--connect-timeout", "50s"));
    return CommandRun.of(all.toArray(String[]::new));
  }

  private static void type(String text) {
    System.setIn(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  private List<String> payloads() {
    return broker.published.stream()
        .map(frame -> new String((byte[]) frame.get("payload"), StandardCharsets.UTF_8))
        .toList();
  }

  @Test
  void eachLineOfStandardInputIsAMessage() {
    type("one\ntwo\n\nthree");

    CommandRun run = run("pub", "plant/hall/1", "--message-id", "job", "--json");

    assertThat(run.code()).isZero();
    assertThat(payloads()).containsExactly("one", "two", "", "three");
    assertThat(broker.published.getLast()).containsEntry("messageId", "job/4");
    assertThat(run.json())
        .isEqualTo(
            new JsonObject()
                .put("published", 4)
                .put("failed", 0)
                .put("unknown", 0)
                .put("position", "p4"));
  }

  @Test
  void aMessageHasHeadersAContentTypeAndAnId() {
    CommandRun run =
        run(
            "pub",
            "plant/hall/1",
            "--data",
            "{\"t\":21.5}",
            "-H",
            "ce_type=measured",
            "--content-type",
            "application/json",
            "--message-id",
            "a-1",
            "--ttl",
            "30s");

    assertThat(run).isEqualTo(new CommandRun(0, "", ""));
    assertThat(broker.published.getFirst())
        .containsEntry("headers", Map.of("ce_type", "measured"))
        .containsEntry("contentType", "application/json")
        .containsEntry("messageId", "a-1")
        .containsEntry("ttl", 30_000L);
  }

  @Test
  void aFileIsOneMessage() throws Exception {
    Path file = Files.write(folder.resolve("picture"), new byte[] {0, 10, -1});

    assertThat(run("pub", "plant/hall/1", "--file", file.toString()).code()).isZero();
    assertThat((byte[]) broker.published.getFirst().get("payload")).containsExactly(0, 10, -1);
    assertThat(run("pub", "a/b", "--file", "no-such-file").code()).isEqualTo(ExitCode.FAILED);
    assertThat(run("pub", "a/b", "--file", "x", "--data", "y").code()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void theExitCodeSaysThatNotEverythingWasAcknowledged() {
    type("one\ntwo\n".repeat(1000));

    CommandRun run = run("pub", "shut/a");

    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("not published").contains("(not-authorized)");
  }

  @Test
  void whenTheServerDiesItSaysWhatBecameOfEachMessageAlthoughMoreMayBeTyped() throws Exception {
    try (PipedOutputStream typing = new PipedOutputStream()) {
      System.setIn(new PipedInputStream(typing));
      typing.write("one\ntwo\nthree\n".getBytes(StandardCharsets.UTF_8));
      typing.flush();

      CommandRun run = run("pub", "dies/a", "--timeout", "3s", "--json");

      assertThat(run.code()).isEqualTo(ExitCode.UNAVAILABLE);
      assertThat(payloads()).containsExactly("one", "two");
      JsonObject said = run.json();
      assertThat(said.getInteger("published")).isEqualTo(2);
      assertThat(said.getInteger("unknown")).isEqualTo(1);
      assertThat(said.getJsonArray("failures").getJsonObject(0).getInteger("from")).isEqualTo(3);
      assertThat(run.err())
          .contains("2 of 3 messages are published")
          .contains("message 3 may or may not be published: no answer came in time")
          .contains("what comes after message 3 is not published");
    }
  }

  @Test
  void nothingIsPublishedBehindAMessageThatIsRefused() {
    type("one\n".repeat(5000));

    CommandRun run = run("pub", "shut/a", "--json");

    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    JsonObject said = run.json();
    assertThat(said.getInteger("published")).isZero();
    assertThat(said.getInteger("failed")).isLessThan(5000);
    assertThat(said.getJsonArray("failures")).hasSize(1);
    assertThat(run.err()).contains("what comes after message " + said.getInteger("failed"));
  }

  @Test
  void aRateIsKept() {
    type("a\nb\nc\nd\ne\n");
    long before = System.nanoTime();

    assertThat(run("pub", "plant/a", "--rate", "50").code()).isZero();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(80));
  }

  @Test
  void theLastMessagesAreWrittenAsLines() {
    run("pub", "plant/hall/1", "--data", "one");
    run("pub", "plant/hall/2", "--data", "two\nlines");

    assertThat(run("sub", "plant/#", "--last", "2", "--count", "2"))
        .isEqualTo(new CommandRun(0, "plant/hall/1\tone\nplant/hall/2\ttwo\\nlines\n", ""));
    assertThat(run("sub", "plant/hall/1", "--last", "1", "--count", "1").out()).isEqualTo("one\n");
    CommandRun json = run("sub", "plant/hall/1", "--last", "1", "--count", "1", "--json");
    assertThat(json.json().fieldNames())
        .containsExactlyInAnyOrder("topic", "time", "position", "id", "text");
  }

  @Test
  void whatComesLaterIsWrittenToo() {
    CompletableFuture<CommandRun> run = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(
            () ->
                run.complete(
                    run("sub", "plant/a", "plant/b", "--where", "time > 0", "--count", "2")));
    await().until(() -> broker.subscribed.size() == 2);
    run("pub", "plant/a", "--data", "{\"t\":1}", "--content-type", "application/json");
    run("pub", "plant/b", "--data", "2");

    assertThat(run.join().out()).contains("plant/a\t{\"t\":1}\n").contains("plant/b\t2\n");
    assertThat(broker.subscribed.getFirst()).containsEntry("where", "time > 0");
  }

  @Test
  void gapsAreToldOnStandardError() {
    CommandRun run = run("sub", "holes/#", "--timeout", "3s");

    assertThat(run.code()).isZero();
    assertThat(run.err())
        .isEqualTo("millrace: messages are missing here (retention, partition 0, from 3 to 9)\n");
  }

  @Test
  void theExitCodeSaysThatTooFewCameInTime() {
    assertThat(run("sub", "plant/a", "--count", "1", "--timeout", "300ms").code())
        .isEqualTo(ExitCode.FAILED);
    assertThat(run("sub", "plant/a", "--timeout", "300ms").code()).isZero();
  }

  @Test
  void aStartIsSaidOnceAndUnderstood() {
    assertThat(run("sub", "plant/a", "--last", "1", "--since", "10m").code())
        .isEqualTo(ExitCode.USAGE);
    assertThat(run("sub", "plant/a", "plant/b", "--from", "p1").code()).isEqualTo(ExitCode.USAGE);
    assertThat(run("sub", "plant/a", "--since", "yesterday").code()).isEqualTo(ExitCode.USAGE);
    assertThat(run("sub", "plant/a", "--from", "p7", "--timeout", "1s").code()).isZero();
    assertThat(broker.subscribed.getLast()).containsEntry("after", "p7");
    assertThat(
            run("sub", "plant/a", "--since", "2026-01-31T12:00:00Z", "--timeout", "300ms").code())
        .isZero();
  }

  @Test
  void whoIsNotLetInHearsWhy() {
    CommandRun run = runAs("bad", "pub", "plant/a", "--data", "x");

    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("the key is not valid");
  }

  @Test
  void withoutAKeyThisMachinesCredentialIsShown() throws Exception {
    Files.writeString(folder.resolve("local-credential"), "good\n");

    assertThat(
            CommandRun.of(
                    "pub",
                    "plant/a",
                    "--data",
                    "x",
                    "--server",
                    broker.address(),
                    "--data-dir",
                    folder.toString())
                .code())
        .isZero();
    assertThat(broker.tokens).containsExactly("good");
  }

  @Test
  void withoutAServerItSaysAtOnceWhereItLooked() {
    for (String command : List.of("sub", "pub")) {
      CommandRun run =
          CommandRun.of(
              command,
              "plant/a",
              "--server",
              "http://127.0.0.1:1",
              "--key",
              "good",
              "--connect-timeout",
              "59s");

      assertThat(run.code()).isEqualTo(ExitCode.UNAVAILABLE);
      assertThat(run.err()).contains("no server answers at http://127.0.0.1:1");
    }
    assertThat(CommandRun.of("sub", "plant/a", "--server", "ftp://x").code())
        .isEqualTo(ExitCode.FAILED);
  }

  @Test
  void aServerThatNeverAnswersIsWaitedForAsLongAsIsSaid() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String address = "http://127.0.0.1:" + silent.getLocalPort();

      CommandRun run =
          CommandRun.of(
              "pub", "a/b", "--data", "x", "--server", address, "--connect-timeout", "300ms");

      assertThat(run.code()).isEqualTo(ExitCode.UNAVAILABLE);
      assertThat(run.err()).contains("no server answers at " + address).contains("0.3 s");
    }
  }

  @Test
  void aServerWithoutTopicsIsTold() throws Exception {
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    other.start();
    try {
      String address = "http://127.0.0.1:" + other.getAddress().getPort();

      CommandRun run = CommandRun.of("sub", "a/b", "--server", address, "--connect-timeout", "59s");

      assertThat(run.code()).isEqualTo(ExitCode.UNAVAILABLE);
      assertThat(run.err()).contains("has no topics").contains("the role broker");
    } finally {
      other.stop(0);
    }
  }
}
