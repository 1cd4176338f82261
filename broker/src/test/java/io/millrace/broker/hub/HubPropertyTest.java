package io.millrace.broker.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.topic.TopicFilter;
import io.millrace.testkit.Seeds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever happens to a subscriber, and to the node that it is connected to, it gets each message
 * of its topics once and in order.
 */
class HubPropertyTest {
  private static final List<String> TOPICS = List.of("a/1", "a/2", "b/1", "b/2/x", "c", "a//1");
  private static final List<String> FILTERS =
      List.of("a/1", "a/+", "#", "b/#", "+", "b/2/x", "+/1");
  private static final Start ALL = new Start.Since(0);

  @TempDir private Path directory;

  private final AtomicInteger cases = new AtomicInteger();

  @Test
  void resumingAtAnyCutGivesExactlyTheSuffix() {
    Seeds.forEach(60, this::everySubscriberGetsEverythingOnce);
  }

  private void everySubscriberGetsEverythingOnce(RandomGenerator random) {
    Path its = directory.resolve(Integer.toString(cases.incrementAndGet()));
    try (HubFixture fixture = new HubFixture(its)) {
      List<HubLoop> loops = loops(fixture);
      Map<Listening, String> listening = new HashMap<>();
      List<String> published = new ArrayList<>();
      for (int step = 0; step < 300; step++) {
        HubLoop other = loops.get(random.nextInt(2));
        switch (random.nextInt(20)) {
          case 0 -> {
            if (listening.size() < 12) {
              String filter = FILTERS.get(random.nextInt(FILTERS.size()));
              Listening one =
                  new Listening(
                      other,
                      fixture.namespace,
                      new TopicFilter("plant", filter),
                      SlowPolicy.PAUSE,
                      Seeds.random(random.nextLong()));
              listening.put(one.from(ALL), filter);
            }
          }
          case 1, 2 ->
              listening.keySet().stream()
                  .skip(listening.isEmpty() ? 0 : random.nextInt(listening.size()))
                  .findFirst()
                  .ifPresent(one -> one.cutAndResume(ALL, other));
          case 3 -> fixture.log.breakReading(random.nextInt(3) == 0);
          case 4 -> {
            if (random.nextInt(5) == 0) {
              fixture.restart(random.nextBoolean());
              loops = loops(fixture);
              comeBack(listening.keySet(), fixture, loops.get(random.nextInt(2)));
            }
          }
          default -> {
            String topic = TOPICS.get(random.nextInt(TOPICS.size()));
            String text = step + "x".repeat(random.nextInt(40));
            published.add(topic + "=" + text);
            fixture.publish(topic, text);
          }
        }
      }
      fixture.log.breakReading(false);
      listening.forEach(
          (one, filter) -> {
            TopicFilter wanted = new TopicFilter("plant", filter);
            List<String> expected =
                published.stream().filter(line -> wanted.matches(topicOf(line))).toList();
            await()
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(40))
                .untilAsserted(
                    () ->
                        assertThat(one.messages)
                            .as(filter)
                            .hasSizeGreaterThanOrEqualTo(expected.size()));
            for (String topic : TOPICS) {
              assertThat(of(one.messages, topic)).as(filter).isEqualTo(of(expected, topic));
            }
            assertThat(one.gaps).isEmpty();
            assertThat(one.mayRepeat).isFalse();
          });
    }
  }

  private static List<HubLoop> loops(HubFixture fixture) {
    return List.of(fixture.loop(3), fixture.loop());
  }

  /** Who was just coming back to the hub of before does so first. */
  private static void comeBack(Set<Listening> all, HubFixture fixture, HubLoop loop) {
    for (Listening one : all) {
      await()
          .pollInterval(Duration.ofMillis(1))
          .until(() -> one.cutAndResume(ALL, loop, fixture.namespace));
    }
  }

  private static String topicOf(String line) {
    return line.substring(0, line.indexOf('='));
  }

  private static List<String> of(List<String> lines, String topic) {
    return lines.stream().filter(line -> topicOf(line).equals(topic)).toList();
  }
}
