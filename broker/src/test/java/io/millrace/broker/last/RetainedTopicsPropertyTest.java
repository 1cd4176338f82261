package io.millrace.broker.last;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.topic.TopicFilter;
import io.millrace.testkit.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Whatever comes in whatever order, what was published last of a topic is what is retained. */
final class RetainedTopicsPropertyTest {
  private static final List<String> FILTERS =
      List.of("#", "+", "a", "a/#", "a/+", "+/b", "a/+/c", "ab/#", "+/+/#", "$x/#", "$x", "a//+");
  private static final List<String> LEVELS = List.of("a", "b", "c", "ab", "", "$x");
  private static final long NOW = 50;

  @Test
  void equalsANaiveMap() {
    Seeds.forEach(200, RetainedTopicsPropertyTest::equalsANaiveMap);
  }

  private static void equalsANaiveMap(RandomGenerator random) {
    Map<String, LastRecord> naive = new TreeMap<>();
    List<LastRecord> told = new ArrayList<>();
    for (int offset = 0; offset < 100; offset++) {
      LastRecord record =
          new LastRecord(true, offset < 60 ? 1 : 2, message(random, path(random), offset % 60));
      naive.put(record.message().path(), record);
      told.add(record);
      if (random.nextInt(5) == 0) {
        told.add(record);
      }
    }
    // As two nodes and the log's tail tell of it.
    Collections.shuffle(told, new Random(random.nextLong()));
    RetainedTopics topics = new RetainedTopics(RetainedTopics.Bounds.DEFAULT);
    told.forEach(topics::take);

    naive.values().removeIf(record -> record.message().payload().length == 0);
    assertThat(topics.size()).isEqualTo(naive.size());
    assertThat(topics.bytes())
        .isEqualTo(naive.values().stream().mapToLong(one -> one.message().weight()).sum());
    for (String text : FILTERS) {
      TopicFilter filter = new TopicFilter("plant", text);
      assertThat(topics.matching(filter, NOW))
          .as(text)
          .isEqualTo(
              naive.values().stream()
                  .map(LastRecord::message)
                  .filter(message -> filter.matches(message.path()))
                  .filter(message -> !message.isExpired(NOW))
                  .toList());
    }
    topics.expire(NOW);
    assertThat(topics.size())
        .isEqualTo(naive.values().stream().filter(one -> !one.message().isExpired(NOW)).count());
  }

  private static String path(RandomGenerator random) {
    StringBuilder path = new StringBuilder(LEVELS.get(random.nextInt(LEVELS.size())));
    for (int i = random.nextInt(3); i > 0; i--) {
      path.append('/').append(LEVELS.get(random.nextInt(LEVELS.size())));
    }
    return path.isEmpty() ? "x" : path.toString();
  }

  private static Message message(RandomGenerator random, String path, long offset) {
    byte[] payload = random.nextInt(4) == 0 ? new byte[0] : ("m" + offset).getBytes(UTF_8);
    long expires = random.nextInt(4) == 0 ? random.nextLong(100) : Message.NEVER;
    return new Message(path, 1, offset, 1000, null, true, expires, Headers.NONE, payload);
  }

  @Test
  void whatIsBeyondItsBoundsIsRefusedWithWords() {
    RetainedTopics topics = new RetainedTopics(new RetainedTopics.Bounds(2, 600));
    topics.take(record("a", 1, 10));
    topics.take(record("b", 2, 10));
    assertThat(topics.problem(Publication.of("c", new byte[1])))
        .isEqualTo("the namespace retains messages of 2 topics already");
    assertThat(topics.problem(Publication.of("b", new byte[20]))).isNull();
    assertThat(topics.problem(Publication.of("b", new byte[500])))
        .isEqualTo("the namespace retains 600 bytes of messages already");
    assertThat(topics.problem(Publication.of("c", new byte[0]))).as("clearing").isNull();
    topics.take(record("a", 3, 0));
    assertThat(topics.problem(Publication.of("c", new byte[1]))).isNull();
  }

  @Test
  void anOlderOneThatComesAfterALaterOneHasExpiredIsNotRetained() {
    RetainedTopics topics = new RetainedTopics(RetainedTopics.Bounds.DEFAULT);
    topics.take(
        new LastRecord(
            true, 1, new Message("a", 0, 2, 0, null, true, NOW, Headers.NONE, new byte[1])));
    topics.expire(NOW);
    assertThat(topics.take(record("a", 1, 10))).isEqualTo(RetainedTopics.Change.OVERTAKEN);
    assertThat(topics.size()).isZero();
    assertThat(topics.take(record("a", 3, 10))).isEqualTo(RetainedTopics.Change.TAKEN);
  }

  @Test
  void recordsOfTheCompanionAreReadAsTheyWereWritten() {
    Message message =
        new Message(
            "a/b",
            3,
            77,
            1234,
            "id",
            true,
            99,
            Headers.builder().add("ce_type", "x").build(),
            "v".getBytes(UTF_8));
    for (boolean isRetained : new boolean[] {true, false}) {
      Publication stored = new LastRecord(isRetained, 2, message).publication();
      LastRecord read = LastRecord.of(stored(stored));
      assertThat(read).isNotNull();
      assertThat(read).usingRecursiveComparison().isEqualTo(new LastRecord(isRetained, 2, message));
    }
    assertThat(LastRecord.of(stored(Publication.of("a/b", new byte[1])))).isNull();
    for (String at : List.of("", "1/2/3", "1/2/3/x", "1/2/3/4/5", "9".repeat(30) + "/1/1/1")) {
      Headers headers = Headers.builder().add(Headers.AT, at).build();
      assertThat(LastRecord.of(new Message("a", 0, 0, 0, null, false, 0, headers, new byte[1])))
          .as(at)
          .isNull();
    }
    LastRecord.Copied until = new LastRecord.Copied(2, 5, 1 << 20);
    assertThat(LastRecord.Copied.of(stored(until.publication()))).isEqualTo(until);
    assertThat(LastRecord.of(stored(until.publication()))).isNull();
  }

  private static LastRecord record(String path, long offset, int length) {
    return new LastRecord(
        true,
        1,
        new Message(path, 0, offset, 0, null, true, Message.NEVER, Headers.NONE, new byte[length]));
  }

  private static Message stored(Publication publication) {
    return new Message(
        publication.path(),
        0,
        5,
        6,
        publication.id().orElse(null),
        publication.retain(),
        publication.expires(),
        publication.headers(),
        publication.payload());
  }
}
