package io.millrace.broker.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.Parsed;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.message.Message;
import io.millrace.broker.position.Position;
import io.millrace.broker.topic.TopicFilter;
import io.millrace.testkit.Seeds;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was published before the partitions of a namespace grew. */
final class GenerationsTest {
  private static final int TOPICS = 8;

  private final HubFixture fixture = new HubFixture();
  private int published;

  @AfterEach
  void close() {
    fixture.close();
  }

  private static ConditionFactory await() {
    return Awaitility.with().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2)).await();
  }

  private void publish(int count) {
    for (int i = 0; i < count; i++) {
      fixture.publish("t/" + published % TOPICS, Integer.toString(published));
      published++;
    }
  }

  /** The messages from one number up to another that a filter wants, topic by topic in order. */
  private static Map<String, List<String>> wanted(String filter, int from, int to) {
    return byTopic(
        IntStream.range(from, to)
            .mapToObj(i -> "t/" + i % TOPICS + "=" + i)
            .filter(text -> filter.equals("#") || text.startsWith(filter + "="))
            .toList());
  }

  private static Map<String, List<String>> byTopic(List<String> messages) {
    return messages.stream()
        .collect(Collectors.groupingBy(text -> text.substring(0, text.indexOf('='))));
  }

  private static Start after(String token) {
    return new Start.After(((Parsed.Value<Position>) Position.parse(token)).value());
  }

  private static void awaitAll(Listening listening, Map<String, List<String>> wanted) {
    int count = wanted.values().stream().mapToInt(List::size).sum();
    await().until(() -> listening.messages.size() >= count);
    assertThat(byTopic(listening.messages)).isEqualTo(wanted);
    assertThat(listening.gaps).isEmpty();
    assertThat(listening.mayRepeat).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"#", "t/3"})
  void aPositionOfBeforeGoesOnThroughAllGenerationsAndThenLive(String filter) {
    publish(40);
    Listening before =
        Listening.to(fixture.loop(), fixture.namespace, filter).from(new Start.Since(0));
    awaitAll(before, wanted(filter, 0, 40));
    before.isFull = true;
    publish(60);
    fixture.grow(5);
    publish(100);
    OpenNamespace now = fixture.grow(7);
    await().until(() -> before.ends.contains(Receiver.EndReason.NAMESPACE_CHANGED));
    publish(50);

    Listening again = Listening.to(fixture.loop(), now, filter).from(after(before.lastToken()));
    await().until(() -> again.isCaughtUp);
    publish(50);
    awaitAll(again, wanted(filter, 40, 300));
    assertThat(position(again.lastToken()).generation()).isEqualTo(3);
  }

  private static Position position(String token) {
    return ((Parsed.Value<Position>) Position.parse(token)).value();
  }

  @ParameterizedTest
  @ValueSource(strings = {"#", "t/3"})
  void aTimeOfBeforeBeginsInTheGenerationThatItIsIn(String filter) {
    publish(50);
    fixture.grow(4);
    publish(20);
    long time = fixture.log.time();
    publish(30);
    OpenNamespace now = fixture.grow(6);
    publish(50);
    Listening some = Listening.to(fixture.loop(), now, filter).from(new Start.Since(time));
    Listening all = Listening.to(fixture.loop(), now, filter).from(new Start.Since(0));
    awaitAll(some, wanted(filter, 70, 150));
    awaitAll(all, wanted(filter, 0, 150));
  }

  @ParameterizedTest
  @ValueSource(strings = {"#", "t/3"})
  void theLastOnesAreOfEarlierGenerationsWhereThatOfNowHasTooFew(String filter) {
    publish(10 * TOPICS);
    fixture.grow(4);
    publish(2 * TOPICS);
    fixture.grow(5);
    OpenNamespace now = fixture.grow(6);
    publish(TOPICS);
    int each = filter.equals("#") ? TOPICS : 1;
    for (int wanted : new int[] {1, 2, 3, 7, 13, 100}) {
      Listening last =
          Listening.to(fixture.loop(), now, filter).from(new Start.Last(wanted * each));
      await().until(() -> last.isCaughtUp);
      awaitAll(last, wanted(filter, Math.max(0, published - wanted * TOPICS), published));
    }
  }

  @Test
  void nothingIsMissedOrDoubledHoweverOftenASubscriberIsCutAndPausedOnItsWay() throws Exception {
    Listening first = Listening.to(fixture.loop(), fixture.namespace, "#").from(new Start.Since(0));
    publish(1);
    await().until(() -> first.messages.size() == 1);
    String token = first.lastToken();
    publish(300);
    fixture.grow(4);
    publish(300);
    OpenNamespace now = fixture.grow(5);
    publish(300);
    Seeds.forEach(
        10,
        random -> {
          Listening cut =
              new Listening(
                      fixture.loop(), now, new TopicFilter("plant", "#"), SlowPolicy.PAUSE, random)
                  .from(after(token));
          RandomGenerator moments = Seeds.random(random.nextLong());
          while (cut.messages.size() < published - 1) {
            int seen = cut.messages.size() + 1 + moments.nextInt(100);
            await().until(() -> cut.messages.size() >= Math.min(seen, published - 1));
            cut.cutAndResume(after(token));
          }
          awaitAll(cut, wanted("#", 1, published));
        });
  }

  @Test
  void subscribersThatComeBackTogetherAskTheLogOnceForAll() throws InterruptedException {
    publish(40);
    Listening before =
        Listening.to(fixture.loop(), fixture.namespace, "#").from(new Start.Since(0));
    awaitAll(before, wanted("#", 0, 40));
    OpenNamespace now = fixture.grow(5);
    publish(60);
    Promise<Void> answered = Promise.promise();
    fixture.log.answerGenerations(answered.future());
    HubLoop loop = fixture.loop();
    List<Listening> all = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      all.add(Listening.to(loop, now, "#").from(after(before.lastToken())));
    }
    CountDownLatch begun = new CountDownLatch(1);
    loop.later(begun::countDown);
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(fixture.log.generationQuestions()).isEqualTo(1);
    fixture.log.answerGenerations(Future.succeededFuture());
    answered.complete();
    all.forEach(each -> awaitAll(each, wanted("#", 40, 100)));
  }

  @Test
  void aGenerationThatTheLogHasNoMoreIsAGap() {
    publish(10);
    Listening before =
        Listening.to(fixture.loop(), fixture.namespace, "#").from(new Start.Since(0));
    awaitAll(before, wanted("#", 0, 10));
    fixture.grow(4);
    publish(10);
    OpenNamespace now = fixture.grow(5);
    publish(10);
    fixture.log.deleteGeneration("plant", 2);
    Listening again = Listening.to(fixture.loop(), now, "#").from(after(before.lastToken()));
    await().until(() -> again.messages.size() >= 10);
    assertThat(byTopic(again.messages)).isEqualTo(wanted("#", 20, 30));
    assertThat(again.gaps).containsExactly(new Gap(0, 0, 0, Gap.Reason.LOG_CHANGED));
  }

  @Test
  void whatRetentionHasTakenOfAnEarlierGenerationIsAGap() {
    publish(10);
    Listening before = Listening.to(fixture.loop(), fixture.namespace, "t/3").from(new Start.Now());
    await().until(() -> before.isCaughtUp);
    publish(TOPICS);
    // Perhaps behind 3, if the tail had not read that yet.
    await().until(() -> before.messages.contains("t/3=11"));
    before.isFull = true;
    publish(100);
    int home = fixture.appender.partitionOf("t/3");
    PartitionRef ref = fixture.namespace.ref(home);
    long end = fixture.log.bounds(ref).result().end();
    OpenNamespace now = fixture.grow(5);
    await().until(() -> before.ends.contains(Receiver.EndReason.NAMESPACE_CHANGED));
    String token = before.lastToken();
    fixture.log.trim(ref, end);
    publish(TOPICS);
    Listening again = Listening.to(fixture.loop(), now, "t/3").from(after(token));
    await().until(() -> !again.messages.isEmpty());
    assertThat(again.gaps)
        .containsExactly(
            new Gap(home, ((Position.OfTopic) position(token)).next(), end, Gap.Reason.RETENTION));
  }

  @Test
  void whoStillReadsAnEarlierGenerationHearsThatTheNamespaceIsGone() {
    publish(10);
    OpenNamespace now = fixture.grow(5);
    publish(10);
    Listening listening = Listening.to(fixture.loop(), now, "#");
    listening.isFull = true;
    listening.from(new Start.Since(0));
    await().until(listening::isPaused);
    fixture.hub.close("plant", "deleted");
    await().until(() -> listening.ends.equals(List.of(Receiver.EndReason.NAMESPACE_CHANGED)));
  }

  @Test
  void oneMessageOfAnEarlierGenerationIsFoundAgain() {
    publish(10);
    PartitionRef ref = fixture.namespace.ref(fixture.appender.partitionOf("t/3"));
    OpenNamespace now = fixture.grow(5);
    List<Long> offsets = new ArrayList<>();
    fixture.log.all(ref).forEach(message -> offsets.add(message.offset()));
    assertThat(
            fixture
                .hub
                .message(now, 1, ref.partition(), offsets.getFirst())
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .map(Message::offset))
        .contains(offsets.getFirst());
  }
}
