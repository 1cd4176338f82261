package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.Gap;
import io.millrace.client.Interest;
import io.millrace.client.Message;
import io.millrace.client.MillraceClient;
import io.millrace.client.Publication;
import io.millrace.client.Published;
import io.millrace.client.Start;
import io.millrace.client.SubscriptionListener;
import io.millrace.testkit.Program;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our clients, in a program and in a page, while the server is killed and comes back. */
class TopicClientsIT {
  private static final Map<String, String> SETTINGS = Map.of("MILLRACE_ROLES", "broker");
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int MESSAGES = 400;

  @TempDir private Path data;
  private final Ports ports = Ports.free();

  private static final class Notes implements SubscriptionListener {
    private final List<String> texts = new CopyOnWriteArrayList<>();
    private final List<Gap> gaps = new CopyOnWriteArrayList<>();

    @Override
    public void message(Message message) {
      texts.add(message.text());
    }

    @Override
    public void gap(Gap gap) {
      gaps.add(gap);
    }
  }

  private static MillraceClient client(MillraceProcess server) {
    return MillraceClient.to(server.http("/ws").toString().replace("http:", "ws:"))
        .token(MillraceProcess.PUBLISH_KEY)
        .maxInFlight(20)
        .open();
  }

  @Test
  void everyMessageComesOnceInAProgramAndInAPageAlthoughTheServerIsKilled() throws Exception {
    String chromium = Browser.executable();
    Notes notes = new Notes();
    List<CompletableFuture<Published>> results = new ArrayList<>();
    MillraceClient client;
    Program page;
    try (MillraceProcess first = MillraceProcess.serve(data, ports, SETTINGS)) {
      page =
          Browser.start(
              "topics.mjs",
              List.of(
                  chromium,
                  first.http("").toString(),
                  MillraceProcess.PUBLISH_KEY,
                  "public/clients/page",
                  Integer.toString(MESSAGES)));
      client = client(first);
      client.awaitConnected(PATIENCE);
      client.subscribe(
          Interest.in("public/clients/program").withStart(Start.since(Instant.EPOCH)), notes);
      publish(client, 0, MESSAGES / 2, results);
      Waiting.within(PATIENCE).until(() -> !page.isAlive() || page.outputSoFar().contains("half"));
      assertThat(page.isAlive()).as(page.errorsSoFar()).isTrue();
      first.killHard();
    }
    try (MillraceProcess second = MillraceProcess.serve(data, ports, SETTINGS)) {
      publish(client, MESSAGES / 2, MESSAGES, results);
      CompletableFuture.allOf(results.toArray(CompletableFuture<?>[]::new)).join();
      Waiting.within(PATIENCE).until(() -> notes.texts.size() >= MESSAGES);
      assertThat(notes.texts)
          .isEqualTo(IntStream.range(0, MESSAGES).mapToObj(Integer::toString).toList());
      assertThat(notes.gaps).isEmpty();

      String told = told(page);
      Map<?, ?> seen = Browser.json(told.substring(told.indexOf('{')));
      List<Integer> numbers = IntStream.range(0, MESSAGES).boxed().toList();
      assertThat(seen.get("ours")).isEqualTo(numbers);
      assertThat(seen.get("events")).isEqualTo(numbers);
      assertThat((List<?>) seen.get("gaps")).isEmpty();
      assertThat(((List<?>) seen.get("states")).contains("disconnected")).isTrue();
      assertThat(second.isReady()).isTrue();
    } finally {
      client.close();
      page.close();
    }
  }

  private static String told(Program page) throws InterruptedException {
    try {
      return page.await(PATIENCE).orFail().text();
    } catch (AssertionError e) {
      throw new AssertionError(page.outputSoFar() + page.errorsSoFar(), e);
    }
  }

  private static void publish(
      MillraceClient client, int from, int to, List<CompletableFuture<Published>> results) {
    for (int i = from; i < to; i++) {
      results.add(client.publish(Publication.text("public/clients/program", Integer.toString(i))));
    }
  }
}
