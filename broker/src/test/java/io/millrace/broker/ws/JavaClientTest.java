package io.millrace.broker.ws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.door.DoorsFixture;
import io.millrace.client.ConnectionListener;
import io.millrace.client.Event;
import io.millrace.client.Gap;
import io.millrace.client.HistoryPage;
import io.millrace.client.Interest;
import io.millrace.client.Message;
import io.millrace.client.MessageStream;
import io.millrace.client.MillraceClient;
import io.millrace.client.MillraceException;
import io.millrace.client.Publication;
import io.millrace.client.Published;
import io.millrace.client.Start;
import io.millrace.client.Subscription;
import io.millrace.client.SubscriptionListener;
import io.millrace.testkit.program.TcpProxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The Java client against the WebSocket door, on connections that break. */
class JavaClientTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final DoorsFixture fixture = new DoorsFixture();
  private final List<MillraceClient> clients = new ArrayList<>();

  @AfterEach
  void close() {
    clients.forEach(MillraceClient::close);
    fixture.close();
  }

  private MillraceClient.Builder to(int port, String token) {
    return MillraceClient.to("ws://127.0.0.1:" + port + "/ws")
        .token(token)
        .reconnect(Duration.ofMillis(20), Duration.ofMillis(100));
  }

  private MillraceClient open(MillraceClient.Builder builder) {
    MillraceClient client = builder.open();
    clients.add(client);
    return client;
  }

  private MillraceClient client(String token) {
    return open(to(fixture.listener.port(), token));
  }

  /** Writes down what a subscription tells. */
  private static final class Notes implements SubscriptionListener {
    private final List<Message> messages = new CopyOnWriteArrayList<>();
    private final List<Gap> gaps = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
    private final CompletableFuture<MillraceException> ended = new CompletableFuture<>();

    @Override
    public void message(Message message) {
      messages.add(message);
    }

    @Override
    public void gap(Gap gap) {
      gaps.add(gap);
    }

    @Override
    public void caughtUp() {
      caughtUp.complete(null);
    }

    @Override
    public void ended(MillraceException reason) {
      ended.complete(reason);
    }

    private List<String> texts() {
      return messages.stream().map(Message::text).toList();
    }
  }

  private static List<String> numbers(int to) {
    return IntStream.range(0, to).mapToObj(Integer::toString).toList();
  }

  @Test
  void aMessageGoesFromAPublisherToASubscriberAsItWas() {
    Notes notes = new Notes();
    client("all").subscribe(Interest.in("plant/hall/+"), notes);
    notes.caughtUp.join();

    byte[] bytes = {0, (byte) 0x80, (byte) 0xFF};
    Published published =
        client("all")
            .publish(
                Publication.bytes("plant/hall/t", bytes)
                    .withContentType("application/x-own")
                    .withHeader("ce_type", "x")
                    .withMessageId("m1"))
            .join();

    await().until(() -> notes.messages.size() == 1);
    Message message = notes.messages.getFirst();
    assertThat(message.payload()).isEqualTo(bytes);
    assertThat(message.contentType()).contains("application/x-own");
    assertThat(message.headers()).containsEntry("ce_type", "x").hasSize(1);
    assertThat(message.id()).contains("m1");
    assertThat(message.topic()).isEqualTo("plant/hall/t");
    assertThat(message.time()).isEqualTo(published.time());
    assertThat(message.position()).isPresent();
    assertThat(published.messageId()).isEqualTo("m1");
  }

  @Test
  void nothingIsMissedAndNothingComesTwiceWhenTheConnectionIsCutAgainAndAgain() {
    try (TcpProxy cables = new TcpProxy(fixture.listener.port())) {
      MillraceClient client = open(to(cables.port(), "all").maxInFlight(50));
      Notes notes = new Notes();
      Subscription subscription = client.subscribe(Interest.in("plant/one"), notes);
      notes.caughtUp.join();

      List<CompletableFuture<Published>> results = new ArrayList<>();
      for (int i = 0; i < 2000; i++) {
        results.add(client.publish(Publication.text("plant/one", Integer.toString(i))));
        if (i % 300 == 299) {
          cables.cut();
        }
      }

      CompletableFuture.allOf(results.toArray(CompletableFuture<?>[]::new)).join();
      await().atMost(SOON).until(() -> notes.messages.size() >= 2000);
      assertThat(notes.texts()).isEqualTo(numbers(2000));
      assertThat(notes.gaps).isEmpty();
      assertThat(cables.made()).isGreaterThan(3);
      assertThat(subscription.position()).isPresent();
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsLeft() {
    CompletableFuture<MillraceException> left = new CompletableFuture<>();
    try (TcpProxy cable = new TcpProxy(fixture.listener.port())) {
      cable.becomeBlackHole();
      open(
          to(cable.port(), "all")
              .connectTimeout(Duration.ofMillis(300))
              .listener(
                  new ConnectionListener() {
                    @Override
                    public void disconnected(MillraceException reason) {
                      left.complete(reason);
                    }
                  }));
      assertThat(left.join().code()).isEqualTo(MillraceException.UNREACHABLE);
    }
  }

  @Test
  void aStreamThatIsNotReadHoldsUpNobodyAndMissesNothing() throws InterruptedException {
    MillraceClient client = client("all");
    Notes notes = new Notes();
    client.subscribe(Interest.in("plant/#"), notes);
    notes.caughtUp.join();
    try (MessageStream stream = client.stream(Interest.in("plant/one"))) {
      assertThat(stream.next(SOON)).contains(new Event.CaughtUp());

      List<CompletableFuture<Published>> results = new ArrayList<>();
      for (int i = 0; i < 5000; i++) {
        results.add(client.publish(Publication.text("plant/one", Integer.toString(i))));
      }
      CompletableFuture.allOf(results.toArray(CompletableFuture<?>[]::new)).join();
      await().atMost(SOON).until(() -> notes.messages.size() == 5000);

      List<String> taken = new ArrayList<>();
      int caughtUp = 0;
      while (taken.size() < 5000) {
        switch (stream.next(SOON).orElseThrow()) {
          case Message message -> taken.add(message.text());
          case Event.CaughtUp again -> caughtUp++;
          case Gap gap -> throw new AssertionError(gap);
        }
      }
      assertThat(taken).isEqualTo(numbers(5000));
      if (caughtUp == 0) {
        // It was left and taken up again, and that ends with its last message.
        assertThat(stream.next(SOON)).contains(new Event.CaughtUp());
      }
    }
  }

  @Test
  void readsHistoryPageByPage() {
    for (int i = 0; i < 25; i++) {
      fixture.publish("a", Integer.toString(i));
    }
    MillraceClient client = client("all");
    HistoryPage first = client.history(Interest.in("plant/a").withStart(Start.last(25)), 10).join();
    HistoryPage second =
        client
            .history(
                Interest.in("plant/a").withStart(Start.after(first.position().orElseThrow())), 100)
            .join();
    assertThat(first.messages()).hasSize(10);
    assertThat(first.isComplete()).isFalse();
    assertThat(second.isComplete()).isTrue();
    assertThat(
            List.of(first, second).stream()
                .flatMap(page -> page.messages().stream())
                .map(Message::text))
        .isEqualTo(numbers(25));
  }

  @Test
  void whatIsRefusedFailsWithTheServersWord() {
    MillraceClient reader = client("reader");
    assertThatThrownBy(() -> reader.publish(Publication.text("plant/a", "x")).join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            MillraceException.class, e -> assertThat(e.code()).isEqualTo("not-authorized"));
    Notes notes = new Notes();
    Subscription refused = reader.subscribe(Interest.in("plant/#"), notes);
    assertThat(notes.ended.join().code()).isEqualTo("not-authorized");
    assertThat(refused.isEnded()).isTrue();
  }

  @Test
  void aClientThatIsNotLetInEndsWithTheReason() {
    MillraceClient wrong = client("wrong");
    assertThatThrownBy(() -> wrong.awaitConnected(SOON))
        .isInstanceOfSatisfying(
            MillraceException.class, e -> assertThat(e.code()).isEqualTo("not-authenticated"));
    assertThatThrownBy(() -> wrong.subscribe(Interest.in("plant/#"), message -> {}))
        .isInstanceOf(MillraceException.class);
    assertThat(wrong.publish(Publication.text("plant/a", "x"))).isCompletedExceptionally();
  }

  @Test
  void whereNothingIsKeptALostConnectionIsAGap() {
    try (TcpProxy cables = new TcpProxy(fixture.listener.port())) {
      MillraceClient client = open(to(cables.port(), "all"));
      Notes notes = new Notes();
      client.subscribe(Interest.in("wire/#"), notes);
      notes.caughtUp.join();

      cables.cut();

      await().atMost(SOON).until(() -> !notes.gaps.isEmpty());
      assertThat(notes.gaps.getFirst().reason()).isEqualTo(Gap.Reason.NOT_RESUMED);
      client.publish(Publication.text("wire/a", "x")).join();
      await().atMost(SOON).until(() -> notes.messages.size() == 1);
    }
  }

  /** By then the end has been read by whoever reads for the listener. */
  @Test
  void aConnectionThatEndsWhileAListenerIsAtWorkIsNoticed() {
    try (TcpProxy cables = new TcpProxy(fixture.listener.port())) {
      CompletableFuture<Void> isBack = new CompletableFuture<>();
      AtomicBoolean isCut = new AtomicBoolean();
      open(to(cables.port(), "all"))
          .subscribe(
              Interest.in("wire/#"),
              new SubscriptionListener() {
                @Override
                public void message(Message message) {}

                @Override
                public void caughtUp() {
                  if (isCut.compareAndSet(false, true)) {
                    cables.cut();
                    await().until(() -> fixture.grants.size() == 0);
                  } else {
                    isBack.complete(null);
                  }
                }
              });
      assertThat(isBack).succeedsWithin(Duration.ofSeconds(15));
    }
  }

  @Test
  void whoMayNotReadHistoryGoesOnFromNowBehindAGap() {
    try (TcpProxy cables = new TcpProxy(fixture.listener.port())) {
      Notes notes = new Notes();
      open(to(cables.port(), "reader")).subscribe(Interest.in("plant/hall/a"), notes);
      notes.caughtUp.join();

      cables.cut();

      await().atMost(SOON).until(() -> !notes.gaps.isEmpty());
      fixture.publish("hall/a", "x");
      await().atMost(SOON).until(() -> notes.texts().equals(List.of("x")));
    }
  }

  @Test
  void aListenerPublishesButDoesNotWaitForRoom() {
    MillraceClient client = open(to(fixture.listener.port(), "all").maxInFlight(1));
    List<CompletableFuture<Published>> results = new CopyOnWriteArrayList<>();
    client.subscribe(
        Interest.in("plant/in").withStart(Start.since(Instant.EPOCH)),
        message -> {
          results.add(client.publish(Publication.text("plant/out", "1")));
          results.add(client.publish(Publication.text("plant/out", "2")));
        });
    // Not by this client, whose own message might still wait for its acknowledgement.
    fixture.publish("in", "x");
    await().until(() -> results.size() == 2);
    assertThat(results.get(0).join().messageId()).isNotEmpty();
    assertThatThrownBy(() -> results.get(1).join())
        .hasRootCauseMessage(
            "1 messages wait for their acknowledgement, for which a listener cannot wait");
  }

  @Test
  void aTokenThatExpiresIsReplacedByTheNextOne() {
    List<String> tokens = new CopyOnWriteArrayList<>(List.of("expiring", "all"));
    MillraceClient client =
        open(
            MillraceClient.to("ws://127.0.0.1:" + fixture.listener.port() + "/ws")
                .tokens(() -> tokens.size() > 1 ? tokens.removeFirst() : tokens.getFirst())
                .reconnect(Duration.ofMillis(20), Duration.ofMillis(100)));
    Notes notes = new Notes();
    client.subscribe(Interest.in("plant/one"), notes);
    notes.caughtUp.join();

    fixture.grants.expire(DoorsFixture.EXPIRY);
    fixture.publish("one", "x");

    await().atMost(SOON).until(() -> notes.texts().equals(List.of("x")));
    assertThat(notes.gaps).isEmpty();
  }

  @Test
  void whatIsSaidOfALostConnectionIsNotTheRefusalOfTheOneBefore() {
    AtomicReference<String> token = new AtomicReference<>("all");
    List<String> lost = new CopyOnWriteArrayList<>();
    List<MillraceException> closed = new CopyOnWriteArrayList<>();
    try (TcpProxy cables = new TcpProxy(fixture.listener.port())) {
      MillraceClient client =
          open(
              to(cables.port(), "unused")
                  .tokens(token::get)
                  .refusedFor(Duration.ofHours(1))
                  .listener(
                      new ConnectionListener() {
                        @Override
                        public void disconnected(MillraceException reason) {
                          lost.add(reason.code());
                        }

                        @Override
                        public void closed(MillraceException reason) {
                          closed.add(reason);
                        }
                      }));
      client.publish(Publication.text("plant/a", "x")).join();
      token.set("wrong");
      cables.cut();
      await().until(() -> lost.contains("not-authenticated"));
      cables.shutOut();
      cables.cut();
      await().until(() -> lost.getLast().equals(MillraceException.UNREACHABLE));
      token.set("all");
      cables.letIn();
      client.publish(Publication.text("plant/a", "x")).join();
      assertThat(closed).isEmpty();
    }
  }

  @Test
  void closingWaitsForWhatWasPublished() {
    CompletableFuture<Published> result;
    try (MillraceClient client = to(fixture.listener.port(), "all").open()) {
      result = client.publish(Publication.json("plant/a", "{}"));
    }
    assertThat(result).isCompleted();
  }
}
