package io.millrace.broker.ws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.access.GrantId;
import io.millrace.broker.door.DoorsFixture;
import io.millrace.broker.door.Talk;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What clients of the WebSocket door must not be able to do to it, and what the slow get. */
class WebSocketBoundsTest {
  private static final Duration LONG = Duration.ofSeconds(25);
  private static final Duration SOON = Duration.ofSeconds(60);

  private DoorsFixture fixture;

  private DoorsFixture fixture(Duration coalesce, Duration ping) {
    fixture = new DoorsFixture(DoorsFixture.config(coalesce, ping));
    return fixture;
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private Talk connected(String token) {
    Talk talk = fixture.talk("?token=" + token);
    talk.hear("connected");
    return talk;
  }

  private RawWebSocket raw(String query, int receiveBytes) throws IOException {
    return new RawWebSocket(fixture.listener.port(), "/ws" + query, receiveBytes);
  }

  @Test
  void whoWasRefusedForItsRateIsRefusedForATenthOfASecondThoughTheRateWouldAllowIt()
      throws IOException {
    fixture(Duration.ZERO, LONG);
    String publish = "{'type':'publish','topic':'plant/a','id':'%s','text':'%s'}";
    // More than a second's worth: the rate allows the next one a fifteenth of a second later.
    String much = publish.formatted("much", "x".repeat(DoorsFixture.BYTES_A_SECOND * 16 / 15));
    String next = publish.formatted("next", "x");
    try (RawWebSocket client = raw("?token=heavy", 0)) {
      client.hear("connected");
      long before;
      String answer;
      do {
        before = System.nanoTime();
        client.say(much);
        client.say(next);
        answer = client.hear("\"next\"");
      } while (!answer.contains("rate-limited"));
      while (answer.contains("rate-limited")) {
        client.say(next);
        answer = client.hear("\"next\"");
      }
      assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(100_000_000);
    }
  }

  @Test
  void whoDoesNotAnswerPingsIsEndedAlthoughItIsSentMessages() throws IOException {
    fixture(Duration.ZERO, Duration.ofSeconds(1));
    try (RawWebSocket silent = raw("?token=all", 0)) {
      silent.say("{'type':'subscribe','sub':'s','filter':'plant/#'}");
      silent.hear("caught-up");
      CompletableFuture<Void> isOver = new CompletableFuture<>();
      // The system takes these for it, which does not say that it is there.
      fixture.vertx.setPeriodic(
          100,
          timer -> {
            if (isOver.isDone()) {
              fixture.vertx.cancelTimer(timer);
            } else {
              fixture.publish("a", "x");
            }
          });
      silent.readUntil(AutobahnCase.PING);
      assertThat(RawWebSocket.code(silent.readUntil(AutobahnCase.CLOSE))).isEqualTo(4408);
      assertThatThrownBy(silent::read).isInstanceOf(IOException.class);
      isOver.complete(null);
    }
  }

  @Test
  void whoAnswersPingsStays() {
    fixture(Duration.ZERO, Duration.ofSeconds(2));
    Talk quiet = connected("all");
    // Another connection is over after twice the interval; this one is there after three times.
    Talk other = connected("all");
    await().during(Duration.ofSeconds(6)).atMost(SOON).until(() -> !quiet.socket.isClosed());
    assertThat(other.say("{'type':'ping','id':'1'}").hear("pong").getString("id")).isEqualTo("1");
  }

  @Test
  void whoPingsAndNeverReadsIsNotReadAndIsEnded() throws IOException {
    fixture(Duration.ZERO, LONG);
    try (RawWebSocket greedy = raw("", 4096)) {
      byte[] ping = RawWebSocket.frame(AutobahnCase.PING, new byte[125]);
      byte[] many = new byte[ping.length * 500];
      for (int i = 0; i < 500; i++) {
        System.arraycopy(ping, 0, many, i * ping.length, ping.length);
      }
      // Writing blocks when the server reads no more, and fails when it has ended the connection.
      long sent = 0;
      try {
        while (sent < 1L << 30) {
          greedy.out.write(many);
          sent += many.length;
        }
      } catch (IOException e) {
        // As it has to be.
      }
      assertThat(sent).isLessThan(64 << 20);
    }
  }

  @Test
  void aMillionSubscriptionsOnOneConnectionAreRefusedOneByOne() throws Exception {
    int tried = 1_000_000;
    fixture(Duration.ZERO, LONG);
    Talk other = connected("all");
    try (RawWebSocket many = raw("?token=all", 0)) {
      Thread writer =
          Thread.startVirtualThread(
              () -> {
                try {
                  StringBuilder batch = new StringBuilder();
                  for (int i = 0; i < tried; i += 1000) {
                    ByteArrayOutputStream frames = new ByteArrayOutputStream();
                    for (int j = i; j < i + 1000; j++) {
                      batch.setLength(0);
                      batch.append("{\"type\":\"subscribe\",\"sub\":\"").append(j);
                      batch.append("\",\"filter\":\"plant/").append(j).append("\"}");
                      frames.writeBytes(
                          RawWebSocket.frame(
                              AutobahnCase.TEXT,
                              batch.toString().getBytes(StandardCharsets.US_ASCII)));
                    }
                    many.out.write(frames.toByteArray());
                  }
                } catch (IOException e) {
                  // The reader finds out.
                }
              });
      int refused = 0;
      int begun = 0;
      String last = "";
      while (refused + begun < tried) {
        String text =
            new String(many.readUntil(AutobahnCase.TEXT).payload(), StandardCharsets.UTF_8);
        if (text.startsWith("{\"type\":\"error\"")) {
          refused++;
          last = text;
        } else if (text.startsWith("{\"type\":\"subscribed\"")) {
          begun++;
        }
      }
      writer.join();
      assertThat(begun).isEqualTo(10);
      assertThat(last).contains("too-many-subscriptions").contains("at most 10 subscriptions");
    }
    assertThat(other.say("{'type':'ping','id':'1'}").hear("pong").getString("id")).isEqualTo("1");
  }

  @Test
  void aTokenThatExpiresEndsTheConnectionAndNothingFollows() throws IOException {
    fixture(Duration.ZERO, LONG);
    try (RawWebSocket expiring = raw("?token=expiring", 0)) {
      assertThat(expiring.hear("connected")).contains("\"expires\":9000000000000");
      expiring.say("{'type':'subscribe','sub':'s','filter':'plant/#'}");
      expiring.hear("caught-up");

      fixture.grants.expire(DoorsFixture.EXPIRY);

      assertThat(expiring.hear("error")).contains("expired");
      assertThat(RawWebSocket.code(expiring.readUntil(AutobahnCase.CLOSE))).isEqualTo(4403);
      fixture.publish("a", "x");
      // The server ends it, although the other side says nothing.
      assertThatThrownBy(expiring::read).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void nothingFollowsTheCloseFrameOfARevokedOneThatIsBehind() throws IOException {
    fixture(Duration.ZERO, LONG);
    try (RawWebSocket slow = raw("?token=all", 4096)) {
      slow.say("{'type':'subscribe','sub':'s','filter':'plant/#'}");
      slow.hear("caught-up");
      for (int i = 0; i < 3000; i++) {
        fixture.publish("a", "x".repeat(1000));
      }
      fixture.grants.revoke(GrantId.key("test"));
      for (int i = 0; i < 3000; i++) {
        fixture.publish("a", "y".repeat(1000));
      }

      List<String> texts = new ArrayList<>();
      int code = 0;
      try {
        while (true) {
          AutobahnCase.Frame frame = slow.read();
          assertThat(code).as("nothing is behind a close frame").isZero();
          if (frame.opcode() == AutobahnCase.CLOSE) {
            code = RawWebSocket.code(frame);
          } else {
            texts.add(new String(frame.payload(), StandardCharsets.UTF_8));
          }
        }
      } catch (IOException e) {
        // Its end, with the close frame or cut off as it was too slow for that.
      }
      assertThat(code).isIn(0, 4403);
      assertThat(texts).noneMatch(text -> text.contains("yyy"));
    }
  }

  /** Fills what waits for one who does not read, with messages of one topic. */
  private Talk behind(String policy, int count) {
    fixture(Duration.ZERO, LONG);
    Talk slow = connected("all");
    Talk quick = connected("all");
    quick.say("{'type':'subscribe','sub':'q','filter':'plant/one'}").hear("caught-up");
    slow.say("{'type':'subscribe','sub':'s','filter':'plant/one','policy':'" + policy + "'}")
        .hear("caught-up");
    slow.socket.pause();
    String filling = "x".repeat(1000);
    for (int i = 0; i < count; i++) {
      fixture.publish("one", i + filling);
    }
    await().atMost(SOON).until(() -> quick.all("message").size() == count);
    slow.socket.resume();
    return slow;
  }

  private static List<Integer> numbers(Talk talk) {
    return talk.texts().stream().map(text -> Integer.parseInt(text.replace("x", ""))).toList();
  }

  @Test
  void dropOldestGoesOnWithTheNewestBehindAGap() {
    int count = 12_000;
    Talk slow = behind("drop-oldest", count);

    await().atMost(SOON).until(() -> numbers(slow).contains(count - 1));
    JsonObject gap = slow.hear("gap");
    assertThat(gap.getString("reason")).isEqualTo("slow");
    List<Integer> numbers = numbers(slow);
    assertThat(numbers).isSorted().doesNotHaveDuplicates().hasSizeLessThan(count);
    // The log's offsets have holes, so a gap may be wider than what is missing.
    long width =
        slow.all("gap").stream().mapToLong(one -> one.getLong("to") - one.getLong("from")).sum();
    assertThat(width).isGreaterThanOrEqualTo(count - numbers.size());
  }

  @Test
  void disconnectEndsTheSubscriptionWithAReason() {
    Talk slow = behind("disconnect", 12_000);

    JsonObject ended = slow.hear("ended");
    assertThat(ended.getString("sub")).isEqualTo("s");
    assertThat(ended.getString("code")).isEqualTo("too-slow");
    assertThat(ended.getString("message")).contains("policy");
    assertThat(numbers(slow)).isSorted().doesNotHaveDuplicates();
    assertThat(slow.say("{'type':'ping','id':'1'}").hear("pong").getString("id")).isEqualTo("1");
  }

  @Test
  void framesAreCollectedForAsLongAsIsTold() {
    Duration coalesce = Duration.ofMillis(300);
    fixture(coalesce, LONG);
    Talk talk = connected("all");
    talk.say("{'type':'subscribe','sub':'s','filter':'plant/a'}").hear("caught-up");

    long from = System.nanoTime();
    for (int i = 0; i < 20; i++) {
      fixture.publish("a", Integer.toString(i));
    }
    await().until(() -> !talk.texts().isEmpty());
    Duration waited = Duration.ofNanos(System.nanoTime() - from);

    await().until(() -> talk.texts().size() == 20);
    assertThat(waited).isGreaterThanOrEqualTo(coalesce.minusMillis(5));
    assertThat(numbers(talk)).isSorted();
  }

  @Test
  void withFiveMillisecondsNothingIsMissedEither() {
    fixture(Duration.ofMillis(5), LONG);
    Talk talk = connected("all");
    talk.say("{'type':'subscribe','sub':'s','filter':'plant/#'}").hear("caught-up");
    for (int i = 0; i < 500; i++) {
      talk.say("{'type':'publish','id':'" + i + "','topic':'plant/a','text':'" + i + "'}");
    }
    await().until(() -> talk.texts().size() == 500 && talk.all("published").size() == 500);
    assertThat(numbers(talk)).isSorted();
  }

  @Test
  void aMessageInFragmentsWithAPingBetweenIsOneMessage() throws IOException {
    fixture(Duration.ZERO, LONG);
    try (RawWebSocket socket = raw("?token=all", 0)) {
      socket.hear("connected");
      byte[] ping = AutobahnCase.utf8("{\"type\":\"ping\",\"id\":\"ü\"}");
      AutobahnCase pieces =
          new AutobahnCase("")
              .fragment(AutobahnCase.TEXT, Arrays.copyOf(ping, 21))
              .send(AutobahnCase.PING, new byte[] {1})
              .send(AutobahnCase.CONTINUATION, Arrays.copyOfRange(ping, 21, ping.length));
      for (byte[] frame : pieces.sent) {
        socket.out.write(frame);
      }
      assertThat(socket.hear("pong")).contains("\"id\":\"ü\"");
    }
  }
}
