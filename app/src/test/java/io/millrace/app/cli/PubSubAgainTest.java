package io.millrace.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What is refused for now, and a server that comes back with another local credential. */
@ResourceLock("System.in")
@Timeout(60)
class PubSubAgainTest {
  @TempDir Path folder;

  private final FakeBroker broker = new FakeBroker();
  private final InputStream in = System.in;

  @BeforeEach
  void credential() throws IOException {
    leave("good");
  }

  @AfterEach
  void close() {
    System.setIn(in);
    broker.close();
  }

  private void leave(String token) throws IOException {
    Files.writeString(folder.resolve("local-credential"), token + "\n");
  }

  private CommandRun run(String... args) {
    List<String> all = new ArrayList<>(Arrays.asList(args));
    all.addAll(List.of("--server", broker.address(), "--data-dir", folder.toString()));
    return CommandRun.of(all.toArray(String[]::new));
  }

  private CompletableFuture<CommandRun> begin(String... args) {
    CompletableFuture<CommandRun> run = new CompletableFuture<>();
    Thread.ofPlatform().start(() -> run.complete(run(args)));
    return run;
  }

  private List<String> payloads() {
    return broker.published.stream()
        .map(frame -> new String((byte[]) frame.get("payload"), StandardCharsets.UTF_8))
        .toList();
  }

  /** The server is there again before its credential is, so that the old one is refused first. */
  private void startTheServerAgain() throws IOException {
    int before = broker.tokens.size();
    broker.startAgain("new");
    await().until(() -> broker.tokens.size() > before);
    leave("new");
  }

  @Test
  void aSubscriberGoesOnWithTheCredentialOfTheServersNextStart() throws Exception {
    CompletableFuture<CommandRun> run = begin("sub", "plant/a", "--count", "1");
    await().until(() -> broker.subscribed.size() == 1);

    startTheServerAgain();
    await().until(() -> broker.subscribed.size() == 2 || run.isDone());
    run("pub", "plant/a", "--data", "x");

    assertThat(run.join().code()).as(run.join().err()).isZero();
    assertThat(run.join().out()).isEqualTo("x\n");
    assertThat(run.join().err()).contains("connected again");
  }

  @Test
  void aPublisherGoesOnWithTheCredentialOfTheServersNextStart() throws Exception {
    CompletableFuture<CommandRun> run;
    try (PipedOutputStream typing = new PipedOutputStream()) {
      System.setIn(new PipedInputStream(typing));
      run = begin("pub", "plant/a");
      typing.write("one\n".getBytes(StandardCharsets.UTF_8));
      typing.flush();
      await().until(() -> broker.published.size() == 1);

      startTheServerAgain();
      typing.write("two\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(run.join()).isEqualTo(new CommandRun(0, "", ""));
    assertThat(payloads()).containsExactly("one", "two");
  }

  @Test
  void aKeyThatWasGivenAndIsRefusedWhenItComesAgainEndsTheCommand() throws Exception {
    CompletableFuture<CommandRun> run = begin("sub", "plant/a", "--key", "good");
    await().until(() -> broker.subscribed.size() == 1);

    broker.startAgain("new");

    assertThat(run.join().code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.join().err()).contains("the key is not valid");
  }

  @Test
  void aLimitedTopicsMessagesStayInOrder() {
    List<String> numbers = IntStream.rangeClosed(1, 15).mapToObj(Integer::toString).toList();
    System.setIn(
        new ByteArrayInputStream(String.join("\n", numbers).getBytes(StandardCharsets.UTF_8)));

    assertThat(run("pub", "limited/a").code()).isZero();
    assertThat(payloads()).containsExactlyElementsOf(numbers);
  }

  @Test
  void whatTheServerHasRefusedForTheWholeTimeIsNotPublished() {
    System.setIn(new ByteArrayInputStream("a\nb\nc\n".getBytes(StandardCharsets.UTF_8)));

    CommandRun run = run("pub", "never/a", "--timeout", "1s", "--json");

    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err())
        .contains("3 are not published: more is published than is allowed (rate-limited)");
    // The first one may have been sent again in the very moment in which its time was over.
    assertThat(run.json().getInteger("failed")).isGreaterThanOrEqualTo(2);
  }
}
