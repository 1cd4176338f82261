package io.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

class OpenRequestsTest {
  private static final long DEADLINE = 1000;
  private final MillraceException limited =
      new MillraceException("rate-limited", "more is published than is allowed");

  private final List<String> sent = new ArrayList<>();
  private final List<Runnable> later = new ArrayList<>();
  private final OpenRequests requests =
      new OpenRequests(
          frame -> sent.add(new String(frame, StandardCharsets.UTF_8)), task -> later.add(task));

  private void publish(String topic, String... ids) {
    for (String id : ids) {
      requests.add(
          id,
          new Request.Publish(
              topic,
              id.getBytes(StandardCharsets.UTF_8),
              id,
              DEADLINE,
              new CompletableFuture<>(),
              new Semaphore(0)));
    }
  }

  private void refuse(String... ids) {
    for (String id : ids) {
      requests.refusedForNow(id, limited);
    }
  }

  private List<String> sentNow() {
    List<String> now = List.copyOf(sent);
    sent.clear();
    return now;
  }

  private void aLittleLater() {
    List<Runnable> due = List.copyOf(later);
    later.clear();
    due.forEach(Runnable::run);
  }

  private List<String> codes() {
    return requests.removeLate(DEADLINE).stream().map(late -> late.reason().code()).toList();
  }

  @Test
  void whatFollowsARefusedMessageOfItsTopicWaitsForIt() {
    requests.connected();
    publish("a", "1", "2", "3");
    refuse("2");
    publish("a", "4");
    publish("b", "other");
    assertThat(sentNow()).containsExactly("1", "2", "3", "other");

    // Until everything that was on its way has its answer, nobody knows what is to be sent again.
    requests.answered("1");
    assertThat(later).isEmpty();
    refuse("3");
    aLittleLater();
    assertThat(sentNow()).containsExactly("2");
    requests.answered("2");
    assertThat(sentNow()).containsExactly("3", "4");
    publish("a", "5");
    assertThat(sentNow()).containsExactly("5");
  }

  @Test
  void whatIsRefusedAgainIsSentAgainFirst() {
    requests.connected();
    publish("a", "1", "2", "3", "4");
    refuse("1", "2", "3", "4");
    aLittleLater();
    requests.answered("1");
    assertThat(sentNow()).containsExactly("1", "2", "3", "4", "1", "2", "3");
    refuse("2", "3");
    assertThat(later).hasSize(1);
    aLittleLater();
    assertThat(sentNow()).containsExactly("2");
  }

  @Test
  void goesOnBehindAMessageThatIsRefusedForGood() {
    requests.connected();
    publish("a", "1", "2");
    refuse("1", "2");
    aLittleLater();
    sentNow();

    assertThat(requests.answered("1")).isNotNull();
    assertThat(sentNow()).containsExactly("2");
  }

  @Test
  void aNewConnectionIsGivenWhatWasHeldInOrder() {
    requests.connected();
    publish("a", "1", "2", "3");
    refuse("1", "2", "3");
    requests.disconnected(new MillraceException(MillraceException.UNREACHABLE, "lost"));
    publish("a", "4");
    sentNow();

    requests.connected();
    assertThat(sentNow()).containsExactly("1");
    // The pause of the connection before is over, and changes nothing.
    aLittleLater();
    assertThat(sentNow()).isEmpty();
    requests.answered("1");
    assertThat(sentNow()).containsExactly("2", "3");
    requests.answered("2");
    assertThat(sentNow()).containsExactly("4");
  }

  @Test
  void aRestOfTheConnectionBeforeDoesNotEndThatOfTheNext() {
    requests.connected();
    publish("a", "1", "2");
    refuse("1", "2");
    requests.disconnected(new MillraceException(MillraceException.UNREACHABLE, "lost"));
    requests.connected();
    refuse("1");
    assertThat(sentNow()).containsExactly("1", "2", "1");
    assertThat(later).hasSize(2);

    later.removeFirst().run();
    assertThat(sentNow()).isEmpty();
    aLittleLater();
    assertThat(sentNow()).containsExactly("1");
  }

  @Test
  void whatWasRefusedEachTimeOrHeldForThatIsKnownNotToBePublished() {
    requests.connected();
    publish("a", "1", "2");
    refuse("1", "2");
    publish("a", "3");

    assertThat(codes()).containsExactly("rate-limited", "rate-limited", "rate-limited");
  }

  @Test
  void whatHasNoAnswerMayBePublishedEvenIfItWasRefusedOnAnotherConnection() {
    requests.connected();
    publish("a", "1");
    requests.disconnected(new MillraceException(MillraceException.UNREACHABLE, "lost"));
    requests.connected();
    publish("b", "2");
    refuse("2");
    aLittleLater();
    refuse("1");

    assertThat(codes()).containsExactly(MillraceException.TIMEOUT, MillraceException.TIMEOUT);
  }

  @Test
  void whatWasNeverSentSaysWhyThereWasNoConnection() {
    publish("a", "1");
    assertThat(codes()).containsExactly(MillraceException.UNREACHABLE);
    publish("a", "2");
    requests.disconnected(new MillraceException("not-authenticated", "the key is not valid"));
    assertThat(codes()).containsExactly("not-authenticated");
  }

  @Test
  void whatFollowsGoesOnWhenWhatItWaitsForIsGivenUp() {
    requests.connected();
    publish("a", "1");
    refuse("1");
    requests.add(
        "2",
        new Request.Publish(
            "a",
            "2".getBytes(StandardCharsets.UTF_8),
            "2",
            DEADLINE + 1,
            new CompletableFuture<>(),
            new Semaphore(0)));
    sentNow();

    assertThat(codes()).containsExactly("rate-limited");
    aLittleLater();
    assertThat(sentNow()).containsExactly("2");
  }

  @Test
  void historyIsAskedForAgain() {
    requests.connected();
    requests.add(
        "h",
        new Request.History(
            "h".getBytes(StandardCharsets.UTF_8), DEADLINE, new CompletableFuture<>()));
    requests.refusedForNow("h", new MillraceException("unavailable", "not now"));
    aLittleLater();

    assertThat(sentNow()).containsExactly("h", "h");
  }
}
