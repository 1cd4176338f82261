package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Seeds;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The queue beside a plain map of what waits. */
class SpoolQueuePropertyTest {
  private static final long MAX = 100_000;
  private static final long BLOCK = 4096;

  @Test
  void neverHoldsMoreThanItMayAndForgetsNothing() {
    Seeds.forEach(
        200,
        random -> {
          SpoolQueue queue = new SpoolQueue(MAX);
          Map<String, ObjectInfo> model = new TreeMap<>();
          Set<String> held = new TreeSet<>();
          for (int step = 0; step < 300; step++) {
            step(random, queue, model, held, step);
            SpoolState state = queue.state(step);
            assertThat(state.objects()).isEqualTo(model.size());
            assertThat(state.bytes()).isEqualTo(bytes(model)).isLessThanOrEqualTo(MAX);
            assertThat(queue.list("", "", 1000)).containsExactlyElementsOf(model.values());
          }
          held.forEach(queue::ready);
          drain(queue, model);
        });
  }

  @Test
  void whatIsHeldHoldsNobodyUpThatWaitsForTheRest() {
    SpoolQueue queue = new SpoolQueue(MAX);
    for (String key : List.of("a/1", "a/state")) {
      assertThat(queue.reserve(1)).isTrue();
      queue.add(info(key, 1, 1), 0);
    }
    queue.hold("a/state", 5);

    Future<Void> rest = queue.drainedOfFree("a/");
    Future<Void> all = queue.drained("a/");
    queue.remove("a/1");

    assertThat(rest.succeeded()).isTrue();
    assertThat(all.isComplete()).isFalse();
    assertThat(queue.next()).isEmpty();
    assertThat(queue.state(7).oldestNanos()).isEqualTo(2);
    queue.ready("a/state");
    assertThat(queue.next()).contains("a/state");
  }

  @Test
  void tellsWhenWhatWaitedBelowAPrefixIsGone() {
    SpoolQueue queue = new SpoolQueue(MAX);
    for (String key : List.of("a/1", "a/2", "b/1")) {
      assertThat(queue.reserve(1)).isTrue();
      queue.add(info(key, 1, 1), 0);
    }

    Future<Void> drained = queue.drained("a/");
    queue.remove("b/1");
    queue.remove("a/1");
    assertThat(drained.isComplete()).isFalse();
    assertThat(queue.reserve(1)).isTrue();
    queue.add(info("a/3", 1, 1), 0);
    queue.remove("a/2");

    assertThat(drained.succeeded()).isTrue();
    assertThat(queue.drained("c/").succeeded()).isTrue();
  }

  private static void step(
      RandomGenerator random,
      SpoolQueue queue,
      Map<String, ObjectInfo> model,
      Set<String> held,
      int step) {
    String key = "k" + random.nextInt(20);
    long size = random.nextLong(20_000);
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        boolean fits = bytes(model) + Math.max(BLOCK, size) <= MAX;
        assertThat(queue.reserve(size)).isEqualTo(fits);
        if (fits && random.nextInt(4) == 0) {
          queue.giveBack(size);
        } else if (fits) {
          ObjectInfo info = info(key, size, step);
          queue.add(info, step);
          model.put(key, info);
        }
      }
      case 2 -> {
        queue.remove(key);
        model.remove(key);
        held.remove(key);
      }
      case 3 -> {
        queue.hold(key, step);
        if (model.containsKey(key)) {
          held.add(key);
        }
      }
      case 4 -> {
        queue.ready(key);
        held.remove(key);
      }
      default -> {
        Optional<String> next = queue.next();
        next.ifPresent(its -> assertThat(model).containsKey(its));
        next.ifPresent(its -> assertThat(held).doesNotContain(its));
        next.ifPresent(queue::again);
      }
    }
  }

  /** Everything has its turn, once. */
  private static void drain(SpoolQueue queue, Map<String, ObjectInfo> model) {
    for (Optional<String> next = queue.next(); next.isPresent(); next = queue.next()) {
      assertThat(queue.holds(next.get(), model.get(next.get()).tag())).isTrue();
      queue.remove(next.get());
      model.remove(next.get());
    }
    assertThat(model).isEmpty();
    assertThat(queue.state(0)).isEqualTo(new SpoolState(0, 0, 0));
  }

  private static ObjectInfo info(String key, long size, int tag) {
    return new ObjectInfo(key, size, "t" + tag, Instant.EPOCH);
  }

  private static long bytes(Map<String, ObjectInfo> model) {
    return model.values().stream().mapToLong(info -> Math.max(BLOCK, info.size())).sum();
  }
}
