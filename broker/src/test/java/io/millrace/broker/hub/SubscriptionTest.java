package io.millrace.broker.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.Parsed;
import io.millrace.broker.log.Appended;
import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.position.Position;
import io.millrace.broker.topic.TopicFilter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SubscriptionTest {
  private final HubFixture fixture = new HubFixture();
  private final HubLoop loop = fixture.loop();

  private static ConditionFactory await() {
    return Awaitility.with().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).await();
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private Listening to(String filter) {
    return Listening.to(loop, fixture.namespace, filter);
  }

  private Listening to(String filter, SlowPolicy policy) {
    return new Listening(loop, fixture.namespace, new TopicFilter("plant", filter), policy, null);
  }

  /** Returns when the loop has taken all of it. */
  private void publishAndWait(String topic, int from, int to) {
    for (int i = from; i < to; i++) {
      fixture.publish(topic, "m" + i);
    }
    fixture.awaitTaken(loop);
  }

  private static Start after(String token) {
    return Position.parse(token) instanceof Parsed.Value<Position>(Position position)
        ? new Start.After(position)
        : new Start.Now();
  }

  @Test
  void beginsNowWithoutWhatWasBefore() {
    publishAndWait("a", 0, 3);
    Listening listening = to("a").from(new Start.Now());
    await().until(() -> listening.isCaughtUp);
    fixture.publish("a", "new");
    await().until(() -> !listening.messages.isEmpty());
    assertThat(listening.messages).containsExactly("a=new");
  }

  /** Its third taker gets the first message in the loop's second turn, after another one. */
  @Test
  void aPositionIsOfTheTurnThatAMessageIsDeliveredIn() {
    HubLoop slow = fixture.loop(3);
    String other =
        IntStream.range(0, 100)
            .mapToObj(i -> "wide/other" + i)
            .filter(
                topic ->
                    fixture.appender.partitionOf(topic) != fixture.appender.partitionOf("wide/1"))
            .findFirst()
            .orElseThrow();
    Listening first = Listening.to(slow, fixture.namespace, "+/1").from(new Start.Now());
    Listening second = Listening.to(slow, fixture.namespace, "+/1").from(new Start.Now());
    Listening both = Listening.to(slow, fixture.namespace, "wide/+").from(new Start.Now());
    await().until(() -> first.isCaughtUp && second.isCaughtUp && both.isCaughtUp);

    CountDownLatch published = new CountDownLatch(1);
    slow.later(() -> awaitCalmly(published));
    fixture.publish("wide/1", "a");
    fixture.log.awaitTails();
    fixture.publish(other, "b");
    fixture.log.awaitTails();
    published.countDown();
    await().until(() -> both.messages.size() == 2);
    assertThat(both.messages).containsExactly(other + "=b", "wide/1=a");

    both.cutAndResume(new Start.Now());
    fixture.publish("wide/1", "c");
    await().until(() -> both.messages.contains("wide/1=c"));
    assertThat(both.messages).containsExactly(other + "=b", "wide/1=a", "wide/1=c");
  }

  @Test
  void beginsWithTheLastMessagesOfOneTopicOutOfRingAndLog() {
    publishAndWait("a", 0, 200);
    Listening few = to("a").from(new Start.Last(2));
    Listening many = to("a").from(new Start.Last(150));
    Listening more = to("a").from(new Start.Last(5000));
    await().until(() -> few.isCaughtUp && many.isCaughtUp && more.isCaughtUp);
    assertThat(few.messages).containsExactly("a=m198", "a=m199");
    assertThat(many.messages).hasSize(150).startsWith("a=m50").endsWith("a=m199");
    assertThat(more.messages).hasSize(200);
  }

  @Test
  void beginsWithTheLastMessagesOfAllMatchingTopicsTogether() {
    publishAndWait("x/1", 0, 300);
    publishAndWait("x/2", 0, 2);
    publishAndWait("y", 0, 300);
    Listening listening = to("x/+").from(new Start.Last(3));
    await().until(() -> listening.isCaughtUp);
    assertThat(listening.messages).containsExactlyInAnyOrder("x/1=m299", "x/2=m0", "x/2=m1");
  }

  @Test
  void takesOnlyWhatItsConditionTakes() {
    Listening listening = to("a");
    loop.later(
        () ->
            loop.subscribe(
                fixture.namespace,
                new TopicFilter("plant", "a"),
                message -> message.payload().length == 2,
                new Start.Since(0),
                SlowPolicy.PAUSE,
                listening));
    publishAndWait("a", 8, 12);
    await().until(() -> listening.messages.size() == 2);
    assertThat(listening.messages).containsExactly("a=m8", "a=m9");
  }

  @Test
  void doesNotDeliverWhatHasExpired() {
    Publication expired =
        new Publication("a", Optional.empty(), false, 1, Headers.NONE, new byte[] {'e'});
    fixture.appender.append(expired, Appended.UNHEARD);
    publishAndWait("a", 0, 1);
    Listening listening = to("a").from(new Start.Since(0));
    await().until(() -> listening.isCaughtUp);
    assertThat(listening.messages).containsExactly("a=m0");
  }

  @Test
  void saysWhatRetentionHasTakenAndGoesOnBehindIt() {
    Listening before = to("#").from(new Start.Since(0));
    fixture.publish("a", "first");
    await().until(() -> before.messages.size() == 1);
    before.cutAndResume(new Start.Now());
    publishAndWait("a", 0, 200);
    String token = before.lastToken();
    int home = fixture.appender.partitionOf("a");
    List<Message> all = fixture.log.all(fixture.namespace.ref(home));
    long kept = all.get(100).offset();
    fixture.log.trim(fixture.namespace.ref(home), kept);

    Listening listening = to("#");
    // The very first position: everything but the first message was missed.
    Position first =
        new Position.OfTopic(
            fixture.hub.cluster(),
            1,
            home,
            all.getFirst().offset() + 1,
            all.getFirst().timestamp());
    Listening exact = to("a").from(new Start.After(first));
    listening.from(after(token));
    await().until(() -> exact.isCaughtUp && listening.isCaughtUp);
    assertThat(exact.gaps)
        .containsExactly(new Gap(home, all.getFirst().offset() + 1, kept, Gap.Reason.RETENTION));
    assertThat(exact.messages).hasSize(101).startsWith("a=m99").endsWith("a=m199");
  }

  @Test
  void aPositionOfAnotherClusterGoesByTimeAndSaysSo() {
    publishAndWait("a", 0, 5);
    List<Message> all = fixture.log.all(fixture.namespace.ref(fixture.appender.partitionOf("a")));
    Position elsewhere = new Position.OfTopic(42, 1, 0, 7, all.get(3).timestamp());
    Listening listening = to("a").from(new Start.After(elsewhere));
    await().until(() -> listening.isCaughtUp);
    assertThat(listening.mayRepeat).isTrue();
    assertThat(listening.messages).containsExactly("a=m3", "a=m4");
  }

  @Test
  void aPositionBeyondTheEndOfTheLogIsAGapAndGoesOnWithWhatComes() {
    publishAndWait("a", 0, 5);
    int home = fixture.appender.partitionOf("a");
    long end = fixture.log.bounds(fixture.namespace.ref(home)).result().end();
    Position beyond = new Position.OfTopic(fixture.hub.cluster(), 1, home, end + 1000, 0);
    Listening listening = to("a").from(new Start.After(beyond));
    await().until(() -> listening.isCaughtUp);
    fixture.publish("a", "next");
    await().until(() -> !listening.messages.isEmpty());
    assertThat(listening.messages).containsExactly("a=next");
    assertThat(listening.gaps)
        .containsExactly(new Gap(home, end, end + 1000, Gap.Reason.LOG_CHANGED));
  }

  @Test
  void aPausedSubscriptionHoldsNobodyUpAndMissesNothing() {
    Listening slow = to("a").from(new Start.Since(0));
    slow.isFull = true;
    publishAndWait("a", 0, 300);
    await().until(slow::isPaused);
    assertThat(slow.messages).isEmpty();
    slow.resume();
    await().until(() -> slow.messages.size() == 300);
    assertThat(slow.messages).startsWith("a=m0").endsWith("a=m299");
    assertThat(slow.gaps).isEmpty();
  }

  @Test
  void droppingTheOldestKeepsTheNewestAndTellsOfTheRest() {
    Listening slow = to("a", SlowPolicy.DROP_OLDEST).from(new Start.Since(0));
    slow.isFull = true;
    publishAndWait("a", 0, 300);
    await().until(slow::isPaused);
    slow.resume();
    await().until(() -> slow.messages.contains("a=m299"));
    assertThat(slow.messages.size()).isBetween(3, 8);
    assertThat(slow.gaps).hasSize(1);
    assertThat(slow.gaps.getFirst().reason()).isEqualTo(Gap.Reason.SLOW);
  }

  @Test
  void disconnectingEndsItOnce() {
    Listening slow = to("a", SlowPolicy.DISCONNECT).from(new Start.Since(0));
    slow.isFull = true;
    publishAndWait("a", 0, 10);
    await().until(() -> !slow.ends.isEmpty());
    assertThat(slow.ends).containsExactly(Receiver.EndReason.SLOW);
  }

  @Test
  void subscriptionsEndWhenTheirNamespaceIsDeleted() {
    Listening listening = to("a").from(new Start.Now());
    await().until(() -> listening.isCaughtUp);
    fixture.hub.close("plant", "the namespace plant was deleted");
    await().until(() -> !listening.ends.isEmpty());
    assertThat(listening.ends).containsExactly(Receiver.EndReason.NAMESPACE_CHANGED);
  }

  @Test
  void whoSubscribesToANamespaceThatHasJustEndedIsToldToo() {
    fixture.hub.close("plant", "the namespace plant was deleted");
    Listening late = to("a").from(new Start.Now());
    await().until(() -> !late.ends.isEmpty());
    assertThat(late.ends).containsExactly(Receiver.EndReason.NAMESPACE_CHANGED);
  }

  @Test
  void whoCannotBeginWithWhatWasBeforeIsTold() {
    publishAndWait("a", 0, 200);
    fixture.log.breakReading(true);
    Listening listening = to("a").from(new Start.Last(150));
    await().until(() -> !listening.ends.isEmpty());
    assertThat(listening.ends).containsExactly(Receiver.EndReason.UNAVAILABLE);
  }

  @Test
  void otherSettingsLeaveWhatIsInMemoryAndPositionsAsTheyAre() {
    Listening before = to("a").from(new Start.Since(0));
    publishAndWait("a", 0, 5);
    await().until(() -> before.messages.size() == 5);
    OpenNamespace changed = fixture.hub.change(fixture.namespace, fixture.settings);
    fixture.hub.end(fixture.namespace, "new settings");
    await().until(() -> !before.ends.isEmpty());
    int reads = fixture.log.reads();
    fixture.publish("a", "m5");
    Listening again = Listening.to(loop, changed, "a").from(after(before.lastToken()));
    await().until(() -> again.messages.size() == 1);
    assertThat(again.messages).containsExactly("a=m5");
    assertThat(again.gaps).isEmpty();
    assertThat(fixture.log.reads()).isEqualTo(reads);
  }

  @Test
  void aLogThatWasCutIsToldOfToWhoHadMore() {
    publishAndWait("a", 0, 50);
    Listening before = to("a").from(new Start.Since(0));
    await().until(() -> before.messages.size() == 50);
    int home = fixture.appender.partitionOf("a");
    List<Message> all = fixture.log.all(fixture.namespace.ref(home));
    long to = all.get(20).offset();
    long end = all.getLast().offset() + 1;
    fixture.log.cut(fixture.namespace.ref(home), to);
    OpenNamespace cut = fixture.hub.cut(fixture.namespace, home, to);
    fixture.hub.end(fixture.namespace, "the log was cut");
    await().until(() -> !before.ends.isEmpty());
    Listening again = Listening.to(loop, cut, "a").from(after(before.lastToken()));
    await().until(() -> again.isCaughtUp);
    assertThat(again.gaps).containsExactly(new Gap(home, to, end, Gap.Reason.LOG_CHANGED));
    fixture.publish("a", "new");
    await().until(() -> !again.messages.isEmpty());
    assertThat(again.messages).containsExactly("a=new");
  }

  @Test
  void theLastThatFulfilACondition() {
    publishAndWait("a", 0, 10);
    publishAndWait("a", 100, 1000);
    Listening listening = to("a");
    loop.later(
        () ->
            loop.subscribe(
                fixture.namespace,
                new TopicFilter("plant", "a"),
                message -> message.payload().length == 2,
                new Start.Last(3),
                SlowPolicy.PAUSE,
                listening));
    await().until(() -> listening.isCaughtUp);
    assertThat(listening.messages).containsExactly("a=m7", "a=m8", "a=m9");
  }

  @Test
  void whatWasAcknowledgedHereIsAmongTheLastAtOnce() {
    CountDownLatch held = new CountDownLatch(1);
    fixture.beforeEachBatch(() -> awaitCalmly(held));
    fixture.publish("a", "m1");
    int home = fixture.appender.partitionOf("a");
    fixture.namespace.acknowledged(
        home, fixture.log.all(fixture.namespace.ref(home)).getLast().offset());
    Listening listening = to("a").from(new Start.Last(1));
    Listening other = to("a").from(new Start.Now());
    await().until(() -> other.isCaughtUp);
    assertThat(listening.isCaughtUp).isFalse();
    held.countDown();
    await().until(() -> listening.isCaughtUp);
    assertThat(listening.messages).containsExactly("a=m1");
  }

  @Test
  void whoBeginsNowGetsNothingThatWasAcknowledgedBeforeAlsoWhenItIsReadLater() {
    CountDownLatch held = new CountDownLatch(1);
    fixture.beforeEachBatch(() -> awaitCalmly(held));
    for (String topic : List.of("a", "b", "c")) {
      fixture.publish(topic, "before");
    }
    Listening exact = to("a").from(new Start.Now());
    Listening all = to("#").from(new Start.Now());
    await().until(() -> exact.isCaughtUp && all.isCaughtUp);
    held.countDown();
    fixture.publish("a", "after");
    fixture.awaitTaken(loop);
    await().until(() -> !exact.messages.isEmpty() && !all.messages.isEmpty());
    assertThat(exact.messages).containsExactly("a=after");
    assertThat(all.messages).containsExactly("a=after");
  }

  private static void awaitCalmly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aNamespaceThatKeepsNothingDeliversAtOnceAndHasNoPositions() {
    Namespace unkept =
        new Namespace("wind", 1, 2, Durability.MEMORY, Duration.ZERO, Namespace.UNBOUNDED, 1000);
    OpenNamespace open = fixture.hub.open(unkept, path -> 1, new long[2]);
    Listening listening = Listening.to(loop, open, "#").from(new Start.Now());
    await().until(() -> listening.isCaughtUp);
    open.deliver(Publication.of("n", new byte[] {'1'}), 5, Appended.UNHEARD);
    await().until(() -> listening.messages.size() == 1);
    assertThat(listening.messages).containsExactly("n=1");
    assertThat(listening.lastToken()).isNull();
  }

  @Test
  void slowOnesOfANamespaceThatKeepsNothingAreToldWhatTheyMissed() {
    Namespace unkept =
        new Namespace("wind", 1, 1, Durability.MEMORY, Duration.ZERO, Namespace.UNBOUNDED, 1000);
    OpenNamespace open = fixture.hub.open(unkept, path -> 0, new long[1]);
    Listening slow = Listening.to(loop, open, "#").from(new Start.Now());
    await().until(() -> slow.isCaughtUp);
    Listening quick = Listening.to(loop, open, "#").from(new Start.Now());
    await().until(() -> quick.isCaughtUp);
    slow.isFull = true;
    for (int i = 0; i < 200; i++) {
      int had = i;
      await().until(() -> quick.messages.size() == had);
      open.deliver(Publication.of("n", new byte[10]), 5, Appended.UNHEARD);
    }
    slow.resume();
    await().until(() -> !slow.messages.isEmpty());
    assertThat(slow.gaps).hasSize(1);
    assertThat(slow.gaps.getFirst().reason()).isEqualTo(Gap.Reason.NOT_KEPT);
    assertThat(slow.gaps.getFirst().to() + slow.messages.size()).isEqualTo(200);
  }
}
